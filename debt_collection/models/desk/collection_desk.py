from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ...tools.next_action import spread

MOST_CASES = 200


class CollectionDesk(models.AbstractModel):
    """The collector's day on one screen: the worklist, a case, and what is done with it (P2.2).

    Nothing is decided here. Each method asks or calls the rooms' own methods as the user, so
    that rights, rules and what follows are the same as on the forms.
    """

    _name = "collection.desk"
    _description = "Collector's Desk"
    _inherit = ["collection.desk.case", "collection.desk.timeline", "collection.desk.letter"]

    # The worklist: which cases, in which order, and why each is on it.

    @api.model
    @api.readonly
    def get_worklist(self):
        """Today's cases of the user, and those that are done.

        :return: dict of ``cases`` and ``done`` (lists of rows), ``total``, and ``week``: the
            number of open promises for this week
        """
        cases = self.env["collection.case"]
        cases.check_access("read")
        mine = cases._get_my_domain() & Domain("company_id", "in", self.env.companies.ids)
        today = cases._get_today_domain()
        waiting = self._spread_hours(cases.search(mine & today, limit=MOST_CASES))
        done = cases.search(
            mine & ~today & Domain("date_last_contact", ">=", "today"), limit=MOST_CASES
        )
        return {
            "cases": self._prepare_rows(waiting),
            "done": self._prepare_rows(done),
            "total": cases.search_count(mine & today) + len(done),
            "week": self.env["collection.promise"].search_count(self._get_week_domain()),
        }

    @api.model
    def _spread_hours(self, cases):
        """The same cases, each tier with the share of the time that the manager gave it."""
        shares = {tier: tier.hours_share for tier in cases.tier_id}
        if not any(shares.values()):
            return cases
        minutes = {
            case: case.best_minutes or case._get_policy().minutes_phone or 1.0
            for case in cases
        }
        return cases.browse().concat(*spread(cases.grouped("tier_id"), shares, minutes))

    @api.model
    def _get_week_domain(self):
        """Open promises of the user's cases that are to be kept by Sunday."""
        today = fields.Date.context_today(self)
        return [
            ("case_id", "any", self.env["collection.case"]._get_my_domain()),
            ("state", "=", "open"),
            ("date_promised", "<=", today + timedelta(days=6 - today.weekday())),
        ]

    @api.model
    def _prepare_rows(self, cases):
        figures = self._get_figures(cases)
        return [
            {
                "id": case.id,
                "name": case.partner_id.name or case.name,
                "priority": case.priority,
                "priority_reason": case.priority_reason or "",
                "tier": case.tier_id.name or "",
                "tier_color": case.tier_color,
                "net": figures[case]["net"],
                "net_text": figures[case]["net_text"],
                "why": self._get_why(case),
                "phone": case.partner_phone or "",
                "company": case.company_id.name if len(self.env.companies) > 1 else "",
            }
            for case in cases
        ]

    @api.model
    def _get_why(self, case):
        """Why the case is on today's list, in a few words."""
        today = case.company_id._get_collection_today()
        if case.wait_until and case.wait_until >= today:
            return self.env._("Reply received")
        if case.portal_request_count:
            return self.env._("Portal request")
        promised = case.promise_ids.filtered(lambda promise: promise.state == "open")[:1]
        if promised and promised.date_promised <= today:
            return self.env._(
                "Promise due %(day)s", day=self._name_day(promised.date_promised, today)
            )
        broken = case.promise_ids.filtered(lambda promise: promise.state in ("partial", "broken"))
        if broken and case.promise_ids._is_last_broken():
            return self.env._(
                "Promise broken %(day)s", day=self._name_day(broken[0].date_promised, today)
            )
        to_do = case.activity_ids.sorted("date_deadline")[:1]
        if to_do and to_do.date_deadline <= today:
            return self.env._(
                "%(to_do)s due %(day)s",
                to_do=to_do.activity_type_id.name or to_do.summary or self.env._("To-do"),
                day=self._name_day(to_do.date_deadline, today),
            )
        if to_do:
            return self._describe_to_do(to_do, today)
        return self.env._("Not contacted yet") if not case.date_last_contact else ""

    # One case: its customer, open invoices, what happened, and what to say.

    @api.model
    @api.readonly
    def get_case(self, case_id):
        """All that the desk shows of one case.

        :return: dict, see the methods below; ``False`` for a case that is not there any more or
            not the user's to see
        """
        case = self.env["collection.case"].search([("id", "=", case_id)])
        if not case:
            return False
        case.read(["partner_id"])  # opening a confidential case is noted
        account = self._get_account(case)
        figures = self._get_figures(case)[case]
        return {
            "id": case.id,
            "name": case.name,
            "customer": self._prepare_customer(case),
            "figures": {
                **figures,
                "currency_id": case._get_debt_currency().id,
                "meant": self._get_amount_meant(case),
            },
            "ageing": self._prepare_ageing(case, account),
            "invoices": self._prepare_invoices(case),
            "promises": self._prepare_promises(case),
            "timeline": self._prepare_timeline(case, account),
            "guide": self._prepare_guide(case),
            "why": self._get_why(case),
            "is_closed": case.is_closed,
            "stage": self._label(case, "stage"),
            "pause": case.pause_text or "",
            "next": self._prepare_next(case),
            "dispute_reasons": self.env["collection.dispute.reason"].search_read(
                [], ["name"], limit=8
            ),
            "drafts": [
                {"id": letter.id, "kind": letter.kind, "name": self._label(letter, "kind")}
                for letter in case.letter_ids
                if letter.state == "draft"
            ],
            "today": fields.Date.to_string(case.company_id._get_collection_today()),
        }
