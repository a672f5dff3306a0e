import os
import random

from odoo.tests import tagged
from odoo.tools import SQL

from ..base.large import has_large_form, size
from .trial_book import TrialBook, cents
from .trial_provisions import TrialProvisions

SEED = int(os.environ.get("DEBT_COLLECTION_SEED") or 20250930)
OPERATIONS = size(100, 300)


@tagged("post_install", "-at_install", "debt_collection")
class TestTrialBalance(TrialProvisions):
    """Random operations in two currencies, against books that are kept by hand.

    Whoever has no right on an operation tries each before, in vain.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={
            **cls.env.context, "tracking_disable": True, "mail_create_nolog": True,
            "mail_notrack": True, "mail_activity_automation_skip": True,
            "skip_is_manually_modified": True,
        })
        cls.euro = cls.setup_other_currency(
            "EUR", rates=[("2024-01-01", 2.0), ("2025-07-01", 1.6)]
        )
        cls.customers = cls.env["res.partner"].create(
            [{"name": f"Customer {number}"} for number in range(3)]
        )
        cls.receivable = cls.company_data["default_account_receivable"]

    def setUp(self):
        super().setUp()
        self.random = random.Random(SEED)
        self.book = TrialBook()
        self.done = dict.fromkeys(self._get_operations(), 0)

    def _check(self):
        """Compare ledger and book to the cent."""
        self.env.flush_all()
        self.env.invalidate_all()
        unbalanced = self.env.execute_query(SQL(
            """SELECT move_id FROM account_move_line
                WHERE company_id = %s AND parent_state = 'posted'
             GROUP BY move_id HAVING SUM(balance) != 0""",
            self.company.id,
        ))
        self.assertFalse(unbalanced)
        for name, account in self._get_accounts().items():
            self.assertEqual(
                cents(str(self._balance(account))), cents(self.book.balances[name]), name
            )
        self.assertEqual(cents(str(self._balance(self.receivable))), self.book.receivable)
        [[profit_and_loss]] = self.env["account.move.line"]._read_group([
            ("company_id", "=", self.company.id),
            ("parent_state", "=", "posted"),
            ("account_id.internal_group", "in", ("income", "expense")),
        ], aggregates=["balance:sum"])
        self.assertEqual(cents(str(profit_and_loss)), self.book.profit_and_loss)
        for entries, sign in ((self.book.items, 1), (self.book.credits, -1)):
            for line in self._line(list(entries)):
                entry = entries[line.id]
                self.assertEqual(
                    (cents(str(line.amount_residual_currency)), cents(str(line.amount_residual))),
                    (cents(sign * entry.open), cents(sign * entry.open * entry.rate)),
                    line.move_id.name,
                )
                self.assertEqual(line.reconciled, not entry.open)
        for debt in self.env["collection.writeoff.line"].browse(list(self.book.debts)):
            book = self.book.debts[debt.id]
            self.assertTrue(debt.move_line_id.reconciled)
            self.assertEqual(
                tuple(cents(str(debt[name])) for name in (
                    "amount", "amount_company", "amount_tax", "amount_recovered",
                    "amount_claimable",
                )),
                (book.amount, book.company, book.tax, book.recovered,
                 book.amount - book.recovered),
            )
        self._check_cases()

    def _check_cases(self):
        """Cases follow at once: the overdue amount of each is what is open and overdue."""
        self._classify()
        for partner in self.customers:
            overdue = sum(
                cents(item.open * item.rate) for line_id, item in self.book.items.items()
                if self._line(line_id).partner_id == partner
                and self._line(line_id).date_maturity < self.TODAY
            )
            case = self.env["collection.case"].search([
                ("partner_id", "=", partner.id), ("stage", "!=", "closed"),
            ])
            self.assertEqual(cents(str(case.amount_overdue)), cents(overdue))

    @has_large_form
    def test_random_operations(self):
        operations = self._get_operations()
        for number in range(OPERATIONS):
            # What never happened yet is more likely.
            weights = [
                weight if self.done[name] else 4 * weight for name, weight in operations.items()
            ]
            name = self.random.choices(list(operations), weights)[0]
            with self.subTest(seed=SEED, number=number, operation=name):
                self.done[name] += bool(getattr(self, f"_do_{name}")())
            if number % 25 == 24:
                # All is one transaction: the planner knows nothing of these rows by itself.
                self.env.flush_all()
                self.env.cr.execute(
                    "ANALYZE account_move, account_move_line, account_partial_reconcile,"
                    " account_payment, collection_provision_item, collection_writeoff_line"
                )
            if number % 100 == 99:
                with self.subTest(seed=SEED, number=number, check="books"):
                    self._check()
        self._check()
        for name, count in self.done.items():
            self.assertGreater(count, 0, f"{name} never happened: the test is worth less")
