from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import format_date

GRADES = [
    ("excellent", "Excellent"),
    ("good", "Good"),
    ("pass", "Pass"),
    ("fail", "Fail"),
    ("unrated", "Not Rated"),
]
STATES = [
    ("draft", "Draft"),
    ("confirmed", "Confirmed"),
    ("acknowledged", "Acknowledged"),
    ("appealed", "Appealed"),
    ("closed", "Closed"),
]


class CollectionAssessment(models.Model):
    """A collector's month: indicators, grade, and the records behind them (P5.2).

    Made from the ledger as a draft and frozen when a manager confirms it, targets and weights
    included. What changes in the books afterwards is a correction in a later month. The record
    without a collector is the team's, worked out on its own: collectors' figures do not add up.
    """

    _name = "collection.assessment"
    _description = "Assessment"
    _inherit = ["collection.mixin", "mail.thread", "mail.activity.mixin", "collection.locked"]
    _order = "month desc, company_id, score desc, id"
    _check_company_auto = True
    _mail_post_access = "read"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(
        "res.users", "Collector", readonly=True, index=True, ondelete="restrict",
        help="Empty: the team as a whole.",
    )
    is_team = fields.Boolean("Team", compute="_compute_is_team", store=True)
    month = fields.Date(required=True, readonly=True, index=True, help="Its first day.")
    date_end = fields.Date("Last Day", compute="_compute_date_end")
    state = fields.Selection(
        STATES, required=True, default="draft", readonly=True, index=True, copy=False,
        tracking=True,
    )
    line_ids = fields.One2many("collection.assessment.line", "assessment_id", readonly=True)
    indicator_ids = fields.One2many(
        "collection.assessment.line", "assessment_id", "Indicators", readonly=True,
        domain=[("is_indicator", "=", True)],
    )
    figure_ids = fields.One2many(
        "collection.assessment.line", "assessment_id", "Further Figures", readonly=True,
        domain=[("is_indicator", "=", False)],
    )
    grade = fields.Selection(
        GRADES, required=True, default="unrated", readonly=True, index=True, tracking=True
    )
    is_provisional = fields.Boolean(
        "Provisional", readonly=True,
        help="Fewer than three indicators have data, or fewer than 30 days assigned: at most good.",
    )
    score = fields.Float(
        readonly=True, digits=(16, 2), aggregator="avg", help="For ranking; never the grade."
    )
    met_count = fields.Integer("At Target", readonly=True, aggregator=None)
    measured_count = fields.Integer("With Data", readonly=True, aggregator=None)
    days_assigned = fields.Integer(
        readonly=True, aggregator=None, help="Days with cases, of the last sixty."
    )
    expected_recovery = fields.Float(
        readonly=True, digits=(16, 2), aggregator=None,
        help="Per cent: what the company recovered in the twelve months before of items as old as"
        " these. A low figure is a difficult portfolio. It stands beside the grade.",
    )
    has_expected_recovery = fields.Boolean(readonly=True)
    rank = fields.Integer(
        compute="_compute_rank", groups="debt_collection.group_manager", aggregator=None
    )
    comment = fields.Text("Manager's Comment")
    improvement = fields.Text("What Was Agreed", help="Goals and help for the next month.")

    _once = models.UniqueIndex(
        "(company_id, COALESCE(user_id, 0), month)",
        "There is one assessment per collector and month.",
    )
    _month_starts = models.Constraint(
        "CHECK(EXTRACT(DAY FROM month) = 1)", "A month is named by its first day."
    )

    @api.depends("user_id")
    def _compute_is_team(self):
        for assessment in self:
            assessment.is_team = not assessment.user_id

    @api.depends("month")
    def _compute_date_end(self):
        for assessment in self:
            assessment.date_end = assessment.month and assessment.month + relativedelta(
                months=1, days=-1
            )

    @api.depends("user_id", "month")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for assessment in self:
            # Everybody who may read the assessment reads the name on it.
            who = assessment.sudo().user_id.name or self.env._("Team")
            month = format_date(self.env, assessment.month, date_format="yyyy-MM")
            assessment.display_name = f"{who} – {month}"

    @api.depends("score", "month", "company_id")
    def _compute_rank(self):
        """Place by score among the rated collectors of the company and month, 1 the best."""
        scores = {}
        for company, month, values in self._read_group(
            [
                ("company_id", "in", self.company_id.ids),
                ("month", "in", self.mapped("month")),
                ("user_id", "!=", False),
                ("grade", "!=", "unrated"),
            ],
            ["company_id", "month:day"],
            ["score:array_agg"],
        ):
            scores[company, fields.Date.to_date(month)] = values
        for assessment in self:
            others = scores.get((assessment.company_id, assessment.month), [])
            rated = assessment.user_id and assessment.grade != "unrated"
            assessment.rank = (
                1 + sum(round(score, 2) > round(assessment.score, 2) for score in others)
                if rated else 0
            )

    def _get_file_name(self):
        self.ensure_one()
        return self.display_name.replace("/", "-")
