from datetime import timedelta
from decimal import Decimal

from odoo import Command
from odoo.tests import tagged

from ...tools.position import Item, get_positions
from .position_common import PositionCommon


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionPosition(PositionCommon):
    """What is stored is what is added up anew, after every event."""

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

    def test_what_a_company_leaves_helps_its_branch_at_once(self):
        """A plan in the company frees its credit for the branch, whose case follows."""
        self._in_euro(
            40, 100.0, partner=self.contact, company=self.branch,
            currency=self.branch.currency_id,
        )
        self._classify(companies=self.companies)
        branch_case = self.env["collection.case"]._get_open(self.partner_a, self.branch)
        self._in_euro(5, 500.0, "out_refund", currency=self.env.company.currency_id)
        self.assertEqual(branch_case.amount_to_collect, 100.0)
        plan = self.env["collection.plan"].create({
            "case_id": self.case.id, "date_first": self.TODAY,
        })
        plan.action_generate()
        plan._set_state("performing", date_accepted=self.TODAY)
        self.assertEqual(branch_case.amount_to_collect, 0.0)
        self.assertEqual(branch_case.amount_credit, 100.0)
        self._assert_anew()

    def test_policy_that_does_not_net(self):
        self._in_euro(5, 80.0, "out_refund")
        self.case.sudo().policy_id = self.env.company.collection_policy_id
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
