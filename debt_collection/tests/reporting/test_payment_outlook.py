import random
from datetime import date, datetime, timedelta
from math import sqrt

from freezegun import freeze_time
from psycopg2.extras import execute_values

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ...tools.payment_outlook import SLOWED, slow
from .test_collection_ageing_report import AgeingCommon


class LedgerCommon(AgeingCommon):
    """A ledger of two years, written by SQL: customers who pay early, on time and late."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.forecast = cls.env["collection.cash.forecast"]
        cls.customers = cls.env["res.partner"].create(
            [{"name": f"Customer {number}"} for number in range(30)]
        )

    @classmethod
    def _make_ledger(cls, first=date(2023, 6, 1), last=date(2025, 9, 30)):
        """Invoices and payments until ``last``; what is due to be paid later is open."""
        rng = random.Random(20)
        rows = []
        for number, customer in enumerate(cls.customers):
            habit, spread, day = (-8, 2, 12, 25)[number % 4], (2, 5, 8)[number % 3], first
            while (day := day + timedelta(days=rng.randint(8, 24))) <= last:
                due = day + timedelta(days=30)
                paid = max(day, due + timedelta(days=round(rng.gauss(habit, spread))))
                rows.append((customer.id, day, due, paid, round(rng.uniform(50, 500), 2)))
        return cls._write_ledger(rows, last)

    @classmethod
    def _write_ledger(cls, rows, last=date.max):
        """Write tuples ``customer_id issued due paid amount``; ids of the items."""
        company, currency = cls.company, cls.company.currency_id.id
        accounts = cls.company_data
        sale = accounts["default_journal_sale"].id
        bank = accounts["default_journal_bank"].id
        account = accounts["default_account_receivable"].id
        cls.env.flush_all()

        def insert(table, columns, values):
            return [row[0] for row in execute_values(
                cls.env.cr._obj,
                f"INSERT INTO {table} ({columns}) VALUES %s RETURNING id",
                values, page_size=20_000, fetch=True,
            )]

        def write(journal, entries, move_type):
            moves = insert(
                "account_move",
                "name, state, move_type, journal_id, company_id, currency_id, date, invoice_date,"
                " partner_id, commercial_partner_id, auto_post",
                [(f"T{journal}/{id(rows)}/{number}", "posted", move_type, journal, company.id,
                  currency, day, day, partner, partner, "no")
                 for number, (partner, day, _due, _amount, _open) in enumerate(entries)],
            )
            return insert(
                "account_move_line",
                "move_id, journal_id, company_id, company_currency_id, currency_id, account_id,"
                " partner_id, date, invoice_date, date_maturity, balance, debit, credit,"
                " amount_currency, amount_residual, amount_residual_currency, reconciled,"
                " parent_state, display_type, name, no_followup",
                [(move, journal, company.id, currency, currency, account, partner, day, day, due,
                  amount, max(amount, 0), max(-amount, 0), amount, rest, rest, not rest, "posted",
                  "payment_term", "x", amount < 0)
                 for move, (partner, day, due, amount, rest) in zip(moves, entries, strict=True)],
            )

        done = [paid is not None and paid <= last for _c, _i, _d, paid, _a in rows]
        items = write(sale, [
            (customer, issued, due, amount, 0 if is_done else amount)
            for (customer, issued, due, _paid, amount), is_done in zip(rows, done, strict=True)
        ], "out_invoice")
        paid_rows = [
            (item, row) for item, row, is_done in zip(items, rows, done, strict=True) if is_done
        ]
        payments = write(bank, [
            (customer, paid, paid, -amount, 0) for _i, (customer, _s, _d, paid, amount) in paid_rows
        ], "entry")
        insert(
            "account_partial_reconcile",
            "debit_move_id, credit_move_id, amount, debit_amount_currency,"
            " credit_amount_currency, company_id, max_date, debit_currency_id,"
            " credit_currency_id",
            [(item, payment, row[4], row[4], row[4], company.id, row[3], currency, currency)
             for (item, row), payment in zip(paid_rows, payments, strict=True)],
        )
        # As PostgreSQL does by itself once so much was written.
        cls.env.cr.execute("ANALYZE account_move, account_move_line, account_partial_reconcile")
        cls.env.invalidate_all()
        return items


@tagged("post_install", "-at_install", "debt_collection")
class TestPaymentOutlook(LedgerCommon):
    """When open items are paid, by what was known on a day."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.items = cls._make_ledger()
        cls.day = date(2025, 6, 2)

    def _outlook(self, as_of=None):
        return self.forecast._get_payment_outlook(as_of or self.day, self.company)

    def _cash(self, as_of=None):
        return self.forecast._get_cash_outlook(as_of or self.day, companies=self.company)

    def _by_line(self, as_of):
        return {row["line_id"]: row for row in self._outlook(as_of)}

    def test_shape(self):
        rows = self._outlook()
        self.assertTrue(rows)
        for row in rows:
            self.assertEqual(
                list(row), ["line_id", "date_expected", "date_early", "date_late", "probability"]
            )
            self.assertTrue(
                self.day < row["date_early"] <= row["date_expected"] <= row["date_late"]
            )
            chances = list(row["probability"].values())
            self.assertEqual(list(row["probability"]), [7, 14, 30, 60, 90])
            self.assertEqual(chances, sorted(chances))
        weeks = self._cash()
        self.assertEqual(len(weeks), 8)
        for number, week in enumerate(weeks):
            start = self.day + timedelta(days=7 * number + 1)
            self.assertEqual(week["date_from"], start)
            self.assertEqual(week["date_to"], start + timedelta(days=6))
            self.assertTrue(0 <= week["low"] <= week["expected"] <= week["high"], week)

    def test_open_items_of_the_day(self):
        """The items are those that the ageing of the day has open."""
        ageing = self.env["account.move.line"]._get_collection_ageing(self.day, self.company)
        self.assertEqual(
            {row["line_id"] for row in self._outlook()},
            {row["line_id"] for row in ageing if row["residual"] > 0},
        )

    def test_no_look_ahead(self):
        """What is dated after the day changes no figure of it, whatever it is."""
        day = date(2025, 9, 30)
        lines = self._receivable(self.env["account.move"].union(*(
            self._overdue_invoice(days, 100.0, partner=self.customers[5]) for days in (5, 25, 45)
        )))
        self._classify()
        case = lines.collection_case_id
        before = self._outlook(day), self._cash(day)
        self._write_ledger([
            (customer.id, day + timedelta(days=1), day + timedelta(days=2),
             day + timedelta(days=3), 9_999.0)
            for customer in self.customers for _number in range(10)
        ])
        self._pay(lines[0].move_id, payment_date=day + timedelta(days=5))
        self.env["collection.promise"].create({
            "case_id": case.id, "amount": 10_000.0, "date_made": day + timedelta(days=1),
            "date_promised": day + timedelta(days=2),
        })
        self.env["collection.dispute"].create({
            "case_id": case.id, "line_ids": [Command.set(lines[2].ids)], "amount": 10.0,
            "reason": "Broken", "date_open": day + timedelta(days=1),
        })
        self.assertEqual((self._outlook(day), self._cash(day)), before)
        # What is dated on the day does change them.
        self._pay(lines[1].move_id, payment_date=day)
        self.assertNotEqual(self._outlook(day), before[0])

    def test_no_look_ahead_by_dates_of_the_past(self):
        """What was entered later counts from then on, whatever date it was given.

        So in a company that works with cases; what was taken over before has its own dates.
        """
        day = date(2025, 9, 30)
        lines = self._receivable(self.env["account.move"].union(*(
            self._overdue_invoice(days, 100.0, partner=self.customers[5]) for days in (5, 25)
        )))
        self._classify()
        case = lines.collection_case_id
        self.env["collection.case"].flush_model()
        self.env.cr.execute(
            "UPDATE collection_case SET create_date = %s WHERE id = %s",
            (datetime(2025, 9, 1), case.id),
        )
        before = self._outlook(day), self._cash(day)
        promise = self.env["collection.promise"].create({
            "case_id": case.id, "amount": 100.0, "date_made": day,
            "date_promised": day + timedelta(days=20),
        })
        dispute = self.env["collection.dispute"].create({
            "case_id": case.id, "line_ids": [Command.set(lines[1].ids)], "amount": 100.0,
            "reason": "Broken", "date_open": day,
        })
        self.assertEqual((self._outlook(day), self._cash(day)), before)
        for record in (promise, dispute):
            self.env.cr.execute(
                f"UPDATE {record._table} SET create_date = %s WHERE id = %s",
                (datetime(2025, 9, 30, 10), record.id),
            )
            after = self._outlook(day), self._cash(day)
            self.assertNotEqual(after, before)
            before = after

    def test_partly_reconciled_later(self):
        """Part payments, credit notes and what is undone later leave the day as it was."""
        day = date(2025, 9, 30)
        moves = [
            self._overdue_invoice(days, 200.0, partner=self.customers[7]) for days in (5, 15)
        ]
        before = self._outlook(day), self._cash(day)
        self._pay(moves[0], payment_date=day + timedelta(days=3), amount=80.0)
        refund = self._overdue_invoice(
            -40, 50.0, partner=self.customers[7], move_type="out_refund"
        )
        (self._receivable(moves[1]) | self._receivable(refund)).reconcile()
        self.assertEqual((self._outlook(day), self._cash(day)), before)

    def test_backtest(self):
        """The bounds of the back-test on a ledger of thirty customers."""
        result = self.forecast._backtest(
            date(2024, 9, 2), date(2025, 8, 25), companies=self.company
        )
        self.assertEqual(len(result["weeks"]), 26 * 4)
        self.assertTrue(result["is_better"])
        self.assertLess(result["error_week"], 0.22)
        self.assertLess(result["error_total"], 0.05)
        self.assertLess(result["error_week"], 0.8 * result["usual_delay"]["error_week"])
        self.assertLess(
            result["usual_delay"]["error_week"], result["due_date"]["error_week"]
        )
        self.assertTrue(0.7 <= result["inside"] <= 0.9, result["inside"])
        for days in (14, 30):
            brier = result["brier"][days]
            self.assertLess(brier["outlook"], 0.9 * brier["usual_delay"])
        # Of what was said to come, so much came: on average, and in each tenth.
        tenths = result["calibration"]
        items = sum(count for _said, _came, count in tenths)
        missed = sum(abs(said - came) * count for said, came, count in tenths) / items
        self.assertLess(missed, 0.05)
        for said, came, count in tenths:
            # An item stands in three of the days marked: three times as much chance.
            chance = 3 * sqrt(3 * max(0.02, said * (1 - said)) / count)
            self.assertAlmostEqual(said, came, delta=0.05 + chance, msg=(said, came, count))

    def test_promised(self):
        """A customer's money comes on the promised day as often as it kept its promises."""
        day = date(2025, 9, 30)
        late = self._overdue_invoice(50, 400.0, partner=self.customers[3])
        line = self._receivable(late)
        usual = self._by_line(day)[line.id]["probability"][7]
        self._classify()
        case = line.collection_case_id
        self.env["collection.promise"].create({
            "case_id": case.id, "amount": 400.0, "date_made": day,
            "date_promised": day + timedelta(days=10),
        })
        row = self._by_line(day)[line.id]
        self.assertNotEqual(row["probability"][7], usual)
        self.assertEqual(row["probability"][7], 0.0)
        self.assertAlmostEqual(row["probability"][14], 0.6, delta=0.25)
        self.assertEqual(row["date_expected"], day + timedelta(days=10))

    def test_disputed_and_planned(self):
        day = date(2025, 9, 30)
        customer = self.customers[1]
        disputed, planned = (
            self._receivable(self._overdue_invoice(days, 300.0, partner=customer))
            for days in (20, 10)
        )
        usual = self._by_line(day)
        self._classify()
        case = disputed.collection_case_id
        self.env["collection.dispute"].create({
            "case_id": case.id, "line_ids": [Command.set(disputed.ids)], "amount": 300.0,
            "reason": "Broken", "date_open": day,
        })
        plan = self.env["collection.plan"].create({
            "case_id": case.id, "item_ids": [Command.set(planned.ids)], "amount": 300.0,
            "line_ids": [
                Command.create({"date_due": day + timedelta(days=days), "amount": 150.0})
                for days in (10, 70)
            ],
        })
        plan.sudo().write({"state": "performing", "date_accepted": day})
        rows = self._by_line(day)
        for days, chance in rows[disputed.id]["probability"].items():
            # Nothing is known yet of how much slower disputed items are paid.
            self.assertAlmostEqual(
                chance, slow(usual[disputed.id]["probability"][days], SLOWED["disputed"]), places=6
            )
        chances = rows[planned.id]["probability"]
        self.assertEqual([round(chances[days], 3) for days in (7, 14, 30, 60)], [0, 0.4, 0.4, 0.4])
        # After the last instalment what did not come follows the usual rule.
        self.assertGreater(chances[90], 0.8)
        self.assertLess(chances[90], 1)

    def test_credited_items_are_not_paid(self):
        """A credit note brings no cash: it is no payment on time."""
        customer = self.env["res.partner"].create({"name": "Always Credited"})
        for days in (200, 170, 140, 110):
            invoice = self._overdue_invoice(days, 100.0, partner=customer)
            refund = self._overdue_invoice(
                days, 100.0, partner=customer, move_type="out_refund"
            )
            (self._receivable(invoice) | self._receivable(refund)).reconcile()
        [item] = [
            row for row in self.forecast._read_ledger(self.company, self.TODAY)["outlook"]
            .histories.items() if row[0] == customer.id
        ]
        self.assertEqual((item[1].paid, item[1].beyond_paid), ({}, 0.0))
        self.assertTrue(item[1].left)

    def test_nothing_is_written(self):
        before = self._row_versions()
        self._outlook()
        self._cash()
        self.assertEqual(self._row_versions(), before)

    def test_statements_do_not_grow(self):
        """As many statements for one open item as for hundreds."""
        counts = []
        self._outlook()
        for day in (date(2023, 6, 15), date(2025, 6, 2)):
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.assertTrue(self._outlook(day))
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])


