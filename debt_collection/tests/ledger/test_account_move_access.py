from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged

from ..base.common import CollectionCommon


@tagged("post_install", "-at_install", "debt_collection")
class TestAccountMoveAccess(CollectionCommon):
    """Who sees which invoices: a collector those of own and task-force cases, whole (P1.4)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.owner, cls.member, cls.other = (
            cls._role_user(f"access_{name}", "collector") for name in ("owner", "member", "other")
        )
        cls.finance, cls.manager = (
            cls._role_user(f"access_{role}", role) for role in ("finance", "manager")
        )
        cls.partner_a.collector_id = cls.owner
        cls.invoice = cls._overdue_invoice(40, 150.0)
        cls._classify()
        cls.invoice.collection_case_id.member_ids = cls.member

    def test_invoice_form_opens_with_its_lines(self):
        for user in (self.owner, self.member, self.finance, self.manager):
            with self.subTest(user=user.login):
                self.env.invalidate_all()
                form = Form(self.invoice.with_user(user))
                self.assertEqual(form.amount_residual, 150.0)
                self.assertEqual(len(self.invoice.with_user(user).invoice_line_ids), 1)

    def test_others_see_nothing_of_it(self):
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            self.invoice.with_user(self.other).read(["name"])
        lines = self.env["account.move.line"].with_user(self.other)
        self.assertFalse(lines.search([("move_id", "=", self.invoice.id)]))

    def test_collector_changes_nothing(self):
        for change in (
            lambda: self.invoice.with_user(self.owner).write({"ref": "mine"}),
            lambda: self.invoice.line_ids.with_user(self.owner).write({"name": "mine"}),
        ):
            with self.assertRaises(AccessError):
                change()

    def test_entry_of_many_customers_shows_own_items_only(self):
        """An opening balance names many: a case of one of them does not open the others."""
        neighbour = self.env["res.partner"].create({"name": "Neighbour"})
        due = self.invoice.invoice_date_due
        entry = self.env["account.move"].create({
            "move_type": "entry",
            "date": due,
            "line_ids": [
                Command.create({
                    "name": partner.name,
                    "partner_id": partner.id,
                    "account_id": self.company_data["default_account_receivable"].id,
                    "balance": 100.0,
                    "date_maturity": due,
                    "no_followup": False,
                })
                for partner in (self.partner_a, neighbour)
            ] + [
                Command.create({
                    "name": "Opening",
                    "account_id": self.company_data["default_account_revenue"].id,
                    "balance": -200.0,
                }),
            ],
        })
        entry.action_post()
        self._classify()
        own = entry.line_ids.filtered(lambda line: line.partner_id == self.partner_a)
        self.assertTrue(own.collection_case_id)
        seen = self.env["account.move.line"].with_user(self.owner)
        self.assertEqual(seen.search([("move_id", "=", entry.id)]).ids, own.ids)

    def test_payments_of_own_customers_only(self):
        payment = self._pay(self.invoice, amount=30.0)
        for user, expected in [
            (self.owner, payment.ids), (self.member, payment.ids), (self.other, []),
            (self.finance, payment.ids), (self.manager, payment.ids),
        ]:
            with self.subTest(user=user.login):
                payments = self.env["account.payment"].with_user(user)
                self.assertEqual(payments.search([("id", "=", payment.id)]).ids, expected)

    def test_reconciliations_of_own_customers_only(self):
        """What invoice lists of other add-ons show; an accountant is not held to it."""
        self._pay(self.invoice, amount=30.0)
        partial = self._receivable(self.invoice).matched_credit_ids
        self.assertTrue(partial)
        accountant = new_test_user(
            self.env, login="collecting_accountant",
            groups="base.group_user,account.group_account_user,debt_collection.group_collector",
            company_id=self.env.company.id, company_ids=[self.env.company.id],
        )
        for user, expected in [
            (self.owner, partial.ids), (self.member, partial.ids), (self.other, []),
            (self.finance, partial.ids), (self.manager, partial.ids),
            (accountant, partial.ids),
        ]:
            with self.subTest(user=user.login):
                partials = self.env["account.partial.reconcile"].with_user(user)
                self.assertEqual(partials.search([("id", "=", partial.id)]).ids, expected)
