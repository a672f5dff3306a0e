from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from ..base.common import CollectionCommon
from .doors_walk import Walk
from .test_roles import RolesCommon

QUIET = ("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model",
         "odoo.addons.base.models.ir_ui_view")


# No role has more menus than it can look over.
MENUS = {"collector": 12, "finance": 14, "accountant": 14, "sales": 4, "manager": 30}


class DoorsCommon(RolesCommon):
    """Users of each role who open everything that their screens show."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users["collector"] = cls.owner
        cls.users["administrator"] = new_test_user(
            cls.env, "doors_administrator",
            groups="base.group_system,account.group_account_manager,"
            "debt_collection.group_manager,debt_collection.group_finance",
            company_id=cls.env.company.id, company_ids=[(6, 0, cls.env.company.ids)],
        )
        cls.users["accountant"] = cls._role_user("doors_accountant", "finance")
        cls.users["accountant"].sudo().group_ids += cls.env.ref("account.group_account_invoice")
        cls._make_more()

    @classmethod
    def _make_more(cls):
        """Two more cases of the collector, with what finance and managers decide on."""
        env, company = cls.env, cls.env.company
        partners = [cls.partner_b, env["res.partner"].create({"name": "Closed Customer"})]
        for partner, days in zip(partners, (200, 20), strict=True):
            partner.collector_id = cls.owner
            cls._overdue_invoice(days, 900.0, partner=partner)
        cls._classify()
        old, paid = (partner.collection_case_ids for partner in partners)
        item = old.line_ids[:1]
        old.action_move_to_legal()
        env["collection.writeoff"].sudo().create({
            "case_id": old.id, "partner_id": old.partner_id.id,
            "reason_id": env["collection.writeoff.reason"].search([], limit=1).id,
            "line_ids": [Command.create({"item_id": item.id, "amount": 100.0})],
            "note": "The firm is gone",
            "attachment_ids": env["ir.attachment"].create({"name": "a.txt", "raw": b"a"}).ids,
        }).action_request()
        action = env["collection.legal.action"].sudo().create({"case_id": old.id})
        env["collection.legal.cost"].sudo().create({"action_id": action.id, "amount": 50})
        for kind in ("reminder", "final", "statement"):
            env["collection.letter"].sudo().create(
                {"case_id": old.id, "kind": kind, "partner_id": old.partner_id.id}
            )
        plan = env["collection.plan"].sudo().create({"case_id": old.id, "item_ids": item.ids})
        plan.action_generate()
        env["collection.target"].create({
            "kind": "amount", "value": 500, "month": cls.TODAY.replace(day=1),
            "user_id": cls.owner.id,
        })
        month = cls.TODAY.replace(day=1)
        env["collection.assessment"]._generate(month, company)
        env["collection.overdue.list"]._generate(cls.TODAY, company)
        env["collection.progress.report"]._generate(company, cls.TODAY, ("week",))
        env["collection.provision"].sudo().create({"month": month}).action_compute()
        env["collection.provision.specific"].sudo().create(
            {"case_id": old.id, "percent": 50}
        )
        old.action_form_task_force()
        cls._pay(paid.line_ids.move_id)
        # A credit that settles nothing yet.
        credit = env["account.payment"].create({
            "payment_type": "inbound", "partner_type": "customer", "amount": 70.0,
            "partner_id": cls.partner_a.id, "date": cls.TODAY,
        })
        credit.action_post()

    def _walk(self, role, user=None):
        walk = Walk(self.env, user or self.users[role])
        with mute_logger(*QUIET):
            shown = walk.run()
        self.assertFalse(walk.problems, f"{role}:\n" + "\n".join(walk.problems))
        return shown, walk.count


@tagged("post_install", "-at_install", "debt_collection")
class TestDoors(DoorsCommon):
    """Every menu, view, row and button that a role sees opens, without exemption."""

    def _check(self, role):
        shown, count = self._walk(role)
        self.assertLessEqual(len(shown), MENUS.get(role, len(shown)), shown)
        self.assertTrue(shown)
        self.assertTrue(count["_press"])

    def test_collector(self):
        self._check("collector")

    def test_manager(self):
        self._check("manager")

    def test_finance(self):
        self._check("finance")

    def test_accountant(self):
        """Finance with a right of Odoo's accounting registers a payment from the case."""
        self._check("accountant")
        payment = self.records["collection.case"].with_user(
            self.users["accountant"]
        ).action_register_payment()
        self.assertEqual(payment["res_model"], "account.payment.register")

    def test_sales(self):
        self._check("sales")

    def test_administrator(self):
        self._check("administrator")

    def test_employee(self):
        """An employee without a role has no menu of Collections."""
        shown, _count = self._walk("employee")
        self.assertFalse(shown)


