from odoo import fields, models


class CollectionChargeFee(models.Model):
    """The fixed sum for a late debt of some size, once per invoice."""

    _name = "collection.charge.fee"
    _description = "Fee of Late Charges"
    _inherit = "collection.mixin"
    _order = "terms_id, amount_from"
    _rec_name = "amount"

    terms_id = fields.Many2one(
        "collection.charge.terms", required=True, index=True, ondelete="cascade"
    )
    amount_from = fields.Float(
        "Debts From", digits=(16, 2), required=True, default=0.0,
        help="Open amount at the due date, inclusive."
    )
    amount = fields.Float("Fee", digits=(16, 2), required=True)
    _one_from = models.UniqueIndex("(terms_id, amount_from)", "One fee from an amount on.")
    _amounts_positive = models.Constraint(
        "CHECK(amount >= 0 AND amount_from >= 0)", "Fees and their limits are zero or more."
    )
    _people_create = {"terms_id"}
    _people_write = {"*": {"amount_from", "amount"}}

