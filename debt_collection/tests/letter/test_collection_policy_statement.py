from datetime import timedelta

import psycopg2

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .letter_common import LetterCommon


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionPolicyStatement(LetterCommon):
    """Statements in a rhythm: for whom, when, and not while something pauses the chase."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tag = cls.env["res.partner.category"].create({"name": "Monthly"})
        cls.partner_b.write({"email": "b@customer.example", "category_id": [(4, cls.tag.id)]})
        cls.partners = cls.env["res.partner"].create([
            {"name": f"Quiet {number}", "email": f"q{number}@customer.example"}
            for number in range(2)
        ])
        cls.partner_c, cls.partner_d = cls.partners
        cls._overdue_invoice(10, 100.0)
        cls._overdue_invoice(20, 200.0, partner=cls.partner_b)
        cls._overdue_invoice(-20, 40.0, partner=cls.partner_c)
        cls._pay(cls._overdue_invoice(15, 60.0, partner=cls.partner_d))
        cls._classify()

    def _schedule(self, **vals):
        return self.env["collection.policy.statement"].create({
            "policy_id": self.policy.id, "rhythm": "days", "number": 14, "date_next": self.TODAY,
            **vals,
        })

    def _write(self, days=0):
        as_of = self.TODAY + timedelta(days=days)
        list(self.env["collection.policy.statement"]._write_due(self.company, as_of))
        return self.env["collection.letter"].search([("date_scheduled", "=", as_of)])

    def _hold(self, partner):
        partner.with_company(self.company).write({
            "collection_hold": True, "collection_hold_reason": "A wish",
            "collection_hold_until": self.TODAY + timedelta(days=30),
        })

    def test_all_with_a_balance_again_and_again(self):
        schedule = self._schedule()
        letters = self._write()
        self.assertEqual(
            letters.partner_id, self.partner_a | self.partner_b | self.partner_c,
            "Who owes something, due or not.",
        )
        self.assertEqual(set(letters.mapped("kind")), {"statement"})
        self.assertTrue(all(letters.mapped("date_released")), "The policy lets them go.")
        self.assertEqual(schedule.date_next, self.TODAY + timedelta(days=14))
        self.assertEqual(schedule.letter_count, 3)
        self.assertEqual(self._write(), letters, "Once a day.")
        self.assertFalse(self._write(13))
        self.assertEqual(len(self._write(14)), 3)
        with self.assertRaises(psycopg2.IntegrityError), mute_logger("odoo.sql_db"):
            letters[0].sudo().copy({"date_scheduled": letters[0].date_scheduled})
            self.env.flush_all()

    def test_first_day(self):
        """2025-09-30 is a Tuesday, the last day of its month."""
        for rhythm, number, expected in (
            ("days", 14, "2025-09-30"), ("month", 31, "2025-09-30"), ("month", 30, "2025-09-30"),
            ("month", 1, "2025-10-01"), ("month", 29, "2025-10-29"),
        ):
            schedule = self.env["collection.policy.statement"].create({
                "policy_id": self.policy.id, "rhythm": rhythm, "number": number,
            })
            self.assertEqual(str(schedule.date_next), expected)

    def test_until_settled(self):
        self._schedule()
        self._write()
        self._pay(self.env["account.move"].search([
            ("partner_id", "=", self.partner_b.id), ("move_type", "=", "out_invoice"),
        ]))
        self._classify()
        self.assertNotIn(self.partner_b, self._write(14).partner_id)

    def test_who(self):
        for vals, expected in (
            ({"audience": "tags", "category_ids": self.tag.ids}, self.partner_b),
            ({"audience": "customers", "partner_ids": (self.partner_c | self.partner_d).ids},
             self.partner_c),
            ({"amount_minimum": 100.0}, self.partner_a | self.partner_b),
        ):
            with self.subTest(vals=vals):
                schedule = self._schedule(**{
                    name: [Command.set(value)] if isinstance(value, list) else value
                    for name, value in vals.items()
                })
                letters = self._write()
                self.assertEqual(letters.partner_id, expected)
                letters.unlink()
                schedule.active = False
        with self.assertRaises(ValidationError):
            self._schedule(audience="tags")

    def test_another_policy(self):
        other = self.policy.sudo().copy({
            "name": "Of the tag", "category_ids": [Command.set(self.tag.ids)],
        })
        self._schedule(policy_id=other.id)
        self.env["collection.case"]._escalate(self.TODAY, self.company)
        self.assertEqual(self._write().partner_id, self.partner_b)

    def test_pauses_hold_it(self):
        """The same question as for steps and letters: asked when written, and when sent."""
        self._schedule()
        case = self._case(self.partner_b)
        self.env["collection.promise"].create({
            "case_id": case.id, "amount": 200.0, "date_promised": self.TODAY + timedelta(days=5),
        })
        self._hold(self.partner_c)
        letters = self._write()
        self.assertEqual(letters.partner_id, self.partner_a)
        self._case().user_id = self.collector
        self._hold(self.partner_a)
        self.env["collection.letter"]._send_slice(letters.ids)
        self.assertFalse(letters.date_queued)
        self.assertTrue(letters.hold_reason)

    def test_sent_and_recorded(self):
        self._schedule(audience="customers", partner_ids=[Command.set(self.partner_a.ids)])
        letter = self._write()
        self.env["collection.letter"]._send_slice(letter.ids)
        self.assertTrue(letter.date_queued, letter.hold_reason)
        letter.mail_mail_id.write({"state": "sent"})
        letter.mail_mail_id._tell_letters()
        self.assertEqual(letter.state, "sent")
        self.assertEqual(letter.contact_ids.case_id, self._case())

    def test_approve_first_and_before_the_start(self):
        self._schedule(approval_needed=True)
        letters = self._write()
        self.assertEqual(len(letters), 3)
        self.assertFalse(any(letters.mapped("date_released")))
        self.company.collection_is_started = False
        self._schedule(date_next=self.TODAY + timedelta(days=1))
        letters = self._write(1)
        self.assertEqual(len(letters), 3)
        self.assertFalse(any(letters.mapped("date_released")))

    def test_one_customer_stops_no_other(self):
        self._schedule()
        self.partner_b.collection_cease_date = self.TODAY
        self.assertEqual(self._write().partner_id, self.partner_a | self.partner_c)

    def test_by_the_job(self):
        schedule = self._schedule()
        with self.enter_registry_test_mode():
            self.assertIs(
                self.env.ref("debt_collection.cron_letters").method_direct_trigger(), True
            )
        self.assertEqual(schedule.letter_count, 3)
        self.assertTrue(all(schedule.letter_ids.mapped("date_queued")))

    def test_roles(self):
        schedule = self._schedule()
        self.assertTrue(schedule.with_user(self.collector).display_name)
        schedule.with_user(self.manager).number = 7
        for user in (self.collector, self.finance, self.sales):
            with self.assertRaises(AccessError):
                schedule.with_user(user).number = 3
        other = self._create_company(name="Elsewhere")
        stranger = self._role_user("statement_stranger", "manager", other)
        with self.assertRaises(AccessError):
            schedule.with_user(stranger).read(["number"])
