from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from ..base.common import PreparedCompanies


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionPromise(PreparedCompanies):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.case = cls.env["collection.case"].create({"partner_id": cls.partner_a.id})
        cls.other_case = cls.env["collection.case"].create({"partner_id": cls.partner_b.id})
        cls.today = fields.Date.context_today(cls.case)

    @classmethod
    def get_default_groups(cls):
        return super().get_default_groups() | cls.quick_ref("debt_collection.group_manager")

    def _vals(self, **vals):
        return {
            "case_id": self.case.id,
            "amount": 100.0,
            "date_promised": self.today + timedelta(days=7),
            **vals,
        }

    def _create(self, **vals):
        return self.env["collection.promise"].create(self._vals(**vals))

    def test_values(self):
        cases = [
            # values, allowed
            ({}, True),
            ({"amount": 0.01}, True),
            ({"amount": 0.0}, False),
            ({"amount": 0.001}, False),
            ({"amount": -5.0}, False),
            ({"date_promised": self.today}, True),
            ({"date_promised": self.today - timedelta(days=1)}, False),
            (
                {
                    "date_promised": self.today - timedelta(days=1),
                    "date_made": self.today - timedelta(days=1),
                },
                True,
            ),
        ]
        for vals, allowed in cases:
            with self.subTest(**vals):
                if allowed:
                    self.assertRecordValues(
                        self._create(**vals),
                        [
                            {
                                "state": "open",
                                "currency_id": self.case.company_id.currency_id.id,
                                "partner_id": self.partner_a.id,
                            }
                        ],
                    )
                else:
                    with self.assertRaises(ValidationError):
                        self._create(**vals)

    def test_new_promise_supersedes(self):
        first, other = self._create(), self._create(case_id=self.other_case.id)
        kept = self._create()
        self.assertEqual(first.state, "superseded")
        kept.action_keep("By cheque")
        batch = self.env["collection.promise"].create(
            [self._vals(amount=1), self._vals(amount=2), self._vals()]
        )
        self.assertEqual(batch.mapped("state"), ["superseded", "superseded", "open"])
        self.assertEqual((kept | other).mapped("state"), ["kept", "open"])

    def test_received_and_state(self):
        cases = [
            # received, button, state, received afterwards
            (0, "action_keep", "kept", 0),
            (98, "action_keep", "kept", 98),
            (0, "action_break", "broken", 0),
            (40, "action_break", "partial", 40),
            (0, "action_cancel", "cancelled", 0),
        ]
        for received, button, state, after in cases:
            with self.subTest(received=received, button=button):
                promise = self._create()
                promise.sudo().kept_amount = received
                getattr(promise, button)(*(() if button == "action_cancel" else ("By cheque",)))
                self.assertRecordValues(promise, [{"state": state, "kept_amount": after}])

    def test_partly_kept_may_be_kept_later(self):
        promise = self._create()
        with self.assertRaises(ValidationError):
            promise.sudo().kept_amount = -1
        promise.sudo().kept_amount = 40
        promise.action_break("Told so")
        promise.action_keep("By cheque")
        self.assertRecordValues(promise, [{"state": "kept", "kept_amount": 40}])

    def test_final_states(self):
        buttons = {"kept": "action_keep", "broken": "action_break", "cancelled": "action_cancel"}
        for state in ("kept", "broken", "superseded", "cancelled"):
            promise = self._create()
            promise.sudo().state = state
            for target, button in buttons.items():
                if target == state:
                    continue
                with self.subTest(state=state, button=button), self.assertRaises(UserError):
                    getattr(promise, button)(*(() if button == "action_cancel" else ("So",)))
            with self.subTest(state=state), self.assertRaises(UserError):
                promise.state = "open"

    def test_begins_open(self):
        """A collector's month rests on it: nobody records a promise as kept."""
        for vals in ({"state": "kept"}, {"state": "broken"}, {"kept_amount": 40}):
            with self.subTest(**vals), self.assertRaisesRegex(UserError, "begins open"):
                self._create(**vals)

    def test_words_are_kept(self):
        promise = self._create()
        promise.write(self._vals())  # the same again is no change
        promise.note = "By phone"
        for vals in (
            {"amount": 50},
            {"date_promised": self.today + timedelta(days=30)},
            {"case_id": self.other_case.id},
        ):
            with self.subTest(**vals), self.assertRaises(UserError):
                promise.write(vals)
