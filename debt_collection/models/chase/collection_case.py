from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, format_date, formatLang

from ...tools.priority import score
from ...tools.steps import stage_of_tier
from ..base.collection_guard import OURS
from ..base.plausible_values import check_plausible
from ..policy.collection_policy_step import METHODS

BATCH = 500
WORKED_STAGES = ("new", "first", "midterm", "severe")
PLAN = ("plan_method", "plan_date", "plan_user_id")
PAPERS = ("contract", "statement", "delivery")
PARTS = ("business", "financial", "credit", "documents", "plan")
# How and when a case of before ended is in the file; how one of ours ends, the steps write.
ENDING = {"date_closed", "close_reason"}


class CollectionCase(models.Model):
    """The daily escalation: stage, policy and steps of every open case (P3.4–P3.6)."""

    _name = "collection.case"
    _inherit = ["collection.case", "collection.case.risk"]

    date_escalated = fields.Date("Escalated On", readonly=True, copy=False)

    pause_reason = fields.Char("Paused Because", readonly=True, copy=False)
    pause_text = fields.Char(compute="_compute_pause_text", compute_sudo=True)

    priority = fields.Integer(readonly=True, default=0, copy=False, index=True)
    limitation_date = fields.Date(
        readonly=True, copy=False, help="Last day on which all debts of the case can be claimed."
    )
    priority_parts = fields.Json(readonly=True, copy=False)
    priority_reason = fields.Char(compute="_compute_priority_reason")
    amount_at_risk = fields.Monetary(
        "Amount at Risk", compute="_compute_amount_at_risk",
        help="What is to be collected times the chance that it is not paid within 30 days.",
    )

    business_note = fields.Text("Business Situation")
    financial_note = fields.Text("Financial Position")
    credit_note = fields.Text("Credit Record")
    plan_method = fields.Selection(METHODS, "Method", tracking=True, copy=False)
    plan_date = fields.Date("First Contact On", tracking=True, copy=False)
    plan_user_id = fields.Many2one(
        "res.users", "Person Responsible", domain=[("share", "=", False)], tracking=True,
        copy=False,
    )
    plan_note = fields.Text("Approach", copy=False)
    waive_reason = fields.Char(
        "Preparation Waived Because", readonly=True, tracking=True, copy=False
    )
    document_ids = fields.One2many("collection.case.document", "case_id", "Documents")
    business_waived = fields.Boolean("No Review of the Business", copy=False)
    financial_waived = fields.Boolean("No Review of the Finances", copy=False)
    credit_waived = fields.Boolean("No Review of the Credit Record", copy=False)
    documents_waived = fields.Boolean("No Documents", copy=False)
    plan_waived = fields.Boolean("No Plan of Its Own", copy=False)
    part_waive_reason = fields.Char("Left Out Because", copy=False)
    date_prepared = fields.Date("Prepared On", readonly=True, copy=False, tracking=True)
    prepared_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    history_invoice_count = fields.Integer("Invoices Paid", compute="_compute_payment_history")
    history_days_late = fields.Float(
        "Average Days Late", compute="_compute_payment_history", digits=(16, 1)
    )
    history_share_late = fields.Float(
        "Paid Late", compute="_compute_payment_history", help="Share of the items paid, by number."
    )
    history_broken_count = fields.Integer("Broken Promises", compute="_compute_payment_history")
    history_dso = fields.Float(
        "DSO", compute="_compute_payment_history", digits=(16, 0),
        help="Days sales outstanding: open balance / sales of the last 365 days × 365.",
    )

    task_force_ids = fields.One2many("collection.task.force", "case_id", "Task Forces")
    task_force_id = fields.Many2one(
        "collection.task.force", "Task Force at Work", compute="_compute_task_force_id"
    )
    _people_write = {
        "*": {
            "business_note", "financial_note", "credit_note", "plan_method", "plan_date",
            "plan_user_id", "plan_note", "document_ids", "task_force_ids", "business_waived",
            "financial_waived", "credit_waived", "documents_waived", "plan_waived",
            "part_waive_reason",
        },
    }

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

    def _escalate_batch(self, company, as_of):
        """Escalate these open cases of one company."""
        basis = self._get_chase_basis(company, as_of)
        self._choose_policies(company)
        paused = self._pause_or_resume(as_of)
        moved, steps = (self - paused)._go_on(basis, company, as_of)
        self._prioritise(as_of)
        warned = self._warn_managers(as_of)
        self.filtered(lambda case: case.date_escalated != as_of).date_escalated = as_of
        self.env["collection.task.force"]._keep(self, as_of)
        return {"moved": len(moved), "steps": steps, "paused": len(paused), "warned": warned}

    def _get_chase_basis(self, company, as_of=None):
        """By case id, what it is chased for: oldest due date and worst tier left.

        Items that a dispute, a performing plan, money on its way or credits cover in full are
        left out; they stay in every ageing. Of what is covered in part the rest is chased.
        """
        if not self:
            return {}
        position_model = self.env["collection.position"]
        position_model._flush_for_positions()
        items = position_model._get_items_sql(
            company, as_of or company._get_collection_today(), self.partner_id.ids
        )
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT item.case_id, MIN(COALESCE(line.date_maturity, line.date)) AS date_due,
                       (ARRAY_AGG(tier.id ORDER BY tier.day_from DESC))[1] AS tier_id,
                       (ARRAY_AGG(tier.code ORDER BY tier.day_from DESC))[1] AS tier_code
                  FROM (%s) item
                  JOIN account_move_line line ON line.id = item.id
                  JOIN collection_tier tier ON tier.id = line.collection_tier_id
                 WHERE item.case_id = ANY(%s) AND item.free > item.covered
              GROUP BY item.case_id
                """,
                items,
                self.ids,
            )
        )
        return {row["case_id"]: row for row in rows}

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
        moved.filtered(lambda case: case._falls_back(targets[case]))._begin_cycle(basis)
        former = {case: case.stage for case in moved}
        for stage, cases in moved.grouped(targets.get).items():
            cases.write({"stage": stage})
        moved._on_stages_moved(former)
        return moved

    def _falls_back(self, stage):
        """Whether the case is at a worse stage than this one, both by the escalation."""
        self.ensure_one()
        worked = WORKED_STAGES.index
        return {self.stage, stage} <= set(WORKED_STAGES) and worked(stage) < worked(self.stage)

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
            cases.write({"cycle": cycle + 1, "date_chase_began": False})

    # What keeps a case from being chased: holds, promises, plans, disputes, replies.

    @api.depends("pause_reason")
    @api.depends_context("lang")
    def _compute_pause_text(self):
        """What the last run noted in the company's language, in the reader's."""
        for case in self:
            today = case.company_id._get_collection_today()
            reason = case.pause_reason and case._get_pause(today, case.policy_id)
            case.pause_text = reason or case.pause_reason

    def _get_pause(self, as_of, policy):
        """Why no steps are made for the case on a day, in words; empty when they are."""
        self.ensure_one()
        return next((words for words, _last_day in self._get_pauses(as_of, policy)), "")

    def _get_pauses(self, as_of, policy, has_amount=True):
        """What keeps the case from being chased on a day, each in words and with its last day.

        :param has_amount: whether it also counts that too little is to be collected, for
            whatever reason
        """
        self.ensure_one()
        yield from self._get_agreed_pauses(as_of)
        # A promise that runs out is broken: what it covered is to be collected again.
        amount = self.amount_to_collect + self.amount_promised
        if has_amount or self._is_halted_ahead():
            reason = self._get_amount_pause(amount, policy)
            if reason:
                yield reason, None
        yield from self._get_reply_pauses(as_of)

    def _get_agreed_pauses(self, as_of):
        """The holds and promises that pause the chase, as in `_get_pauses`."""
        partner = self.partner_id.with_company(self.company_id)
        if partner._is_on_collection_hold(as_of):
            yield self.env._(
                "The customer is on hold: %(reason)s",
                reason=partner.collection_hold_reason or self.env._("no reason given"),
            ), partner.collection_hold_until or None
        if self.hold_until and self.hold_until >= as_of:
            yield self.env._(
                "On hold until %(date)s: %(reason)s",
                date=format_date(self.env, self.hold_until), reason=self.hold_reason,
            ), self.hold_until
        for promise in self.promise_ids.filtered(lambda promise: promise.state == "open"):
            yield (
                self.env._("Promised: %(promise)s", promise=promise.display_name),
                promise._get_last_day(),
            )

    def _is_halted_ahead(self):
        """Whether a dispute or plan over all that is overdue holds a word before a due date."""
        compare = self.currency_id.compare_amounts
        return compare(self.amount_to_collect + self.amount_promised, 0) <= 0 and (
            compare(self.amount_disputed, 0) > 0 or compare(self.amount_planned, 0) > 0
        )

    def _get_amount_pause(self, amount, policy):
        """Why nobody is contacted for such an amount to collect, in words; empty when it is."""
        compare = self.currency_id.compare_amounts
        if compare(amount, 0) <= 0:
            return self._get_words_nothing()
        if compare(amount, policy.amount_minimum) < 0:
            return self.env._(
                "Below the minimum amount of %(amount)s",
                amount=formatLang(self.env, policy.amount_minimum, currency_obj=self.currency_id),
            )
        return ""

    def _get_reply_pauses(self, as_of):
        """What the customer wrote, as far as it pauses the chase, as in `_get_pauses`."""
        if self.is_sender_unverified:
            yield self.env._("Somebody wrote from an unknown address: look at it first"), None
        if self.wait_until and self.wait_until >= as_of:
            yield self.env._(
                "The customer replied: no new steps until %(date)s",
                date=format_date(self.env, self.wait_until),
            ), self.wait_until

    def _get_open_invoices(self):
        """For the e-mails of steps: by currency, the overdue items and what is asked for.

        Only the currencies in which something is to be collected. What of the items is
        disputed, in a plan, promised, on its way or covered by credits is taken off.

        :return: list of tuples of the currency, dicts ``number date_due amount``, and their sum
        """
        self.ensure_one()
        # An e-mail is whole, whichever entries the user may open.
        case_sudo = self.sudo()
        items_sudo = case_sudo.line_ids.filtered(
            lambda item: item.collection_tier_id and not item.reconciled
        ).sorted(lambda item: (item._get_collection_due(), item.id))
        # What is disputed or planned altogether is not named.
        contested, planned = self.env["collection.position"]._get_held(items_sudo)
        items_sudo = items_sudo.filtered(
            lambda item: item.id not in planned and item.company_currency_id.compare_amounts(
                contested.get(item.id, 0), item.amount_residual
            ) < 0
        )
        result = []
        for currency, asked in case_sudo._get_asked():
            own_sudo = items_sudo.filtered(lambda item, own=currency: item.currency_id == own)
            rows = [
                {
                    "number": item.move_id.name,
                    "date_due": item._get_collection_due(),
                    "amount": item.amount_residual_currency,
                }
                for item in own_sudo
            ]
            less = currency.round(sum(row["amount"] for row in rows) - asked)
            if less:
                rows.append({
                    "number": self.env._("Less what is covered, disputed or agreed"),
                    "date_due": False,
                    "amount": -less,
                })
            result.append((currency, rows, asked))
        return result

    def _get_oldest_asked(self):
        """The oldest due date of what the e-mails of steps name."""
        self.ensure_one()
        return min(
            (row["date_due"] for _currency, rows, _asked in self._get_open_invoices()
             for row in rows if row["date_due"]),
            default=self.date_oldest_due,
        )

    # The one question that everybody asks who is about to write to the customer.

    def _get_send_blocks(self, what, as_of):
        """Why this may not go out to the customer of the case on a day, in words.

        Asked by steps, drafts, released letters, runs, reminders and e-mails alike.

        :param what: the kind of a letter, ``email`` or ``sms``; ``ahead`` for a word before the
            due date, which no amount overdue is needed for
        :return: list of texts; empty when it may go out
        """
        self.ensure_one()
        # What pauses the chase holds for all, whoever may see the case.
        case_sudo = self.sudo()
        blocks = [
            words for words, _last_day in case_sudo._get_pauses(
                as_of, case_sudo._get_policy(), has_amount=what != "ahead"
            )
        ]
        if case_sudo.stage == "legal" and what != "lawyer":
            blocks.append(self.env._("The case is in legal hands: only counsel writes."))
        return blocks

    def _get_gap_block(self, as_of):
        """Why no letter may leave on a day, in words: another one went out too short ago."""
        self.ensure_one()
        case_sudo = self.sudo()
        last = case_sudo.date_letter_gone
        days = case_sudo._get_policy().letter_gap_days
        if not last or (as_of - last).days >= days:
            return ""
        return self.env._(
            "A letter went out on %(last)s: the next one may leave from %(date)s.",
            last=format_date(self.env, last),
            date=format_date(self.env, fields.Date.add(last, days=days)),
        )

    def _has_to_collect(self):
        """Whether something is to be collected in any currency; else nobody is contacted."""
        self.ensure_one()
        return self.currency_id.compare_amounts(self.amount_to_collect, 0) > 0

    def _get_words_nothing(self):
        """Why nothing is to be collected, and what is to be done instead."""
        self.ensure_one()
        compare = self.currency_id.compare_amounts

        def money(amount):
            return formatLang(self.env, amount, currency_obj=self.currency_id)

        if compare(self.amount_credit, 0) > 0:
            return self.env._(
                "Nothing to collect. Match credits: %(amount)s", amount=money(self.amount_credit)
            )
        if compare(self.amount_on_its_way, 0) > 0:
            return self.env._(
                "Nothing to collect: %(amount)s is on its way",
                amount=money(self.amount_on_its_way),
            )
        return self.env._("Nothing to collect: all is promised, disputed or in a plan")

    def _ask_to_match(self, as_of):
        """A to-do for finance where credits cover what is overdue: match them, refund the rest."""
        summaries = (self.env._("Match credits"), self.env._("Match credits, refund the rest"))
        for case in self:
            compare = case.currency_id.compare_amounts
            covered = compare(case.amount_credit, 0) > 0 and not case._has_to_collect()
            asked = case.activity_ids.filtered(lambda todo: todo.summary in summaries)
            if not covered and not asked:
                continue
            has_rest = compare(case.amount_unapplied, case.amount_credit) > 0
            wanted = summaries[has_rest] if covered else None
            (asked - asked.filtered_domain([("summary", "=", wanted)])).unlink()
            user = case._get_responsible("finance", as_of)
            if wanted and user and wanted not in asked.exists().mapped("summary"):
                case.activity_schedule(
                    "mail.mail_activity_data_todo", date_deadline=as_of, summary=wanted,
                    user_id=user.id,
                )

    def _pause_or_resume(self, as_of):
        """Take the steps of paused cases off the lists.

        :return: the cases that are paused on the day
        """
        reasons = {case: case._get_pause(as_of, case.policy_id) for case in self}
        paused = self.filtered(lambda case: reasons[case])
        if paused:
            paused._get_planned_steps()._cancel("paused")
        changed = paused.filtered(lambda case: case.pause_reason != reasons[case])
        for reason, cases in changed.grouped(reasons.get).items():
            cases.write({"pause_reason": reason})
        # The steps that the pause had taken away come back with those that are due.
        (self - paused).filtered("pause_reason").write({"pause_reason": False})
        self._ask_to_match(as_of)
        return paused

    def _update_chase(self):
        """Bring pause, steps and priority of these cases up to date, as the next night would.

        Where a pause has just ended, what it took off the lists comes back now.
        """
        # Steps and to-dos of colleagues follow as well, as they do in the night.
        for company, cases_sudo in self.sudo().filtered(
            lambda case: not case.is_closed
        ).grouped("company_id").items():
            today = company._get_collection_today()
            cases_sudo = company._in_collection_language(cases_sudo.with_company(company))
            cases_sudo._choose_policies(company)
            halted = cases_sudo.filtered("pause_reason")
            freed = halted - cases_sudo._pause_or_resume(today)
            if freed:
                freed._go_on(freed._get_chase_basis(company), company, today)
            cases_sudo._prioritise(today)

    def _go_on(self, basis, company, as_of):
        """Move the stages of these cases that nothing pauses, and make the steps that are due.

        :param basis: by case id, the due date and tier that the case is chased for
        :return: tuple of the cases that moved and of the number of steps made
        """
        running = self.filtered(lambda case: case.id in basis)
        moved = running._move_stages(basis, self.env["collection.tier"]._get_ladder(company))
        running = running.filtered(lambda case: case.stage != "preparation")
        return moved, running._make_steps(basis, as_of)

    # Which case first, and why: points that everybody can add up.

    @api.depends("amount_to_collect", "risk_share")
    def _compute_amount_at_risk(self):
        for case in self:
            case.amount_at_risk = max(0.0, case.amount_to_collect) * case.risk_share

    @api.depends("priority", "priority_parts")
    @api.depends_context("lang")
    def _compute_priority_reason(self):
        for case in self:
            parts = case.priority_parts or {}
            if "at_risk" in parts:
                case.priority_reason = case._get_risk_text(parts)
                continue
            labels = case._get_priority_labels()
            case.priority_reason = (
                " + ".join(
                    f"{label}: {parts[name]}" for name, label in labels.items() if name in parts
                )
                + f" = {case.priority}"
                if parts
                else False
            )

    def _get_priority_labels(self):
        """The reasons in words, with the case's own figures."""
        self.ensure_one()
        return {
            "amount": self.env._(
                "to collect %(amount)s",
                amount=formatLang(
                    self.env, self.amount_to_collect, currency_obj=self.currency_id
                ),
            ),
            "tier": self.tier_id.name or "",
            "broken": self.env._("broken promises"),
            "silence": (
                self.env._("time since the last contact")
                if self.date_last_contact
                else self.env._("no contact yet")
            ),
            "limitation": self.env._("limitation near"),
            "promise_due": self.env._("promise due"),
        }

    def _prioritise(self, as_of):
        """Give these cases of one company their points of a day, by the rule of their policy."""
        by_risk = self.filtered(lambda case: case.policy_id.priority_rule == "risk")
        (self - by_risk)._prioritise_by_points(as_of)
        policies = {case: case.policy_id for case in by_risk}
        for case, choice in (by_risk._get_choices(policies) if by_risk else {}).items():
            vals = case._prepare_risk_vals(choice)
            if any(case[name] != value for name, value in vals.items()):
                case.write(vals)

    def _prioritise_by_points(self, as_of):
        """Give these cases of one company the sum of the points of each reason."""
        ladder = self.env["collection.tier"]._get_ladder(self.company_id[:1])
        weights = {policy: policy._get_priority_weights() for policy in self.policy_id}
        parts = {
            case: score(
                weights[case.policy_id],
                case.amount_to_collect,
                *case._get_priority_facts(ladder, as_of),
            )
            for case in self
        }
        changed = self.filtered(lambda case: (case.priority_parts or {}) != parts[case])
        for items, cases in changed.grouped(lambda case: tuple(parts[case].items())).items():
            cases.write({
                "priority": sum(points for _name, points in items),
                "priority_parts": dict(items),
            })

    def _get_priority_facts(self, ladder, as_of):
        """The arguments of `score` after the amount."""
        self.ensure_one()
        promises = self.promise_ids
        silent = None
        if self.date_last_contact:
            last = self.company_id._get_collection_date(self.date_last_contact)
            silent = max((as_of - last).days, 0)
        limitation = self.limitation_date
        return (
            (ladder.ids.index(self.tier_id.id) + 1) / len(ladder) if self.tier_id in ladder else 0,
            len(promises.filtered(lambda promise: promise.state in ("partial", "broken"))),
            silent,
            (limitation - as_of).days if limitation else None,
            any(p.state == "open" and p.date_promised <= as_of for p in promises),
        )

    # What people hear of without asking: late steps, cases nobody works on (P2.1).

    def _warn_managers(self, as_of):
        """To-dos for the managers of these cases, once for each reason; return how many."""
        late = self._get_planned_steps().filtered(
            lambda step: not step.is_warned and step.date_deadline < as_of
        )
        if late:
            late.write({"is_warned": True})
        warnings = [
            step.case_id._prepare_warning(
                self.env._(
                    "“%(step)s” was due on %(date)s",
                    step=step.display_name,
                    date=format_date(self.env, step.date_deadline),
                ),
                as_of,
            )
            for step in late
        ]
        warnings += [
            case._prepare_warning(self.env._("No next action is planned"), as_of)
            for case in self
            if not (case.activity_ids or case.next_step_id or case.pause_reason)
            and case.stage != "legal"
        ]
        warnings = [vals for vals in warnings if vals["user_id"]]
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(warnings)
        return len(warnings)

    @api.constrains("hold_until", "plan_date")
    def _check_plausible(self):
        check_plausible(self, ("hold_until", "plan_date"))

    # The preparation: the review of the customer, the papers, and the individual plan (P3.3).

    @api.depends("partner_id", "company_id", "amount_overdue")
    def _compute_payment_history(self):
        """The customer's record in the ledger, one query for all of the cases."""
        history = self._get_payment_history()
        for case in self:
            row = history.get((case.partner_id.id, case.company_id.id), {})
            paid = row.get("paid") or 0
            case.history_invoice_count = paid
            case.history_days_late = row.get("days_late") or 0
            case.history_share_late = (row.get("late") or 0) / paid if paid else 0
            case.history_broken_count = row.get("broken") or 0
            sales = row.get("sales") or 0
            case.history_dso = (row.get("balance") or 0) / sales * 365 if sales > 0 else 0

    def _get_payment_history(self):
        """By (customer id, company id), what the ledger says of how the customer pays."""
        for model in ("account.move", "account.move.line", "account.partial.reconcile",
                      "collection.promise", "collection.case"):
            self.env[model].flush_model()
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT customer.commercial_partner_id AS partner_id, line.company_id,
                       COUNT(*) FILTER (WHERE line.reconciled AND line.balance > 0) AS paid,
                       COUNT(*) FILTER (WHERE line.reconciled AND line.balance > 0
                                          AND settled.date > line.date_maturity) AS late,
                       AVG(settled.date - line.date_maturity)
                           FILTER (WHERE line.reconciled AND line.balance > 0) AS days_late,
                       SUM(line.amount_residual) AS balance,
                       SUM(line.balance) FILTER (
                           WHERE move.move_type IN ('out_invoice', 'out_refund')
                             AND line.date > %(today)s - 365) AS sales,
                       (SELECT COUNT(*) FROM collection_promise promise
                         WHERE promise.partner_id = customer.commercial_partner_id
                           AND promise.company_id = line.company_id
                           AND promise.state IN ('partial', 'broken')) AS broken
                  FROM account_move_line line
                  JOIN account_move move ON move.id = line.move_id
                  JOIN account_account account ON account.id = line.account_id
                   AND account.account_type = 'asset_receivable'
                  JOIN res_partner customer ON customer.id = line.partner_id
     LEFT JOIN LATERAL (SELECT MAX(partial.max_date) AS date
                          FROM account_partial_reconcile partial
                         WHERE partial.debit_move_id = line.id) settled ON TRUE
                 WHERE line.parent_state = 'posted'
                   AND line.company_id = ANY(%(companies)s)
                   AND customer.commercial_partner_id = ANY(%(partners)s)
              GROUP BY customer.commercial_partner_id, line.company_id
                """,
                today=fields.Date.context_today(self),
                companies=self.company_id.ids,
                partners=self.partner_id.ids,
            )
        )
        return {(row["partner_id"], row["company_id"]): row for row in rows}

    def _is_prepared(self):
        """Whether steps may begin: the plan names method, date and person, or was waived."""
        self.ensure_one()
        return not self._has_to_prepare(self.policy_id)

    def _has_to_prepare(self, policy):
        """Whether a policy lets no step begin before the plan is complete, or waived."""
        self.ensure_one()
        return (
            self.stage == "preparation" or (self.stage == "new" and policy.preparation_required)
        ) and not self._is_planned()

    def _check_prepared(self, vals):
        """A case leaves the preparation only with a plan, or a waiver (P3.3)."""
        if vals.get("stage") in ("first", "midterm", "severe", "legal"):
            for case in self:
                if case.stage == "preparation" and not case._is_planned(vals):
                    raise UserError(
                        self.env._(
                            "The case %(case)s is not prepared. Name the method, the date and"
                            " the person responsible in its plan, or let the manager waive it.",
                            case=case.display_name,
                        )
                    )

    def _is_planned(self, vals=()):
        """Whether the plan names method, date and person, or was waived.

        :param vals: values about to be written, which count already
        """
        self.ensure_one()
        values = {name: self[name] for name in (*PLAN, "waive_reason")} | dict(vals)
        return bool(values["waive_reason"] or all(values[name] for name in PLAN))

    def action_prepare(self):
        """Begin the preparation: the papers that are usual are listed (P3.3)."""
        for case in self:
            if case.stage not in ("new", "first", "midterm", "severe"):
                raise UserError(
                    self.env._(
                        "The case %(case)s cannot be prepared at its stage.",
                        case=case.display_name,
                    )
                )
            case.stage = "preparation"
            missing = set(PAPERS) - set(case.document_ids.mapped("kind"))
            self.env["collection.case.document"].create(
                [{"case_id": case.id, "kind": kind} for kind in PAPERS if kind in missing]
            )

    def action_open_preparation(self):
        """Open the preparation in one form: each part is answered or left out (P3.3)."""
        self.ensure_one()
        if not self.document_ids:
            self.env["collection.case.document"].create(
                [{"case_id": self.id, "kind": kind} for kind in PAPERS]
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Preparation"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [
                (self.env.ref("debt_collection.collection_case_view_form_preparation").id, "form")
            ],
            "target": "new",
        }

    def action_finish_preparation(self):
        """The preparation is complete: note by whom and when, and end its step."""
        self.check_access("write")
        labels = self._get_part_labels()
        for case in self:
            missing = [labels[part] for part in PARTS if not case._is_part_answered(part)]
            if missing:
                raise UserError(
                    self.env._("Answer or leave out: %(parts)s.", parts=", ".join(missing))
                )
            if any(case[f"{part}_waived"] for part in PARTS) and not (
                case.part_waive_reason or ""
            ).strip():
                raise UserError(self.env._("Say why a part of the preparation is left out."))
            today = case.company_id._get_collection_today()
            # Checked above; who prepared a case, and its steps, are noted by the button alone.
            case_sudo = case.sudo()
            case_sudo.write({"date_prepared": today, "prepared_by_id": self.env.uid})
            case_sudo.case_step_ids.filtered(
                lambda step: step.step_id.is_preparation
            )._mark_done(today)
        return {"type": "ir.actions.act_window_close"}

    def _is_part_answered(self, part):
        """Whether a part of the preparation was answered, or left out."""
        self.ensure_one()
        if self[f"{part}_waived"]:
            return True
        if part == "documents":
            return bool(self.document_ids) and "missing" not in self.document_ids.mapped("state")
        if part == "plan":
            return all(self[name] for name in PLAN)
        return bool((self[f"{part}_note"] or "").strip())

    def _get_part_labels(self):
        return {
            "business": self.env._("business situation"),
            "financial": self.env._("financial position"),
            "credit": self.env._("credit record"),
            "documents": self.env._("documents"),
            "plan": self.env._("plan: method, date and person"),
        }

    def _waive_preparation(self, reason):
        """Let the chase begin without a complete plan; the manager's decision, with a reason."""
        if not self.env.user.has_group("debt_collection.group_manager"):
            raise AccessError(self.env._("Only a collection manager may waive a preparation."))
        if not (reason or "").strip():
            raise UserError(self.env._("Give the reason why the preparation is waived."))
        self.check_access("write")
        # Checked above; nobody writes the reason of a waiver directly.
        self.sudo().write({"waive_reason": reason.strip()})
        self.env["collection.decision"]._note("preparation", self, "waive_reason")

    # The task force of a severe case (P3.6).

    @api.depends("task_force_ids.state")
    def _compute_task_force_id(self):
        for case in self:
            case.task_force_id = case.task_force_ids.filtered(
                lambda force: force.state == "active"
            )[:1]

    @api.constrains("lead_id")
    def _check_lead_is_member(self):
        """The lead sees the case like every member."""
        for case in self.filtered("lead_id"):
            if case.lead_id not in case.member_ids:
                case.member_ids += case.lead_id

    def _tell_task_force_of_people(self):
        """Lead or members were written; the task force itself need not be told of its own."""
        if self.env.context.get("collection_task_force_kept") is not OURS:
            # Who changes the people of a case need not be invited to its meetings.
            self.sudo().task_force_id._follow_people()

    def _needs_task_force(self):
        """Whether the policy gives the case a task force by itself."""
        self.ensure_one()
        policy = self._get_policy()
        return (
            self.stage == "severe"
            and policy.task_force_auto
            and self.currency_id.compare_amounts(
                self.amount_overdue, policy.task_force_amount
            ) >= 0
        )

    def _end_task_force(self):
        # Whoever posts the payment has no right on task forces.
        forces_sudo = self.env["collection.task.force"].sudo().search(
            [("case_id", "in", self.ids), ("state", "=", "active")]
        )
        for company, forces in forces_sudo.grouped("company_id").items():
            forces._end(company._get_collection_today())

    def action_form_task_force(self):
        """Set up the task force now; open it."""
        self.ensure_one()
        if self.is_closed:
            raise UserError(
                self.env._(
                    "The case %(case)s is closed: it needs no task force.", case=self.display_name
                )
            )
        force = self.task_force_id
        if not force:
            today = self.company_id._get_collection_today()
            force = self.env["collection.task.force"]._form(self, today)
            force._plan_meetings(today)
            force._plan_reviews(today)
        return force._get_records_action()

    @api.readonly
    def action_view_task_force(self):
        self.ensure_one()
        return self.task_force_ids.sorted("state")[:1]._get_records_action()
