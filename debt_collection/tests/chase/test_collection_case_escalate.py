from datetime import timedelta

from odoo.exceptions import AccessError, RedirectWarning, UserError, ValidationError
from odoo.tests import tagged

from ..base.common import CollectionCommon
from ..base.large import has_large_form, size


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionCaseEscalate(CollectionCommon):
    """Stages, policies and steps, as the nightly job makes them (P3.4–P3.6)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.company.resource_calendar_id = False
        cls.collector = cls._role_user("esc_collector", "collector")
        cls.manager = cls._role_user("esc_manager", "manager")
        cls.policy = cls.company.collection_policy_id
        cls.policy.write({"user_id": cls.collector.id, "manager_id": cls.manager.id})
        cls.partner_a.email = "payables@customer.example"

    def _case(self, days, amount=100.0, **vals):
        invoice = self._overdue_invoice(days, amount, **vals)
        self._classify()
        return invoice.collection_case_id

    def _escalate(self, days=0):
        """Classify and escalate, this many days after ``TODAY``."""
        as_of = self.TODAY + timedelta(days=days)
        self._classify(as_of)
        return self.env["collection.case"]._escalate(as_of, self.company)

    def _steps(self, case, *states):
        return case.case_step_ids.filtered(
            lambda step: step.state in (states or ("planned", "done"))
        ).sorted(lambda step: step.step_id.sequence).mapped("step_id.name")

    def test_stage_follows_the_worst_tier(self):
        for days, stage in [(1, "first"), (30, "first"), (31, "midterm"), (60, "midterm"),
                            (61, "severe"), (400, "severe")]:
            with self.subTest(days=days):
                partner = self.env["res.partner"].create({"name": f"Due {days}"})
                case = self._case(days, partner=partner)
                self._escalate()
                self.assertEqual(case.stage, stage)

    def test_stage_goes_back_when_the_worst_is_paid(self):
        old = self._overdue_invoice(70)
        case = self._case(10)
        self._escalate()
        self.assertRecordValues(case, [{"stage": "severe", "cycle": 1}])
        self._pay(old)
        self._escalate()
        self.assertRecordValues(case, [{"stage": "first", "cycle": 2}])

    def test_legal_is_for_people(self):
        case = self._case(70)
        case.stage = "legal"
        self._escalate()
        self.assertEqual(case.stage, "legal")

    def test_steps_come_on_their_days(self):
        """Due on Tuesday 2025-09-30; the 3rd working day is Friday, the 3rd of October."""
        case = self._case(0)
        self.assertFalse(case)
        invoice = self.env["account.move"].search([("partner_id", "=", self.partner_a.id)],
                                                  order="id desc", limit=1)
        seen = {}
        for days in range(0, 95):
            self._escalate(days)
            case = invoice.collection_case_id
            for step in case.case_step_ids:
                seen.setdefault(step.step_id.name, (days, step.state))
        self.assertEqual(seen, {
            "Preparation": (1, "planned"),
            "Friendly Reminder": (1, "done"),
            "First Call": (1, "planned"),
            "Dunning Letter": (3, "planned"),
            "Second Call": (13, "planned"),
            "Statement of Account": (15, "planned"),
            "Formal Letter": (31, "planned"),
            "Visit": (31, "planned"),
            "Final Notice": (45, "planned"),
            "Manager's Call": (45, "planned"),
            "Set Up the Task Force": (61, "planned"),
            "Call in the Severe Stage": (63, "planned"),
            "Visit in the Severe Stage": (70, "planned"),
            "Lawyer Letter": (75, "planned"),
            "Decision: Sue, Plan or Write Off": (90, "planned"),
        })
        deadlines = {step.step_id.name: step.date_deadline for step in case.case_step_ids}
        self.assertEqual(deadlines["First Call"], self.TODAY + timedelta(days=3))
        self.assertEqual(deadlines["Second Call"], self.TODAY + timedelta(days=15))

    def test_running_again_does_nothing(self):
        self._case(40)
        first = self._escalate()
        self.assertTrue(first["steps"])
        versions = self._step_versions()
        again = self._escalate()
        self.assertEqual((again["moved"], again["steps"], again["warned"]), (0, 0, 0))
        self.assertEqual(self._step_versions(), versions)

    def _step_versions(self):
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT id, xmin::text FROM collection_case_step UNION ALL"
            " SELECT id, xmin::text FROM mail_activity UNION ALL"
            " SELECT id, xmin::text FROM collection_case ORDER BY 1, 2"
        )
        return self.env.cr.fetchall()

    def _known_case(self, days, **vals):
        """A case that was known since its first day overdue, and contacted then."""
        case = self._case(days, **vals)
        case.sudo().date_open = self.TODAY - timedelta(days=days - 1)
        return case

    def test_an_old_debt_begins_with_a_first_contact(self):
        """The steps of its tier follow a gap apart; nobody sues at first."""
        for days, later in [
            (46, {7: ["Formal Letter", "Visit"], 14: ["Final Notice", "Manager's Call"]}),
            (400, {7: ["Set Up the Task Force"], 14: ["Call in the Severe Stage"]}),
        ]:
            case = self._case(days, partner=self.env["res.partner"].create({"name": str(days)}))
            self._escalate()
            self.assertEqual(
                self._steps(case, "planned"), ["Preparation", "First Call", "Dunning Letter"]
            )
            before = case.case_step_ids
            for passed, names in later.items():
                self._escalate(passed)
                fresh = case.case_step_ids - before
                before |= fresh
                self.assertEqual(
                    sorted(fresh.filtered(lambda s: s.state == "planned").mapped("step_id.name")),
                    sorted(names),
                )

    @has_large_form
    def test_the_first_night_of_a_ledger_of_all_ages(self):
        """Debts of 1 to 900 days: a first contact for each, whatever its tier; nobody sues."""
        cases = {}
        for days in range(1, 901, size(82, 1)):
            partner = self.env["res.partner"].create({"name": f"Aged {days}"})
            self._overdue_invoice(days, partner=partner)
            cases[days] = partner
        self._classify()
        self._escalate()
        allowed = {"Preparation", "Friendly Reminder", "First Call", "Dunning Letter"}
        for days, partner in cases.items():
            with self.subTest(days=days):
                case = partner.collection_case_ids
                planned = case.case_step_ids.filtered(lambda step: step.state == "planned")
                self.assertTrue(planned)
                self.assertLessEqual(set(planned.mapped("step_id.name")), allowed)
                self.assertLessEqual(
                    len(planned.filtered(lambda step: step.method == "letter")), 1
                )
                self.assertTrue(case.next_step_text)

    def test_a_backlog_does_not_flood(self):
        case = self._known_case(58)
        self._escalate()
        self.assertEqual(self._steps(case, "planned"), ["Final Notice", "Manager's Call"])
        skipped = case.case_step_ids.filtered(lambda step: step.state == "skipped")
        self.assertEqual(
            {step.step_id.name: step.cancel_reason for step in skipped},
            {
                "Preparation": "late", "Friendly Reminder": "band", "First Call": "band",
                "Dunning Letter": "band", "Second Call": "band", "Statement of Account": "band",
                "Formal Letter": "late", "Visit": "late",
            },
        )

    def test_another_policy_starts_where_the_customer_is(self):
        """What was done is not done again; what the old policy left open is withdrawn."""
        case = self._known_case(45)
        self._escalate()
        old = case.case_step_ids
        call = old.filtered(lambda step: step.step_id.name == "Manager's Call")
        final = old.filtered(lambda step: step.step_id.name == "Final Notice")
        call.sudo()._mark_done(self.TODAY)
        other = self.policy.copy({"name": "Key Accounts"})
        case.partner_id.collection_policy_id = other
        self._escalate(1)
        self.assertRecordValues(final, [{"state": "cancelled", "cancel_reason": "policy"}])
        fresh = case.case_step_ids - old
        self.assertEqual(
            fresh.filtered(lambda step: step.state == "planned").mapped("step_id.name"),
            ["Final Notice"],
        )
        self.assertEqual(
            fresh.filtered(lambda step: step.step_id.name == "Manager's Call").cancel_reason,
            "repeated",
        )

    def test_simulation_is_what_the_nights_do(self):
        """Each step done on its deadline, a hold in between."""
        case = self._known_case(1)
        case.write({"hold_until": self.TODAY + timedelta(days=4), "hold_reason": "Talks"})
        foreseen = [
            ((row["date"] - self.TODAY).days, row["step"].name, row["deadline"])
            for row in case._simulate_steps(self.TODAY, days=100)
        ]
        self.assertEqual(foreseen[0][0], 5)
        happened = []
        for days in range(101):
            self._escalate(days)
            today = self.TODAY + timedelta(days=days)
            for step in case.case_step_ids.sorted("id"):
                if step.state in ("planned", "done") and step.date_planned == today:
                    happened.append((days, step.step_id.name, step.date_deadline))
            case.case_step_ids.filtered(
                lambda step, today=today: step.state == "planned" and step.date_deadline <= today
            ).sudo()._mark_done(today)
        self.assertEqual(sorted(foreseen), sorted(happened))

    def test_what_comes_next_in_one_line(self):
        case = self._known_case(50)
        self._escalate()
        self.assertIn("by 09/30/2025", case.next_step_text)
        planned = case.case_step_ids.filtered(lambda step: step.state == "planned")
        planned.sudo()._mark_done(self.TODAY)
        self.assertEqual(case.next_step_text, "Set Up the Task Force, from 10/11/2025")
        case.write({"hold_until": self.TODAY, "hold_reason": "Merger"})
        self._escalate()
        self.assertIn("Merger", case.next_step_text)

    def test_to_dos_are_for_those_responsible(self):
        case = self._known_case(45)
        self._escalate()
        self.assertEqual(
            {(todo.summary, todo.user_id) for todo in case.activity_ids},
            {("Final Notice", self.collector), ("Manager's Call", self.manager)},
        )

    def test_substitute_gets_the_to_dos_of_an_absent_collector(self):
        stand_in = self._role_user("esc_stand_in", "collector")
        # The day of the work counts, not the day on which the job happens to run.
        self.collector.write({
            "collection_substitute_id": stand_in.id,
            "collection_absent_from": self.TODAY,
            "collection_absent_to": self.TODAY,
        })
        case = self._case(3)
        self._escalate()
        self.assertEqual(case.user_id, self.collector)
        self.assertIn(stand_in, case.activity_ids.user_id)
        self.assertNotIn(self.collector, case.activity_ids.user_id)

    def test_email_step_is_sent_once(self):
        case = self._case(1)
        self._escalate()
        self._escalate()
        mails = self.env["mail.mail"].search([("model", "=", "collection.case"),
                                              ("res_id", "=", case.id)])
        self.assertEqual(len(mails), 1)
        self.assertEqual(mails.recipient_ids, self.partner_a)
        self.assertIn("Friendly Reminder", self._steps(case, "done"))

    def test_email_step_without_address_is_a_to_do(self):
        partner = self.env["res.partner"].create({"name": "No Address"})
        case = self._case(1, partner=partner)
        self._escalate()
        self.assertIn("Friendly Reminder", self._steps(case, "planned"))

    def test_paid_case_has_nothing_left_to_do(self):
        invoice = self._overdue_invoice(45)
        self._classify()
        case = invoice.collection_case_id
        self._escalate()
        self._pay(invoice)
        self.assertRecordValues(case, [{"stage": "closed", "close_reason": "paid"}])
        self.assertFalse(case.activity_ids)
        self.assertEqual(
            set(case.case_step_ids.filtered(lambda s: s.state == "cancelled").mapped(
                "cancel_reason")),
            {"paid"},
        )

    def test_what_pauses_the_chase(self):
        pauses = {
            "promise": lambda case: self.env["collection.promise"].create({
                "case_id": case.id, "amount": 100.0, "date_made": self.TODAY,
                "date_promised": self.TODAY + timedelta(days=5),
            }),
            "dispute": lambda case: self.env["collection.dispute"].create({
                "case_id": case.id, "line_ids": case.line_ids.ids, "reason": "Not delivered",
            }),
            "hold": lambda case: case.write({
                "hold_until": self.TODAY, "hold_reason": "Talks of the managements",
            }),
            "customer hold": lambda case: case.partner_id.write({
                "collection_hold": True, "collection_hold_until": self.TODAY,
                "collection_hold_reason": "Fire in the warehouse",
            }),
            "minimum": lambda case: self.policy.write({"amount_minimum": 100.01}),
            "reply": lambda case: case.sudo().write({"wait_until": self.TODAY}),
        }
        for name, pause in pauses.items():
            with self.subTest(pause=name), self.cr.savepoint() as savepoint:
                partner = self.env["res.partner"].create({"name": name})
                case = self._case(45, partner=partner)
                pause(case)
                self._escalate()
                self.assertTrue(case.pause_reason)
                self.assertFalse(case.case_step_ids)
                savepoint.rollback()

    def test_hold_ends_by_itself_and_steps_come_back(self):
        case = self._case(45)
        self._escalate()
        planned = self._steps(case, "planned")
        case.write({"hold_until": self.TODAY + timedelta(days=2), "hold_reason": "Merger"})
        self._escalate(1)
        self.assertFalse(case.activity_ids)
        self.assertIn("Merger", case.pause_reason)
        self._escalate(2)
        self.assertFalse(self._steps(case, "planned"))
        self._escalate(3)
        self.assertFalse(case.pause_reason)
        self.assertEqual(self._steps(case, "planned"), planned)
        self.assertEqual(len(case.activity_ids), len(planned))
        self.assertEqual(
            set(case.case_step_ids.filtered(lambda s: s.state == "planned").mapped(
                "date_deadline")),
            {self.TODAY + timedelta(days=3)},
        )

    def test_hold_needs_reason_and_end(self):
        case = self._case(5)
        for vals in ({"hold_until": self.TODAY}, {"hold_reason": "Why"},
                     {"hold_until": self.TODAY, "hold_reason": "  "}):
            with self.subTest(vals=vals), self.cr.savepoint():
                with self.assertRaises(ValidationError):
                    case.write(vals)
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self.partner_a.collection_hold = True

    def test_policy_of_a_case_is_explained(self):
        tag = self.env["res.partner.category"].create({"name": "Key Account"})
        country = self.env.ref("base.de")
        values = [
            {"name": "Key", "sequence": 5, "category_ids": tag.ids},
            {"name": "Germany", "sequence": 6, "country_ids": country.ids},
            {"name": "Large", "sequence": 7, "amount_from": 1000.0},
        ]
        key, germany, large = self.env["collection.policy"].create(values)
        own = self.env["collection.policy"].create({"name": "Own"})
        table = [
            ({"name": "Plain"}, 10.0, self.policy),
            ({"name": "Tagged", "category_id": tag.ids, "country_id": country.id}, 10.0, key),
            ({"name": "German", "country_id": country.id}, 5000.0, germany),
            ({"name": "Large"}, 1000.0, large),
            ({"name": "Almost"}, 999.99, self.policy),
            ({"name": "Own", "category_id": tag.ids, "collection_policy_id": own.id}, 10.0, own),
        ]
        for vals, amount, policy in table:
            with self.subTest(customer=vals["name"]):
                case = self._case(5, amount, partner=self.env["res.partner"].create(vals))
                self._escalate()
                self.assertEqual(case.policy_id, policy)
                self.assertTrue(case.policy_reason)

    def test_preparation_first_where_the_policy_wants_it(self):
        self.policy.preparation_required = True
        case = self._case(5)
        self._escalate()
        self.assertRecordValues(case, [{"stage": "preparation"}])
        self.assertFalse(case.case_step_ids)
        with self.assertRaisesRegex(UserError, "not prepared"), self.cr.savepoint():
            case.stage = "first"
        case.write({"plan_method": "phone", "plan_date": self.TODAY})
        self._escalate()
        self.assertEqual(case.stage, "preparation")
        case.plan_user_id = self.collector
        self._escalate()
        self.assertEqual(case.stage, "first")
        self.assertTrue(case.case_step_ids)

    def test_only_the_manager_waives_the_preparation(self):
        case = self._case(5)
        case.with_user(self.collector).action_prepare()
        self.assertEqual(set(case.document_ids.mapped("kind")),
                         {"contract", "statement", "delivery"})
        with self.assertRaises(AccessError), self.cr.savepoint():
            case.with_user(self.collector)._waive_preparation("In a hurry")
        with self.assertRaises(UserError), self.cr.savepoint():
            case.with_user(self.manager)._waive_preparation(" ")
        case.with_user(self.manager)._waive_preparation("Known for years")
        self._escalate()
        self.assertEqual(case.stage, "first")

    def test_preparation_is_a_step_in_one_form(self):
        """Each part is answered, or left out with a reason; then the step is done (P3.3)."""
        case = self._known_case(2)
        self._escalate()
        step = case.case_step_ids.filtered(lambda step: step.step_id.is_preparation)
        self.assertEqual(step.state, "planned")
        to_do = step.mail_activity_ids.with_user(self.collector)
        with self.assertRaises(RedirectWarning) as raised, self.cr.savepoint():
            to_do.action_feedback(feedback="Done")
        self.assertEqual(raised.exception.args[3]["active_id"], case.id)
        own = case.with_user(self.collector)
        action = own.action_open_preparation()
        self.assertEqual(action["res_id"], case.id)
        own.get_view(action["views"][0][0], "form")
        with self.assertRaisesRegex(UserError, "business situation.*credit record"):
            own.action_finish_preparation()
        own.write({
            "business_note": "Builds ships", "financial_note": "Pays its wages",
            "credit_waived": True, "plan_method": "phone", "plan_date": self.TODAY,
            "plan_user_id": self.collector.id,
        })
        with self.assertRaisesRegex(UserError, "documents"):
            own.action_finish_preparation()
        own.document_ids.state = "there"
        with self.assertRaisesRegex(UserError, "why"):
            own.action_finish_preparation()
        own.part_waive_reason = "A customer for twenty years"
        own.action_finish_preparation()
        self.assertEqual(step.state, "done")
        self.assertFalse(to_do.exists() and to_do.active)
        self.assertEqual(case.prepared_by_id, self.collector)
        with self.assertRaises(UserError):
            own.prepared_by_id = self.manager

    def test_to_do_is_done_by_recording_the_contact(self):
        case = self._known_case(45)
        self._escalate()
        to_do = case.activity_ids.filtered(lambda todo: todo.user_id == self.manager)
        with self.assertRaises(RedirectWarning) as raised, self.cr.savepoint():
            to_do.with_user(self.manager).action_feedback(feedback="Called")
        context = raised.exception.args[3]
        contact = self.env["collection.activity"].with_user(self.manager).with_context(
            **context
        ).create({"outcome": "reached"})
        contact.action_confirm()
        self.assertFalse(to_do.exists() and to_do.active)
        self.assertRecordValues(contact, [{
            "method": "phone", "feedback": "Called", "case_id": case.id, "state": "confirmed",
        }])
        self.assertRecordValues(contact.case_step_id, [{"state": "done"}])

    def test_contact_answers_the_planned_step_of_its_method(self):
        case = self._case(3)
        self._escalate()
        contact = self.env["collection.activity"].with_user(self.collector).create({
            "case_id": case.id, "method": "phone", "outcome": "no_answer",
        })
        contact.action_confirm()
        self.assertEqual(contact.case_step_id.step_id.name, "First Call")
        self.assertEqual(contact.case_step_id.state, "done")

    def test_deleted_to_do_drops_its_step(self):
        case = self._case(3)
        self._escalate()
        to_do = case.activity_ids.filtered(lambda todo: todo.summary == "First Call")
        step = to_do.collection_step_id
        to_do.unlink()
        self.assertRecordValues(step, [{"state": "cancelled", "cancel_reason": "other"}])
        self._escalate(1)
        self.assertNotIn("First Call", case.activity_ids.mapped("summary"))

    def test_manager_hears_of_late_steps_once(self):
        case = self._case(3)
        for days in range(4):
            self._escalate(days)
        warnings = case.activity_ids.filtered(
            lambda todo: todo.user_id == self.manager and not todo.collection_step_id
        )
        self.assertTrue(any("First Call" in todo.summary for todo in warnings))
        count = len(warnings)
        self._escalate(5)
        self.assertEqual(len(case.activity_ids.filtered(
            lambda todo: todo.user_id == self.manager and not todo.collection_step_id)), count)

    def test_manager_hears_of_cases_without_next_action(self):
        self.policy.step_ids.active = False
        case = self._case(3)
        self._escalate()
        self.assertEqual(case.activity_ids.mapped("summary"), ["No next action is planned"])
        self.assertEqual(case.activity_ids.user_id, self.manager)

    def test_simulation_writes_nothing(self):
        case = self._case(3)
        versions = self._step_versions()
        rows = case._simulate_steps(self.TODAY)
        self.assertEqual(self._step_versions(), versions)
        self.assertEqual(
            [(row["step"].name, (row["date"] - self.TODAY).days) for row in rows][:4],
            [("Friendly Reminder", 0), ("Preparation", 0), ("First Call", 0),
             ("Dunning Letter", 1)],
        )
        dates = {row["step"].name: (row["date"] - self.TODAY).days for row in reversed(rows)}
        self.assertEqual(dates["Decision: Sue, Plan or Write Off"], 87)

    def test_simulation_as_by_another_policy(self):
        """What-if in the preview, as the collector: by each case's policy, or by another."""
        case = self._case(3)
        other = self.policy.copy({"name": "Strict"})
        action = case.with_user(self.collector).action_simulate()
        preview = self.env[action["res_model"]].with_user(self.collector).browse(action["res_id"])
        self.assertEqual(preview.line_ids.step_id.policy_id, self.policy)
        preview.policy_id = other
        self.assertEqual(preview.line_ids.step_id.policy_id, other)
        self.assertFalse(case.case_step_ids)

    def test_simulation_from_the_policy(self):
        """Of the cases that follow it; of all open ones where none does."""
        manager = self.manager
        other = self.policy.copy({"name": "Strict"})
        with self.assertRaisesRegex(UserError, "no open case"):
            other.with_user(manager).action_simulate()
        case = self._case(3)
        for policy in (self.policy, other):
            action = policy.with_user(manager).action_simulate()
            preview = self.env[action["res_model"]].with_user(manager).browse(action["res_id"])
            self.assertEqual(preview.case_ids, case)
            self.assertEqual(preview.line_ids.step_id.policy_id, policy)

    def test_many_cases_cost_a_bounded_number_of_queries(self):
        partners = self.env["res.partner"].create([{"name": f"Many {n}"} for n in range(40)])
        for number, partner in enumerate(partners):
            self._overdue_invoice(5 + number, partner=partner)
        self._classify()
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        self.env["collection.case"]._escalate(self.TODAY, self.company)
        self.assertLess((self.cr.sql_log_count - before) / 40, 12)
