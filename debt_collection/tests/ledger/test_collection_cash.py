from datetime import timedelta

from odoo import Command
from odoo.tests import tagged
from odoo.tools import SQL

from ..base.common import CollectionCommon

MONEY = {"payment", "payment_written_off", "bank_line", "bank_entry", "cash_entry", "card_entry"}


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionCash(CollectionCommon):
    """What is cash, for each kind of counterpart and everything that asks (facts: indicators)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.bank = cls.company_data["default_journal_bank"]
        cls.collector = cls._role_user("cash_collector", "collector")

    def setUp(self):
        super().setUp()
        self.today = self.company._get_collection_today()
        days = 60 - (self.today - self.TODAY).days  # overdue by 60 days today
        self.invoice = self._overdue_invoice(days, 1000.0)
        self._overdue_invoice(days, 1.0)
        self._classify(self.today)
        self.case = self.invoice.collection_case_id
        self.item = self._receivable(self.invoice)

    def _entry(self, journal, account, amount=980.0):
        """An entry that settles the invoice, against an account."""
        move = self.env["account.move"].create({
            "move_type": "entry", "journal_id": journal.id, "date": self.today,
            "line_ids": [
                Command.create({
                    "account_id": account.id, "partner_id": self.partner_a.id, "debit": amount,
                }),
                Command.create({
                    "account_id": self.item.account_id.id, "partner_id": self.partner_a.id,
                    "credit": amount,
                }),
            ],
        })
        move.action_post()
        (self.item + self._receivable(move).filtered("credit")).reconcile()

    def _journal(self, kind):
        if kind == "bank":
            return self.bank
        return self.env["account.journal"].create(
            {"name": f"Test {kind}", "type": kind, "code": f"T{kind[:3].upper()}"}
        )

    def _settle(self, kind):
        """Settle 980 of the invoice in one way; the whole of it where 20 are written off."""
        expense = self.company_data["default_account_expense"]
        general = self.company_data["default_journal_misc"]
        if kind == "payment":
            self._pay(self.invoice, amount=980.0, payment_date=self.today)
        elif kind == "payment_written_off":
            self._pay(
                self.invoice, amount=980.0, payment_difference_handling="reconcile",
                writeoff_account_id=expense.id, payment_date=self.today,
            )
        elif kind == "bank_line":
            line = self.env["account.bank.statement.line"].create({
                "journal_id": self.bank.id, "payment_ref": "x", "amount": 980.0,
                "date": self.today, "partner_id": self.partner_a.id,
            })
            _liquidity, suspense, _other = line._seek_for_lines()
            suspense.account_id = self.item.account_id
            (self.item + suspense).reconcile()
        elif kind.endswith("_entry"):
            journal = self._journal({"bank": "bank", "cash": "cash", "card": "credit"}[kind[:4]])
            self._entry(journal, journal.default_account_id)
        elif kind == "bank_loss":
            self._entry(self.bank, expense)
        elif kind == "write_off":
            self._entry(general, expense)
        elif kind == "offset":
            self._entry(general, self.company_data["default_account_payable"])
        elif kind == "credit_note":
            refund = self.invoice._reverse_moves([{"date": self.today}])
            refund.invoice_line_ids.price_unit = 980.0
            refund.action_post()
            (self.item + self._receivable(refund)).reconcile()

    def _get_answers(self, promise, plan):
        """By who asks, how much cash came."""
        rows = self.env["collection.cash"]._get_rows_sql(
            self.env["collection.cash"]._get_items_sql(SQL("line.id = %s", self.item.id))
        )
        self.env.flush_all()
        day = timedelta(days=1)
        cases = self.env["collection.case"]
        charge, _credits = self.item._get_charge_reductions(self.item.ids)
        habits = self.env["collection.payment.habit"]
        habits._measure(self.company, self.today)
        return {
            "rows": sum(row["amount"] for row in self.env.execute_query_dict(rows)
                        if row["kind"] == "cash"),
            "law": self.env["collection.cash"]._get_received(
                [(1, self.item.ids, self.today, self.today)]
            ).get(1, 0),
            "promise": promise.kept_amount,
            "plan": plan.amount_received,
            "by collector": cases._get_cash_by_collector(
                self.company, self.today, self.today + day
            )[None],
            "cash report": sum(
                self.env["collection.cash.report"].search([]).mapped("amount")
            ),
            "last payment": self.case._get_last_payments().get(self.case.id, (False, 0))[1],
            "charges": float(sum(amount for _date, amount in charge.get(self.item.id, []))),
            "habit": habits.search([("company_id", "=", self.company.id)]).amount,
        }

    def test_every_counterpart_for_everybody(self):
        for kind in (*sorted(MONEY), "bank_loss", "write_off", "offset", "credit_note"):
            with self.subTest(kind=kind), self.cr.savepoint() as savepoint:
                promise = self.env["collection.promise"].create({
                    "case_id": self.case.id, "amount": 1001.0, "date_promised": self.today,
                })
                plan = self.env["collection.plan"].with_user(self.collector.id).sudo().create(
                    {"case_id": self.case.id, "count": 1, "date_first": self.today}
                )
                plan.action_generate()
                plan.with_user(self.env.user).action_approve()
                plan.accepted_by = "Ms Chen"
                plan.action_accept()
                self._settle(kind)
                promise._judge(self.today)
                plan._judge(self.today)
                expected = 980.0 if kind in MONEY else 0.0
                answers = self._get_answers(promise, plan)
                self.assertEqual(answers, dict.fromkeys(answers, expected))
                savepoint.rollback()
            self.env.invalidate_all()

    def test_what_is_not_cash(self):
        """A payment of 980 with 20 written off; a credit note; a balance moved."""
        for kind, expected in [
            ("payment_written_off", {"cash": 980.0, "write_off": 20.0}),
            ("credit_note", {"credit_note": 980.0}),
            ("offset", {"offset": 980.0}),
            ("write_off", {"write_off": 980.0}),
            ("bank_loss", {"write_off": 980.0}),
        ]:
            with self.subTest(kind=kind), self.cr.savepoint() as savepoint:
                self._settle(kind)
                self.env.flush_all()
                cash = self.env["collection.cash"]
                rows = self.env.execute_query_dict(cash._get_rows_sql(
                    cash._get_items_sql(SQL("line.id = %s", self.item.id))
                ))
                self.assertEqual({row["kind"]: float(row["amount"]) for row in rows}, expected)
                savepoint.rollback()
            self.env.invalidate_all()
