from odoo import api, fields, models
from odoo.tools import SQL, split_every

from ..tools.steps import stage_of_tier

BATCH = 500
WORKED_STAGES = ("new", "first", "midterm", "severe")


class CollectionCase(models.Model):
    """The daily escalation: stage, policy and steps of every open case (P3.4–P3.6)."""

    _inherit = "collection.case"

    policy_id = fields.Many2one("collection.policy", readonly=True, copy=False, index=True)
    policy_reason = fields.Char("Why This Policy", readonly=True, copy=False)
    cycle = fields.Integer(
        default=1, readonly=True, copy=False,
        help="Grows when the case falls back to an earlier stage or is opened again; each step"
        " is made once in a cycle.",
    )
    case_step_ids = fields.One2many("collection.case.step", "case_id", "Scheduled Steps")
    next_step_id = fields.Many2one("collection.policy.step", readonly=True, copy=False)
    next_step_date = fields.Date("Next Step On", readonly=True, copy=False)

    @api.model
    def _escalate(self, as_of=None, companies=None):
        """Move stages and make the steps that are due; running it again does nothing.

        :param date as_of: the day taken as today; by default each company's own today
        :param companies: the companies to do; all of them when not given
        :return: dict of counts ``moved``, ``steps``, ``paused``, ``warned``
        """
        companies = companies or self.env["res.company"]._get_collection_companies()
        counts = dict.fromkeys(("moved", "steps", "paused", "warned"), 0)
        for company in companies:
            today = fields.Date.to_date(as_of) or company._get_collection_today()
            # The job works for everybody, on cases of every collector.
            cases_sudo = self.sudo().with_company(company).with_context(
                lang=company.sudo().partner_id.lang or self.env.lang
            )
            open_ids = cases_sudo._search(
                [("company_id", "=", company.id), ("stage", "!=", "closed")], order="id"
            ).get_result_ids()
            for batch in split_every(BATCH, open_ids):
                done = cases_sudo.browse(batch)._escalate_batch(company, today)
                for key, value in done.items():
                    counts[key] += value
                self.env.flush_all()
                self.env.invalidate_all()
        return counts

    @api.model
    def _cron_escalate(self):
        """End what has run out, judge promises and plans, escalate, company by company."""

        def judge_and_escalate(company):
            today = company._get_collection_today()
            self._end_expired_holds(today, company)
            self.env["collection.dispute"]._remind_late(today, company)
            self.env["collection.promise"]._evaluate(today, company)
            self.env["collection.plan"]._evaluate(today, company)
            self._escalate(companies=company)

        self.env["res.company"]._run_collection_job(judge_and_escalate, "escalation")

    def _escalate_batch(self, company, as_of):
        """Escalate these open cases of one company."""
        basis = self._get_chase_basis(company)
        ladder = self.env["collection.tier"]._get_ladder(company)
        self._choose_policies(company)
        moved = paused = 0
        running = self.browse()
        for case in self:
            reason = case._get_pause(as_of, case.policy_id)
            if reason:
                paused += 1
                case._pause(reason)
                continue
            if case.pause_reason:
                case._end_pause(as_of)
            if case.id in basis:
                moved += case._move_stage(basis[case.id]["tier_id"], ladder)
                if case.stage != "preparation":
                    running |= case
        self._prioritise(as_of)
        steps = running._make_steps(basis, as_of)
        warned = self._warn_managers(as_of)
        return {"moved": moved, "steps": steps, "paused": paused, "warned": warned}

    def _get_chase_basis(self, company):
        """By case id, what it is chased for: oldest due date and worst tier left.

        Items that an open dispute covers, or a performing plan, are left out; they stay in
        every ageing. Of what is contested in part the rest is chased.
        """
        self.env["account.move.line"].flush_model()
        self.env["collection.dispute"].flush_model()
        self.env["collection.plan"].flush_model()
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT line.collection_case_id AS case_id,
                       MIN(line.date_maturity) AS date_due,
                       (ARRAY_AGG(tier.id ORDER BY tier.day_from DESC))[1] AS tier_id,
                       (ARRAY_AGG(tier.code ORDER BY tier.day_from DESC))[1] AS tier_code
                  FROM account_move_line line
                  JOIN collection_tier tier ON tier.id = line.collection_tier_id
                 WHERE line.company_id = %(company)s
                   AND line.collection_case_id = ANY(%(cases)s)
                   AND NOT EXISTS (
                       SELECT 1 FROM collection_dispute_move_line_rel contested
                         JOIN collection_dispute dispute
                           ON dispute.id = contested.dispute_id AND dispute.state = 'open'
                        WHERE contested.line_id = line.id
                          AND dispute.amount >= (
                              SELECT SUM(part.amount_residual)
                                FROM collection_dispute_move_line_rel other
                                JOIN account_move_line part ON part.id = other.line_id
                               WHERE other.dispute_id = dispute.id))
                   AND NOT EXISTS (
                       SELECT 1 FROM collection_plan_move_line_rel planned
                         JOIN collection_plan plan
                           ON plan.id = planned.plan_id AND plan.state = 'performing'
                        WHERE planned.line_id = line.id)
              GROUP BY line.collection_case_id
                """,
                company=company.id,
                cases=self.ids,
            )
        )
        return {row["case_id"]: row for row in rows}

    def _choose_policies(self, company):
        """Note on each of these cases of a company which policy it follows, and why."""
        policy_model = self.env["collection.policy"]
        ranked = policy_model._get_ranked(company)
        for case in self:
            policy, reason = policy_model._choose_for(case, ranked)
            if case.policy_id != policy or case.policy_reason != reason:
                case.write({"policy_id": policy.id, "policy_reason": reason})

    def _move_stage(self, tier_id, ladder):
        """Let the stage follow the worst tier that is chased; legal is people's decision."""
        self.ensure_one()
        stage = stage_of_tier(ladder.ids.index(tier_id), len(ladder))
        if not self._is_prepared():
            stage = "preparation"
        if self.stage == stage or self.stage not in (*WORKED_STAGES, "preparation"):
            return 0
        vals = {"stage": stage}
        worked = WORKED_STAGES.index
        if {stage, self.stage} <= set(WORKED_STAGES) and worked(stage) < worked(self.stage):
            # The worst is paid: what is left is chased from the start of its own stage.
            vals["cycle"] = self.cycle + 1
        self.write(vals)
        return 1
