from datetime import timedelta

from odoo import Command
from odoo.tests import tagged

from .position_common import PositionCommon

NAMES = (
    "overdue", "disputed", "planned", "on_its_way", "credit", "promised", "to_collect",
    "unapplied",
)


@tagged("post_install", "-at_install", "debt_collection")
class TestPositionTable(PositionCommon):
    """What a customer owes after what happened, row by row; what a row does not name is zero."""

    TABLE = [
        ("part of a disputed item is paid",
         [("owe", 1000), ("dispute", 0), ("pay", 0, 300)],
         {"overdue": 700, "disputed": 700}),
        ("more is disputed than is left",
         [("owe", 1000), ("dispute", 0, 400), ("pay", 0, 700)],
         {"overdue": 300, "disputed": 300}),
        ("a credit note above the debt",
         [("owe", 1000), ("credit", 1500)],
         {"overdue": 1000, "credit": 1000, "unapplied": 1500}),
        ("a credit in another currency",
         [("owe", 100), ("credit", 500, "EUR")],
         {"overdue": 100, "to_collect": 100, "unapplied": 625}),
        ("money in one of two currencies",
         [("owe", 80, 45, "EUR"), ("owe", 50), ("money", 100, "EUR")],
         {"overdue": 150, "credit": 100, "to_collect": 50, "unapplied": 125}),
        ("a refund paid out is no debt",
         [("owe", 100), ("pay_out", 200)],
         {"overdue": 100, "to_collect": 100}),
        ("a refund paid out takes its credit note",
         [("owe", 100), ("credit", 300), ("pay_out", 300)],
         {"overdue": 100, "to_collect": 100}),
        ("a post-dated payment is on its way",
         [("owe", 100), ("money", 100, None, 5)],
         {"overdue": 100, "on_its_way": 100}),
        ("a bank line nobody has matched",
         [("owe", 100), ("bank", 60)],
         {"overdue": 100, "credit": 60, "to_collect": 40, "unapplied": 60}),
        ("the rest of a bank line",
         [("owe", 100), ("owe", 80), ("bank", 150), ("match", 0, 2)],
         {"overdue": 80, "credit": 50, "to_collect": 30, "unapplied": 50}),
        ("an opening balance without due date",
         [("opening", 500, 40)],
         {"overdue": 500, "to_collect": 500}),
        ("an opening balance that is not due",
         [("owe", 10), ("opening", 500, 40, 9)],
         {"overdue": 10, "to_collect": 10}),
        ("what a person excluded, credits too",
         [("owe", 100), ("owe", 300), ("credit", 80), ("exclude", 1), ("exclude", 2)],
         {"overdue": 100, "to_collect": 100}),
        ("an invoice reset, changed and posted again",
         [("owe", 100), ("promise", 60), ("correct", 0, 120)],
         {"overdue": 120, "promised": 60, "to_collect": 60}),
        ("part of what was promised has come",
         [("owe", 1000), ("promise", 500), ("pay", 0, 200)],
         {"overdue": 800, "promised": 300, "to_collect": 500}),
        ("and is unmatched again",
         [("owe", 1000), ("promise", 500), ("pay", 0, 200), ("unmatch", 0)],
         {"overdue": 1000, "credit": 200, "promised": 500, "to_collect": 300,
          "unapplied": 200}),
        ("more is promised than is overdue",
         [("owe", 1000), ("owe", 700, -5), ("promise", 1500)],
         {"overdue": 1000, "promised": 1000}),
        ("a disputed item of a plan",
         [("owe", 1000), ("owe", 300), ("plan", 0), ("dispute", 0)],
         {"overdue": 1300, "disputed": 1000, "to_collect": 300}),
        ("a credit beside a plan",
         [("owe", 1000, 60), ("owe", 300), ("plan", 0), ("money", 200)],
         {"overdue": 1300, "planned": 1000, "credit": 200, "to_collect": 100,
          "unapplied": 200}),
        ("a credit and a promise over all",
         [("owe", 1000), ("money", 300), ("promise", 1000)],
         {"overdue": 1000, "credit": 300, "promised": 700, "unapplied": 300}),
        ("promised, then disputed",
         [("owe", 100), ("promise", 100), ("dispute", 0)],
         {"overdue": 100, "disputed": 100}),
        ("a later promise takes the place of the first",
         [("owe", 100), ("promise", 100), ("promise", 40)],
         {"overdue": 100, "promised": 40, "to_collect": 60}),
        ("more was paid than an item, the rest covers the next",
         [("owe", 100, 60), ("owe", 80), ("money", 150), ("match", 0, 2)],
         {"overdue": 80, "credit": 50, "to_collect": 30, "unapplied": 50}),
        ("a credit by a miscellaneous entry",
         [("owe", 100), ("opening", -30, 40)],
         {"overdue": 100, "credit": 30, "to_collect": 70, "unapplied": 30}),
        ("a credit note is no money that keeps a promise",
         [("owe", 1000), ("promise", 600), ("credit", 400), ("match", 0, 2)],
         {"overdue": 600, "promised": 600}),
        ("a payment that was withdrawn",
         [("owe", 100), ("pay", 0, 60), ("withdraw", 1)],
         {"overdue": 100, "to_collect": 100}),
        ("a payment in full, unmatched",
         [("owe", 100), ("pay", 0, 100), ("unmatch", 0)],
         {"overdue": 100, "credit": 100, "unapplied": 100}),
        ("an invoice dated ahead is not there yet",
         [("owe", 100), ("owe_from", 3, 55)],
         {"overdue": 100, "to_collect": 100}),
        ("money of a subsidiary is its own",
         [("owe", 100), ("subsidiary", 70), ("subsidiary", -500)],
         {"overdue": 100, "to_collect": 100}),
        ("debts and money of a contact are the customer's",
         [("owe", 100), ("contact", 40), ("contact", -30)],
         {"overdue": 140, "credit": 30, "to_collect": 110, "unapplied": 30}),
        ("a policy that does not net",
         [("owe", 100), ("no_netting",), ("money", 60)],
         {"overdue": 100, "to_collect": 100, "unapplied": 60}),
    ]

    def test_table(self):
        for name, events, expected in self.TABLE:
            with self.subTest(name=name), self.cr.savepoint() as savepoint:
                self.buyer = self.env["res.partner"].create({"name": "Row", "is_company": True})
                self.done = []
                for event, *values in events:
                    self.done.append(getattr(self, f"_do_{event}")(*values))
                    self._classify()
                case = self._get_case()
                found = {key: round(case[f"amount_{key}"], 2) for key in NAMES}
                self.assertEqual(found, dict.fromkeys(NAMES, 0) | expected)
                self._assert_anew(name)
                savepoint.rollback()
            self.env.invalidate_all()

    def _get_case(self):
        return self.env["collection.case"]._get_open(self.buyer, self.env.company)

    def _get_item(self, number):
        return self.done[number].line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )

    # The events; what an event made is known to later ones by its number.

    def _do_owe(self, amount, days=45, currency=None):
        own = self.euro if currency else self.env.company.currency_id
        return self._in_euro(days, amount, partner=self.buyer, currency=own)

    def _do_owe_from(self, ahead, amount):
        """An invoice that was due two days ago, and is dated so many days ahead."""
        move = self.env["account.move"].create({
            "move_type": "out_invoice", "partner_id": self.buyer.id,
            "invoice_date": self.TODAY + timedelta(days=ahead),
            "invoice_date_due": self.TODAY - timedelta(days=2),
            "invoice_payment_term_id": False,
            "invoice_line_ids": [Command.create({
                "name": "x", "price_unit": amount, "tax_ids": [],
                "account_id": self.company_data["default_account_revenue"].id,
            })],
        })
        move._post(soft=False)
        return move

    def _do_credit(self, amount, currency=None):
        own = self.euro if currency else self.env.company.currency_id
        return self._in_euro(5, amount, "out_refund", self.buyer, currency=own)

    def _make_payment(self, amount, kind="inbound", currency=None, days=0, partner=None):
        payment = self.env["account.payment"].create({
            "payment_type": kind, "partner_type": "customer", "amount": amount,
            "partner_id": (partner or self.buyer).id, "date": self.TODAY + timedelta(days=days),
            "currency_id": (self.euro if currency else self.env.company.currency_id).id,
        })
        payment.action_post()
        return payment.move_id

    def _do_money(self, amount, currency=None, days=0):
        return self._make_payment(amount, currency=currency, days=days)

    def _do_pay_out(self, amount):
        return self._make_payment(amount, "outbound")

    def _do_bank(self, amount):
        journal = self.env["account.journal"].search([
            ("type", "=", "bank"), ("company_id", "=", self.env.company.id),
        ], limit=1)
        return self.env["account.bank.statement.line"].create({
            "journal_id": journal.id, "partner_id": self.buyer.id, "amount": amount,
            "date": self.TODAY, "payment_ref": "x",
            "counterpart_account_id": self.buyer.property_account_receivable_id.id,
        }).move_id

    def _do_opening(self, amount, days, due=None):
        equity = self.env["account.account"].search([("account_type", "=", "equity")], limit=1)
        move = self.env["account.move"].create({
            "date": self.TODAY - timedelta(days=days),
            "line_ids": [
                Command.create({
                    "account_id": self.buyer.property_account_receivable_id.id,
                    "partner_id": self.buyer.id, "balance": amount,
                    "date_maturity": due and self.TODAY + timedelta(days=due),
                }),
                Command.create({"account_id": equity.id, "balance": -amount}),
            ],
        })
        move.action_post()
        return move

    def _do_pay(self, number, amount):
        return self._pay(self.done[number], amount=amount)

    def _do_match(self, number, other):
        (self._get_item(number) + self._get_item(other)).reconcile()

    def _do_unmatch(self, number):
        self._get_item(number).remove_move_reconcile()

    def _do_withdraw(self, number):
        payment = self.done[number]
        payment.action_draft()
        payment.action_cancel()

    def _do_exclude(self, number):
        self._get_item(number).no_followup = True

    def _do_correct(self, number, price):
        self.done[number].button_draft()
        self.done[number].invoice_line_ids.price_unit = price
        self.done[number].action_post()

    def _do_dispute(self, number, amount=None):
        item = self._get_item(number)
        return self.env["collection.dispute"].create({
            "case_id": self._get_case().id, "line_ids": [Command.set(item.ids)], "reason": "x",
            "amount": amount or item.amount_residual,
        })

    def _do_promise(self, amount):
        return self.env["collection.promise"].create({
            "case_id": self._get_case().id, "amount": amount,
            "date_promised": self.TODAY + timedelta(days=3),
        })

    def _do_plan(self, number):
        plan = self.env["collection.plan"].create({
            "case_id": self._get_case().id, "date_first": self.TODAY + timedelta(days=10),
            "item_ids": [Command.set(self._get_item(number).ids)],
        })
        plan.action_generate()
        plan._set_state("performing", date_accepted=self.TODAY)
        return plan

    def _do_related(self, amount, **vals):
        partner = self.env["res.partner"].create({
            "name": "Related", "parent_id": self.buyer.id, **vals,
        })
        if amount < 0:
            return self._make_payment(-amount, partner=partner)
        return self._in_euro(
            45, amount, partner=partner, currency=self.env.company.currency_id
        )

    def _do_subsidiary(self, amount):
        return self._do_related(amount, is_company=True)

    def _do_contact(self, amount):
        return self._do_related(amount)

    def _do_no_netting(self):
        case = self._get_case()
        case.sudo().policy_id = self.env.company.collection_policy_id
        case.policy_id.net_credits = False
