from datetime import date, timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.tests import tagged

from ..base.common import CollectionCommon


@tagged("post_install", "-at_install", "debt_collection")
class TestAccountMoveLineAgeing(CollectionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.env["res.partner"].create({"name": "Ageing Ltd"})

    def _ageing(self, as_of=None):
        """``(days, tier, residual, residual in currency)`` of the customer's open items."""
        return [
            (row["days_overdue"], row["tier_code"], row["residual"], row["residual_currency"])
            for row in self.env["account.move.line"]._get_collection_ageing(
                as_of or self.TODAY, self.env.company
            )
            if row["partner_id"] == self.customer.id
        ]

    def _invoice(self, days, amount=100.0, **vals):
        return self._overdue_invoice(days, amount, partner=self.customer, **vals)

    def test_tiers_of_items(self):
        for days, tier in [
            (0, False), (1, "mild"), (30, "mild"), (31, "moderate"), (60, "moderate"),
            (61, "severe"), (-1, False),
        ]:
            with self.subTest(days=days):
                move = self._invoice(days)
                self._classify()
                self.assertEqual(move.collection_tier_id.code, tier)
                self.assertEqual(self._ageing(), [(max(days, 0), tier, 100.0, 100.0)])
                move.button_draft()
                self.assertFalse(self._ageing(), "A draft never counts.")
                move.button_cancel()
                self.assertFalse(self._ageing(), "Cancelled never counts.")

    def test_residual_of_a_past_day(self):
        move = self._invoice(40, 1000.0)
        paid = self.TODAY - timedelta(days=10)
        self._pay(move, amount=300.0, payment_date=paid)
        self._pay(move, amount=700.0, payment_date=self.TODAY)
        for as_of, expected in [
            (move.invoice_date - timedelta(days=1), []),
            (move.invoice_date, [(0, False, 1000.0, 1000.0)]),
            (paid - timedelta(days=1), [(29, "mild", 1000.0, 1000.0)]),
            (paid, [(30, "mild", 700.0, 700.0)]),
            (self.TODAY - timedelta(days=1), [(39, "moderate", 700.0, 700.0)]),
            (self.TODAY, []),
        ]:
            with self.subTest(as_of=as_of):
                self.assertEqual(self._ageing(as_of), expected)

    def test_instalments_have_a_due_date_each(self):
        term = self.env["account.payment.term"].create({
            "name": "Three instalments",
            "line_ids": [
                Command.create({"value": "percent", "value_amount": share, "nb_days": days})
                for share, days in [(20, 0), (30, 40), (50, 80)]
            ],
        })
        move = self.env["account.move"].create({
            "move_type": "out_invoice",
            "partner_id": self.customer.id,
            "invoice_date": self.TODAY - timedelta(days=70),
            "invoice_payment_term_id": term.id,
            "invoice_line_ids": [
                Command.create({"name": "Goods", "price_unit": 100.0, "tax_ids": []})
            ],
        })
        move.action_post()
        self._classify()
        self.assertEqual(self._ageing(), [
            (70, "severe", 20.0, 20.0), (30, "mild", 30.0, 30.0), (0, False, 50.0, 50.0),
        ])
        self.assertEqual(move.collection_tier_id.code, "severe")
        self.assertEqual(move.collection_case_id.amount_overdue, 50.0)
        lines = self._receivable(move).sorted("date_maturity")
        self.assertEqual(
            [line.collection_tier_id.code for line in lines], ["severe", "mild", False]
        )
        self._pay(move, amount=20.0)
        self.assertEqual(move.collection_tier_id.code, "mild", "At once, not tomorrow.")

    def test_credits_have_no_tier(self):
        move = self._invoice(40, 100.0)
        credit = self._invoice(35, 60.0, move_type="out_refund")
        self._classify()
        self.assertEqual(
            self._ageing(), [(40, "moderate", 100.0, 100.0), (35, False, -60.0, -60.0)]
        )
        case = move.collection_case_id
        self.assertEqual((case.amount_overdue, case.amount_unapplied), (100.0, 60.0))
        self.assertFalse(credit.collection_tier_id)
        self._receivable(move | credit).reconcile()
        self.assertEqual((case.amount_overdue, case.amount_unapplied), (40.0, 0.0))
        self.assertEqual(self._ageing(), [(40, "moderate", 40.0, 40.0)])

    def test_excluded_items_are_aged_and_not_chased(self):
        move = self._invoice(40)
        self._classify()
        move.no_followup = True
        self._classify()
        self.assertFalse(move.collection_tier_id)
        self.assertEqual(self._ageing(), [(40, "moderate", 100.0, 100.0)])
        self.assertRecordValues(
            move.collection_case_id, [{"stage": "closed", "close_reason": "cancelled"}]
        )

    def test_foreign_currency_stays_at_its_booking_rate(self):
        """Booked at 2 per unit; half of it paid at 4: what is left is worth what it was."""
        currency = self.setup_other_currency(
            "EUR", rates=[("2020-01-01", 2.0), (str(self.TODAY - timedelta(days=5)), 4.0)]
        )
        move = self._invoice(40, 200.0, currency_id=currency.id)
        self._pay(
            move, amount=100.0, currency_id=currency.id,
            payment_date=self.TODAY - timedelta(days=3),
        )
        self._classify()
        for as_of, expected in [
            (self.TODAY - timedelta(days=4), [(36, "moderate", 100.0, 200.0)]),
            (self.TODAY - timedelta(days=3), [(37, "moderate", 50.0, 100.0)]),
            (self.TODAY, [(40, "moderate", 50.0, 100.0)]),
        ]:
            with self.subTest(as_of=as_of):
                self.assertEqual(self._ageing(as_of), expected)
        case = move.collection_case_id
        self.assertEqual(case.amount_overdue, 50.0)
        self.assertEqual(case.tier_amount_ids.amount_currency, 100.0)
        self.assertEqual(case.tier_amount_ids.currency_id, currency)

    def test_ageing_writes_nothing(self):
        self._invoice(40)
        before = self._row_versions()
        self.assertTrue(self._ageing())
        self.assertEqual(self._row_versions(), before)

    def test_days_overdue_is_searched_grouped_and_sorted(self):
        with freeze_time(self.TODAY):
            moves = self.env["account.move"]
            for days in (-3, 0, 1, 30, 31, 61):
                moves |= self._invoice(days)
            moves |= self._invoice(10)
            self._pay(moves[-1])
            days = {move: move.collection_days_overdue for move in moves}
            self.assertEqual(list(days.values()), [0, 0, 1, 30, 31, 61, 0])
            lines = self._receivable(moves)
            order = moves.search([("id", "in", moves.ids)]).ids
            for operator, value, check in [
                (">", 30, lambda d: d > 30),
                (">=", 31, lambda d: d >= 31),
                ("<", 31, lambda d: d < 31),
                ("<=", 0, lambda d: d <= 0),
                ("=", 30, lambda d: d == 30),
                ("=", 0, lambda d: d == 0),
                ("!=", 0, lambda d: d != 0),
                ("in", [0, 61], lambda d: d in (0, 61)),
                ("not in", [0, 61], lambda d: d not in (0, 61)),
                (">", -5, lambda d: True),
                ("<", 0, lambda d: False),
                (">", 10**9, lambda d: False),
            ]:
                with self.subTest(operator=operator, value=value):
                    domain = [("collection_days_overdue", operator, value)]
                    self.assertEqual(
                        moves.search([("id", "in", moves.ids), *domain]),
                        moves.filtered(lambda m, check=check: check(days[m])).sorted(
                            lambda m: order.index(m.id)
                        ),
                    )
                    self.assertEqual(
                        set(lines.search([("id", "in", lines.ids), *domain]).ids),
                        set(lines.filtered(
                            lambda line, check=check: check(line.collection_days_overdue)
                        ).ids),
                    )
            groups = moves._read_group(
                [("id", "in", moves.ids)], ["collection_days_overdue"], ["__count"]
            )
            self.assertEqual(dict(groups), {0: 3, 1: 1, 30: 1, 31: 1, 61: 1})
            ordered = moves.search([("id", "in", moves.ids)], order="collection_days_overdue desc")
            self.assertEqual(ordered[:2].mapped("collection_days_overdue"), [61, 31])

    def test_today_is_the_company_s(self):
        """Half past ten in the evening of the 29th in London is the 30th in Auckland."""
        for zone, today in [
            ("Pacific/Auckland", date(2025, 9, 30)),
            ("America/Los_Angeles", date(2025, 9, 29)),
            (False, date(2025, 9, 29)),
        ]:
            with self.subTest(zone=zone), freeze_time("2025-09-29 21:30:00"):
                self.env.company.partner_id.tz = zone
                self.assertEqual(self.env.company._get_collection_today(), today)
