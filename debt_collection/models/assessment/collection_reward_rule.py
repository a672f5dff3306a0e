from odoo import api, fields, models

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
    """What a month may bring: proposed to people, never decided by the rule (P5.4).

    A rule without a company is for all of them, until one has rules of its own for the same.
    """

    _name = "collection.reward.rule"
    _description = "What a Month May Bring"
    _inherit = "collection.mixin"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company", index=True, default=lambda self: self.env.company,
        help="Empty: for every company that has no rule of its own for the same.",
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    basis = fields.Selection(
        [
            ("grade", "A Grade"),
            ("recovered", "A Large Loss Recovered"),
            ("bad_debt", "A Bad-debt Rate Too High"),
        ],
        "Follows From", required=True, default="grade",
    )
    grade = fields.Selection([grade for grade in GRADES if grade[0] != "unrated"])
    amount_from = fields.Monetary(
        "Recovered From", help="What came in of one debt that was written off."
    )
    rate_from = fields.Float("Rate From (%)", digits=(5, 2))
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
        "*": {
            "name", "active", "sequence", "basis", "grade", "amount_from", "rate_from", "kind",
            "measure", "amount", "share",
        },
    }
    _basis_complete = models.Constraint(
        "CHECK((basis = 'grade' AND grade IS NOT NULL)"
        " OR (basis = 'recovered' AND amount_from > 0) OR (basis = 'bad_debt' AND rate_from > 0))",
        "Name the grade, the amount recovered, or the rate that the rule follows from.",
    )

    @api.depends("company_id")
    @api.depends_context("company")
    def _compute_currency_id(self):
        for rule in self:
            rule.currency_id = (rule.company_id or self.env.company).currency_id

    @api.model
    def _get_rules_for(self, company):
        """The rules of a company; for what it has none of its own, those that are for all."""
        rules = self.search([("company_id", "in", [company.id, False])])
        own = rules.filtered("company_id")
        bases = set(own.mapped(lambda rule: (rule.basis, rule.grade)))
        return own | rules.filtered(
            lambda rule: not rule.company_id and (rule.basis, rule.grade) not in bases
        )

