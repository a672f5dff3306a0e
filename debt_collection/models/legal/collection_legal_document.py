from odoo import api, fields, models


class CollectionLegalDocument(models.Model):
    """A paper of a legal action, kept safe by the step it belongs to (P6.1)."""

    _name = "collection.legal.document"
    _description = "Paper of a Legal Action"
    _inherit = ["collection.mixin", "collection.legal.annex"]
    _order = "action_id, date, id"

    name = fields.Char("Title", required=True)
    kind = fields.Selection(
        [
            ("engagement", "Engagement and Power of Attorney"),
            ("letter", "Lawyer Letter"),
            ("delivery", "Proof of Delivery"),
            ("claim", "Statement of Claim"),
            ("evidence", "Evidence"),
            ("fee", "Fee Receipt"),
            ("summons", "Summons"),
            ("preservation", "Preservation Order"),
            ("minutes", "Minutes of a Hearing"),
            ("judgment", "Judgment or Settlement"),
            ("enforcement", "Enforcement"),
            ("other", "Other"),
        ],
        "Paper", required=True, default="evidence", index=True,
    )
    date = fields.Date(default=fields.Date.context_today)
    user_id = fields.Many2one(
        "res.users", "Filed By", readonly=True, default=lambda self: self.env.user
    )
    attachment_ids = fields.Many2many("ir.attachment", string="Files")
    note = fields.Char()
    _people_create = {"action_id"}
    _people_write = {"*": {"name", "kind", "date", "attachment_ids", "note"}}

    @api.model_create_multi
    def create(self, vals_list):
        documents = super().create(vals_list)
        documents._own_attachments()
        return documents

    def write(self, vals):
        result = super().write(vals)
        self._own_attachments()
        return result

