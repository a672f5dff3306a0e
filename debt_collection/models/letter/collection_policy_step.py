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
    _people_write = {"*": {"letter_template_id", "letter_copies"}}

