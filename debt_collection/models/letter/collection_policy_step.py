from odoo import fields, models


class CollectionPolicyStep(models.Model):
    _inherit = "collection.policy.step"

    letter_template_id = fields.Many2one(
        "collection.letter.template",
        domain="[('kind', '=', letter_kind), ('company_id', 'in', [company_id, False])]",
        ondelete="restrict",
        help="Empty: the template of the kind and of the customer's highest overdue band.",
    )
    _people_write = {"*": {"letter_template_id"}}

