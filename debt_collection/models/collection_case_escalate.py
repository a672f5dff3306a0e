from odoo import api, fields, models
from odoo.tools import SQL

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

    date_escalated = fields.Date("Escalated On", readonly=True, copy=False)

    @api.model
    def _get_open_case_ids(self, company, domain=()):
        """Ids of a company's open cases, whoever works on them."""
        return self.sudo()._search(
            [("company_id", "=", company.id), ("stage", "!=", "closed"), *domain], order="id"
        ).get_result_ids()

    @api.model
    def _escalate_slice(self, company, as_of, case_ids):
        """Escalate some open cases of a company, and let go of the memory it took.

        Cases that another worker or a person is writing at this moment are left for the next
        run: whoever waits for them would decide on figures that are old by then.
        """
        # The job works for everybody, on cases of every collector.
        cases_sudo = company._in_collection_language(
            self.sudo().with_company(company)
        ).browse(case_ids).try_lock_for_update(allow_referencing=True)
        counts = cases_sudo._escalate_batch(company, as_of)
        self.env.flush_all()
        self.env.invalidate_all()
        return counts

    def _get_policy(self):
        """The policy the case follows; the company's before an escalation has chosen one."""
        self.ensure_one()
        return self.policy_id._get_for(self, self.company_id)

    def _escalate_batch(self, company, as_of):
        """Escalate these open cases of one company."""
        basis = self._get_chase_basis(company)
        self._choose_policies(company)
        paused = self._pause_or_resume(as_of)
        running = (self - paused).filtered(lambda case: case.id in basis)
        moved = running._move_stages(basis, self.env["collection.tier"]._get_ladder(company))
        running = running.filtered(lambda case: case.stage != "preparation")
        self._prioritise(as_of)
        steps = running._make_steps(basis, as_of)
        warned = self._warn_managers(as_of)
        self.filtered(lambda case: case.date_escalated != as_of).date_escalated = as_of
        self.env["collection.task.force"]._keep(self, as_of)
        return {"moved": len(moved), "steps": steps, "paused": len(paused), "warned": warned}

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
        groups = self.grouped(lambda case: policy_model._choose_for(case, ranked))
        for (policy, reason), cases in groups.items():
            cases.filtered(
                lambda case, policy=policy, reason=reason: case.policy_id != policy
                or case.policy_reason != reason
            ).write({"policy_id": policy.id, "policy_reason": reason})

    def _move_stages(self, basis, ladder):
        """Let stages follow the worst tier that is chased; legal is people's decision.

        :param basis: by case id, the tier that the case is chased for
        :return: the cases that moved
        """
        targets = {}
        for case in self.filtered(lambda case: case.stage in (*WORKED_STAGES, "preparation")):
            stage = "preparation"
            if case._is_prepared():
                stage = stage_of_tier(ladder.ids.index(basis[case.id]["tier_id"]), len(ladder))
            if case.stage != stage:
                targets[case] = stage
        moved = self.browse().union(*targets)
        worked = WORKED_STAGES.index
        back = moved.filtered(
            lambda case: {targets[case], case.stage} <= set(WORKED_STAGES)
            and worked(targets[case]) < worked(case.stage)
        )
        back._begin_cycle(basis)
        former = {case: case.stage for case in moved}
        for stage, cases in moved.grouped(targets.get).items():
            cases.write({"stage": stage})
        moved._on_stages_moved(former)
        return moved

    def _on_stages_moved(self, former):
        """Called when the escalation has moved these cases.

        :param former: by case, the stage it came from
        """

    def _begin_cycle(self, basis):
        """The worst is off the table: what is left is chased from the start of its own stage.

        What was planned for the worst is not needed any more: it was paid, or, where it still
        stands in the books, a dispute or plan keeps it from being chased.
        """
        planned = self.case_step_ids.filtered(lambda step: step.state == "planned")
        contested = planned.filtered(
            lambda step: step.case_id.tier_id.id != basis[step.case_id.id]["tier_id"]
        )
        contested._cancel("paused")
        (planned - contested)._cancel("paid")
        self._count_cycle()

    def _count_cycle(self):
        """From now on each step may be made once more."""
        for cycle, cases in self.grouped("cycle").items():
            cases.write({"cycle": cycle + 1})
