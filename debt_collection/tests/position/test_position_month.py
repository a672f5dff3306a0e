from datetime import date, timedelta

from odoo import Command
from odoo.tests import tagged

from ..posting.accounting_common import CollectionAccountingCommon

# A month of twenty customers, reckoned by hand. One euro is 1.25 dollars when it is invoiced.
#
# What happens: ``items`` as (days overdue on the last day, amount, currency); ``paid`` as (item,
# amount) matched in the month; ``notes`` and ``money`` are credit notes and receipts that nobody
# matched; ``out`` is paid back to the customer; ``dispute`` as (item, amount in dollars); ``plan``
# as the items of a performing plan; ``promise`` as (amount, currency), taken before ``paid``.
#
# What is right: by currency overdue, disputed, planned, covered by credits, promised, to collect.
MONTH = [
    ("nothing happened", {"items": [(45, 1000, "USD")]},
     {"USD": (1000, 0, 0, 0, 0, 1000)}),
    ("what is not due is not asked for", {"items": [(-10, 500, "USD"), (5, 300, "USD")]},
     {"USD": (300, 0, 0, 0, 0, 300)}),
    ("a part payment", {"items": [(45, 1000, "USD")], "paid": [(0, 400)]},
     {"USD": (600, 0, 0, 0, 0, 600)}),
    ("paid too much, not matched", {"items": [(20, 1000, "USD")], "money": [(1200, "USD")]},
     {"USD": (1000, 0, 0, 1000, 0, 0)}),
    ("a credit note covers the oldest",
     {"items": [(60, 500, "USD"), (10, 400, "USD")], "notes": [(300, "USD")]},
     {"USD": (900, 0, 0, 300, 0, 600)}),
    ("euros", {"items": [(30, 80, "EUR")]},
     {"EUR": (80, 0, 0, 0, 0, 80)}),
    ("a credit in euros covers no dollars",
     {"items": [(30, 80, "EUR"), (30, 100, "USD")], "notes": [(200, "EUR")]},
     {"EUR": (80, 0, 0, 80, 0, 0), "USD": (100, 0, 0, 0, 0, 100)}),
    ("disputed in part", {"items": [(45, 1000, "USD")], "dispute": [(0, 250)]},
     {"USD": (1000, 250, 0, 0, 0, 750)}),
    ("disputed, then paid in part: at most what is open",
     {"items": [(45, 1000, "USD")], "dispute": [(0, 1000)], "paid": [(0, 700)]},
     {"USD": (300, 300, 0, 0, 0, 0)}),
    ("a plan", {"items": [(45, 1200, "USD")], "plan": [0]},
     {"USD": (1200, 0, 1200, 0, 0, 0)}),
    ("a plan, and a newer item",
     {"items": [(45, 900, "USD"), (5, 300, "USD")], "plan": [0]},
     {"USD": (1200, 0, 900, 0, 0, 300)}),
    ("a plan on what is disputed in part",
     {"items": [(45, 800, "USD")], "plan": [0], "dispute": [(0, 200)]},
     {"USD": (800, 200, 600, 0, 0, 0)}),
    ("a promise of a part", {"items": [(45, 1000, "USD")], "promise": (400, "USD")},
     {"USD": (1000, 0, 0, 0, 400, 600)}),
    ("a part of the promise came",
     {"items": [(45, 1200, "USD")], "promise": (1000, "USD"), "paid": [(0, 400)]},
     {"USD": (800, 0, 0, 0, 600, 200)}),
    ("a promise in dollars goes on with euros",
     {"items": [(45, 100, "USD"), (30, 320, "EUR")], "promise": (500, "USD")},
     {"USD": (100, 0, 0, 0, 100, 0), "EUR": (320, 0, 0, 0, 320, 0)}),
    ("a promise in euros", {"items": [(30, 80, "EUR")], "promise": (50, "EUR")},
     {"EUR": (80, 0, 0, 0, 50, 30)}),
    ("promised more than credits leave",
     {"items": [(45, 600, "USD")], "notes": [(200, "USD")], "promise": (900, "USD")},
     {"USD": (600, 0, 0, 200, 400, 0)}),
    ("euros paid in part when they are worth less",
     {"items": [(45, 100, "EUR")], "paid": [(0, 40)]},
     {"EUR": (60, 0, 0, 0, 0, 60)}),
    ("a credit note that was paid out",
     {"items": [(30, 500, "USD")], "notes": [(200, "USD")], "out": [(200, "USD")]},
     {"USD": (500, 0, 0, 0, 0, 500)}),
    ("all of it at once",
     {"items": [(70, 1000, "USD"), (40, 500, "USD"), (5, 300, "USD")], "dispute": [(0, 200)],
      "notes": [(400, "USD")], "promise": (600, "USD")},
     {"USD": (1800, 200, 0, 400, 600, 600)}),
]
# In dollars, all customers together: 80 euros are 100, 30 are 37.50, 60 are 75.
TO_COLLECT = [
    1000, 300, 600, 0, 600, 100, 100, 750, 0, 0, 300, 0, 600, 200, 0, 37.5, 0, 75, 500, 600,
]
# Cash of the month, euros at the rate they were invoiced at: 40 are 50 dollars.
CASH = {2: 400, 8: 700, 13: 400, 17: 50}
NAMES = ("overdue", "disputed", "planned", "credit", "promised", "to_collect")


