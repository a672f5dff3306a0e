from datetime import datetime, timedelta

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..base.common import CollectionCommon

# A Tuesday; 14:00 UTC is 10:00 in New York, 22:00 in Shanghai, 15:00 in London.
NOW = "2025-09-30 14:00:00"


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionContactRule(CollectionCommon):
    """Contact rules by country, kind and customer; planned, checked, blocked, let pass."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.company.resource_calendar_id = False
        cls.company.partner_id.tz = "UTC"
        cls.collector = cls._role_user("rule_collector", "collector")
        cls.manager = cls._role_user("rule_manager", "manager")
        cls.policy = cls.company.collection_policy_id
        cls.policy.write({"user_id": cls.collector.id, "manager_id": cls.manager.id})
        cls.rules = {
            name: cls.env.ref(f"debt_collection.contact_rule_{name}")
            for name in ("us", "cn", "uk", "b2b")
        }

    def _case(self, country=None, is_company=False, tz=False, **vals):
        partner = self.env["res.partner"].create({
            "name": "Debtor", "is_company": is_company, "collection_tz": tz,
            "country_id": country and self.env.ref(f"base.{country}").id, "tz": False, **vals,
        })
        invoice = self._overdue_invoice(10, partner=partner)
        self._classify()
        case = invoice.collection_case_id
        case.user_id = self.collector
        return case

    def _contact(self, case, user=None, **vals):
        return self.env["collection.activity"].with_user(user or self.collector).create({
            "case_id": case.id, "outcome": "no_answer", "feedback": "Talked",
            "state": "confirmed", "date": datetime.fromisoformat(NOW), **vals,
        })

    def test_presets(self):
        """The figures are those of the laws, as records (facts)."""
        for name, start, end, working, wait, barred, action, limits in [
            ("us", 8, 21, False, 7, True, "block", [("phone", 7, 7, False)]),
            ("cn", 8, 22, False, 0, True, "block", [("phone", 3, 1, True)]),
            ("uk", 8, 21, False, 0, True, "block", []),
            ("b2b", 9, 18, True, 0, False, "warn",
             [("attempt", 2, 1, False), ("any", 5, 7, True), ("email", 1, 1, False)]),
        ]:
            with self.subTest(name=name):
                rule = self.rules[name]
                self.assertRecordValues(rule, [{
                    "hour_from": start, "hour_to": end, "working_days_only": working,
                    "wait_days": wait, "is_third_party_barred": barred, "on_violation": action,
                }])
                self.assertEqual(
                    [(li.channel, li.count, li.days, li.reached_only) for li in rule.limit_ids],
                    limits,
                )

    def test_which_rule(self):
        own = self.rules["uk"].copy({"name": "Ours", "country_ids": [Command.clear()],
                                     "customer_kind": "company", "sequence": 200})
        for country, is_company, expected in [
            ("us", False, "us"), ("us", True, "b2b"), ("cn", False, "cn"), ("uk", False, "uk"),
            ("fr", False, "b2b"), (None, True, "b2b"),
        ]:
            with self.subTest(country=country, is_company=is_company):
                partner = self.env["res.partner"].new({
                    "name": "X", "is_company": is_company,
                    "country_id": country and self.env.ref(f"base.{country}").id,
                })
                choose = self.env["collection.contact.rule"]._choose_for
                self.assertEqual(choose(partner, self.company), self.rules[expected])
        partner = self.env["res.partner"].create(
            {"name": "Own", "collection_contact_rule_id": own.id}
        )
        contact = self.env["res.partner"].create({"name": "Child", "parent_id": partner.id})
        choose = self.env["collection.contact.rule"]._choose_for
        self.assertEqual(choose(contact, self.company), own)
        own.active = False
        self.assertEqual(choose(contact, self.company), self.rules["b2b"])

    @freeze_time(NOW)
    def test_customer_s_own_hour(self):
        """14:00 UTC: allowed in New York and London, 22:00 in Shanghai is not."""
        for country, tz, allowed in [
            ("us", "America/New_York", True), ("us", "Pacific/Honolulu", False),
            ("cn", "Asia/Shanghai", False), ("uk", False, True),
        ]:
            with self.subTest(country=country, tz=tz), self.cr.savepoint() as savepoint:
                case = self._case(country, tz=tz)
                rule, words = case._get_contact_refusal("phone")
                self.assertEqual(not words, allowed, words)
                if not allowed:
                    self.assertIn(rule.name, words)
                savepoint.rollback()

    def test_summer_time_of_the_customer(self):
        """12:30 UTC is 07:30 in New York in winter and 08:30 from 9 March 2025 on."""
        case = self._case("us", tz="America/New_York")
        for moment, allowed in [
            ("2025-03-07 12:30:00", False), ("2025-03-10 12:30:00", True),
            ("2025-03-10 12:00:00", True), ("2025-03-10 11:59:59", False),
            ("2025-10-31 12:30:00", True), ("2025-11-03 12:30:00", False),
            ("2025-11-03 13:00:00", True), ("2025-11-04 01:59:59", True),
            ("2025-11-04 02:00:00", False),
        ]:
            with self.subTest(moment=moment):
                words = case._get_contact_refusal(
                    "phone", fields.Datetime.to_datetime(moment)
                )[1]
                self.assertEqual(not words, allowed, words)

    def test_blocked_and_let_pass(self):
        case = self._case("cn", tz="Asia/Shanghai")
        with self.assertRaisesRegex(UserError, "GB/T 45251-2025.*22:00"), self.cr.savepoint():
            self._contact(case)
        with self.assertRaisesRegex(UserError, "manager"), self.cr.savepoint():
            self._contact(case, override_reason="He asked me to")
        with self.assertRaisesRegex(UserError, "manager"), self.cr.savepoint():
            self._contact(case, self.manager)
        with self.assertRaisesRegex(UserError, "written by the steps alone"), self.cr.savepoint():
            self._contact(case, override_by_id=self.manager.id)
        contact = self._contact(case, self.manager, override_reason="He asked us to call late")
        self.assertRecordValues(contact, [{
            "override_by_id": self.manager.id, "override_reason": "He asked us to call late",
        }])
        self.assertIn("GB/T", contact.rule_breach)
        self.assertIn("GB/T", self.env["collection.seal"].sudo().search(
            [("res_id", "=", contact.id), ("model", "=", contact._name)]).content)
        for vals in ({"direction": "inbound"}, {"method": "letter"}):
            with self.subTest(**vals):
                self.assertFalse(self._contact(case, **vals).rule_breach)
        case.partner_id.collection_hours_agreed = True
        self.assertFalse(self._contact(case).rule_breach)

    def test_warned(self):
        case = self._case(is_company=True)
        for number, breach in [(1, False), (2, False), (3, "limit of 2 within 1 days")]:
            contact = self._contact(case)
            self.assertIn(breach or "", contact.rule_breach or "")
            self.assertEqual(bool(contact.rule_breach), bool(breach), number)
        self.assertFalse(contact.override_by_id)

    @freeze_time(NOW)
    def test_seen_before_the_call(self):
        case = self._case(is_company=True, collection_no_phone=True)
        form = Form(self.env["collection.activity"].with_user(self.collector).with_context(
            default_case_id=case.id), "debt_collection.collection_activity_view_form_quick")
        self.assertIn("does not want", form.rule_warning)
        form.method = "letter"
        self.assertFalse(form.rule_warning)

    def test_eighth_call_in_seven_days(self):
        case = self._case("us", tz="America/New_York")
        start = datetime.fromisoformat(NOW)
        for day in range(6, -1, -1):
            self._contact(case, date=start - timedelta(days=day))
            self._contact(case, date=start - timedelta(days=day), direction="inbound",
                          outcome="reached")
        with self.assertRaisesRegex(UserError, "Regulation F.*limit of 7"), self.cr.savepoint():
            self._contact(case)
        self.assertTrue(self._contact(case, date=start + timedelta(days=1)))

    def test_seven_days_after_a_conversation(self):
        case = self._case("us", tz="America/New_York")
        first = datetime(2025, 9, 1, 14)
        self._contact(case, date=first, outcome="reached")
        with self.assertRaisesRegex(UserError, "conversation"), self.cr.savepoint():
            self._contact(case, date=first + timedelta(days=6))
        self.assertTrue(self._contact(case, date=first + timedelta(days=7)))

    def test_third_parties(self):
        case = self._case("us", tz="America/New_York")
        spouse, lawyer = self.env["res.partner"].create([
            {"name": "Spouse", "parent_id": case.partner_id.id},
            {"name": "Lawyer", "parent_id": case.partner_id.id,
             "collection_is_authorised": True},
        ])
        with self.assertRaisesRegex(ValidationError, "not authorised"), self.cr.savepoint():
            self._contact(case, contact_id=spouse.id)
        draft = self._contact(case, contact_id=lawyer.id, state="draft")
        self.assertEqual(draft.allowed_contact_ids, case.partner_id | lawyer)
        firm = self._case(is_company=True)
        clerk = self.env["res.partner"].create(
            {"name": "Clerk", "parent_id": firm.partner_id.id})
        self.assertTrue(self._contact(firm, contact_id=clerk.id))

    def test_a_person_s_own_wish(self):
        firm = self._case(is_company=True)
        clerk = self.env["res.partner"].create(
            {"name": "Clerk", "parent_id": firm.partner_id.id, "collection_no_phone": True})
        self.assertTrue(self._contact(firm, contact_id=clerk.id).rule_breach)
        self.assertFalse(self._contact(firm).rule_breach)

    def test_cease_notice(self):
        case = self._case("us", tz="America/New_York", collection_cease_date="2025-09-30")
        for channel in ("phone", "visit", "sms", "email", "letter"):
            with self.subTest(channel=channel), self.assertRaisesRegex(UserError, "cease"):
                case._check_contact_allowed(channel, datetime.fromisoformat(NOW))
        self.assertFalse(case._check_contact_allowed(
            "letter", datetime.fromisoformat(NOW), is_legal_notice=True))
        self.assertFalse(case._check_contact_allowed("phone", datetime(2025, 9, 29, 14)))

    def _steps(self, case, **steps):
        self.policy.step_ids.unlink()
        for method, vals in steps.items():
            self.env["collection.policy.step"].create({
                "policy_id": self.policy.id, "name": method, "method": method, "offset": 10,
                **vals,
            })
        self.env["collection.case"]._escalate(self.TODAY, self.company)
        return {step.method: step for step in case.case_step_ids}

    def test_steps_move_to_an_allowed_day(self):
        """Due on Saturday 2025-10-04: a call waits for Monday, a letter does not."""
        case = self._case(is_company=True)
        steps = self._steps(
            case, phone={"offset": 14, "days_ahead": 4},
            letter={"offset": 14, "days_ahead": 4, "letter_kind": "dunning"},
        )
        self.assertEqual(str(steps["phone"].date_deadline), "2025-10-06")
        self.assertEqual(str(steps["letter"].date_deadline), "2025-10-04")
        self.assertEqual(
            str(steps["phone"].mail_activity_ids.date_deadline), "2025-10-06"
        )

    def test_blocked_steps(self):
        case = self._case(is_company=True, collection_cease_date="2025-09-01")
        steps = self._steps(
            case, phone={}, visit={}, letter={"letter_kind": "final"}, other={},
        )
        for method, state in [
            ("phone", "cancelled"), ("visit", "cancelled"), ("letter", "planned"),
            ("other", "planned"),
        ]:
            with self.subTest(method=method):
                self.assertEqual(steps[method].state, state)
        self.assertEqual(steps["phone"].cancel_reason, "blocked")

    def test_emails_wait_for_the_hour(self):
        """US: nothing at night. 06:00 UTC is 2 a.m. in New York; 12:00 is 8 a.m."""
        case = self._case("us", tz="America/New_York", email="debtor@example.com")
        template = self.env.ref("debt_collection.mail_template_reminder")
        with freeze_time("2025-09-30 06:00:00"):
            step = self._steps(case, email={"mail_template_id": template.id})["email"]
        self.assertRecordValues(step, [{
            "state": "planned", "date_not_before": datetime(2025, 9, 30, 12),
        }])
        self.assertFalse(case.collection_activity_ids)
        for moment, state in [("2025-09-30 11:00:00", "planned"), ("2025-09-30 12:10:00", "done")]:
            with self.subTest(moment=moment), freeze_time(moment):
                self.env["collection.case.step"]._send_held(
                    self.company, datetime.fromisoformat(moment)
                )
                self.assertEqual(step.state, state)
        self.assertRecordValues(case.collection_activity_ids, [{
            "method": "email", "state": "confirmed", "rule_breach": False,
        }])
        self.assertTrue(case.collection_activity_ids.seal)

    def test_business_emails_leave_at_night(self):
        case = self._case(is_company=True, email="debtor@example.com")
        template = self.env.ref("debt_collection.mail_template_reminder")
        with freeze_time("2025-09-30 02:00:00"):
            step = self._steps(case, email={"mail_template_id": template.id})["email"]
        self.assertEqual(step.state, "done")

    def test_wishes_are_taken_down_by_collectors(self):
        case = self._case(is_company=True)
        with self.assertRaises(AccessError):
            case.partner_id.with_user(self.collector).collection_no_phone = True
        wizard = self.env["collection.contact.wish"].with_user(self.collector).with_context(
            default_case_id=case.id).create({"collection_no_phone": True})
        wizard.action_apply()
        self.assertTrue(case.partner_id.collection_no_phone)
        self.assertIn("No Calls", case.message_ids[0].body)
        other = self._case(is_company=True)
        other.user_id = self.manager
        wizard = self.env["collection.contact.wish"].sudo().create({"case_id": other.id})
        with self.assertRaises(AccessError):
            wizard.with_user(self.collector).action_apply()

    def test_rights(self):
        for user, allowed in [(self.collector, False), (self.manager, True)]:
            with self.subTest(user=user.login):
                rule = self.rules["b2b"].with_user(user)
                self.assertEqual(rule.has_access("write"), allowed)
                self.assertTrue(rule.has_access("read"))

    def test_impossible_values(self):
        for vals in ({"hour_from": 18, "hour_to": 9}, {"hour_to": 25}, {"wait_days": -1}):
            with (
                self.subTest(**vals),
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.cr.savepoint(),
            ):
                self.rules["b2b"].write(vals)
                self.rules["b2b"].flush_recordset()
