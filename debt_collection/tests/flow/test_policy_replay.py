from datetime import timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..letter.letter_common import LetterCommon

NIGHTS = 100


@tagged("post_install", "-at_install", "debt_collection")
class TestPolicyReplay(LetterCommon):
    """A policy replayed over nights that were: the one in force makes the steps on record."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.policy.copy({"name": "Later", "sequence": 99})
        for step in cls.other.step_ids:
            step.offset += 4
        cls.partners = cls.env["res.partner"].create([
            {"name": f"Replayed {number}", "email": f"r{number}@customer.example",
             "is_company": number % 2 == 0}
            for number in range(6)
        ])
        cls.first = cls.TODAY - timedelta(days=NIGHTS)

    def _live(self):
        """Live through the nights: invoices fall due, some are paid, promised or disputed."""
        invoices = {
            number: self._overdue_invoice(days, 100.0 * (number + 1), partner=self.partners[number])
            for number, days in enumerate((98, 95, 90, 80, 60, 40))
        }
        later = self._overdue_invoice(50, 70.0, partner=self.partners[0])
        # Debts of the night before, so that the cases begin with them.
        for number in range(NIGHTS):
            day = self.first + timedelta(days=number)
            with freeze_time(f"{day} 09:00:00"):
                self._night(number - NIGHTS)
                steps = self.env["collection.case.step"].search([
                    ("company_id", "=", self.company.id), ("state", "=", "planned"),
                    ("date_deadline", "<=", day),
                ])
                steps.sudo()._mark_done(day)
                self._happen(number, invoices, later, day)

    def _happen(self, number, invoices, later, day):
        if number == 60:
            # The worst is paid: what is left begins anew.
            self._pay(invoices[0], payment_date=day)
        if number == 30:
            self._pay(invoices[1], payment_date=day)
        if number == 40:
            line = self._receivable(invoices[2])
            self.env["collection.promise"].create({
                "case_id": line.collection_case_id.id, "amount": 300.0, "date_made": day,
                "date_promised": day + timedelta(days=9),
            })
        if number == 45:
            line = self._receivable(invoices[3])
            self.env["collection.dispute"].create({
                "case_id": line.collection_case_id.id, "line_ids": [Command.set(line.ids)],
                "amount": 400.0, "reason": "Broken", "date_open": day,
                "user_id": self.collector.id,
            })

    def _replay(self, policy, **vals):
        replay = self.env["collection.policy.replay"].with_user(self.manager).create({
            "policy_id": policy.id, "months": 4, "company_id": self.company.id, **vals,
        })
        replay.action_replay()
        return replay

    def test_the_policy_in_force_makes_what_is_on_record(self):
        self._live()
        replay = self._replay(self.policy)
        self.assertGreater(replay.recorded_count, 20)
        missed = [
            (step.case_id.partner_id.name, step.step_id.name, step.cycle, step.occurrence,
             step.date_planned, step.state) for step in replay.sudo().missed_ids
        ]
        self.assertEqual(missed, [])
        self.assertEqual(replay.same_count, replay.recorded_count)
        by_scenario = {}
        for line in replay.line_ids:
            entry = by_scenario.setdefault(line.scenario, {})
            key = (line.method, line.week)
            entry[key] = entry.get(key, 0) + line.step_count
        # Not one step more, and each in the week in which it was made.
        self.assertEqual(by_scenario["in_force"], by_scenario["recorded"])
        self.assertEqual(by_scenario["other"], by_scenario["in_force"])

        later = self._replay(self.other)
        days = {}
        for scenario in ("in_force", "other"):
            lines = later.line_ids.filtered(
                lambda line, scenario=scenario: line.scenario == scenario
            )
            days[scenario] = sum(lines.mapped("first_contact_sum"))
            self.assertGreater(sum(lines.mapped("hours")), 0)
        self.assertGreater(days["other"], days["in_force"])
        self.assertIn("No forecast", later.range_text)
        self.assertEqual(
            later.action_view_lines()["domain"], [("replay_id", "=", later.id)]
        )

    def test_before_the_first_case(self):
        """A ledger without cases is replayed from its debts alone."""
        self._overdue_invoice(80, 100.0, partner=self.partners[0])
        paid = self._overdue_invoice(70, 100.0, partner=self.partners[2])
        self._pay(paid, payment_date=self.TODAY - timedelta(days=50))
        replay = self._replay(self.policy)
        self.assertEqual(replay.recorded_count, 0)
        counts = {
            scenario: sum(replay.line_ids.filtered(
                lambda line, scenario=scenario: line.scenario == scenario
            ).mapped("step_count")) for scenario in ("in_force", "other")
        }
        self.assertGreater(counts["in_force"], 3)
        self.assertEqual(counts["in_force"], counts["other"])

    def test_roles(self):
        replay = self.env["collection.policy.replay"].create({"policy_id": self.policy.id})
        user = self._role_user("replay_finance", "finance")
        with self.assertRaises(UserError):
            replay.with_user(user).sudo().action_replay()
