import json
from datetime import date, datetime

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .assessment_common import MONTH, AssessmentCommon

OCTOBER = date(2025, 10, 1)


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionAssessment(AssessmentCommon, HttpCase):
    """From draft to closed: frozen, corrected in the next month, open to appeal (P5.2)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for kind, value in (
            ("recovery", 40), ("bad_debt", 5), ("timeliness", 90), ("satisfaction", 80),
        ):
            cls.env["collection.target"].create({
                "kind": kind, "value": value, "month": "2025-01-01", "company_id": cls.company.id,
            })
        cls.customer = cls._partner()
        cls.invoice = cls._invoice("2025-08-01", 1000, cls.customer)
        cls.case = cls._case(cls.invoice, cls.collector)
        cls.payment = cls._pay_on(cls.invoice, "2025-09-05", 400)

    def setUp(self):
        super().setUp()
        # The days on which people work with September's assessments.
        clock = freeze_time("2025-10-02 08:00:00")
        clock.start()
        self.addCleanup(clock.stop)
        self._assess()
        self.assessment = self._of(self.collector)
        self.team = self._of(False)

    def _of(self, user, month=MONTH):
        return self.assessments.search([
            ("company_id", "=", self.company.id), ("month", "=", month),
            ("user_id", "=", user.id if user else False),
        ])

    def _steps(self, *states):
        policy_steps = self.env["collection.policy.step"].search([], limit=len(states))
        self.assertEqual(len(policy_steps), len(states))
        return self.env["collection.case.step"].sudo().create([
            {
                "case_id": self.case.id, "step_id": step.id, "user_id": self.collector.id,
                "date_due": "2025-08-01", "date_planned": "2025-09-01",
                "date_deadline": "2025-09-10", "cycle": 50, **vals,
            }
            for step, vals in zip(policy_steps, states, strict=True)
        ])

    def _answers(self, *ratings, day="2025-09-15"):
        self.env["rating.rating"].sudo().create([
            {
                "res_model_id": self.env["ir.model"]._get_id("collection.case"),
                "res_id": self.case.id, "rating": rating, "consumed": True,
                "partner_id": self.customer.id,
                "rated_partner_id": self.collector.partner_id.id,
            }
            for rating in ratings
        ]).write({"rated_on": f"{day} 12:00:00"})

    def test_grade_of_what_has_data(self):
        self.assertRecordValues(self.assessment, [{
            "grade": "good", "is_provisional": True, "met_count": 2, "measured_count": 2,
            "score": 106.67, "days_assigned": 47, "state": "draft", "rank": 1,
        }])
        self.assertFalse(self.assessment.indicator_ids.filtered(
            lambda line: line.kind == "timeliness").has_data)
        self.assertIn("No data", self.assessment.indicator_ids.mapped("value_text"))

    def test_timeliness(self):
        self._steps(
            {"state": "done", "date_done": "2025-09-10"},
            {"state": "done", "date_done": "2025-09-11"},
            {"state": "planned"},
            {"state": "cancelled", "cancel_reason": "paid"},
            {"state": "cancelled", "cancel_reason": "paused"},
            {"state": "cancelled", "cancel_reason": "blocked"},
            {"state": "cancelled", "cancel_reason": "other"},
            {"state": "skipped"},
        )
        self._assess()
        line = self._figure(
            MONTH, self.collector, "timeliness", numerator=1, denominator=4, value=25.0)
        self.assertEqual(set(line.source_ids.mapped("model")), {"collection.case.step"})
        self._figure(MONTH, None, "timeliness", numerator=1, denominator=4)

    def test_satisfaction_and_low_sample(self):
        self._answers(5, 4, 3, 1)
        self._answers(1, day="2025-10-01")
        self._assess()
        line = self._figure(
            MONTH, self.collector, "satisfaction", numerator=2, denominator=4, value=50.0)
        self.assertTrue(line.low_sample)
        self._answers(*[5] * 26)
        self._assess()
        line = self._figure(
            MONTH, self.collector, "satisfaction", numerator=28, denominator=30, value=93.33)
        self.assertFalse(line.low_sample)

    def test_promises_and_contacts(self):
        promises = self.env["collection.promise"].sudo().create([
            {
                "case_id": self.case.id, "amount": 10000, "date_made": "2025-09-01",
                "date_promised": "2025-09-10", "user_id": self.collector.id, "state": state,
                "kept_amount": kept,
            }
            for state, kept in (
                ("kept", 10000), ("kept", 9500), ("partial", 9499.99), ("broken", 0),
                ("superseded", 0), ("cancelled", 0), ("open", 0),
            )
        ])
        self.assertEqual(len(promises), 7)
        self.env["collection.activity"].create([
            {
                "case_id": self.case.id, "date": datetime(2025, 9, 3, 10), "method": method,
                "direction": direction, "outcome": outcome, "user_id": self.collector.id,
                "feedback": "Talked", "state": "confirmed",
            }
            for method, direction, outcome in (
                ("phone", "outbound", "reached"), ("phone", "outbound", "no_answer"),
                ("visit", "outbound", "refused"), ("phone", "outbound", "left_message"),
                ("email", "outbound", "left_message"), ("phone", "inbound", "reached"),
            )
        ])
        self._assess()
        for kind, numerator, denominator, value in [
            ("promise_count", 2, 4, 50.0),
            ("promise_value", 28999.99, 40000, 72.5),
            ("right_party", 2, 4, 50.0),
            # Entered in the test's own time, long after September 2025.
            ("recorded_late", 6, 6, 100.0),
        ]:
            with self.subTest(kind=kind):
                self._figure(MONTH, self.collector, kind, numerator=numerator,
                             denominator=denominator, value=value)

    def test_cash_per_hour_logged(self):
        self._figure(MONTH, self.collector, "cash_per_hour", denominator=0, value=None)
        contacts = self.env["collection.activity"].create([
            {
                "case_id": self.case.id, "date": datetime(2025, 9, day, 10), "method": "phone",
                "outcome": "reached", "user_id": self.collector.id, "duration": hours,
                "feedback": "Talked", "state": "confirmed",
            }
            for day, hours in ((3, 1.25), (4, 0.75), (5, 0))
        ])
        self.env["collection.activity"].create({
            "case_id": self.case.id, "date": contacts[0].date, "method": "phone",
            "outcome": "reached", "user_id": self.collector.id, "duration": 0.5,
            "corrects_id": contacts[0].id, "feedback": "Talked", "state": "confirmed",
        })
        self._assess()
        line = self._figure(
            MONTH, self.collector, "cash_per_hour", numerator=400, denominator=1.25, value=320.0)
        sources = line.source_ids.search(line.action_view_sources()["domain"])
        self.assertEqual(
            {role: sum(rows.mapped("amount")) for role, rows in sources.grouped("role").items()},
            {"numerator": 400.0, "denominator": 1.25})
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.env["collection.activity"].create({
                "case_id": self.case.id, "duration": 25})
            self.env.flush_all()

    def test_figures_of_the_ledger_are_the_teams(self):
        self._figure(MONTH, None, "sales_days", numerator=600)
        roll = self.team.figure_ids.filtered(lambda line: line.kind == "roll")
        self.assertEqual(
            [(line.numerator, line.denominator) for line in roll],
            [(0, 0), (600, 1000), (0, 0)],
        )
        self.assertFalse(self.assessment.figure_ids.filtered(lambda line: line.kind == "roll"))

    def test_running_it_again_changes_nothing(self):
        before = self.assessment.line_ids.mapped("value")
        sources = len(self.assessment.line_ids.source_ids)
        self.assertEqual(self._assess(), self.assessment | self.team)
        self.assertEqual(self.assessment.line_ids.mapped("value"), before)
        self.assertEqual(len(self.assessment.line_ids.source_ids), sources)

    def test_statements_do_not_grow_with_the_collectors(self):
        """Drafts of two collectors or of six are renewed by the same number of statements."""
        counts = []
        for size in (1, 4):
            for number in range(size):
                user = self._role_user(f"many_{size}_{number}", "collector")
                self._case(
                    self._invoice("2025-08-01", 100, self._partner(f"{size} {number}")), user)
            # New records post their first message: counted is the renewal.
            self._assess()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(len(self._assess().filtered("user_id")), len(counts) * 4 + 2)
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
        self.assertLess(counts[1], 80)

    def test_confirmed_it_does_not_change(self):
        self.assessment.with_user(self.manager).action_confirm()
        self.assertEqual(self.team.state, "confirmed")
        self.payment.move_id.line_ids.remove_move_reconcile()
        self.env["collection.target"].search([("company_id", "=", self.company.id)]).value = 99
        self._assess()
        self.assertRecordValues(self.assessment, [{"grade": "good", "score": 106.67}])
        self._figure(MONTH, self.collector, "recovery", numerator=400, value=40.0)
        line = self.assessment.indicator_ids[0]
        for record, vals in ((line, {"value": 99}), (self.assessment, {"grade": "fail"}),
                             (line.source_ids[0], {"amount": 1})):
            with self.subTest(record=record._name), self.assertRaises(UserError):
                record.with_user(self.manager).write(vals)
        with self.assertRaises(UserError):
            self.assessment.with_user(self.manager).unlink()

    def test_unreconciled_later_is_corrected_next_month(self):
        self.assessment.with_user(self.manager).action_confirm()
        self.payment.move_id.line_ids.remove_move_reconcile()
        for _again in range(2):
            self._assess(OCTOBER)
            for user in (self.collector, None):
                line = self._figure(
                    OCTOBER, user, "correction_recovery", numerator=-400, value=-400)
                self.assertEqual(line.source_ids.month, MONTH)
                # 1,000 is open again; 400 of it was counted in September already.
                self._figure(OCTOBER, user, "recovery", numerator=-400, denominator=600)
        self._figure(MONTH, self.collector, "recovery", numerator=400, denominator=1000)

    def test_back_dated_is_corrected_once(self):
        self.assessment.with_user(self.manager).action_confirm()
        self._pay_on(self.invoice, "2025-09-25", 100)
        self._write_off(self.invoice, "2025-09-26", 50)
        self._assess(OCTOBER)
        self._figure(OCTOBER, self.collector, "correction_recovery", numerator=100)
        self._figure(OCTOBER, self.collector, "correction_bad_debt", numerator=50)
        self._figure(OCTOBER, self.collector, "recovery", numerator=100, denominator=600,
                     value=16.67)
        with freeze_time("2025-11-02 08:00:00"):
            self._of(self.collector, OCTOBER).with_user(self.manager).action_confirm()
            november = date(2025, 11, 1)
            self._assess(november)
            self.assertFalse(self._of(self.collector, november).line_ids.filtered(
                lambda line: line.kind.startswith("correction")))

    def test_credit_note_matched_late_is_no_cash(self):
        """A credit note of September matched after it: recovery and bad debts stay as they are."""
        self.assessment.with_user(self.manager).action_confirm()
        with freeze_time("2025-09-20 10:00:00"):
            credit = self.invoice._reverse_moves([{
                "date": date(2025, 9, 20), "invoice_date": date(2025, 9, 20)}])
            credit.invoice_line_ids.price_unit = 150
            credit.action_post()
        lines = self._receivable(self.invoice) + self._receivable(credit)
        if not self._receivable(credit).reconciled:
            lines.reconcile()
        self._assess(OCTOBER)
        self.assertFalse(self._of(self.collector, OCTOBER).line_ids.filtered(
            lambda line: line.kind.startswith("correction")))
        # 1,000 less 400 paid and 150 credited, both before October.
        self._figure(OCTOBER, self.collector, "recovery", numerator=0, denominator=450)
        self._figure(MONTH, self.collector, "recovery", numerator=400, denominator=1000)

    def test_reversed_write_off_is_corrected_next_month(self):
        self._write_off(self.invoice, "2025-09-10", 100)
        self._assess()
        self._figure(MONTH, self.collector, "bad_debt", numerator=100, value=10.0)
        self.assessment.with_user(self.manager).action_confirm()
        wrote_off = self._receivable(self.invoice).matched_credit_ids.credit_move_id.filtered(
            lambda line: line.move_id.move_type == "entry" and not line.payment_id)
        move = wrote_off.move_id
        wrote_off.remove_move_reconcile()
        move._reverse_moves([{"date": date(2025, 10, 1)}], cancel=True)
        self._assess(OCTOBER)
        for user in (self.collector, None):
            self._figure(OCTOBER, user, "correction_bad_debt", numerator=-100)
            # 600 are open; 100 of it were frozen as lost, and are back.
            self._figure(OCTOBER, user, "bad_debt", numerator=-100, denominator=500)
        self._figure(MONTH, self.collector, "bad_debt", numerator=100, value=10.0)

    def test_matched_again_is_no_correction(self):
        self.assessment.with_user(self.manager).action_confirm()
        payment_line = self._receivable(self.payment.move_id)
        self.payment.move_id.line_ids.remove_move_reconcile()
        (self._receivable(self.invoice) + payment_line).reconcile()
        self._assess(OCTOBER)
        self.assertFalse(self._of(self.collector, OCTOBER).line_ids.filtered(
            lambda line: line.kind.startswith("correction")))

    def test_nobody_assesses_themselves(self):
        with freeze_time("2025-09-12 10:00:00"):
            self.case.user_id = self.manager
        self._assess()
        own = self._of(self.manager)
        other_manager = self._role_user("assess_manager_2", "manager")
        for action in ("action_confirm", "action_close"):
            with self.subTest(action=action), self.assertRaisesRegex(UserError, "own assessment"):
                getattr(own.with_user(self.manager), action)()
        with self.assertRaisesRegex(UserError, "own assessment"):
            own.with_user(self.manager).comment = "Brilliant"
        own.with_user(other_manager).comment = "Took the case over well"
        own.with_user(other_manager).action_confirm()
        with self.assertRaisesRegex(AccessError, "Only the assessed"):
            own.with_user(other_manager).action_acknowledge()
        own.with_user(self.manager).action_acknowledge()
        self.assertEqual(own.state, "acknowledged")

    def test_roles(self):
        self.assertFalse(self.assessment.with_user(self.collector).search([]))
        self.assessment.with_user(self.manager).action_confirm()
        finance, sales = (
            self._role_user(f"assess_{role}", role) for role in ("finance", "sales"))
        elsewhere = self._role_user(
            "assess_elsewhere", "manager", self.setup_other_company()["company"])
        for user, seen in [
            (self.collector, self.assessment), (self.other, self.assessments),
            (self.manager, self.assessment | self.team), (finance, self.assessment | self.team),
            (elsewhere, self.assessments),
        ]:
            with self.subTest(user=user.login):
                self.assertEqual(self.assessments.with_user(user).search([]), seen)
                self.assertEqual(
                    self.env["collection.assessment.source"].with_user(user).search([]).sudo()
                    .line_id.assessment_id, seen)
        with self.assertRaises(AccessError):
            self.assessment.with_user(sales).read(["grade"])
        for user in (self.collector, finance):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.assessment.with_user(user).comment = "Mine"
        with self.assertRaises(AccessError):
            self.assessment.with_user(self.collector).action_confirm()
        self.assertTrue(self.assessment.with_user(self.collector).indicator_ids)

    def _rpc(self, method, *args, model="collection.assessment"):
        """Call a method as the collector's web client does; the error's name, or ``None``."""
        answer = self.url_open(
            f"/web/dataset/call_kw/{model}/{method}",
            data=json.dumps({"jsonrpc": "2.0", "method": "call", "params": {
                "model": model, "method": method, "args": args, "kwargs": {},
            }}),
            headers={"Content-Type": "application/json"},
        ).json()
        self.env.invalidate_all()
        return answer.get("error", {}).get("data", {}).get("name", "").rpartition(".")[2]

    def test_the_assessed_change_nothing(self):
        """Neither by the ORM nor from outside: not their own, not others', not what is behind."""
        self.assessment.with_user(self.manager).action_confirm()
        line = self.assessment.indicator_ids[0]
        records = {
            self.assessment: {"grade": "excellent", "score": 120, "comment": "Great"},
            self.team: {"grade": "excellent"},
            line: {"value": 99.0, "target": 1.0},
            line.source_ids[:1]: {"amount": 1e6},
            self.env["collection.target"].search([("kind", "=", "recovery")], limit=1): {
                "value": 1.0},
            self.env["collection.case.assignment.period"].search([], limit=1): {
                "date_from": "2020-01-01"},
        }
        self.env.flush_all()
        self.authenticate("assess_collector", "assess_collector")
        for record, vals in records.items():
            model = self.env[record._name].with_user(self.collector)
            for method, args in (("write", (vals,)), ("unlink", ())):
                with self.subTest(model=record._name, method=method):
                    with self.assertRaises(UserError):
                        getattr(model.browse(record.id), method)(*args)
                    self.assertIn(
                        self._rpc(method, record.ids, *args, model=record._name),
                        ("AccessError", "UserError"))
            for method, args in (("create", ([vals],)), ("copy", (record.ids,))):
                with self.subTest(model=record._name, method=method):
                    self.assertTrue(self._rpc(method, *args, model=record._name))
        for method in ("action_confirm", "action_close", "action_reject_appeal",
                       "action_uphold_appeal"):
            with self.subTest(method=method):
                self.assertEqual(self._rpc(method, self.assessment.ids), "AccessError")
        self.assertTrue(self._rpc("_generate", "2025-09"), "private")
        self.assertEqual(self._rpc("action_generate_last_month"), "AccessError")
        self.assertEqual(self._rpc("read", self.team.ids, ["grade"]), "AccessError")
        self.assertEqual(self.assessment.grade, "good")

    def test_trend_and_ranking(self):
        """Twelve months stand one beside the other; places by score among the rated."""
        self._case(self._invoice("2025-08-01", 500, self._partner()), self.other)
        self._assess()
        for month in range(1, 9):
            self._assess(date(2025, month, 1))
        action = self.env.ref("debt_collection.collection_assessment_line_action")
        self.assertIn("graph", action.view_mode)
        months = self.env["collection.assessment.line"].search([
            ("user_id", "=", False), ("kind", "=", "recovery"),
            ("company_id", "=", self.company.id)]).mapped("month")
        self.assertEqual(len(months), 9)
        self.assertRecordValues(self.assessment | self._of(self.other) | self.team, [
            {"rank": 1}, {"rank": 2}, {"rank": 0}])

    def test_acknowledge_and_close(self):
        manager = self.assessment.with_user(self.manager)
        manager.action_confirm()
        self.assertEqual(self.assessment.activity_ids.user_id, self.collector)
        with self.assertRaisesRegex(UserError, "can still appeal"):
            manager.action_close()
        self.assessment.with_user(self.collector).action_acknowledge()
        self.assertFalse(self.assessment.activity_ids)
        manager.action_close()
        self.assertEqual(self.assessment.state, "closed")
        with self.assertRaises(UserError):
            self.assessment.with_user(self.collector).action_appeal("Too late")

    def test_nobody_answers_in_time(self):
        manager = self.assessment.with_user(self.manager)
        manager.action_confirm()
        with freeze_time("2025-10-10 08:00:00"):
            manager.action_close()
        self.assertEqual(self.assessment.state, "closed")

    def test_appeal(self):
        self.assessment.with_user(self.manager).action_confirm()
        own = self.assessment.with_user(self.collector)
        with self.assertRaisesRegex(UserError, "Write down"):
            own.action_appeal(" ")
        self.env["collection.assessment.appeal"].with_user(self.collector).create({
            "assessment_id": own.id, "text": "The payment of the 25th is missing",
        }).action_apply()
        self.assertRecordValues(self.assessment, [{
            "state": "appealed", "appeal_text": "The payment of the 25th is missing",
        }])
        manager = self.assessment.with_user(self.manager)
        with self.assertRaisesRegex(UserError, "Write the answer"):
            manager.action_reject_appeal()
        with self.assertRaises(AccessError):
            own.action_uphold_appeal()
        manager.appeal_answer = "It was matched late; counted again"
        self._pay_on(self.invoice, "2025-09-25", 100)
        self.env["collection.target"].search([("company_id", "=", self.company.id)]).value = 99
        manager.action_uphold_appeal()
        self.assertEqual(self.assessment.state, "draft")
        line = self._figure(MONTH, self.collector, "recovery", numerator=500, value=50.0)
        # Targets freeze with the period, also for the second look.
        self.assertEqual(line.target, 40)
        manager.action_confirm()
        own.action_appeal("Still wrong")
        manager.appeal_answer = "It is not"
        manager.action_reject_appeal()
        self.assertRecordValues(self.assessment, [{
            "state": "closed", "answered_by_id": self.manager.id,
        }])

    def test_a_running_month_is_not_confirmed(self):
        self._assess(OCTOBER)
        with self.assertRaisesRegex(UserError, "not over"):
            self._of(self.collector, OCTOBER).with_user(self.manager).action_confirm()

    def test_job(self):
        cron = self.env.ref("debt_collection.cron_assessment")
        self.assertEqual(cron.model_id.model, "collection.assessment")
        self.assessments.search([]).unlink()
        self.company.collection_assessment_day = 5
        for day, made in ((4, 0), (5, 2), (6, 0)):
            with self.subTest(day=day):
                self.assertEqual(len(self.assessments._generate_when_due(
                    self.company, date(2025, 10, day))), made)
        self.assertEqual(set(self.assessments.search([]).mapped("month")), {MONTH})

    def test_difficulty_beside_the_grade(self):
        self.assertFalse(self.assessment.has_expected_recovery)
        self._assess(OCTOBER)
        later = self._of(self.collector, OCTOBER)
        self.assertFalse(later.has_expected_recovery)
        # September's 1,000 was moderate and is severe now: nothing is known of such items. Of what
        # was mild 100 of 500 came in, and 400 of it are still mild on the first of October.
        fresh = self._invoice("2025-09-01", 500, self._partner())
        self._case(fresh, self.collector, "2025-09-05")
        self._pay_on(fresh, "2025-09-20", 100)
        self._assess()
        self._assess(OCTOBER)
        self.assertRecordValues(later, [{"has_expected_recovery": True, "expected_recovery": 20.0}])

    def test_form_on_paper_and_as_spreadsheet(self):
        self.assessment.with_user(self.manager).comment = "Keep going"
        html = self.env["ir.actions.report"]._render_qweb_html(
            "debt_collection.collection_assessment_report", self.assessment.ids)[0].decode()
        for text in ("40.00 %", "Keep going", "Good", "No data"):
            self.assertIn(text, html)
        self.assertTrue(self.assessment._get_xlsx().startswith(b"PK"))
