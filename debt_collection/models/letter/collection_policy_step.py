from odoo import fields, models


class CollectionPolicyStep(models.Model):
    _inherit = "collection.policy.step"

    letter_template_id = fields.Many2one(
        "collection.letter.template",
        domain="[('kind', '=', letter_kind), ('company_id', 'in', [company_id, False])]",
        ondelete="restrict",
        help="Empty: the template of the kind and of the customer's highest overdue band.",
    )
    letter_copies = fields.Selection(
        [("template", "As the Template Says"), ("yes", "With Copies"), ("no", "Without Copies")],
        "Copies of Invoices", default="template", required=True,
    )
    letter_channel = fields.Selection(
        lambda self: self.env["collection.letter"]._get_channels(), "Goes Out By",
        help="Empty: as the template says.",
    )
    _people_write = {"*": {"letter_template_id", "letter_copies", "letter_channel"}}

    def _get_letter_rule_channel(self):
        """How contact rules call the way that the step names for its letter; empty without one."""
        self.ensure_one()
        if self.method != "letter" or not self.letter_channel:
            return ""
        return self.env["collection.channel"]._get(self.letter_channel)._rule_channel

