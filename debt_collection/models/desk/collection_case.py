from odoo import Command, api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date

LIMITATION_DAYS = 90
SILENT_DAYS = 14
BROKEN_PROMISES = 2


class CollectionCase(models.Model):
    """The day of a collector: figures above the worklist, cases at risk, the worklist itself."""

    _inherit = "collection.case"

    is_at_risk = fields.Boolean("At Risk", compute="_compute_risk", search="_search_is_at_risk")
    risk_reason = fields.Char("Why at Risk", compute="_compute_risk")
    is_promise_breaker = fields.Boolean(
        "Two Broken Promises", compute="_compute_risk", search="_search_is_promise_breaker"
    )
    late_step_count = fields.Integer("Late Steps", compute="_compute_late_step_count")

    is_mine = fields.Boolean("Mine Today", compute="_compute_is_mine", search="_search_is_mine")
    is_stand_in = fields.Boolean(
        "I Stand In", compute="_compute_is_mine", search="_search_is_stand_in"
    )
    is_for_today = fields.Boolean(
        "To Do Today",
        compute="_compute_is_for_today",
        search="_search_is_for_today",
        help="A to-do is due, a promise is due, or nobody has spoken to the customer yet. A case"
        " contacted today comes back only when a to-do is due.",
    )
    date_promised = fields.Date("Promised For", compute="_compute_date_promised")
    date_last_payment = fields.Date("Last Payment On", compute="_compute_last_payment")
    amount_last_payment = fields.Monetary("Last Payment", compute="_compute_last_payment")

    @api.model
    @api.readonly
    def get_day_progress(self, team=False):
        """The figures of today, in the active company's currency.

        :param bool team: of all cases the user may see, not of the own ones only
        :return: dict of ``currency_id``, ``to_collect``, ``collected``, ``promises`` and
            ``steps``, for a team also of ``unassigned`` and ``risk``
        """
        self.check_access("read")
        today = self.env.company._get_collection_today()
        mine = Domain.TRUE if team else self._get_my_domain()
        in_companies = Domain("company_id", "in", self.env.companies.ids)
        cases = in_companies & mine & Domain("stage", "!=", "closed")
        # Colleagues' cash is for those who see all cases.
        whole = team and any(
            self.env.user.has_group(f"debt_collection.group_{role}")
            for role in ("manager", "finance")
        )
        progress = {
            "currency_id": self.env.company.currency_id.id,
            "to_collect": self._get_progress_sum(cases & self._get_today_domain(), today),
            "promises": self._get_progress_promises(cases, today),
            "steps": self._get_progress_steps(in_companies, team, today),
            "collected": {
                "amount": self._get_progress_cash(whole, today),
                "target": self._get_progress_target(whole, today),
            },
        }
        if team:
            progress["unassigned"] = self._get_progress_sum(
                cases & Domain("user_id", "=", False), today
            )
            progress["risk"] = self._get_progress_sum(cases & self._get_risk_domain(), today)
        return progress

    @api.model
    def _get_progress_sum(self, domain, today):
        """Number of cases, and what is to collect of them."""
        rows = self._read_group(domain, ["company_id"], ["__count", "amount_to_collect:sum"])
        return {
            "count": sum(count for _company, count, _amount in rows),
            "amount": self._add_up({company: amount for company, _n, amount in rows}, today),
        }

    @api.model
    def _get_progress_promises(self, cases, today):
        """Open promises that are to be kept by today, and what of them has not come yet.

        A case has one open promise at most.
        """
        due = Domain("state", "=", "open") & Domain("date_promised", "<=", today)
        rows = self._read_group(
            Domain(cases) & Domain("promise_ids", "any", due),
            ["company_id"], ["__count", "amount_promised:sum"],
        )
        return {
            "count": sum(count for _company, count, _amount in rows),
            "amount": self._add_up({company: amount for company, _n, amount in rows}, today),
        }

    @api.model
    def _get_progress_steps(self, in_companies, team, today):
        """Steps to do by today, how many of them are late, and steps done today."""
        own = Domain.TRUE if team else Domain("user_id", "=", self.env.uid)
        steps = {"left": 0, "late": 0, "done": 0}
        due = Domain("state", "=", "planned") & Domain("date_deadline", "<=", today)
        done = Domain("state", "=", "done") & Domain("date_done", "=", today)
        for state, deadline, count in self.env["collection.case.step"]._read_group(
            in_companies & own & (due | done), ["state", "date_deadline:day"], ["__count"]
        ):
            if state == "done":
                steps["done"] += count
            else:
                steps["left"] += count
                steps["late"] += count if fields.Date.to_date(deadline) < today else 0
        return steps

    @api.model
    def _get_progress_cash(self, team, today):
        """Cash that came this month while the collector owned the case, or all of the team's."""
        start, stop = today.replace(day=1), fields.Date.add(today, days=1)
        holder = None if team else self.env.uid
        return self._add_up({
            company: self._get_cash_by_collector(company, start, stop).get(holder, 0)
            for company in self.env.companies
        }, today)

    @api.model
    def _get_progress_target(self, team, today):
        """The cash to collect this month, as the collection plan has it."""
        user = None if team else self.env.user
        return self._add_up({
            company: self.env["collection.target"]._get_amount(company, today, user)
            for company in self.env.companies
        }, today)

    @api.model
    def _add_up(self, amounts, today):
        """Amounts by company, in the active company's currency."""
        company = self.env.company
        return sum(
            other.currency_id._convert(amount or 0, company.currency_id, company, today)
            for other, amount in amounts.items()
        )

    # Which cases the manager looks at first, and why (P2.1).

    @api.model
    def _get_limitation_risk_domain(self):
        return Domain("limitation_date", "<=", f"today +{LIMITATION_DAYS}d")

    @api.model
    def _get_silence_risk_domain(self):
        """No contact for a while: of a case that was opened so long ago at least."""
        return Domain("date_open", "<=", f"today -{SILENT_DAYS}d") & (
            Domain("date_last_contact", "=", False)
            | Domain("date_last_contact", "<", f"today -{SILENT_DAYS}d")
        )

    @api.model
    def _get_overdue_promise_domain(self):
        return Domain(
            "promise_ids", "any", [("state", "=", "open"), ("date_promised", "<", "today")]
        )

    @api.model
    def _get_broken_promise_domain(self):
        rows = self.env["collection.promise"]._read_group(
            [("case_id.stage", "!=", "closed"), ("state", "in", ("partial", "broken"))],
            ["case_id"],
            having=[("__count", ">=", BROKEN_PROMISES)],
        )
        return Domain("id", "in", [case.id for (case,) in rows])

    @api.model
    def _get_risk_domain(self):
        return Domain("stage", "!=", "closed") & Domain.OR([
            self._get_limitation_risk_domain(),
            self._get_silence_risk_domain(),
            self._get_overdue_promise_domain(),
            self._get_broken_promise_domain(),
        ])

    @api.model
    def _search_is_at_risk(self, operator, value):
        return self._get_risk_domain() if operator == "in" and True in value else NotImplemented

    @api.model
    def _search_is_promise_breaker(self, operator, value):
        if operator != "in" or True not in value:
            return NotImplemented
        return self._get_broken_promise_domain()

    @api.depends("stage", "limitation_date", "date_last_contact", "promise_ids.state")
    @api.depends_context("lang")
    def _compute_risk(self):
        worked = self.filtered(lambda case: case.stage != "closed")
        limitation = worked.filtered_domain(self._get_limitation_risk_domain())
        silent = worked.filtered_domain(self._get_silence_risk_domain())
        overdue = worked.filtered_domain(self._get_overdue_promise_domain())
        for case in self:
            reasons = []
            if case in limitation:
                reasons.append(self.env._(
                    "limitation on %(date)s", date=format_date(self.env, case.limitation_date)
                ))
            if case in silent:
                reasons.append(self.env._("no contact for %(days)s days", days=SILENT_DAYS))
            if case in overdue:
                reasons.append(self.env._("promise overdue"))
            broken = case.promise_ids.filtered(lambda p: p.state in ("partial", "broken"))
            case.is_promise_breaker = case in worked and len(broken) >= BROKEN_PROMISES
            if case.is_promise_breaker:
                reasons.append(self.env._("%(count)s broken promises", count=len(broken)))
            case.is_at_risk = bool(reasons)
            case.risk_reason = ", ".join(reasons)

    @api.depends("case_step_ids.state", "case_step_ids.date_deadline")
    def _compute_late_step_count(self):
        """Planned steps whose deadline is over; one statement for all cases."""
        counts = dict(self.env["collection.case.step"]._read_group(
            [("case_id", "in", self.ids), ("state", "=", "planned"),
             ("date_deadline", "<", "today")],
            ["case_id"],
            ["__count"],
        ))
        for case in self:
            case.late_step_count = counts.get(case, 0)

    # The collector's worklist: whose case it is today, and whether it waits for work (P2.2).

    @api.model
    def _get_stand_in_domain(self):
        """The record rules repeat these terms (``security/collection_stand_in_rules.xml``)."""
        return Domain("user_id", "any", [
            ("collection_substitute_id", "=", self.env.uid),
            ("collection_absent_from", "<=", "today"),
            ("collection_absent_to", ">=", "today"),
        ])

    @api.model
    def _get_my_domain(self):
        return (
            Domain("user_id", "=", self.env.uid)
            | Domain("member_ids", "in", self.env.uid)
            | self._get_stand_in_domain()
        )

    @api.model
    def _get_promise_due_domain(self):
        return Domain(
            "promise_ids", "any", [("state", "=", "open"), ("date_promised", "<=", "today")]
        )

    @api.model
    def _get_today_domain(self):
        """Cases that wait for work today."""
        untouched = Domain("date_last_contact", "=", False)
        contacted_before = untouched | Domain("date_last_contact", "<", "today")
        waiting = self._get_promise_due_domain() | (
            untouched & Domain("pause_reason", "in", [False, ""])
        )
        return Domain("stage", "!=", "closed") & (
            Domain("next_action_date", "<=", "today") | (contacted_before & waiting)
        )

    @api.depends_context("uid")
    @api.depends("user_id", "member_ids")
    def _compute_is_mine(self):
        stand_in = self.filtered_domain(self._get_stand_in_domain())
        for case in self:
            case.is_stand_in = case in stand_in
            case.is_mine = (
                case in stand_in
                or case.user_id == self.env.user
                or self.env.user in case.member_ids
            )

    @api.model
    def _search_is_mine(self, operator, value):
        return self._get_my_domain() if operator == "in" and True in value else NotImplemented

    @api.model
    def _search_is_stand_in(self, operator, value):
        if operator != "in" or True not in value:
            return NotImplemented
        return self._get_stand_in_domain()

    @api.depends("stage", "next_action_date", "date_last_contact", "pause_reason",
                 "promise_ids.state", "promise_ids.date_promised")
    def _compute_is_for_today(self):
        due = self.filtered_domain(self._get_today_domain())
        for case in self:
            case.is_for_today = case in due

    @api.model
    def _search_is_for_today(self, operator, value):
        return self._get_today_domain() if operator == "in" and True in value else NotImplemented

    @api.depends("promise_ids.state", "promise_ids.date_promised")
    def _compute_date_promised(self):
        for case in self:
            promise = case.promise_ids.filtered(lambda promise: promise.state == "open")[:1]
            case.date_promised = promise.date_promised

    @api.depends("partner_id", "company_id", "amount_overdue")
    def _compute_last_payment(self):
        """The customer's latest payment, in company currency; one statement for all cases."""
        payments = self._get_last_payments()
        for case in self:
            case.date_last_payment, case.amount_last_payment = payments.get(
                case.id, (False, 0)
            )

    def _get_last_payments(self):
        """By case id, day and amount of the customer's latest payment."""
        if not self.ids:
            return {}
        cash = self.env["collection.cash"]
        cash._flush_cash()
        self.env["res.partner"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                WITH paid AS MATERIALIZED (
                SELECT work.id AS case_id, latest.*
                  FROM collection_case work
    CROSS JOIN LATERAL (
                SELECT line.id, line.date, line.balance
                  FROM account_move_line line
                  JOIN account_account account ON account.id = line.account_id
                   AND account.account_type = 'asset_receivable'
                  JOIN account_move move ON move.id = line.move_id
                  JOIN account_journal journal ON journal.id = move.journal_id
                 WHERE line.partner_id IN (SELECT id FROM res_partner customer
                                            WHERE customer.commercial_partner_id = work.partner_id)
                   AND line.company_id = work.company_id
                   AND line.parent_state = 'posted'
                   AND line.balance < 0
                   AND %(is_money)s
              ORDER BY line.date DESC, line.id DESC
                 LIMIT 1) latest
                 WHERE work.id = ANY(%(ids)s))
                SELECT paid.case_id, paid.date, ROUND(-paid.balance * source.cash, 2)
                  FROM paid
                  JOIN (%(sources)s) source ON source.line_id = paid.id
                """,
                is_money=cash._get_is_money_sql(),
                sources=cash._get_sources_sql(SQL("SELECT id FROM paid")),
                ids=self.ids,
            )
        )
        return {case_id: (date, amount) for case_id, date, amount in rows}

    @api.model
    def _get_next_case(self, after):
        """The first case of the user's list for today, another one than ``after``."""
        return self.search(
            self._get_my_domain() & self._get_today_domain() & Domain("id", "not in", after.ids),
            limit=1,
        )

    @api.model
    def _open_next_case(self, after):
        """The action that opens the next case; a word of praise when none is left."""
        case = self._get_next_case(after)
        if not case:
            return {
                "type": "ir.actions.client",
                "tag": "display_notification",
                "params": {
                    "type": "success",
                    "message": self.env._("That was the last case of your list for today."),
                    "next": {"type": "ir.actions.act_window_close"},
                },
            }
        return {
            "type": "ir.actions.client",
            "tag": "debt_collection.next_case",
            "params": {
                "action": {
                    "type": "ir.actions.act_window",
                    "name": case.display_name,
                    "res_model": self._name,
                    "res_id": case.id,
                    "views": [(False, "form")],
                    "target": "current",
                }
            },
        }

    def action_next_case(self):
        """Leave this case and open the next one of today's list."""
        return self._open_next_case(self)

    def action_schedule_next(self):
        """Plan or postpone the next action of these cases."""
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "debt_collection.collection_next_action_action"
            ),
            "context": {"default_case_ids": [Command.set(self.ids)]},
        }
