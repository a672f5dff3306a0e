import random
from datetime import timedelta

from odoo import Command
from odoo.tests import tagged

from ..base.large import has_large_form, size
from ..letter.letter_common import LetterCommon

NIGHTS = size(45, 365)
EVERY = 15
"""Days between the events of the replayed year."""


@tagged("post_install", "-at_install", "debt_collection")
class TestSimulation(LetterCommon):
    """*Simulate* says what the nights that follow do, whatever happened before (P3.4–P3.6)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.resource_calendar_id = cls.env["resource.calendar"].create({
            "name": "Five Days",
            "company_id": cls.company.id,
            "global_leave_ids": [Command.create({
                "name": "Holiday",
                "date_from": f"{cls.TODAY + timedelta(days=16)} 00:00:00",
                "date_to": f"{cls.TODAY + timedelta(days=19)} 23:59:59",
            })],
        })
        cls.other_policy = cls.policy.copy({"name": "Strict"})
        for step in cls.other_policy.step_ids.filtered(lambda step: step.offset > 10):
            step.offset -= 5

    def _new_case(self, name, days, amount=100.0, **vals):
        partner = self.env["res.partner"].create(
            {"name": name, "email": f"{name}@customer.example", **vals}
        )
        self._overdue_invoice(days, amount, partner=partner)
        return self._case(partner)

    def _foresee(self, cases, first, last):
        """By case, what is foreseen: the day, the step and its deadline."""
        rows = {case: [] for case in cases}
        for row in cases._simulate_steps(
            self.TODAY + timedelta(days=first), days=last - first
        ):
            rows[row["case"]].append((
                (row["date"] - self.TODAY).days, row["step"].name,
                "blocked" if row["note"] == "Blocked by a contact rule" else row["deadline"],
            ))
        return rows

    def _live(self, cases, first, last):
        """By case, what the nights made of it, each step done on its deadline."""
        happened = {case: [] for case in cases}
        for days in range(first, last + 1):
            today = self.TODAY + timedelta(days=days)
            before = {step: step.state for step in cases.case_step_ids}
            self._night(days)
            for step in cases.case_step_ids:
                if step.date_planned != today or step.state == before.get(step):
                    continue
                if step.state in ("planned", "done"):
                    happened[step.case_id].append((days, step.step_id.name, step.date_deadline))
                elif step.cancel_reason == "blocked":
                    happened[step.case_id].append((days, step.step_id.name, "blocked"))
            self._finish(cases, today)
        return happened

    def _finish(self, cases, today):
        cases.case_step_ids.filtered(
            lambda step: step.state == "planned" and step.date_deadline <= today
        ).sudo()._mark_done(today)

    def _check(self, cases, first, last):
        foreseen = self._foresee(cases, first, last)
        happened = self._live(cases, first, last)
        for case in cases:
            self.assertEqual(
                sorted(foreseen[case], key=str), sorted(happened[case], key=str),
                case.partner_id.name,
            )

    def test_each_kind_of_pause_and_wish(self):
        """A hold, a promise, a second one, a plan, a reply, a cease notice, quiet working days."""
        later = self.TODAY + timedelta(days=11)
        cases = self.env["collection.case"]
        for name, days in [("plain", 2), ("old", 400), ("hold", 4), ("promise", 30),
                           ("second", 33), ("dispute", 20), ("reply", 40), ("cease", 58),
                           ("no_calls", 3)]:
            cases |= self._new_case(name, days)
        by_name = {case.partner_id.name: case for case in cases}
        by_name["hold"].write({"hold_until": later, "hold_reason": "Talks"})
        by_name["reply"].sudo().wait_until = later
        by_name["cease"].partner_id.collection_cease_date = self.TODAY
        by_name["no_calls"].partner_id.collection_no_phone = True
        self.env["collection.dispute"].create({
            "case_id": by_name["dispute"].id, "line_ids": by_name["dispute"].line_ids.ids,
            "reason": "Not delivered",
        })
        former = {"amount": 100.0, "date_made": self.TODAY - timedelta(days=20)}
        self.env["collection.promise"].create({
            "case_id": by_name["second"].id, **former,
            "date_promised": self.TODAY - timedelta(days=10),
        })
        self._night()
        self._finish(cases, self.TODAY)
        for name in ("promise", "second"):
            self.env["collection.promise"].create({
                "case_id": by_name[name].id, "amount": 100.0, "date_made": self.TODAY,
                "date_promised": later,
            })
        self._check(cases, 1, size(50, 120))
        self.assertEqual(by_name["second"].promise_ids.mapped("state"), ["broken", "broken"])

    def test_what_falls_due_meanwhile(self):
        """What is not chased until more falls due; what another amount brings."""
        self.env["collection.policy"].create({
            **self.policy.copy_data()[0], "name": "Large", "amount_from": 700.0, "sequence": 1,
            "step_ids": [
                Command.create({**step.copy_data()[0], "offset": step.offset + 2})
                for step in self.policy.step_ids
            ],
        })
        self.policy.step_ids.filtered(lambda step: step.name == "Visit").amount_minimum = 400.0
        self.policy.amount_minimum = 60.0
        cases = self.env["collection.case"]
        table = {
            # Days overdue and amounts, what is done to the first item or customer
            "disputed": ([(70, 100.0), (-3, 100.0)], "dispute"),
            "planned": ([(40, 100.0), (-8, 100.0)], "plan"),
            "credit": ([(20, 100.0), (-5, 100.0), (-30, 100.0)], "credit"),
            "minimum": ([(9, 50.0), (-6, 20.0)], None),
            "more": ([(2, 100.0), (-12, 300.0), (-44, 300.0)], None),
            "larger": ([(2, 500.0), (-20, 300.0)], None),
            "promised": ([(12, 100.0), (-2, 500.0)], "promise"),
        }
        for name, (items, event) in table.items():
            case = self._new_case(name, *items[0])
            self._happen_first(case, event)
            for days, amount in items[1:]:
                self._overdue_invoice(days, amount, partner=case.partner_id)
            cases |= case
        self._night()
        self._finish(cases, self.TODAY)
        for case in cases:
            with self.subTest(case=case.partner_id.name):
                foreseen = self._foresee(case, 1, 90)[case]
                self.assertTrue(foreseen)
        self._check(cases, 1, 90)

    def _happen_first(self, case, event):
        if event == "dispute":
            self.env["collection.dispute"].create({
                "case_id": case.id, "line_ids": case.line_ids.ids, "reason": "Not delivered",
            })
        elif event == "plan":
            plan = self.env["collection.plan"].create({
                "case_id": case.id, "date_first": self.TODAY + timedelta(days=200),
            })
            plan.action_generate()
            plan._set_state("performing", date_accepted=self.TODAY)
        elif event == "credit":
            refund = self.env["account.payment"].create({
                "payment_type": "inbound", "partner_type": "customer", "date": self.TODAY,
                "partner_id": case.partner_id.id, "amount": 150.0,
            })
            refund.action_post()
        elif event == "promise":
            self.env["collection.promise"].create({
                "case_id": case.id, "amount": 100.0, "date_made": self.TODAY,
                "date_promised": self.TODAY + timedelta(days=6),
            })

    @has_large_form
    def test_a_replayed_year(self):
        """Pauses, broken promises, part payments and changes of policy, again and again."""
        chance = random.Random(7)
        cases = self.env["collection.case"].union(*(
            self._new_case(f"year_{days}", days, 1000.0) for days in (1, 8, 25, 50, 90)
        ))
        first = 0
        while first < NIGHTS:
            self._check(cases, first, first + EVERY - 1)
            first += EVERY
            today = self.TODAY + timedelta(days=first - 1)
            for case in cases:
                self._happen(case, today, chance)
        self.assertFalse(cases.filtered("is_closed"))

    def _happen(self, case, today, chance):
        """Something happens to a case in the evening."""
        later = today + timedelta(days=chance.randint(1, 12))
        event = chance.choice(["hold", "promise", "pay", "policy", "reply", "nothing"])
        if event == "hold":
            case.write({"hold_until": later, "hold_reason": "Talks"})
        elif event == "promise":
            self.env["collection.promise"].create({
                "case_id": case.id, "amount": case.amount_overdue, "date_made": today,
                "date_promised": later,
            })
        elif event == "pay" and case.amount_overdue > 100:
            self._pay(case.line_ids.move_id, amount=10.0, payment_date=today)
        elif event == "policy":
            partner = case.partner_id
            partner.collection_policy_id = (
                False if partner.collection_policy_id else self.other_policy
            )
        elif event == "reply":
            case.sudo().wait_until = later
