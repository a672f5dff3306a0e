from odoo import fields, models


class ResCompany(models.Model):
    """When debit notes for late charges are to be paid, and what unknown rates lead to."""

    _inherit = "res.company"

    collection_charge_payment_term_id = fields.Many2one(
        "account.payment.term",
        "Payment Terms of Late Charges",
        check_company=True,
        help="Empty: a debit note is due on its date.",
    )
    collection_rate_unknown = fields.Selection(
        [
            ("last", "Use the Last Known Value, with a Warning"),
            ("refuse", "Charge Nothing"),
        ],
        "Reference Rates Past Their Last Known Day", required=True, default="last",
    )

