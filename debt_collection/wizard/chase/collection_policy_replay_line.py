from odoo import api, fields, models
from odoo.tools import SQL


class CollectionPolicyReplayLine(models.TransientModel):
    _name = "collection.policy.replay.line"
    _description = "Steps of a Replayed Week"
    _inherit = "collection.mixin"
    _order = "week, scenario, id"

    replay_id = fields.Many2one("collection.policy.replay", required=True, ondelete="cascade")
    scenario = fields.Selection(
        [
            ("recorded", "On Record"),
            ("in_force", "Policy in Force, Replayed"),
            ("other", "Policy Replayed"),
        ],
        required=True,
    )
    week = fields.Date(required=True, help="The Monday on which the week begins.")
    user_id = fields.Many2one("res.users", "Collector")
    method = fields.Selection(
        [
            ("phone", "Phone"), ("visit", "Visit"), ("letter", "Letter"), ("email", "Email"),
            ("legal", "Legal Action"), ("other", "Task"),
        ],
    )
    step_count = fields.Integer("Steps")
    hours = fields.Float(help="By the minutes that the policy gives each action.")
    case_count = fields.Integer("Cases First Contacted")
    first_contact_sum = fields.Integer(help="Days after the oldest due date, of all those cases.")
    first_contact_days = fields.Float(
        "Day of First Contact", compute="_compute_first_contact_days", store=True,
        aggregator="avg", help="Days after the oldest due date; of several weeks the average.",
    )

    @api.depends("case_count", "first_contact_sum")
    def _compute_first_contact_days(self):
        for line in self:
            count = line.case_count
            line.first_contact_days = line.first_contact_sum / count if count else 0.0

    def _read_group_select(self, aggregate_spec, query):
        if aggregate_spec == "first_contact_days:avg":
            self._check_field_access(self._fields["first_contact_days"], "read")
            return SQL(
                "SUM(%s)::float / NULLIF(SUM(%s), 0)",
                self._field_to_sql(self._table, "first_contact_sum", query),
                self._field_to_sql(self._table, "case_count", query),
            )
        return super()._read_group_select(aggregate_spec, query)
