import logging
from datetime import date, timedelta

from odoo.tests import tagged

from ..base.large import has_large_form, size
from ..ledger.ledger import LEDGER, LedgerCommon

_logger = logging.getLogger(__name__)

CUSTOMERS = size(6, 8)
EVERY = size(7, 3)
FIRST, LAST = date(2013, 1, 1), date(2013, 12, 31)


@tagged("post_install", "-at_install", "debt_collection")
class TestLedgerYear(LedgerCommon):
    """A year of the public ledger, night by night, with promises: nothing twice, nothing missed."""

    @has_large_form
    def test_year(self):
        if not self.rows:
            _logger.info("No ledger at %s: the replay of a year is left out.", LEDGER)
            self.skipTest(f"no ledger at {LEDGER}")
        self._choose_rows()
        case_model = self.env["collection.case"]
        seen, self.promised = set(), 0
        day = FIRST
        while day <= LAST:
            self._play(day)
            self._classify(day)
            self.env["collection.promise"]._evaluate(day, self.env.company)
            case_model._escalate(day, self.env.company)
            cases = case_model.search([("partner_id", "in", self.partners.ids)])
            self._promise(cases - case_model.browse(seen), day)
            seen |= set(cases.ids)
            self._check_night(cases, day)
            day += timedelta(days=EVERY)
        self.assertGreater(self.promised, size(5, 10), "the year had promises")
        steps = self.env["collection.case.step"].search([("case_id", "in", cases.ids)])
        self.assertGreater(len(steps), 50, "the year had steps")
        self.assertEqual(
            len(steps), len({(s.case_id, s.step_id, s.cycle) for s in steps}), "no step twice"
        )

    def _choose_rows(self):
        """The year's invoices of the customers who have most; the others are left out."""
        year = [row for row in self.rows if FIRST <= row["invoice_date"] <= LAST]
        counts = {}
        for row in year:
            counts[row["customer_key"]] = counts.get(row["customer_key"], 0) + 1
        chosen = sorted(counts, key=lambda key: (-counts[key], key))[:CUSTOMERS]
        self.partners = self.env["res.partner"].union(*(self.partner_by_key[k] for k in chosen))
        self.to_post = sorted(
            (row for row in year if row["customer_key"] in chosen),
            key=lambda row: row["invoice_date"],
        )
        self.to_settle = sorted(self.to_post, key=lambda row: row["settled_date"])

    def _play(self, day):
        """Post and pay what was issued and settled by the day."""
        issued = [row for row in self.to_post if row["invoice_date"] <= day]
        self.to_post = self.to_post[len(issued):]
        if issued:
            self._post_invoices(issued)
        settled = [row for row in self.to_settle if row["settled_date"] <= day]
        self.to_settle = self.to_settle[len(settled):]
        if settled:
            self._settle(settled)

    def _promise(self, new_cases, day):
        """Every second new case is promised to be paid in nine days."""
        for case in new_cases.filtered(lambda case: not case.is_closed and case.id % 2):
            self.env["collection.promise"].create({
                "case_id": case.id, "amount": case.amount_to_collect,
                "date_promised": day + timedelta(days=9), "date_made": day,
            })
            self.promised += 1

    def _check_night(self, cases, day):
        """After each night: closed cases are clear, open ones have every step that was due."""
        closed = cases.filtered("is_closed")
        self.assertFalse(closed.activity_ids, f"{day}: no to-do on a settled case")
        self.assertFalse(
            closed.case_step_ids.filtered(lambda step: step.state == "planned"),
            f"{day}: nothing planned on a settled case",
        )
        for promise in cases.promise_ids:
            if promise.date_promised + timedelta(days=3 + EVERY) < day:
                self.assertNotEqual(promise.state, "open", f"{day}: {promise.display_name}")
        for case in (cases - closed).filtered(lambda case: not case.pause_reason):
            had = case.case_step_ids.filtered(lambda s, c=case: s.cycle == c.cycle).step_id
            missed = self._get_due_steps(case, day) - had
            self.assertFalse(missed, f"{day}: {case.name} misses {missed.mapped('name')}")

    def _get_due_steps(self, case, day):
        """The steps whose day has come, reckoned here: Monday to Friday are worked."""
        due = self.env["collection.policy.step"]
        for step in case.policy_id.step_ids:
            if (
                (step.tier_id and step.tier_id != case.tier_id)
                or step.after_step_id or step.amount_minimum or step.amount_maximum
                or step.customer_kind
            ):
                continue
            deadline = self._add(case.date_oldest_due, step.offset, step.offset_unit)
            if deadline - timedelta(days=step.days_ahead) <= day:
                due |= step
        return due

    @staticmethod
    def _add(day, number, unit):
        if unit == "calendar":
            return day + timedelta(days=number)
        while number:
            day += timedelta(days=1)
            number -= day.weekday() < 5
        return day
