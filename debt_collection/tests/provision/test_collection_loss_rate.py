from datetime import date
from decimal import Decimal

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..base.common import CollectionCommon


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionLossRate(CollectionCommon):
    """Rates by tier, segment and day, entered or computed from the ledger."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.env["account.move"].search([("company_id", "=", cls.company.id)]).write(
            {"no_followup": True}
        )
        cls.rates = cls.env["collection.loss.rate"]
        cls.mild, cls.moderate, cls.severe = cls.env["collection.tier"]._get_ladder(cls.company)
        cls.finance = cls._role_user("rate_finance", "finance")

    def _rate(self, percent=None, **vals):
        return self.rates.create({
            "date_start": date(2025, 1, 1),
            **({"percent": percent} if percent is not None else {}),
            **vals,
        })

    def test_tiers_own_rates_are_the_default(self):
        self.assertEqual(
            self.rates._get_rates(self.company, self.TODAY),
            {
                (False, False): (Decimal(0), Decimal(100)),
                ("mild", False): (Decimal("2.0"), Decimal(100)),
                ("moderate", False): (Decimal("8.0"), Decimal(100)),
                ("severe", False): (Decimal("25.0"), Decimal(100)),
            },
        )

    def test_the_latest_rate_counts_from_its_day(self):
        self._rate(3.0, tier_id=self.mild.id)
        self._rate(4.0, tier_id=self.mild.id, date_start=date(2025, 6, 30))
        self._rate(0.5)
        for day, mild in [(date(2024, 12, 31), 2), (date(2025, 6, 29), 3), (date(2025, 6, 30), 4)]:
            with self.subTest(day=day):
                self.assertEqual(
                    self.rates._get_rates(self.company, day)["mild", False][0], Decimal(mild)
                )
        self.assertEqual(
            self.rates._get_rates(self.company, self.TODAY)[False, False][0], Decimal("0.5")
        )

    def test_fraction_stays_exact(self):
        rate = self._rate(tier_id=self.mild.id, numerator=2, denominator=23)
        self.assertAlmostEqual(rate.percent, 8.695652, 6)
        self.assertEqual(
            self.rates._get_rates(self.company, self.TODAY)["mild", False],
            (Decimal(2), Decimal(23)),
        )
        with Form(rate) as form:
            form.note = "Two of twenty-three"
        self.assertEqual((rate.numerator, rate.denominator), (2, 23))
        with Form(rate) as form:
            form.percent = 8.695652
        self.assertEqual((rate.numerator, rate.denominator), (2, 23))
        with Form(rate) as form:
            form.percent = 9.123456
        self.assertEqual((rate.numerator, rate.denominator), (9.123456, 100))

    def test_of_several_segments_the_highest_rate_counts(self):
        low, high = self.env["res.partner.category"].create([{"name": "Retail"}, {"name": "State"}])
        self._rate(1.0, tier_id=self.mild.id, category_id=low.id)
        self._rate(5.0, tier_id=self.mild.id, category_id=high.id)
        rates = self.rates._get_rates(self.company, self.TODAY, segments=True)
        for code, segments, expected in [
            ("mild", [], (False, 2)),
            ("mild", [low.id], (low.id, 1)),
            ("mild", [low.id, high.id], (high.id, 5)),
            ("severe", [low.id], (False, 25)),
        ]:
            with self.subTest(code=code, segments=segments):
                self.assertEqual(self.rates._pick_rate(rates, code, segments)[:2], expected)
        self.assertNotIn(
            ("mild", low.id), self.rates._get_rates(self.company, self.TODAY)
        )

    @mute_logger("odoo.sql_db")
    def test_limits(self):
        self._rate(1.0)
        for vals in ({"percent": 100.5}, {"percent": -1}, {"numerator": 1, "denominator": 0},
                     {"percent": 2.0, "tier_id": False}):
            start = date(2025, 1, 1) if "tier_id" in vals else date(2025, 2, 1)
            with self.subTest(vals=vals), self.assertRaises(IntegrityError), self.cr.savepoint():
                self._rate(**{"date_start": start, **vals})
                self.env.flush_all()

    def test_roles(self):
        for role, allowed in [
            ("sales", False), ("collector", False), ("finance", True), ("manager", True),
        ]:
            user = self._role_user(f"loss_{role}", role)
            with self.subTest(role=role):
                if allowed:
                    self.rates.with_user(user).create({"percent": 1, "note": role}).unlink()
                else:
                    with self.assertRaises(AccessError), self.cr.savepoint():
                        self.rates.with_user(user).create({"percent": 1})
                    with self.assertRaises(AccessError), self.cr.savepoint():
                        self._history(user=user)
        other = self._create_company(name="Other Rates")
        foreign = self.rates.create({"percent": 7, "company_id": other.id})
        self.assertNotIn(foreign, self.rates.with_user(self.finance).search([]))
        self.assertEqual(self.rates._get_rates(self.company, self.TODAY)[False, False][0], 0)

    def _history(self, user=None, **vals):
        wizard = self.env["collection.loss.history"].with_user(user or self.finance).create({
            "month_from": date(2024, 6, 1), "month_to": date(2024, 6, 1), "horizon": 12, **vals,
        })
        with freeze_time("2025-10-05"):
            wizard.action_compute()
        return wizard

    def _ledger(self):
        """At the end of June 2024: 1,000 mild, 400 moderate, 600 not overdue."""
        days = (self.TODAY - date(2024, 6, 30)).days
        mild = self._overdue_invoice(days + 10, 600.0) | self._overdue_invoice(days + 10, 400.0)
        moderate = self._overdue_invoice(days + 40, 400.0)
        current = self._overdue_invoice(days - 5, 600.0)
        self._pay(mild[0], payment_date=date(2024, 8, 1))
        self._pay(current, payment_date=date(2024, 7, 20))
        self._write_off(moderate, 100.0, date(2024, 9, 1))
        self._pay(moderate, amount=300.0, payment_date=date(2024, 9, 2))

    def _write_off(self, invoice, amount, day):
        line = self._receivable(invoice)
        move = self.env["account.move"].create({
            "move_type": "entry", "date": day, "line_ids": [
                (0, 0, {"account_id": line.account_id.id, "partner_id": line.partner_id.id,
                        "balance": -amount}),
                (0, 0, {"account_id": self.company_data["default_account_expense"].id,
                        "balance": amount}),
            ],
        })
        move.action_post()
        (line | self._receivable(move)).reconcile()

    def test_never_collected_share(self):
        self._ledger()
        wizard = self._history()
        self.assertRecordValues(wizard.rate_ids, [
            {"bucket": "Not Overdue", "numerator": 0.0, "denominator": 600.0},
            {"bucket": "Mild", "numerator": 400.0, "denominator": 1000.0},
            {"bucket": "Moderate", "numerator": 100.0, "denominator": 400.0},
        ])
        self.assertEqual(wizard.line_ids.mapped("exposure"), [600.0, 1000.0, 400.0, 0.0])
        self.assertFalse(self.rates.search([("company_id", "=", self.company.id)]))
        wizard.action_accept()
        accepted = self.rates._get_rates(self.company, wizard.date_start)
        self.assertEqual(accepted["mild", False], (Decimal(400), Decimal(1000)))
        self.assertEqual(accepted["severe", False][0], Decimal(25))
        wizard.action_accept()
        self.assertEqual(self.rates.search_count([("company_id", "=", self.company.id)]), 3)

    def test_roll_rates(self):
        """In July all of the mild and moderate debts rolled on, what was not due was paid."""
        self._ledger()
        wizard = self._history(method="roll", worst_percent=40)
        self.assertRecordValues(wizard.rate_ids, [
            {"bucket": "Not Overdue", "percent": 0.0},
            {"bucket": "Mild", "percent": 40.0},
            {"bucket": "Moderate", "percent": 40.0},
            {"bucket": "Escalated", "percent": 40.0},
        ])

    def test_history_of_a_segment(self):
        self._ledger()
        tag = self.env["res.partner.category"].create({"name": "Export"})
        self.assertFalse(self._history(category_id=tag.id).rate_ids)
        self.partner_a.category_id = tag
        wizard = self._history(category_id=tag.id)
        self.assertEqual(len(wizard.rate_ids), 3)
        wizard.action_accept()
        self.assertEqual(
            self.rates._get_rates(self.company, wizard.date_start, segments=True)["mild", tag.id],
            (Decimal(400), Decimal(1000)),
        )

    def test_history_that_is_not_known_yet(self):
        for vals in ({"month_to": date(2025, 6, 1)}, {"month_to": date(2024, 5, 1)},
                     {"horizon": 0}, {"method": "roll", "month_to": date(2025, 9, 1)}):
            with self.subTest(vals=vals), self.assertRaises(UserError), self.cr.savepoint():
                self._history(**vals)
        with self.assertRaisesRegex(UserError, "no rates"), self.cr.savepoint():
            self._history().action_accept()
