from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged

from ..base.common import CollectionCommon

MY_DAY = "/odoo/action-debt_collection.collection_case_action_day"

# A tour for people cannot be watched by a tour for tests: only one runs at a time.
SHOW_ME = """
const wait = setInterval(() => {
    document.querySelector(".o_collection_tour_offer button[name=tour]")?.click();
    if (document.querySelector(".o_tour_pointer")) {
        clearInterval(wait);
        console.log("test successful");
    }
}, 100);
"""


@tagged("post_install", "-at_install", "debt_collection")
class TestOnboarding(CollectionCommon, HttpCase):
    """A company's first steps as its own data tell them, and a collector's first case."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.TODAY = cls.env.company._get_collection_today()
        cls.manager = cls._role_user("first_manager", "manager")
        cls.collector = cls._role_user("first_collector", "collector")
        cls.policy = cls.env.company.collection_policy_id

    def _panel(self, user=None):
        self.env.invalidate_all()
        panel = self.env["onboarding.onboarding"].with_user(user or self.manager)
        return {step["topic"]: step for step in panel.get_collection_panel()["steps"]}

    def _set_up(self, topic):
        company = self.env.company.sudo()
        if topic == "tiers":
            self.env["collection.tier"].search([]).unlink()
        elif topic == "policy":
            self.policy.manager_id = self.manager
        elif topic == "collectors":
            self.policy.collector_ids = self.collector
        elif topic == "calendar":
            day = self.TODAY + timedelta(days=30)
            self.env["resource.calendar.leaves"].create({
                "name": "Spring Festival", "calendar_id": company.resource_calendar_id.id,
                "company_id": company.id, "date_from": f"{day} 00:00:00",
                "date_to": f"{day} 23:59:59",
            })
        elif topic == "accounts":
            setup = self.env["collection.accounting.setup"].sudo().create({
                "company_id": company.id,
            })
            setup.line_ids.filtered(lambda line: not line.account_id).is_new = True
            setup.action_apply()
        elif topic == "letters":
            company.partner_id.bank_ids = [Command.create({"acc_number": "CH93 0076 2011 6238"})]

    def test_steps_follow_the_data(self):
        steps = self._panel()
        self.assertEqual(
            list(steps), ["tiers", "policy", "collectors", "calendar", "accounts", "letters"]
        )
        self.assertTrue(steps["tiers"]["done"])
        self.assertEqual(steps["tiers"]["detail"], "1–30, 31–60, 61+")
        for topic in ("policy", "collectors", "calendar", "accounts", "letters"):
            with self.subTest(topic=topic):
                self.assertFalse(self._panel()[topic]["done"])
                self._set_up(topic)
                self.assertTrue(self._panel()[topic]["done"], self._panel()[topic]["detail"])
        # What is undone again shows at once: nothing is ticked off by hand.
        self.policy.collector_ids = False
        self.assertFalse(self._panel()["collectors"]["done"])

    def test_each_step_opens_its_page(self):
        steps = self.env["onboarding.onboarding.step"].with_user(self.manager)
        for topic, model in [
            ("tiers", "collection.tier"),
            ("policy", "collection.policy"),
            ("collectors", "collection.policy"),
            ("calendar", "resource.calendar.leaves"),
            ("letters", "res.partner.bank"),
        ]:
            with self.subTest(topic=topic):
                self.assertEqual(steps.open_collection_step(topic)["res_model"], model)
        self.assertEqual(steps.open_collection_step("accounts")["tag"], "display_notification")
        self.assertFalse(steps.open_collection_step("unlink"))
        self._set_up("letters")
        self.assertEqual(
            steps.open_collection_step("letters")["res_model"], "collection.letter.template"
        )
        accountant = self.env["onboarding.onboarding.step"]
        self.assertEqual(
            accountant.open_collection_step("accounts")["res_model"],
            "collection.accounting.setup",
        )

    def test_who_sees_it(self):
        for role in ("collector", "finance", "sales"):
            user = self._role_user(f"first_{role}_2", role)
            with self.subTest(role=role):
                self.assertFalse(self._panel(user))
                for method in ("close_collection_panel", "open_collection_panel"):
                    with self.assertRaises(AccessError):
                        getattr(self.env["onboarding.onboarding"].with_user(user), method)()
                with self.assertRaises(AccessError):
                    self.env["onboarding.onboarding.step"].with_user(user).open_collection_step(
                        "tiers"
                    )

    def test_result_of_the_audit(self):
        """What the upgrade found stands there for managers until one of them has read it."""
        company = self.env.company
        panel = self.env["onboarding.onboarding"].with_user(self.manager)
        self.assertFalse(panel.get_collection_panel()["audit"])
        company._note_collection_audit(2)
        shown = panel.get_collection_panel()["audit"]
        self.assertTrue(shown["is_open"])
        self.assertIn("2", shown["words"])
        others = panel.with_user(self.collector)
        self.assertFalse(others.get_collection_panel()["audit"])
        for method in ("open_collection_audit", "close_collection_audit"):
            with self.subTest(method=method), self.assertRaises(AccessError):
                getattr(others, method)()
        # Nothing is wrong any more: looking again says so.
        self.assertEqual(panel.open_collection_audit()["tag"], "display_notification")
        self.assertFalse(panel.get_collection_panel()["audit"]["is_open"])
        plan = self._forged_plan()
        action = panel.open_collection_audit()
        self.assertEqual(action["res_model"], "collection.audit.finding")
        self.assertTrue(panel.get_collection_panel()["audit"]["is_open"])
        rows = self.env[action["res_model"]].with_user(self.manager).search(action["domain"])
        self.assertIn(plan, [self.env[row.res_model].browse(row.res_id) for row in rows])
        # Of a confidential case a manager who is not named reads that there is something.
        plan.case_id.sudo().write({
            "is_confidential": True, "confidential_user_ids": [Command.set(self.collector.ids)],
        })
        self.env.invalidate_all()
        action = panel.open_collection_audit()
        rows = self.env[action["res_model"]].with_user(self.manager).search(action["domain"])
        self.assertNotIn(plan.case_id.sudo().name, "".join(rows.mapped("name")))
        panel.close_collection_audit()
        self.assertFalse(panel.get_collection_panel()["audit"])

    def _forged_plan(self):
        """A plan that performs although nobody approved it."""
        invoice = self._overdue_invoice(40, 500.0)
        self._classify(self.TODAY)
        plan = self.env["collection.plan"].create({
            "case_id": invoice.collection_case_id.id,
            "date_first": self.TODAY + timedelta(days=5),
        })
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE collection_plan SET state = 'performing' WHERE id = %s", plan.ids
        )
        self.env.invalidate_all()
        return plan

    def test_dismissed_in_one_company_only(self):
        other = self.setup_other_company(name="Second")["company"]
        self.manager.company_ids += other
        panel = self.env["onboarding.onboarding"].with_user(self.manager)
        panel.close_collection_panel()
        self.assertFalse(self._panel())
        elsewhere = panel.with_company(other).get_collection_panel()["steps"]
        self.assertTrue(elsewhere)
        panel.open_collection_panel()
        self.assertTrue(self._panel())

    def test_manager_in_the_browser(self):
        self.start_tour(MY_DAY, "debt_collection_onboarding", login=self.manager.login)
        self.assertFalse(self._panel())

    def _first_case(self):
        customer = self.env["res.partner"].create(
            {"name": "First Customer", "collector_id": self.collector.id}
        )
        invoice = self._overdue_invoice(40, 250.0, partner=customer)
        self._classify()
        return invoice.collection_case_id

    def test_collector_is_walked_through_a_first_case(self):
        case = self._first_case()
        self.start_tour("/odoo/my-day", "debt_collection_first_case", login=self.collector.login)
        self.assertRecordValues(case.collection_activity_ids, [{
            "state": "confirmed", "method": "phone", "user_id": self.collector.id,
        }])
        self.assertTrue(case.activity_ids, "There is a next action.")

    def test_tour_is_offered_once_to_who_has_a_case(self):
        tours = self.env["web_tour.tour"].with_user(self.collector)
        self.assertFalse(tours._get_collection_tour(), "No case to show.")
        self._first_case()
        self.assertIn("Well done", tours._get_collection_tour())
        self.browser_js(
            "/odoo/my-day", SHOW_ME, ready="odoo.isReady === true", login=self.collector.login
        )
        tours.skip_collection_tour()
        self.env.invalidate_all()
        self.assertFalse(tours._get_collection_tour())
        self.assertFalse(self.collector.tour_enabled, "No tours of other apps follow.")
