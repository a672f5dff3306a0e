from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..base.common import CollectionCommon


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionCase(CollectionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {
            role: cls._role_user(f"case_{role}", group)
            for role, group in {
                "collector": "collector", "colleague": "collector",
                "manager": "manager", "finance": "finance", "sales": "sales",
            }.items()
        }
        cls.invoice = cls._overdue_invoice(40)
        cls._classify()
        cls.case = cls.invoice.collection_case_id

    def test_case_has_number_and_figures(self):
        self.assertRegex(self.case.name, r"^CASE/\d{5}$")
        self.assertRecordValues(self.case, [{
            "partner_id": self.partner_a.id,
            "stage": "new",
            "collection_state": "open",
            "tier_code": "moderate",
            "amount_overdue": 100.0,
            "amount_to_collect": 100.0,
            "date_oldest_due": self.invoice.invoice_date_due,
            "item_count": 1,
            "invoice_count": 1,
        }])
        self.assertRecordValues(self.case.tier_amount_ids, [
            {"tier_id": self.invoice.collection_tier_id.id, "amount": 100.0, "item_count": 1},
        ])

    def test_one_open_case_per_customer_and_company(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.env["collection.case"].create({"partner_id": self.partner_a.id})
        self.case.action_close()
        self.env["collection.case"].create({"partner_id": self.partner_a.id})

    def test_case_of_a_contact_is_the_company_s(self):
        contact = self.env["res.partner"].create({"name": "Desk", "parent_id": self.partner_b.id})
        case = self.env["collection.case"].create({"partner_id": contact.id})
        self.assertEqual(case.partner_id, self.partner_b)

    def test_default_collector_of_customer_else_of_policy(self):
        policy = self.env.company.collection_policy_id
        policy.user_id = self.users["colleague"]
        policy.manager_id = self.users["manager"]
        self.partner_b.collector_id = self.users["collector"]
        other = self.env["res.partner"].create({"name": "No Collector"})
        for partner, user in [(self.partner_b, "collector"), (other, "colleague")]:
            invoice = self._overdue_invoice(5, partner=partner)
            self._classify()
            self.assertRecordValues(invoice.collection_case_id, [{
                "user_id": self.users[user].id, "manager_id": self.users["manager"].id,
            }])

    def test_bulk_assignment(self):
        second = self._overdue_invoice(5, partner=self.partner_b)
        self._classify()
        cases = self.case | second.collection_case_id
        action = cases.with_user(self.users["manager"]).action_assign()
        wizard = (
            self.env["collection.case.assign"]
            .with_user(self.users["manager"])
            .with_context(**action["context"])
            .create({"user_id": self.users["collector"].id})
        )
        wizard.action_apply()
        self.assertEqual(cases.user_id, self.users["collector"])

    def test_close_and_reopen(self):
        self.case.activity_schedule("mail.mail_activity_data_todo", user_id=self.env.uid)
        self.assertTrue(self.case.next_action_date)
        self.case.action_close()
        self.assertRecordValues(self.case, [
            {"stage": "closed", "close_reason": "cancelled", "collection_state": "none"},
        ])
        self.assertFalse(self.case.activity_ids, "A closed case has nothing scheduled.")
        with self.assertRaisesRegex(UserError, "closed already"):
            self.case.action_close()
        self.case.action_reopen()
        self.assertEqual(self.case.stage, "new")
        with self.assertRaisesRegex(UserError, "open already"):
            self.case.action_reopen()

    def test_case_with_history_is_not_deleted(self):
        with self.assertRaisesRegex(UserError, "close it instead"):
            self.case.unlink()

    def test_who_sees_which_case(self):
        """Collectors see own and task-force cases, sales none, finance and managers all."""
        cases = self.env["collection.case"]
        domain = [("id", "=", self.case.id)]
        for owner, members, seen_by in [
            (None, (), {"manager", "finance"}),
            ("collector", (), {"manager", "finance", "collector"}),
            ("collector", ("colleague",), {"manager", "finance", "collector", "colleague"}),
        ]:
            self.case.write({
                "user_id": self.users[owner].id if owner else False,
                "member_ids": [(6, 0, [self.users[member].id for member in members])],
            })
            for role in ("manager", "finance", "collector", "colleague"):
                with self.subTest(owner=owner, members=members, role=role):
                    found = cases.with_user(self.users[role]).search_count(domain)
                    self.assertEqual(bool(found), role in seen_by)
        with self.assertRaises(AccessError):
            cases.with_user(self.users["sales"]).search(domain)

    def test_sales_see_the_status_of_a_customer_only(self):
        partner = self.partner_a.with_user(self.users["sales"])
        self.assertEqual(
            (partner.collection_state, partner.collection_amount_overdue), ("open", 100.0)
        )
        with self.assertRaises(AccessError):
            partner.read(["collection_case_ids"])

    def test_who_may_assign(self):
        for role, allowed in [("manager", True), ("collector", False), ("finance", False)]:
            with self.subTest(role=role):
                wizard = self.env["collection.case.assign"].with_user(self.users[role])
                self.assertEqual(wizard.has_access("create"), allowed)
