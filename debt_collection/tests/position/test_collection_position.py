import random
from datetime import timedelta
from decimal import Decimal

from odoo import Command
from odoo.tests import tagged

from ...models.position.collection_position import COLUMNS, NAMES
from ...tools.position import Item, get_positions
from ..posting.accounting_common import CollectionAccountingCommon

STEPS = 20


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionPosition(CollectionAccountingCommon):
    """What is stored is what is added up anew, after every event."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.euro = cls.setup_other_currency("EUR", rates=[("2016-01-01", 0.8)])
        cls.branch = cls.env["res.company"].create({
            "name": "Branch", "parent_id": cls.env.company.id,
        })
        cls.daughter = cls.env["res.partner"].create({
            "name": "Daughter", "is_company": True, "parent_id": cls.partner_a.id,
        })
        cls.first = cls._overdue_invoice(60, 1000.0)
        cls.second = cls._overdue_invoice(40, 600.0)
        cls.foreign = cls._in_euro(50, 80.0)
        cls._overdue_invoice(30, 500.0, partner=cls.daughter)
        cls._classify()
        cls.case = cls.first.collection_case_id

    @classmethod
    def _in_euro(cls, days, amount, kind="out_invoice", partner=None):
        move = cls.env["account.move"].create({
            "move_type": kind,
            "partner_id": (partner or cls.partner_a).id,
            "invoice_date": cls.TODAY - timedelta(days=days + 30),
            "invoice_date_due": cls.TODAY - timedelta(days=days),
            "invoice_payment_term_id": False,
            "currency_id": cls.euro.id,
            "invoice_line_ids": [
                Command.create({"name": "x", "price_unit": amount, "tax_ids": []})
            ],
        })
        move.action_post()
        return move

    def _assert_anew(self, words=""):
        """The stored rows and the cases' amounts are those of a calculation from the ledger."""
        self.env.flush_all()
        self.env.invalidate_all()
        position_model = self.env["collection.position"]
        anew = {
            (row["case_id"], row["currency_id"]): {name: float(row[name]) for name in COLUMNS}
            for row in position_model._get_positions(self.env.company, self.TODAY)
        }
        cases = self.env["collection.case"].search([("stage", "!=", "closed")])
        stored = {
            (row.case_id.id, row.currency_id.id): {name: row[name] for name in COLUMNS}
            for row in position_model.search([("case_id", "in", cases.ids)])
        }
        self.assertEqual(stored, anew, words)
        for case in cases.filtered(lambda case: case.company_id == self.env.company):
            for name in NAMES:
                total = sum(
                    row[f"{name}_company"] for key, row in anew.items() if key[0] == case.id
                )
                self.assertAlmostEqual(case[name], total, 2, f"{name} {words}")
        before = {case: [case[name] for name in NAMES] for case in cases}
        self._classify()
        self.env.invalidate_all()
        after = {case: [case[name] for name in NAMES] for case in cases if not case.is_closed}
        self.assertEqual({case: before[case] for case in after}, after, words)

    def test_part_payment_of_a_disputed_item(self):
        item = self._receivable(self.first)
        self.env["collection.dispute"].create({
            "case_id": self.case.id, "line_ids": [Command.set(item.ids)], "reason": "Broken",
        })
        self.assertEqual(self.case.amount_to_collect, 700.0)
        self._pay(self.first, amount=700.0)
        self.assertEqual(self.case.amount_to_collect, 700.0)
        item.remove_move_reconcile()
        # The payment is a credit now, and covers the other items in its currency.
        self.assertEqual(self.case.amount_to_collect, 100.0)
        self._assert_anew()

    def test_cover_is_judged_in_each_currency(self):
        self._in_euro(5, 80.0, "out_refund")
        rows = {row.currency_id: row for row in self.case._get_positions()}
        self.assertEqual(rows[self.euro].amount_to_collect, 0.0)
        self.assertEqual(rows[self.env.company.currency_id].amount_to_collect, 1600.0)
        self._assert_anew()

    def test_policy_that_does_not_net(self):
        self._in_euro(5, 80.0, "out_refund")
        self.case.policy_id = self.env.company.collection_policy_id
        self.case.policy_id.net_credits = False
        self.assertEqual(self.case.amount_to_collect, 1700.0)
        self.assertEqual(self.case.amount_unapplied, 100.0)

    def test_refund_paid_out_is_no_debt(self):
        refund = self.env["account.payment"].create({
            "payment_type": "outbound", "partner_type": "customer", "date": self.TODAY,
            "partner_id": self.partner_a.id, "amount": 300.0,
        })
        refund.action_post()
        self._classify()
        self.assertEqual(self.case.amount_overdue, 1700.0)

    def test_registered_payment_without_entry_is_on_its_way(self):
        payment = self.env["account.payment"].create({
            "payment_type": "inbound", "partner_type": "customer", "date": self.TODAY,
            "partner_id": self.partner_a.id, "amount": 700.0,
        })
        payment.action_post()
        if payment.move_id:
            self.assertEqual(self.case.amount_credit, 700.0)
        else:
            self.assertEqual(self.case.amount_on_its_way, 700.0)
        self.assertEqual(self.case.amount_to_collect, 1000.0)
        self._assert_anew()

    def test_correction_keeps_case_and_promise(self):
        promise = self.env["collection.promise"].create({
            "case_id": self.case.id, "amount": 100.0,
            "date_promised": self.TODAY + timedelta(days=5),
        })
        (self.first | self.second | self.foreign).button_draft()
        self.assertFalse(self.case.is_closed)
        (self.first | self.second | self.foreign).action_post()
        self.assertRecordValues(self.case, [{"amount_overdue": 1700.0, "amount_promised": 100.0}])
        self.assertEqual(promise.state, "open")
        self._assert_anew()

    def test_python_says_the_same(self):
        self._in_euro(20, 33.33)
        self._in_euro(5, 70.0, "out_refund")
        self.env["collection.promise"].create({
            "case_id": self.case.id, "amount": 1610.0,
            "date_promised": self.TODAY + timedelta(days=5),
        })
        self.env["collection.dispute"].create({
            "case_id": self.case.id, "line_ids": [Command.set(self._receivable(self.foreign).ids)],
            "reason": "Broken", "amount": 33.33,
        })
        lines = self.case.line_ids.sorted(lambda line: (line.date_maturity, line.id))
        company = self.env.company.currency_id
        positions = get_positions(
            [
                Item(
                    line.currency_id.name,
                    Decimal(str(line.amount_residual_currency)),
                    Decimal(str(line.amount_residual)),
                    Decimal("33.33") if line.move_id == self.foreign else Decimal(0),
                )
                for line in lines
            ],
            {}, {"EUR": Decimal(70)}, {company.name: Decimal(1610)}, company.name,
            {company.name: Decimal("0.01"), "EUR": Decimal("0.01")},
        )
        for row in self.case._get_positions():
            position = positions[row.currency_id.name]
            for name, amount in (
                ("overdue", position.overdue), ("disputed", position.disputed),
                ("credit", position.credits), ("promised", position.promised),
                ("to_collect", position.to_collect),
            ):
                self.assertAlmostEqual(row[f"amount_{name}"], float(amount), 2, name)
            for name, own in (
                ("overdue", "overdue"), ("credits", "credit"), ("promised", "promised"),
                ("to_collect", "to_collect"),
            ):
                self.assertAlmostEqual(
                    row[f"amount_{own}_company"], float(position.company[name]), 2, name
                )

    def test_random_events(self):
        """Stored is what is added up anew after each of many random events."""
        seed = random.randrange(10**6)
        dice = random.Random(seed)
        events = ("invoice", "credit", "pay", "unmatch", "dispute", "resolve", "promise",
                  "cancel", "correct", "exclude")
        for number in range(STEPS):
            event = dice.choice(events)
            self._do_event(event, dice)
            self._assert_anew(f"seed {seed}, step {number}: {event}")

    def _do_event(self, event, dice):
        partner = dice.choice([self.partner_a, self.daughter])
        amount = dice.randrange(1, 50_000) / 100
        case = self.env["collection.case"]._get_open(partner, self.env.company)
        items = case.line_ids.filtered(lambda line: not line.reconciled and line.collection_tier_id)
        item = items[dice.randrange(len(items))] if items else items
        if event == "invoice" or not case:
            if dice.random() < 0.5:
                self._in_euro(dice.randrange(1, 90), amount, partner=partner)
            else:
                self._overdue_invoice(dice.randrange(1, 90), amount, partner=partner)
            self._classify()
        elif event == "credit":
            self._in_euro(5, amount, "out_refund", partner)
        elif event == "pay" and item:
            self._pay(item.move_id, amount=min(amount, item.amount_residual_currency))
        elif event == "unmatch":
            case.line_ids.filtered("matched_credit_ids")[:1].remove_move_reconcile()
        elif event == "dispute" and item and not case.dispute_ids.filtered(
            lambda dispute: dispute.state == "open" and item in dispute.line_ids
        ):
            self.env["collection.dispute"].create({
                "case_id": case.id, "line_ids": [Command.set(item.ids)], "reason": "x",
                "amount": min(amount, item.amount_residual),
            })
        elif event == "resolve":
            dispute = case.dispute_ids.filtered(lambda dispute: dispute.state == "open")[:1]
            dispute.resolution = "invalid"
            dispute.action_resolve()
        elif event == "promise":
            self.env["collection.promise"].create({
                "case_id": case.id, "amount": amount,
                "date_promised": self.TODAY + timedelta(days=5),
            })
        elif event == "cancel":
            case.promise_ids.filtered(lambda promise: promise.state == "open").action_cancel()
        elif event == "correct" and item and not item.matched_credit_ids:
            item.move_id.button_draft()
            item.move_id.ref = "Corrected"
            item.move_id.action_post()
        elif event == "exclude" and item:
            item.no_followup = True