@tagged("post_install", "-at_install", "debt_collection")
class TestCashOutlook(LedgerCommon):
    """What is kept of the outlook: items every night, weeks once a week."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_ledger()
        cls.startClassPatcher(freeze_time(f"{cls.TODAY} 12:00:00"))
        cls.items = cls.env["collection.payment.outlook"]
        cls.weeks = cls.env["collection.cash.outlook"]

    def _refresh(self, as_of=None):
        for _done in self.items._refresh(self.company, as_of or self.TODAY):
            pass

    def test_items(self):
        invoice = self._overdue_invoice(40, 100.0, partner=self.customers[0])
        self._refresh()
        rows = self.items.search([("company_id", "=", self.company.id)])
        expected = {
            row["line_id"]: (row["date_expected"], row["date_early"], row["date_late"])
            for row in self.forecast._get_payment_outlook(self.TODAY, self.company)
        }
        self.assertEqual(
            {row.line_id.id: (row.date_expected, row.date_early, row.date_late) for row in rows},
            expected,
        )
        row = rows.filtered(lambda row: row.move_id == invoice)
        self.assertEqual((row.amount, row.amount_late), (100.0, 100.0))
        self.assertAlmostEqual(row.amount_30, 100 * row.probability_30, places=2)
        self.assertIn("(", invoice.collection_expected)
        self.assertTrue(self.customers[0].collection_expected)
        self._refresh()
        self.assertEqual(self.items.search([("company_id", "=", self.company.id)]), rows)
        self._pay(invoice)
        self._refresh()
        self.assertFalse(row.exists())
        self.assertFalse(invoice.collection_expected)

    def test_weeks_are_kept_and_marked(self):
        start = date(2025, 6, 1)
        self.weeks._keep(self.company, start)
        said = self.weeks.search([("company_id", "=", self.company.id)])
        self.assertEqual(said.mapped("week"), list(range(1, 9)))
        words = [(week.expected, week.low, week.high) for week in said]
        self.weeks._keep(self.company, start + timedelta(days=3))
        self.assertEqual(self.weeks.search([("company_id", "=", self.company.id)]), said)
        self.assertFalse(any(said.mapped("is_over")))
        self.weeks._keep(self.company, start + timedelta(days=16))
        self.assertEqual(said.mapped("is_over"), [True, True] + [False] * 6)
        self.assertEqual([(week.expected, week.low, week.high) for week in said], words)
        result = self.forecast._backtest(start, start, weeks=2, companies=self.company)
        for week, row in zip(said[:2], result["weeks"], strict=True):
            self.assertAlmostEqual(week.came, row["came"], places=2)
            self.assertEqual(week.is_inside, week.low <= week.came <= week.high)
            self.assertAlmostEqual(week.error_usual, abs(week.came - week.amount_usual), 2)

    def test_the_usual_delay_is_shown_where_it_is_closer(self):
        start = date(2025, 6, 1)
        vals = {
            "company_id": self.company.id, "method": "outlook", "is_over": True, "week": 1,
            "amount_usual": 100.0, "error_usual": 10.0, "error_outlook": 20.0,
        }
        self.weeks.sudo().create([
            {**vals, "as_of": start - timedelta(days=7 * number + 8),
             "date_from": start - timedelta(days=7 * number + 7),
             "date_to": start - timedelta(days=7 * number + 1)}
            for number in range(12)
        ])
        self.weeks._keep(self.company, start)
        said = self.weeks.search([("company_id", "=", self.company.id), ("as_of", "=", start)])
        self.assertEqual(set(said.mapped("method")), {"usual"})
        for week in said:
            self.assertAlmostEqual(week.expected, week.amount_usual)
        said.sudo().unlink()
        self.weeks.sudo().search(
            [("company_id", "=", self.company.id)]
        ).error_outlook = 5.0
        self.weeks._keep(self.company, start)
        said = self.weeks.search([("company_id", "=", self.company.id), ("as_of", "=", start)])
        self.assertEqual(set(said.mapped("method")), {"outlook"})

    def test_replay_and_chart(self):
        self.weeks.sudo()._replay(self.company, self.TODAY, days=60)
        weeks = self.weeks.search([("company_id", "=", self.company.id)])
        self.assertTrue(weeks)
        self.assertTrue(all(week.is_replayed and week.is_over for week in weeks))
        lines = self.env["collection.cash.outlook.line"].search(
            [("outlook_id", "=", weeks[0].id)], order="id"
        )
        self.assertEqual(
            lines.mapped("amount"),
            [weeks[0].low, weeks[0].expected, weeks[0].high, weeks[0].came],
        )
        with self.assertRaises(AccessError):
            self.weeks.with_user(self.finance).action_replay_past()

    def test_job(self):
        with self.enter_registry_test_mode():
            cron = self.env.ref("debt_collection.cron_payment_outlook")
            self.assertIs(cron.method_direct_trigger(), True)
        self.assertTrue(self.items.search([("company_id", "=", self.company.id)]))

    def test_roles(self):
        for partner, days in ((self.partner_a, 10), (self.partner_b, 10)):
            self._overdue_invoice(days, 100.0, partner=partner)
        self._refresh()
        for user, partners in [
            (self.collector, self.partner_a), (self.other_collector, self.partner_b),
        ]:
            with self.subTest(user=user.login):
                self.assertEqual(
                    self.items.with_user(user).search([]).partner_id, partners.with_user(user)
                )
        for user in (self.manager, self.finance):
            self.assertGreater(self.items.with_user(user).search_count([]), 2)
            self.weeks.with_user(user).search([])
        for user in (self.sales, self.collector):
            with self.assertRaises(AccessError):
                self.weeks.with_user(user).search([])
        with self.assertRaises(AccessError):
            self.items.with_user(self.sales).search([])
        with self.assertRaises(AccessError):
            self.items.with_user(self.manager).search([], limit=1).amount = 1.0
