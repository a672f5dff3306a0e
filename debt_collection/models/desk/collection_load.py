from odoo import api, fields, models
from odoo.tools import SQL


class CollectionLoad(models.Model):
    """What each collector carries today: open cases, money, late steps (P2.1).

    Cases count for their collector, steps for whoever is to do them. Cases without a collector
    have a row of their own.
    """

    _name = "collection.load"
    _description = "Collector Workload"
    _inherit = "collection.mixin"
    _auto = False
    _order = "company_id, amount_to_collect desc, id"

    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one("res.users", "Collector", readonly=True)
    case_count = fields.Integer("Open Cases", readonly=True)
    severe_count = fields.Integer("Escalated", readonly=True)
    for_today_count = fields.Integer("Action Due", readonly=True)
    silent_count = fields.Integer("No Contact in 14 Days", readonly=True)
    overdue_promise_count = fields.Integer("Promises Overdue", readonly=True)
    step_count = fields.Integer("Planned Steps", readonly=True)
    late_step_count = fields.Integer("Late Steps", readonly=True)
    amount_overdue = fields.Monetary("Overdue", readonly=True)
    amount_to_collect = fields.Monetary("To Collect", readonly=True)
    absent_until = fields.Date("Away Until", compute="_compute_absent_until")

    @property
    def _table_query(self):
        """A row for each company and collector, as of the user's today."""
        for name in ("collection.case", "collection.case.step", "collection.promise"):
            self.env[name].flush_model()
        return SQL(
            """
            SELECT ROW_NUMBER() OVER (ORDER BY part.company_id, part.user_id)::int AS id,
                   part.company_id, part.user_id,
                   SUM(part.cases)::int AS case_count,
                   SUM(part.severe)::int AS severe_count,
                   SUM(part.for_today)::int AS for_today_count,
                   SUM(part.silent)::int AS silent_count,
                   SUM(part.promises)::int AS overdue_promise_count,
                   SUM(part.steps)::int AS step_count,
                   SUM(part.late)::int AS late_step_count,
                   SUM(part.overdue) AS amount_overdue,
                   SUM(part.to_collect) AS amount_to_collect
              FROM (
                    SELECT company_id, user_id, 1 AS cases,
                           (tier_code = 'severe')::int AS severe,
                           COALESCE(next_action_date <= %(today)s, FALSE)::int AS for_today,
                           (COALESCE(date_last_contact, date_open) < %(today)s::date - 14)::int
                               AS silent,
                           0 AS promises, 0 AS steps, 0 AS late,
                           amount_overdue AS overdue, amount_to_collect AS to_collect
                      FROM collection_case
                     WHERE stage != 'closed'
                 UNION ALL
                    SELECT worked.company_id, worked.user_id, 0, 0, 0, 0, 1, 0, 0, 0, 0
                      FROM collection_promise promise
                      JOIN collection_case worked ON worked.id = promise.case_id
                     WHERE promise.state = 'open' AND promise.date_promised < %(today)s
                 UNION ALL
                    SELECT company_id, user_id, 0, 0, 0, 0, 0, 1,
                           (date_deadline < %(today)s)::int, 0, 0
                      FROM collection_case_step
                     WHERE state = 'planned'
                   ) part
          GROUP BY part.company_id, part.user_id
            """,
            today=fields.Date.context_today(self),
        )

    def _compute_display_name(self):
        for load in self:
            load.display_name = load.user_id.name or self.env._("Unassigned")

    def _compute_absent_until(self):
        today = fields.Date.context_today(self)
        for load in self:
            user = load.user_id
            away = user and user._is_collection_absent(today)
            # The manager plans with absences, whoever's they are.
            load.absent_until = user.sudo().collection_absent_to if away else False

    @api.readonly
    def action_view_cases(self):
        """The open cases of the collector, to work or to give to somebody else."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "debt_collection.collection_case_action_team"
        )
        return {
            **action,
            "domain": [
                ("stage", "!=", "closed"), ("user_id", "=", self.user_id.id),
                ("company_id", "=", self.company_id.id),
            ],
            "context": {"collection_team": True},
        }