@tagged("post_install", "-at_install", "debt_collection")
class TestPositionMonth(CollectionAccountingCommon):
    """Twenty customers and a month, against what a person reckons on paper."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        euro = cls.setup_other_currency(
            "EUR", rates=[("2016-01-01", 0.8), ("2025-09-01", 1.0)]
        )
        cls.currencies = {"USD": cls.env.company.currency_id, "EUR": euro}
        cls.bank = cls.company_data["default_journal_bank"]

    def _make_entry(self, partner, amount, currency, sign):
        """Money at the bank that nobody matched: received (1) or paid out (-1)."""
        receivable = self.company_data["default_account_receivable"]
        move = self.env["account.move"].create({
            "journal_id": self.bank.id, "date": self.TODAY,
            "line_ids": [
                Command.create({
                    "account_id": account.id, "partner_id": partner.id,
                    "currency_id": self.currencies[currency].id, "balance": side * amount,
                    "amount_currency": side * amount,
                })
                for account, side in (
                    (self.bank.default_account_id, sign), (receivable, -sign),
                )
            ],
        })
        move.action_post()
        return move

    def _make_invoice(self, partner, days, amount, currency, kind="out_invoice"):
        due = self.TODAY - timedelta(days=days)
        # Euros are invoiced before their rate changes.
        move = self.env["account.move"].create({
            "move_type": kind, "partner_id": partner.id,
            "invoice_date": min(due - timedelta(days=30), date(2025, 8, 31)),
            "invoice_date_due": due, "invoice_payment_term_id": False,
            "currency_id": self.currencies[currency].id,
            "invoice_line_ids": [
                Command.create({"name": "x", "price_unit": amount, "tax_ids": []})
            ],
        })
        move.action_post()
        return move

    def _live(self, number, what):
        """The month of a customer; returns the customer and the invoices."""
        partner = self.env["res.partner"].create({"name": f"C{number}", "is_company": True})
        moves = [self._make_invoice(partner, *item) for item in what["items"]]
        self._classify()
        case = self.env["collection.case"]._get_open(partner, self.env.company)
        lines = [self._receivable(move) for move in moves]
        for item, amount in what.get("dispute", ()):
            self.env["collection.dispute"].create({
                "case_id": case.id, "line_ids": [Command.set(lines[item].ids)],
                "amount": amount, "reason": "x",
            })
        if "plan" in what:
            items = self.env["account.move.line"].union(*(lines[n] for n in what["plan"]))
            plan = self.env["collection.plan"].create({
                "case_id": case.id, "date_first": self.TODAY, "item_ids": [Command.set(items.ids)],
            })
            plan.action_generate()
            plan.accepted_by = "The customer"
            plan.with_user(self.manager).action_approve()
            plan.action_accept()
        if "promise" in what:
            amount, currency = what["promise"]
            self.env["collection.promise"].create({
                "case_id": case.id, "amount": amount,
                "currency_id": self.currencies[currency].id,
                "date_promised": self.TODAY + timedelta(days=5),
            })
        for item, amount in what.get("paid", ()):
            self._pay(moves[item], amount=amount)
        for amount, currency in what.get("notes", ()):
            self._make_invoice(partner, 0, amount, currency, "out_refund")
        for amount, currency in what.get("money", ()):
            self._make_entry(partner, amount, currency, 1)
        for amount, currency in what.get("out", ()):
            payment = self.env["account.payment"].create({
                "payment_type": "outbound", "partner_type": "customer", "date": self.TODAY,
                "partner_id": partner.id, "amount": amount,
                "currency_id": self.currencies[currency].id,
                "payment_method_line_id": self.outbound_payment_method_line.id,
            })
            payment.action_post()
            self.assertTrue(payment.move_id)
        return case, moves

    def test_month(self):
        cases, spans = [], []
        for number, (name, what, right) in enumerate(MONTH):
            case, moves = self._live(number, what)
            cases.append(case)
            spans.append((
                number, self._receivable(self.env["account.move"].union(*moves)).ids,
                date(2025, 9, 1), self.TODAY,
            ))
            with self.subTest(customer=name):
                rows = {row.currency_id.name: row for row in case._get_positions()}
                self.assertEqual(
                    {
                        currency: tuple(row[f"amount_{column}"] for column in NAMES)
                        for currency, row in rows.items()
                    },
                    {currency: tuple(map(float, amounts)) for currency, amounts in right.items()},
                )
        self.assertEqual([case.amount_to_collect for case in cases], TO_COLLECT)
        received = self.env["collection.cash"]._get_received(spans)
        self.assertEqual({key: float(amount) for key, amount in received.items()}, CASH)
        # The night says the same, for all at once.
        self._classify()
        self.env.invalidate_all()
        self.assertEqual([case.amount_to_collect for case in cases], TO_COLLECT)
        self.assertEqual(sum(TO_COLLECT), 5762.5)
