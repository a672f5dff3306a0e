from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged

from .common import CollectionCommon


@tagged("post_install", "-at_install", "debt_collection")
class TestAccountMoveAccess(CollectionCommon):
    """Who sees which invoices: a collector those of own and task-force cases, whole (P1.4)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.owner, cls.member, cls.other = (
            new_test_user(
                cls.env,
                login=f"access_{name}",
                groups="base.group_user,debt_collection.group_collector",
                company_id=cls.env.company.id,
            )
            for name in ("owner", "member", "other")
        )
        cls.finance, cls.manager = (
            new_test_user(
                cls.env,
                login=f"access_{role}",
                groups=f"base.group_user,debt_collection.group_{role}",
                company_id=cls.env.company.id,
            )
            for role in ("finance", "manager")
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
