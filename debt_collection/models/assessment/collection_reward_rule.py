from odoo import fields, models

from .collection_assessment import GRADES

KINDS = [
    ("bonus", "Bonus"),
    ("promotion", "Promotion"),
    ("special_award", "Special Award"),
    ("training", "Training"),
    ("warning", "Warning"),
    ("pay_withheld", "Performance Pay Withheld"),
    ("demotion", "Demotion"),
    ("dismissal", "Dismissal"),
]
MEASURES = [
    ("none", "No Amount"),
    ("amount", "Amount"),
    ("share", "Share of Performance Pay (%)"),
]


class CollectionRewardRule(models.Model):
    """What a grade may bring: proposed to people, never decided by the rule (P5.4)."""

    _name = "collection.reward.rule"
    _description = "What a Grade May Bring"
    _inherit = "collection.mixin"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    grade = fields.Selection(
        [grade for grade in GRADES if grade[0] != "unrated"], required=True
    )
    kind = fields.Selection(KINDS, required=True, default="bonus")
    measure = fields.Selection(MEASURES, required=True, default="none")
    amount = fields.Monetary()
    share = fields.Float("Share (%)", digits=(5, 2))
    _amount_positive = models.Constraint("CHECK(amount >= 0)", "An amount is zero or more.")
    _share_range = models.Constraint(
        "CHECK(share BETWEEN 0 AND 100)", "A share is between 0 and 100 per cent."
    )
    _people_create = {"company_id"}
    _people_write = {
        "*": {"name", "active", "sequence", "grade", "kind", "measure", "amount", "share"},
    }

