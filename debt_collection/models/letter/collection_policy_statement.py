from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import split_every

from ...tools.statement_days import next_day

BATCH = 100


class CollectionPolicyStatement(models.Model):
    """Statements of account that a policy sends again and again, until nothing is open.

    What pauses the chase of a customer holds the statement, too: it comes with the next date.
    """

    _name = "collection.policy.statement"
    _description = "Scheduled Statement"
    _inherit = "collection.mixin"
    _order = "policy_id, date_next, id"

    policy_id = fields.Many2one(
        "collection.policy", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="policy_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    active = fields.Boolean(default=True)
    audience = fields.Selection(
        [
            ("policy", "All Customers of the Policy with a Balance"),
            ("tags", "Customers with These Tags"),
            ("customers", "These Customers"),
        ],
        "For", required=True, default="policy",
    )
    category_ids = fields.Many2many("res.partner.category", string="Customer Tags")
    partner_ids = fields.Many2many(
        "res.partner", string="Customers", domain="[('parent_id', '=', False)]"
    )
    rhythm = fields.Selection(
        [("days", "Every So Many Days"), ("month", "On a Day of the Month")],
        required=True, default="month",
    )
    number = fields.Integer(
        "Days, or Day of the Month", required=True, default=1,
        help="A month that is shorter has it on its last day.",
    )
    date_next = fields.Date(
        "Next On", required=True, index=True, compute="_compute_date_next", precompute=True,
        store=True, readonly=False,
    )
    amount_minimum = fields.Monetary(
        "From Balance", help="Customers who owe less get none; 0: any balance."
    )
    template_id = fields.Many2one(
        "collection.letter.template", ondelete="restrict",
        domain="[('kind', '=', 'statement'), ('company_id', 'in', [company_id, False])]",
        help="Empty: the first one for statements.",
    )
    channel = fields.Selection(
        lambda self: self.env["collection.letter"]._get_channels(), "Goes Out By",
        help="Empty: as the template says.",
    )
    approval_needed = fields.Boolean(
        "Approve First", help="The statements are drafts until a person lets them go."
    )
    letter_ids = fields.One2many("collection.letter", "schedule_id", "Statements")
    letter_count = fields.Integer("Written", compute="_compute_letter_count", compute_sudo=True)
    _number_fits = models.Constraint(
        "CHECK((rhythm = 'days' AND number BETWEEN 1 AND 366)"
        " OR (rhythm = 'month' AND number BETWEEN 1 AND 31))",
        "Statements are sent every 1 to 366 days, or on a day of the month from 1 to 31.",
    )
    _amount_minimum_positive = models.Constraint(
        "CHECK(amount_minimum >= 0)", "The balance from which a statement is sent is not negative."
    )
    _people_create = {"policy_id"}
    _people_write = {
        "*": {
            "active", "audience", "category_ids", "partner_ids", "rhythm", "number", "date_next",
            "amount_minimum", "template_id", "channel", "approval_needed",
        },
    }

    @api.depends("rhythm", "number")
    def _compute_date_next(self):
        """Today, or the next time that the day of the month comes."""
        for schedule in self:
            company = schedule.company_id or self.env.company
            today = company._get_collection_today()
            schedule.date_next = today if schedule.rhythm == "days" else next_day(
                today - timedelta(days=1), "month", min(max(schedule.number, 1), 31)
            )

    @api.depends("rhythm", "number", "audience")
    @api.depends_context("lang")
    def _compute_display_name(self):
        audiences = dict(self._fields["audience"]._description_selection(self.env))
        for schedule in self:
            rhythm = (
                self.env._("every %(number)s days", number=schedule.number)
                if schedule.rhythm == "days"
                else self.env._("on day %(number)s of the month", number=schedule.number)
            )
            schedule.display_name = f"{audiences.get(schedule.audience, '')}, {rhythm}"

    @api.depends("letter_ids")
    def _compute_letter_count(self):
        counts = dict(
            self.env["collection.letter"]._read_group(
                [("schedule_id", "in", self.ids)], ["schedule_id"], ["__count"]
            )
        )
        for schedule in self:
            schedule.letter_count = counts.get(schedule._origin, 0)

    @api.constrains("audience", "category_ids", "partner_ids")
    def _check_audience(self):
        for schedule in self:
            if schedule.audience == "tags" and not schedule.category_ids or (
                schedule.audience == "customers" and not schedule.partner_ids
            ):
                raise ValidationError(self.env._("Choose who gets the scheduled statements."))

    def action_view_letters(self):
        """The statements that were written by this schedule."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "debt_collection.collection_letter_action"
            ),
            "domain": [("schedule_id", "=", self.id)],
            "context": {},
        }

    # The day has come: who owes something gets a statement, once.

    @api.model
    def _write_due(self, company, as_of):
        """Write the statements that are due in a company; yields how many customers are done.

        A run that is cut off goes on with the customers who have none of that day.
        """
        # The policy writes them, whoever runs the job.
        schedules_sudo = self.sudo().with_company(company).search([
            ("company_id", "=", company.id), ("date_next", "<=", as_of),
            ("policy_id.active", "=", True),
        ])
        for schedule_sudo in schedules_sudo:
            partners = schedule_sudo._get_partners(as_of)
            for ids in split_every(BATCH, partners.ids):
                schedule_sudo._write_for(partners.browse(ids), as_of)
                yield len(ids)
            schedule_sudo.date_next = next_day(
                as_of, schedule_sudo.rhythm, schedule_sudo.number
            )

    def _get_partners(self, as_of):
        """The customers of the schedule who owe enough, and have no statement of the day yet."""
        self.ensure_one()
        line_model = self.env["account.move.line"]
        domain = line_model._get_collectable_domain() & Domain(
            "company_id", "=", self.company_id.id
        )
        if self.audience == "customers":
            partners = self.partner_ids.commercial_partner_id
            domain &= Domain("partner_id.commercial_partner_id", "in", partners.ids)
        balances = {}
        for partner, amount in line_model._read_group(
            domain, ["partner_id"], ["amount_residual:sum"]
        ):
            customer = partner.commercial_partner_id
            balances[customer] = balances.get(customer, 0.0) + amount
        compare = self.currency_id.compare_amounts
        partners = self.env["res.partner"].union(*(
            partner for partner, amount in balances.items()
            if partner and compare(amount, 0) > 0 and compare(amount, self.amount_minimum) >= 0
        ))
        return (self._keep_audience(partners) - self._get_served(as_of)).sorted("id")

    def _keep_audience(self, partners):
        """Those of some customers for whom the schedule is."""
        self.ensure_one()
        partners = partners.with_company(self.company_id)
        if self.audience == "tags":
            return partners.filtered(lambda partner: partner.category_id & self.category_ids)
        if self.audience == "customers":
            return partners
        cases = self.env["collection.letter"]._get_open_cases(self.company_id, partners)
        ranked = self.policy_id._get_ranked(self.company_id)
        default = self.policy_id._get_default(self.company_id)

        def get_policy(partner):
            case = cases.get(partner.id)
            return case and case.policy_id or ranked._choose_for_reminder(
                partner, self.company_id, default
            )

        return partners.filtered(lambda partner: get_policy(partner) == self.policy_id)

    def _get_served(self, as_of):
        """The customers for whom a scheduled statement was written on the day."""
        return self.env["collection.letter"].search([
            ("company_id", "=", self.company_id.id), ("date_scheduled", "=", as_of),
        ]).partner_id

    def _write_for(self, partners, as_of):
        """Write, and release, the statements of some customers whom nothing pauses."""
        self.ensure_one()
        letter_model = self.env["collection.letter"]
        cases = letter_model._get_open_cases(self.company_id, partners)
        wanted = [
            {
                "partner": partner,
                "kind": "statement",
                "case": cases.get(partner.id),
                "template": self.template_id,
                "user": (
                    cases[partner.id].user_id if partner.id in cases
                    else partner.collector_id or self.policy_id.user_id
                ),
                "channel": self.channel,
                "vals": {"schedule_id": self.id, "date_scheduled": as_of},
            }
            for partner in partners
            if self._is_wanted(partner, cases.get(partner.id), as_of)
        ]
        letters = letter_model._draft_letters(self.company_id, wanted, as_of)
        released = letters.filtered(lambda letter: letter._is_of_policy())
        # The first nights write to nobody: a person looks, and starts the chase.
        if released and self.company_id.collection_is_started:
            released._do_release(self.env.user)

    def _is_wanted(self, partner, case, as_of):
        """Whether nothing pauses the chase of a customer, and they did not refuse all contact."""
        self.ensure_one()
        if case and case._get_send_blocks("statement", as_of):
            return False
        ceased = partner.collection_cease_date
        return not (partner._is_on_collection_hold(as_of) or (ceased and ceased <= as_of))