@tagged("post_install", "-at_install", "debt_collection")
class TestDoorsTour(DoorsCommon, HttpCase):
    """The main screens of each role open in the browser."""

    def _open(self, role):
        self.start_tour(
            "/odoo/action-debt_collection.collection_partner_action",
            f"debt_collection_doors_{role}", login=self.users[role].login,
        )

    def test_collector(self):
        self._open("collector")

    def test_manager(self):
        self._open("manager")

    def test_finance(self):
        self._open("finance")

    def test_sales(self):
        self._open("sales")


@tagged("post_install", "-at_install", "debt_collection")
class TestApprovalItem(DoorsCommon):
    """One inbox: its buttons are the records' own steps, with the user's own rights."""

    def _items(self, role, step="approve"):
        return self.env["collection.approval.item"].with_user(self.users[role]).search(
            [("step", "=", step)]
        )

    def test_approve_then_post(self):
        item = self._items("manager").filtered(lambda row: row.model == "collection.writeoff")
        writeoff = self.env[item.model].browse(item.res_id)
        self.assertTrue(item.effect)
        with self.assertRaises(UserError):
            item.action_refuse()
        item.action_approve()
        self.assertEqual(writeoff.state, "approved")
        self.assertNotIn(writeoff.id, self._items("manager").filtered(
            lambda row: row.model == "collection.writeoff").mapped("res_id"))
        self.assertIn(writeoff.id, self._items("finance", "post").mapped("res_id"))
        self.assertFalse(self._items("finance"))

    def test_refuse_with_a_reason(self):
        item = self._items("manager").filtered(lambda row: row.model == "collection.writeoff")
        writeoff = self.env[item.model].browse(item.res_id)
        item.refuse_reason = "Too early"
        item.action_refuse()
        self.assertRecordValues(writeoff, [{"state": "refused", "refuse_reason": "Too early"}])


@tagged("post_install", "-at_install", "debt_collection")
class TestEmptyCompany(CollectionCommon):
    """A company without any record: every screen opens."""

    def test_manager(self):
        for role in ("manager", "finance"):
            walk = Walk(self.env, self._role_user(f"empty_{role}", role))
            with mute_logger(*QUIET):
                shown = walk.run()
            self.assertTrue(shown)
            self.assertFalse(walk.problems, "\n".join(walk.problems))


@tagged("post_install", "-at_install", "debt_collection")
class TestFirstNight(CollectionCommon):
    """Before a manager starts the chase nothing is sent by itself."""

    def test_writes_to_nobody(self):
        self.env.company.collection_is_started = False
        self.partner_a.email = "customer@example.com"
        self.env.company.collection_policy_id.step_ids.approval_needed = False
        self._overdue_invoice(3, 500.0)
        self._overdue_invoice(40, 500.0, partner=self.partner_b)
        self.env["collection.case"]._run_night(self.env.company, self.TODAY)
        cases = self.env["collection.case"].search([("company_id", "=", self.env.company.id)])
        self.assertEqual(len(cases), 2)
        self.assertTrue(cases.case_step_ids)
        self.assertFalse(cases.case_step_ids.filtered(
            lambda step: step.method == "email" and step.state == "done"))
        letters = self.env["collection.letter"].search([("case_id", "in", cases.ids)])
        self.assertFalse(letters.filtered("date_released"))
        manager = self._role_user("first_manager", "manager")
        panel = self.env["onboarding.onboarding"].with_user(manager)
        self.assertTrue(panel.get_collection_panel()["start"]["can_start"])
        panel.start_collection_chase()
        self.assertFalse(panel.get_collection_panel()["start"])
        collector = self._role_user("first_collector", "collector")
        with self.assertRaises(AccessError):
            panel.with_user(collector).start_collection_chase()
