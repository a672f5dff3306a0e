from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .forged_common import ForgedCommon


@tagged("post_install", "-at_install", "debt_collection")
class TestForged(ForgedCommon):
    """What people with a role tried over HTTP to get past the steps: each is refused."""

    def _default(self, login, model, name, value):
        _result, error, message = self._call(
            login, "ir.default", "set", model, name, value, True
        )
        self.assertFalse(error, message)

    def test_personal_defaults(self):
        """A default of one's own fills no field that only a step writes."""
        assessment = self.env["collection.assessment"].sudo().create({
            "user_id": self.collector.id, "month": self.TODAY.replace(day=1),
        })
        reason = self.env["collection.writeoff.reason"].search([], limit=1)
        tries = (
            ("forge_collector", "collection.plan", "performing", "approved_by",
             {"case_id": self.case.id, "date_first": str(self.today)}),
            ("forge_collector", "collection.charge", "approved", "approved_by_id",
             {"case_id": self.case.id, "currency_id": self.case.currency_id.id,
              "date_to": str(self.TODAY)}),
            ("forge_collector", "collection.writeoff", "approved", "approved_by_id",
             {"case_id": self.case.id, "reason_id": reason.id}),
            ("forge_finance", "collection.provision", "approved", "approved_by_id", {}),
            ("forge_manager", "collection.reward", "approved", "approved_by_id",
             {"assessment_id": assessment.id, "kind": "bonus", "reason": "Good"}),
            ("forge_collector", "collection.legal.action", "approved", "approved_by_id",
             {"case_id": self.case.id, "reason": "Does not pay"}),
            ("forge_collector", "collection.erasure", "approved", "approved_by_id",
             {"partner_id": self.partner_a.id, "reason": "Asked"}),
        )
        for login, model, state, approver, vals in tries:
            with self.subTest(model=model):
                self._default(login, model, "state", state)
                self._default(login, model, approver, self.second.id)
                for call in (self._call_json2, self._call):
                    result, error, message = call(
                        login, model, "create", [vals],
                        default_state=state, **{f"default_{approver}": self.second.id},
                    )
                    self.assertFalse(error, message)
                    record = self.env[model].sudo().browse(result)
                    self.assertEqual(record.state, "draft")
                    self.assertFalse(record[approver])
                    # There is one provision a month.
                    record.unlink()

    def test_released_in_the_name_of_another(self):
        letter = self.env["collection.letter"].with_user(self.collector).create({
            "case_id": self.case.id, "kind": "dunning",
        })
        self.env.flush_all()
        message = self._assert_refused(
            "forge_collector", "collection.letter", "write", letter.ids,
            {"released_by_id": self.manager.id, "date_released": "2026-01-01 09:00:00"},
        )
        self.assertIn("Released", message)
        self.assertFalse(letter.released_by_id)

    def test_released_words_do_not_change(self):
        """What a collector rewrites after the release is released anew."""
        letter = self.env["collection.letter"].with_user(self.collector).create({
            "case_id": self.case.id, "kind": "dunning",
        })
        letter.with_user(self.manager).action_release()
        self.env.flush_all()
        for call in (self._call_json2, self._call):
            _result, error, message = call(
                "forge_collector", "collection.letter", "write", letter.ids,
                {"subject": f"Other words by {call.__name__}"},
            )
            self.assertFalse(error, message)
            self.assertFalse(letter.date_released)
            letter.with_user(self.manager).action_release()
            self.env.flush_all()
        contact = self.env["res.partner"].create({
            "name": "Elsewhere", "parent_id": self.partner_a.id, "email": "else@example.com",
        })
        for vals in (
            {"contact_id": contact.id}, {"user_id": self.second.id}, {"channel": "post"},
            {"cc_contact_ids": [(4, contact.id)]}, {"bcc_contact_ids": [(4, contact.id)]},
        ):
            with self.subTest(**vals):
                self.assertTrue(letter.date_released)
                _result, error, message = self._call(
                    "forge_collector", "collection.letter", "write", letter.ids, vals
                )
                self.assertFalse(error, message)
                self.assertFalse(letter.date_released)
                letter.with_user(self.manager).action_release()
                self.env.flush_all()

    def test_typed_totals(self):
        letter = self.env["collection.letter"].with_user(self.collector).create({
            "case_id": self.case.id, "kind": "dunning",
        })
        plan = self.env["collection.plan"].with_user(self.collector).create({
            "case_id": self.case.id, "date_first": self.today + timedelta(days=5),
        })
        self.env.flush_all()
        for model, ids, vals in (
            ("collection.letter", letter.ids, {"amount_total": 1}),
            ("collection.letter.total", letter.total_ids.ids, {"amount_total": 1}),
            ("collection.letter.line", letter.line_ids.ids, {"amount_open": 1}),
            ("collection.plan", plan.ids, {"amount_received": 1000}),
            ("collection.case", self.case.ids, {"amount_overdue": 1}),
        ):
            with self.subTest(model=model):
                self._assert_refused("forge_collector", model, "write", ids, vals)
        provision = self.env["collection.provision"].with_user(self.finance).create({})
        self.env.flush_all()
        self._assert_refused(
            "forge_finance", "collection.provision", "write", provision.ids,
            {"amount_required": 1},
        )

    def test_moving_a_case(self):
        other = self.setup_other_company()["company"]
        for vals in (
            {"partner_id": self.partner_b.id}, {"company_id": other.id},
            {"portal_expires": "2099-01-01"}, {"access_token": "known"},
        ):
            for login in ("forge_collector", "forge_manager"):
                with self.subTest(login=login, **vals):
                    self._assert_refused(
                        login, "collection.case", "write", self.case.ids, vals
                    )

    def test_final_notice_under_another_template(self):
        template = self.env["collection.letter.template"].search(
            [("kind", "=", "reminder")], limit=1
        )
        self.assertTrue(template)
        self._assert_refused(
            "forge_collector", "collection.letter", "create",
            [{"case_id": self.case.id, "kind": "final", "template_id": template.id}],
        )

    def test_rewriting_and_approving_a_plan(self):
        plan = self.env["collection.plan"].with_user(self.collector).create({
            "case_id": self.case.id, "date_first": self.today + timedelta(days=5), "count": 2,
        })
        plan.action_generate()
        self.env.flush_all()
        line = plan.line_ids[:1]
        _result, error, message = self._call(
            "forge_manager", "collection.plan.line", "write", line.ids,
            {"date_due": str(self.today + timedelta(days=300))},
        )
        self.assertFalse(error, message)
        self._assert_refused("forge_manager", "collection.plan", "action_approve", plan.ids)
        _result, error, message = self._call(
            "forge_second", "collection.plan", "action_approve", plan.ids
        )
        self.assertFalse(error, message)
        self.assertEqual(plan.state, "approved")

    def test_onchange_on_a_case_one_may_not_read(self):
        """A foreign case tells nothing, not even through what is computed from it."""
        self.case.sudo().write({
            "is_confidential": True, "confidential_user_ids": [(6, 0, self.manager.ids)],
            "user_id": self.manager.id,
        })
        self.env.flush_all()
        for model in ("collection.plan", "collection.promise", "collection.letter",
                      "collection.activity"):
            for method, args in (
                ("onchange", ([], {"case_id": self.case.id}, ["case_id"],
                              {"case_id": {}, "partner_id": {}, "company_id": {}})),
                ("create", ([{"case_id": self.case.id}],)),
                ("web_save", ([], {"case_id": self.case.id}, {"partner_id": {}})),
            ):
                with self.subTest(model=model, method=method):
                    message = self._assert_refused("forge_collector", model, method, *args)
                    self.assertNotIn(self.partner_a.name, message)
            self._assert_refused(
                "forge_collector", model, "default_get", ["case_id"],
                default_case_id=self.case.id,
            )

    def test_links_of_entries(self):
        """The case and tier of an invoice are written by Collections alone."""
        accountant = self.env.user
        kept = self.env["account.move.line"]._get_collection_kept()
        self.assertLessEqual(
            {"collection_case_id", "collection_tier_id", "collection_writeoff_line_id"}, kept
        )
        accountant.sudo().password = accountant.login
        self.env.flush_all()
        self._assert_refused(
            accountant.login, "account.move.line", "write", self.item.ids,
            {"collection_case_id": False},
        )
        self._assert_refused(
            accountant.login, "account.move", "write", self.invoice.ids,
            {"collection_tier_id": False},
        )

    def test_what_is_kept_of_a_customer_is_for_the_roles(self):
        """Employees without a role and customers read nothing of it, nor write it."""
        contacts = "base.group_user,base.group_partner_manager"
        employee = new_test_user(
            self.env, "forge_employee", groups=contacts, company_id=self.env.company.id,
            company_ids=[(6, 0, self.env.company.ids)],
        )
        new_test_user(
            self.env, "forge_portal", groups="base.group_portal", partner_id=self.partner_a.id
        )
        self.env.flush_all()
        names = (
            "collection_state", "collection_amount_overdue", "collection_hold",
            "collection_hold_reason", "collection_policy_id", "collection_cease_date",
            "collection_no_phone", "collector_id", "is_collection_customer",
        )
        for login in ("forge_employee", "forge_portal"):
            for name in names:
                with self.subTest(login=login, name=name):
                    self._assert_refused(
                        login, "res.partner", "read", self.partner_a.ids, [name]
                    )
                    self._assert_refused(
                        login, "res.partner", "search", [(name, "!=", False)]
                    )
        self._assert_refused("forge_employee", "res.partner", "write", self.partner_a.ids,
                             {"collection_no_phone": True})
        self._assert_refused("forge_employee", "res.partner", "create",
                             [{"name": "New", "collection_hold": True}])
        self._assert_refused("forge_employee", "res.partner", "create", [{"name": "New"}],
                             default_collection_no_phone=True)
        # Who has no role works with contacts as before.
        self.assertTrue(self.partner_a.with_user(employee).copy())

    def test_customers_of_another_collector(self):
        """A collector writes on own customers, a manager on all; who collects, managers say."""
        contacts = self.env.ref("base.group_partner_manager")
        other = self._role_user("forge_other", "collector")
        for user in other | self.collector | self.manager:
            user.sudo().group_ids += contacts
        self.env.flush_all()
        vals = {"collection_no_phone": True}
        self._assert_refused("forge_other", "res.partner", "write", self.partner_a.ids, vals)
        for login in ("forge_collector", "forge_manager"):
            with self.subTest(login=login):
                _result, error, message = self._call(
                    login, "res.partner", "write", self.partner_a.ids, vals
                )
                self.assertFalse(error, message)
        for vals in ({"collector_id": other.id}, {"collection_policy_id": False}):
            with self.subTest(**vals):
                self._assert_refused(
                    "forge_collector", "res.partner", "write", self.partner_a.ids, vals
                )

    def test_survey_token(self):
        """Nobody reads the token of a survey, so nobody answers for the customer."""
        rating = self.env["rating.rating"].sudo().create({
            "res_model_id": self.env["ir.model"]._get_id("collection.case"),
            "res_id": self.case.id, "partner_id": self.partner_a.id,
        })
        self.env.flush_all()
        for login in ("forge_collector", "forge_manager"):
            self._assert_refused(
                login, "rating.rating", "read", rating.ids, ["access_token"]
            )

    def test_member_field_on_a_confidential_case(self):
        """Who is not named on a confidential case gets in by no field of a task force."""
        self.case.sudo().write({
            "is_confidential": True, "confidential_user_ids": [(6, 0, self.manager.ids)],
            "user_id": self.manager.id,
        })
        force = self.env["collection.task.force"].sudo().create({
            "case_id": self.case.id, "date_start": self.TODAY,
        })
        self.env.flush_all()
        for login in ("forge_collector", "forge_second"):
            user = self.env["res.users"].search([("login", "=", login)])
            for model, ids in (
                ("collection.task.force", force.ids), ("collection.case", self.case.ids),
            ):
                with self.subTest(login=login, model=model):
                    self._assert_refused(
                        login, model, "write", ids, {"member_ids": [(4, user.id)]}
                    )
        self.assertEqual(self.case.sudo().confidential_user_ids, self.manager)

    def test_email_forged_by_an_employee(self):
        """What an employee enters in the customer's name is a draft: no evidence, no seal."""
        self.partner_a.email = "customer@forged.example"
        self.env.flush_all()
        forged = {
            "body": "I owe you all of it", "author_id": self.partner_a.id, "message_type": "email",
            "subtype_xmlid": "mail.mt_comment",
        }
        for call in (self._call_json2, self._call):
            for login in ("forge_collector", "forge_manager"):
                _result, error, message = call(
                    login, "collection.case", "message_post", self.case.ids, named=forged
                )
                self.assertFalse(error, message)
        contact = self.case.collection_activity_ids.filtered("message_id")
        self.assertEqual(len(contact), 4)
        self.assertEqual(set(contact.mapped("state")), {"draft"})
        self.assertFalse(any(contact.mapped("seal")))
        self.assertTrue(self.case.wait_until)
        self.case.sudo().message_post(
            body="I do owe it", author_id=self.partner_a.id, message_type="email",
            subtype_xmlid="mail.mt_comment",
        )
        confirmed = self.case.collection_activity_ids.filtered("message_id") - contact
        self.assertEqual(confirmed.state, "confirmed")

    def test_activity_of_somebody_else_or_long_ago(self):
        values = {"case_id": self.case.id, "outcome": "reached", "feedback": "Pays"}
        old = str(self.TODAY - timedelta(days=400)) + " 09:00:00"
        for forged in ({"user_id": self.second.id}, {"date": old}):
            self._assert_refused(
                "forge_collector", "collection.activity", "create", [{**values, **forged}]
            )

    def test_user_with_activities_is_archived(self):
        self.env["collection.activity"].with_user(self.collector).create({
            "case_id": self.case.id, "outcome": "reached", "feedback": "Pays",
        })
        with self.assertRaisesRegex(UserError, "Archive the user instead"):
            self.collector.sudo().unlink()

    def test_audit_finds_what_no_step_wrote(self):
        """The audit names a forged approval and a default of one's own, and nothing else."""
        audit = self.env["collection.audit"]
        self.assertFalse(audit._audit(self.env.company))
        plan = self.env["collection.plan"].with_user(self.collector).create({
            "case_id": self.case.id, "date_first": self.today + timedelta(days=5), "count": 2,
        })
        plan.action_generate()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE collection_plan SET state = 'performing' WHERE id = %s", plan.ids
        )
        self.env["ir.default"].with_user(self.collector).set(
            "collection.plan", "state", "performing", user_id=True
        )
        self.env.invalidate_all()
        found = "\n".join(audit._audit(self.env.company))
        for words in ("without a seal", "no other person approved it", "forge_collector"):
            self.assertIn(words, found)
        action = audit.with_user(self.manager).action_audit()
        rows = self.env[action["res_model"]].with_user(self.manager).search(action["domain"])
        self.assertEqual(rows.mapped("name"), audit._audit(self.env.company))
        opened = rows.filtered(lambda row: row.res_model == "collection.plan")[:1]
        self.assertEqual(opened.action_open_record()["res_id"], plan.id)
        with self.assertRaises(AccessError):
            audit.with_user(self.collector).action_audit()
