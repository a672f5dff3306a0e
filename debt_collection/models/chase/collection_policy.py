from odoo import fields, models
from odoo.exceptions import UserError

from ...tools.priority import Weights

MOST_SIMULATED = 100
"""Of so many cases, the most pressing first, is the preview of a policy made."""


class CollectionPolicy(models.Model):
    """How many points of priority a case gets for what."""

    _inherit = "collection.policy"

    priority_rule = fields.Selection(
        [("points", "Points"), ("risk", "Money at Risk")], "Cases Ranked By", required=True,
        default="points",
        help="Money at risk: what is to be collected times the chance that it is not paid within"
        " 30 days; once a trial has shown that an action changes this, what it brings a minute.",
    )
    minutes_phone = fields.Float("Minutes of a Call", default=10.0)
    minutes_visit = fields.Float("Minutes of a Visit", default=90.0)
    minutes_letter = fields.Float("Minutes of a Letter", default=5.0)
    minutes_email = fields.Float("Minutes of an E-mail", default=3.0)
    _minutes_positive = models.Constraint(
        "CHECK(minutes_phone >= 0 AND minutes_visit >= 0 AND minutes_letter >= 0"
        " AND minutes_email >= 0)",
        "The minutes that an action takes are zero or more.",
    )
    priority_full_amount = fields.Monetary(
        "Full Points From", default=10000.0, help="Amount to collect that gets all its points."
    )
    priority_amount = fields.Integer("Points: Amount", default=30)
    priority_tier = fields.Integer("Points: Highest Overdue Band", default=25)
    priority_broken = fields.Integer("Points: Broken Promises", default=15)
    priority_silence = fields.Integer("Points: Time Since Last Contact", default=15)
    priority_limitation = fields.Integer("Points: Limitation Near", default=10)
    priority_promise_due = fields.Integer("Points: Promise Due", default=20)

    task_force_auto = fields.Boolean(
        "Set Up Task Forces",
        default=True,
        help="A case that becomes severe gets its task force at once.",
    )
    task_force_amount = fields.Monetary(
        "Task Force From", help="Cases with less overdue get none by themselves; 0: all do."
    )
    task_force_lead_id = fields.Many2one(
        "res.users",
        "Lead",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Empty: the collection manager of the case.",
    )
    task_force_member_ids = fields.Many2many(
        "res.users",
        "collection_policy_task_force_rel",
        string="Members",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Belong to every task force, besides its lead and the case's collector. They may"
        " be of any department, for instance counsel, finance or sales.",
    )
    task_force_meeting_days = fields.Integer(
        "Meets Every (Days)", default=7, help="1: every working day; 0: no meetings."
    )
    _task_force_values = models.Constraint(
        "CHECK(task_force_meeting_days BETWEEN 0 AND 366 AND task_force_amount >= 0)",
        "A task force meets every 1 to 366 days, or never (0), from an amount of zero or more.",
    )
    _people_write = {
        "*": {
            "priority_rule", "minutes_phone", "minutes_visit", "minutes_letter", "minutes_email",
            "priority_full_amount", "priority_amount", "priority_tier", "priority_broken",
            "priority_silence", "priority_limitation", "priority_promise_due", "task_force_auto",
            "task_force_amount", "task_force_lead_id", "task_force_member_ids",
            "task_force_meeting_days",
        },
    }

    def action_simulate(self):
        """Show what this policy would do for the open cases that follow it, before it does.

        Where none does, for all open cases, as if they did.
        """
        self.ensure_one()
        case_model = self.env["collection.case"]
        is_open = [("company_id", "=", self.company_id.id), ("stage", "!=", "closed")]
        cases = case_model.search(
            [("policy_id", "=", self.id), *is_open], limit=MOST_SIMULATED
        ) or case_model.search(is_open, limit=MOST_SIMULATED)
        if not cases:
            raise UserError(
                self.env._(
                    "%(company)s has no open case to simulate “%(policy)s” on: cases open by night"
                    " for customers with overdue items.",
                    company=self.company_id.name, policy=self.name,
                )
            )
        return self.env["collection.step.preview"]._open_for(cases, self)

    def _get_minutes(self):
        """By method, the minutes that an action takes."""
        self.ensure_one()
        return {
            method: self[f"minutes_{method}"] for method in ("phone", "visit", "letter", "email")
        }

    def _get_priority_weights(self):
        self.ensure_one()
        return Weights(
            self.priority_amount,
            self.priority_tier,
            self.priority_broken,
            self.priority_silence,
            self.priority_limitation,
            self.priority_promise_due,
            self.priority_full_amount,
        )

