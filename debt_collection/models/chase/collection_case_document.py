from odoo import fields, models


class CollectionCaseDocument(models.Model):
    """A paper that the case needs, and whether it is there (P3.3)."""

    _name = "collection.case.document"
    _description = "Paper of a Case"
    _inherit = "collection.mixin"
    _order = "case_id, kind, id"

    case_id = fields.Many2one(
        "collection.case", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="case_id.company_id", store=True, index=True)
    kind = fields.Selection(
        [
            ("contract", "Contract"),
            ("order", "Order"),
            ("delivery", "Proof of Delivery"),
            ("invoice", "Invoice"),
            ("statement", "Statement of Account"),
            ("letter", "Dunning Letter"),
            ("other", "Other"),
        ],
        "Paper",
        required=True,
        default="other",
    )
    state = fields.Selection(
        [("missing", "Missing"), ("asked", "Asked For"), ("there", "Available"),
         ("not_needed", "Not Needed")],
        "Status",
        required=True,
        default="missing",
    )
    attachment_ids = fields.Many2many("ir.attachment", string="Files")
    note = fields.Char()
    _people_create = {"case_id"}
    _people_write = {"*": {"kind", "state", "attachment_ids", "note"}}

