import json
from datetime import timedelta

from odoo import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .forged_common import ForgedCommon

QUIET = ("odoo.http", "odoo.addons.base.models.ir_rule", "odoo.models", "odoo.sql_db",
         "odoo.addons.rpc.controllers.json2")


@tagged("post_install", "-at_install", "debt_collection")
class TestAttacks(ForgedCommon):
    """What each role tried over HTTP through doors of Odoo that lead to our records.

    Beside the case of *forge_collector* there is one of *forge_other*, whose records and papers
    the first may neither read nor move.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls._role_user("forge_other", "collector")
        cls.sales = cls._role_user("forge_sales", "sales")
        company = {"company_id": cls.env.company.id, "company_ids": [(6, 0, cls.env.company.ids)]}
        cls.employee = new_test_user(
            cls.env, "forge_employee", groups="base.group_user", **company
        )
        cls.portal = new_test_user(
            cls.env, "forge_portal", groups="base.group_portal", partner_id=cls.partner_a.id
        )
        cls.partner_b.email = "secret.customer@example.com"
        cls.partner_a.email = "customer@example.com"
        cls.foreign_invoice = cls._overdue_invoice(70, 4321.0, partner=cls.partner_b)
        cls._classify()
        cls.foreign = cls.foreign_invoice.collection_case_id
        cls.foreign.sudo().user_id = cls.other
        cls.env["collection.case"]._escalate(cls.TODAY, cls.env.company)
        cls.foreign_item = cls._receivable(cls.foreign_invoice)
        cls.paper = cls.env["ir.attachment"].sudo().create({
            "name": "secret.txt", "raw": b"Secret words", "res_model": "collection.case",
            "res_id": cls.foreign.id,
        })
        cls.foreign_letter = cls.env["collection.letter"].with_user(cls.other).create({
            "case_id": cls.foreign.id, "kind": "dunning",
        })
        cls.foreign_plan = cls.env["collection.plan"].with_user(cls.other).create({
            "case_id": cls.foreign.id, "date_first": cls.today + timedelta(days=5),
        })
        cls.foreign.sudo().message_post(body="Secret message", subtype_xmlid="mail.mt_comment")
        cls.to_do = cls.foreign.sudo().activity_schedule(
            "mail.mail_activity_data_todo", summary="Secret to-do", user_id=cls.other.id
        )
        cls.env.flush_all()

    def setUp(self):
        super().setUp()
        quiet = mute_logger(*QUIET)
        quiet.__enter__()
        self.addCleanup(quiet.__exit__, None, None, None)

    def _refused(self, login, model, method, *args, **context):
        """Refused by the web client's door; the words do not tell what was asked for."""
        with self.subTest(login=login, model=model, method=method, args=args):
            result, error, message = self._call(login, model, method, *args, **context)
            self.assertIn(
                error, ("UserError", "AccessError", "ValidationError", "RedirectWarning"),
                f"{login} {model}.{method}: {result} {message}",
            )
            self.assertNotIn("4,321", str(message))
            self.assertNotIn("Secret", str(message))

    def _empty(self, login, model, method, *args, **context):
        """Refused, or answered with nothing that is secret."""
        with self.subTest(login=login, model=model, method=method, args=args):
            result, error, message = self._call(login, model, method, *args, **context)
            for secret in ("4321", "4,321", "Secret", self.foreign.name):
                self.assertNotIn(secret, json.dumps(result), f"{login} {model}.{method}")
                self.assertNotIn(secret, str(message))

    # To-dos: who ends one ends the step behind it.

    def test_steps_behind_to_dos(self):
        step = self.foreign.case_step_ids.filtered(lambda step: step.state == "planned")[:1]
        self.assertTrue(step)
        partner_model = self.env["ir.model"]._get_id("res.partner")
        own = self.case.sudo().activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.collector.id
        )
        mine = self.employee.partner_id.sudo().activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.employee.id
        )
        self.env.flush_all()
        vals = {"collection_step_id": step.id}
        self._refused("forge_collector", "mail.activity", "write", own.ids, vals)
        self._refused("forge_employee", "mail.activity", "write", mine.ids, vals)
        new = {
            "res_model_id": partner_model, "res_id": self.employee.partner_id.id,
            "user_id": self.employee.id,
        }
        self._refused("forge_employee", "mail.activity", "create", [{**new, **vals}])
        self._call("forge_employee", "mail.activity", "create", [new],
                   default_collection_step_id=step.id)
        for to_do in self.to_do | step.sudo().mail_activity_ids:
            self._refused("forge_employee", "mail.activity", "unlink", to_do.ids)
            self._refused("forge_collector", "mail.activity", "write", to_do.ids,
                          {"date_deadline": "2030-01-01"})
            self._refused("forge_collector", "mail.activity", "action_done", to_do.ids)
        self.assertFalse(self.env["mail.activity"].sudo().search([
            ("collection_step_id", "=", step.id), ("user_id", "=", self.employee.id),
        ]))
        self.assertEqual(step.state, "planned")

    def test_activity_that_ends_what_is_not_its_own(self):
        step = self.foreign.case_step_ids[:1]
        vals = {"case_id": self.case.id, "outcome": "reached", "feedback": "Pays",
                "state": "confirmed"}
        elsewhere = self.collector.partner_id.sudo().activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.collector.id
        )
        self.env.flush_all()
        for forged in (
            {"mail_activity_id": self.to_do.id}, {"mail_activity_id": elsewhere.id},
            {"case_step_id": step.id}, {"attachment_ids": [Command.link(self.paper.id)]},
            {"attachment_ids": [Command.set(self.paper.ids)]},
            {"contact_id": self.partner_b.id}, {"seal": "0" * 64}, {"message_id": 1},
        ):
            self._refused("forge_collector", "collection.activity", "create", [{**vals, **forged}])
        # A manager sees both cases, and mixes them no more than a collector.
        for forged in ({"mail_activity_id": self.to_do.id}, {"case_step_id": step.id}):
            self._refused("forge_manager", "collection.activity", "create", [{**vals, **forged}])
        self.assertTrue(self.to_do.active)

    # Papers and entries of others, named as one's own.

    def test_papers_of_others(self):
        letter = self.env["collection.letter"].with_user(self.collector).create({
            "case_id": self.case.id, "kind": "dunning",
        })
        action = self.env["collection.legal.action"].with_user(self.collector).create({
            "case_id": self.case.id, "reason": "Does not pay",
        })
        document = self.env["collection.case.document"].sudo().create({"case_id": self.case.id})
        self.env.flush_all()
        linked = [Command.link(self.paper.id)]
        # Nor does anybody else get a copy of a letter.
        for name in ("contact_id", "cc_contact_ids", "bcc_contact_ids"):
            to = self.partner_b.id if name == "contact_id" else [Command.link(self.partner_b.id)]
            self._refused("forge_collector", "collection.letter", "write", letter.ids, {name: to})
        for model, ids, name in (
            ("collection.case.document", document.ids, "attachment_ids"),
            ("collection.letter", letter.ids, "counsel_file_ids"),
            ("collection.legal.check", action.check_ids[:1].ids, "attachment_ids"),
        ):
            self._refused("forge_collector", model, "write", ids, {name: linked})
            self._refused("forge_collector", model, "web_save", ids, {name: linked}, {name: {}})
        self._refused("forge_collector", "collection.legal.document", "create", [{
            "action_id": action.id, "attachment_ids": linked}])
        self._refused("forge_collector", "ir.attachment", "read", self.paper.ids, ["raw"])
        self._refused("forge_collector", "ir.attachment", "write", self.paper.ids,
                      {"res_id": self.case.id})
        self._refused("forge_collector", "ir.attachment", "copy", self.paper.ids,
                      {"res_id": self.case.id})
        self._refused("forge_collector", "ir.attachment", "generate_access_token", self.paper.ids)
        self._refused("forge_collector", "ir.attachment", "unlink", self.paper.ids)
        self._empty("forge_collector", "ir.attachment", "search_read",
                    [("res_id", "=", self.foreign.id)], ["name", "index_content"])
        # Sent along with a message, it does not become one's own either.
        self._call("forge_collector", "collection.case", "message_post", self.case.ids)
        self.opener.post(
            self.base_url() + "/mail/message/post", json={"params": {
                "thread_model": "collection.case", "thread_id": self.case.id,
                "post_data": {"body": "x", "attachment_ids": self.paper.ids},
            }},
        )
        self.assertEqual(self.paper.res_id, self.foreign.id)
        self.assertFalse(self.case.sudo().message_ids.attachment_ids & self.paper)

    def test_entries_of_others(self):
        foreign = [Command.set(self.foreign_item.ids)]
        for model, vals, spec in (
            ("collection.plan", {"case_id": self.case.id, "item_ids": foreign}, "amount"),
            ("collection.dispute", {"case_id": self.case.id, "line_ids": foreign}, "amount"),
            ("collection.charge", {"case_id": self.case.id, "item_ids": foreign}, "amount_total"),
            ("collection.legal.action", {"case_id": self.case.id, "item_ids": foreign},
             "amount_claimed"),
            ("collection.writeoff", {"case_id": self.case.id, "line_ids": [
                Command.create({"item_id": self.foreign_item.id, "amount": 1})]}, "amount"),
        ):
            name = next(name for name in vals if name != "case_id")
            self._refused("forge_collector", model, "onchange", [], vals, [name], {spec: {}})
            self._refused("forge_collector", model, "create", [vals])
            self._empty("forge_collector", model, "default_get", [name],
                        **{f"default_{key}": value for key, value in vals.items()})

    def test_files_of_fields(self):
        """Signature and stamp of a letter are files: nobody puts others in their place."""
        letter = self.env["collection.letter"].with_user(self.collector).create({
            "case_id": self.case.id, "kind": "dunning",
        })
        mine = self.env["ir.attachment"].with_user(self.collector).create({"name": "mine"})
        self.env.flush_all()
        for login in ("forge_collector", "forge_manager"):
            for name in ("signature", "stamp"):
                owner = {"res_model": "collection.letter", "res_id": letter.id, "res_field": name}
                self._refused(login, "ir.attachment", "create", [{"name": "x", **owner}])
                self._refused(login, "ir.attachment", "write", mine.ids, owner)
                self._refused(login, "collection.letter", "write", letter.ids, {name: "eA=="})
        self.assertFalse(letter.stamp)

    def test_papers_of_what_is_sealed(self):
        """The proof of an activity on record is not exchanged afterwards, by nobody."""
        paper = self.env["ir.attachment"].with_user(self.collector).create({
            "name": "proof.txt", "raw": b"I owe it", "res_model": "collection.activity",
        })
        contact = self.env["collection.activity"].with_user(self.collector).create({
            "case_id": self.case.id, "outcome": "reached", "feedback": "Pays",
            "attachment_ids": [Command.link(paper.id)], "state": "confirmed",
        })
        self.assertTrue(contact.seal)
        self.env.flush_all()
        for login in ("forge_collector", "forge_manager"):
            for vals in ({"raw": "eA=="}, {"name": "x"}, {"res_id": 1}, {"mimetype": "text/html"}):
                self._refused(login, "ir.attachment", "write", paper.ids, vals)
            self._refused(login, "ir.attachment", "unlink", paper.ids)
        self.assertEqual(paper.sudo().raw, b"I owe it")

    # Through forms of one's own into records of others.

    def test_records_of_others_through_own_forms(self):
        update = [Command.update(self.foreign.id, {"hold_reason": "x"})]
        contacts = self.env.ref("base.group_partner_manager")
        (self.collector | self.employee | self.sales).sudo().group_ids += contacts
        self.env.flush_all()
        for login in ("forge_collector", "forge_employee", "forge_sales"):
            self._refused(login, "res.partner", "write", self.partner_a.ids,
                          {"collection_case_ids": update})
            self._refused(login, "res.partner", "web_save", self.partner_a.ids,
                          {"collection_case_ids": [Command.link(self.foreign.id)]}, {"name": {}})
        for name, record in (("plan_ids", self.foreign_plan), ("letter_ids", self.foreign_letter)):
            for command in (Command.link(record.id), Command.set(record.ids),
                            Command.update(record.id, {"case_id": self.case.id}),
                            Command.delete(record.id)):
                self._refused("forge_collector", "collection.case", "write", self.case.ids,
                              {name: [command]})
                # Not even by who sees both: whose record it is does not change.
                if command[0] in (Command.LINK, Command.UPDATE):
                    self._refused("forge_manager", "collection.case", "write", self.case.ids,
                                  {name: [command]})
        self.assertEqual(self.foreign_plan.case_id, self.foreign)

    def test_names_copies_imports_archives(self):
        for login, model in (
            ("forge_collector", "collection.case"), ("forge_collector", "collection.seal"),
            ("forge_manager", "collection.seal"), ("forge_finance", "collection.case"),
            ("forge_employee", "collection.policy"), ("forge_collector", "collection.tier"),
            ("forge_manager", "collection.decision"),
        ):
            self._refused(login, model, "name_create", "Forged")
        plan = self.env["collection.plan"].with_user(self.collector).create({
            "case_id": self.case.id, "date_first": self.today + timedelta(days=5),
        })
        self.env.flush_all()
        for vals in ({"state": "approved"}, {"approved_by": self.manager.id}, {"seal": "0"},
                     {"case_id": self.foreign.id}):
            self._refused("forge_collector", "collection.plan", "copy", plan.ids, vals)
        # Whoever copies a plan proposes it.
        copy, error, message = self._call(
            "forge_collector", "collection.plan", "copy", plan.ids, {"user_id": self.manager.id}
        )
        self.assertFalse(error, message)
        self.assertEqual(self.env["collection.plan"].browse(copy).user_id, self.collector)
        for login in ("forge_collector", "forge_manager"):
            result, _error, _message = self._call(
                login, "collection.plan", "load", ["case_id/.id", "date_first", "state"],
                [[str(self.case.id), str(self.today + timedelta(days=5)), "approved"]],
                import_file=True,
            )
            self.assertFalse(result and result.get("ids"), login)
            result, _error, _message = self._call(
                login, "collection.plan", "load", [".id", "state"],
                [[str(plan.id), "approved"]], import_file=True,
            )
            self.assertFalse(result and result.get("ids"), login)
        self.assertEqual(plan.state, "draft")
        for model in ("collection.letter", "collection.plan", "collection.case"):
            for method in ("action_archive", "toggle_active"):
                result, error, message = self._call(
                    "forge_collector", model, method, self.foreign.ids
                )
                self.assertTrue(error, f"{model}.{method} {result}")

    def test_reading_of_others(self):
        export = self.env.ref("base.group_allow_export")
        (self.collector | self.sales | self.employee).sudo().group_ids += export
        self.env.flush_all()
        mine = [("id", "=", self.foreign.id)]
        for login in ("forge_collector", "forge_sales", "forge_employee", "forge_portal"):
            for method, args in (
                ("export_data", (self.foreign.ids, ["name", "amount_overdue"])),
                ("read", (self.foreign.ids, ["name"])),
                ("web_read", (self.foreign.ids, {"name": {}})),
                ("copy", (self.foreign.ids,)),
                ("message_subscribe", (self.foreign.ids, self.second.partner_id.ids)),
                ("get_formview_action", (self.foreign.ids,)),
                ("activity_schedule", (self.foreign.ids,)),
                ("message_post", (self.foreign.ids,)),
            ):
                if method == "get_formview_action":
                    self._empty(login, "collection.case", method, *args)
                else:
                    self._refused(login, "collection.case", method, *args)
            for method, args in (
                ("formatted_read_group", (mine, ["partner_id"], ["amount_overdue:sum"])),
                ("web_read_group", (mine, ["partner_id"], ["amount_overdue:sum"])),
                ("search_read", (mine, ["name"])),
                ("name_search", (self.foreign.name,)),
                ("search_panel_select_range", ("stage",)),
                ("web_search_read", (mine, {"name": {}})),
                ("read_progress_bar", (mine, "partner_id", {"field": "stage", "colors": {}})),
            ):
                self._empty(login, "collection.case", method, *args)
            for model, field in (
                ("res.partner", "collection_case_ids.amount_overdue"),
                ("account.move.line", "collection_case_id.amount_overdue"),
                ("mail.activity", "collection_step_id.case_id.name"),
                ("mail.message", "body"),
            ):
                self._empty(login, model, "search_read", [(field, "!=", False)], ["display_name"])

    # E-mails with customers are evidence.

    def test_emails_stay_as_they_were_sent(self):
        letter = self.env["collection.letter"].with_user(self.collector).create({
            "case_id": self.case.id, "kind": "dunning", "channel": "email",
        })
        letter.with_user(self.manager).action_approve()
        letter.with_user(self.collector).action_send()
        message = letter.sudo().mail_mail_id.mail_message_id
        self.assertTrue(message)
        answer = self.case.sudo().message_post(
            body="I do owe it", author_id=self.partner_a.id, message_type="email",
            subtype_xmlid="mail.mt_comment",
        )
        self.env.flush_all()
        mine = self.env["ir.attachment"].with_user(self.collector).create({"name": "other"})
        self.env.flush_all()
        for login in ("forge_collector", "forge_manager"):
            for record in message | answer:
                for vals in ({"subject": "Other"}, {"body": "Other"}, {"email_from": "x@y.z"},
                             {"attachment_ids": [Command.clear()]}, {"author_id": 1},
                             {"attachment_ids": [Command.link(mine.id)]},
                             {"model": "res.partner", "res_id": self.partner_a.id},
                             {"message_type": "comment"}):
                    self._refused(login, "mail.message", "write", record.ids, vals)
                self._refused(login, "mail.message", "unlink", record.ids)
            self._refused(login, "mail.mail", "write", letter.sudo().mail_mail_id.ids,
                          {"email_cc": "x@y.z"})
            self._refused(login, "ir.attachment", "write", letter.sudo().pdf_attachment_id.ids,
                          {"raw": "eA=="})
            self._refused(login, "ir.attachment", "unlink", letter.sudo().pdf_attachment_id.ids)

    def test_emails_that_users_hand_in(self):
        """Whoever hands an e-mail to the gateway by hand vouches for nobody."""
        for number, login in enumerate(
            ("forge_collector", "forge_manager", "forge_employee", "forge_portal")
        ):
            raw = (
                f"From: {self.partner_a.email}\nTo: x@example.com\nSubject: {self.case.name}\n"
                f"Message-Id: <forged-{number}@example.com>\n\nI owe you all of it"
            )
            self._call(login, "mail.thread", "message_process", "collection.case", raw,
                       named={"thread_id": self.case.id})
        inbound = self.case.sudo().collection_activity_ids.filtered(
            lambda contact: contact.direction == "inbound"
        )
        self.assertEqual(set(inbound.mapped("state")) - {"draft"}, set())
        self.assertFalse(any(inbound.mapped("seal")))

    def test_messages_sent_to_customers_are_not_edited(self):
        message = self.case.with_user(self.collector).message_post(
            body="Please pay", partner_ids=self.partner_a.ids, message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        self.assertTrue(self.case.collection_activity_ids.filtered("message_id"))
        self.env.flush_all()
        self.authenticate("forge_collector", "forge_collector")
        answer = self.opener.post(
            self.base_url() + "/mail/message/update_content",
            json={"params": {"message_id": message.id, "update_data": {"body": "Never mind"}}},
        ).json()
        self.env.invalidate_all()
        self.assertIn("error", answer)
        self.assertIn("Please pay", message.body)
        self._refused("forge_collector", "mail.message", "unlink", message.ids)

    # The customer's link opens the customer's page, and nothing else.

    def test_the_link_opens_no_messages(self):
        token = self.case.sudo()._portal_ensure_token()
        pid = self.partner_a.id
        secret_hash = self.case.sudo()._sign_token(pid)
        self.case.sudo().message_post(body="Secret message", subtype_xmlid="mail.mt_comment")
        self.env.flush_all()
        thread = {"thread_model": "collection.case", "thread_id": self.case.id}
        before = len(self.case.sudo().message_ids)
        for login in (None, "forge_portal", "forge_employee", "forge_sales"):
            self.authenticate(login, login)
            self.logged_in = login
            for keys in ({"token": token}, {"hash": secret_hash, "pid": pid}, {}):
                for path, params in (
                    ("/mail/thread/messages", thread),
                    ("/mail/chatter_fetch", thread),
                    ("/portal/chatter_init", thread),
                    ("/mail/message/post", {**thread, "post_data": {"body": "Forged"}}),
                    ("/mail/thread/data", {**thread, "request_list": ["followers"]}),
                ):
                    with self.subTest(login=login, path=path, keys=list(keys)):
                        answer = self.opener.post(
                            self.base_url() + path, json={"params": {**params, **keys}}
                        )
                        self.assertLess(answer.status_code, 500)
                        self.assertNotIn("Secret message", answer.text)
            self.env.invalidate_all()
            self.assertEqual(len(self.case.sudo().message_ids), before, login)

    def test_downloads_of_others(self):
        pdf = self.env["ir.attachment"].sudo().create({
            "name": "letter.pdf", "raw": b"Secret words", "res_model": "collection.letter",
            "res_id": self.foreign_letter.id,
        })
        self.env.flush_all()
        paths = (
            f"/web/content/{self.paper.id}", f"/web/content/{pdf.id}", f"/web/image/{pdf.id}",
            f"/web/content/collection.letter/{self.foreign_letter.id}/signature",
            f"/web/image/collection.letter/{self.foreign_letter.id}/stamp",
            f"/report/html/debt_collection.collection_letter_report_pages/{self.foreign_letter.id}",
            f"/report/html/debt_collection.collection_plan_report_pages/{self.foreign_plan.id}",
            f"/report/text/debt_collection.collection_plan_report_pages/{self.foreign_plan.id}",
            f"/report/html/debt_collection.report_statement/{self.partner_b.id}",
            f"/report/html/debt_collection.report_case_file/{self.foreign.id}",
            f"/report/html/debt_collection.report_dashboard/{self.env.company.id}",
            f"/debt_collection/statement/{self.partner_b.id}/xlsx"
            f"?date_from=2020-01-01&date_to=2030-01-01&company_id={self.env.company.id}",
            f"/debt_collection/case/{self.foreign.id}/file",
            f"/my/collections/{self.foreign.id}", f"/mail/view?model=collection.case"
            f"&res_id={self.foreign.id}",
            f"/my/collections/{self.foreign.id}?access_token="
            f"{self.case.sudo()._portal_ensure_token()}",
        )
        self.env.flush_all()
        secrets = ("Secret", "4,321", "4321", self.partner_b.email)
        for login in ("forge_collector", "forge_sales", "forge_employee", "forge_portal", None):
            self.authenticate(login, login)
            for path in paths:
                with self.subTest(login=login, path=path):
                    answer = self.url_open(path)
                    self.assertLess(answer.status_code, 500)
                    for secret in secrets:
                        self.assertNotIn(secret, answer.text)
                    self.assertNotIn("sheet", answer.headers.get("Content-Type", ""))

    # Settings, users and groups that would open more.

    def test_settings_and_groups(self):
        group = self.env.ref("debt_collection.group_manager")
        rule = self.env.ref("debt_collection.collection_promise_rule_collector")
        item = self.env["collection.agreement.item"].sudo().search([], limit=1)
        self.assertTrue(item)
        for login in ("forge_collector", "forge_manager", "forge_finance", "forge_employee"):
            user = self.env["res.users"].search([("login", "=", login)])
            for model, method, args in (
                ("res.users", "write", (user.ids, {"group_ids": [Command.link(group.id)]})),
                ("res.users", "write", (self.second.ids, {"collection_substitute_id": user.id})),
                ("res.users", "write", (user.ids, {"company_ids": [Command.link(1)]})),
                ("res.groups", "write", (group.ids, {"user_ids": [Command.link(user.id)]})),
                ("res.groups", "write", (
                    self.env.ref("base.group_user").ids,
                    {"implied_ids": [Command.link(group.id)]})),
                ("ir.rule", "write", (rule.ids, {"active": False})),
                ("ir.model.access", "create", ([{"name": "x", "model_id": 1}],)),
                ("ir.actions.server", "create", (
                    [{"name": "x", "model_id": 1, "state": "code", "code": "env"}],)),
                ("ir.cron", "create", ([{"name": "x", "model_id": 1, "code": "env"}],)),
                ("res.company", "write", (self.env.company.ids, {"collection_writeoff_limit": 0})),
                ("res.company", "write", (
                    self.env.company.ids, {"collection_provision_approval": False})),
                ("res.company", "write", (self.env.company.ids, {"collection_audit_date": False})),
                ("ir.default", "set", (
                    "collection.plan", "tolerance", 1, False, False)),
                ("collection.letter.template", "write", (
                    self.env["collection.letter.template"].search([], limit=1).ids,
                    {"approval_by_other": False}))
                if login != "forge_manager" else ("ir.ui.view", "create", ([{"arch": "<a/>"}],)),
                ("rating.rating", "create", ([{
                    "res_model_id": self.env["ir.model"]._get_id("collection.case"),
                    "res_id": self.case.id, "rating": 5, "consumed": True}],)),
                ("mail.mail", "create", ([{"email_to": "x@y.z", "body_html": "x"}],)),
                ("mail.followers", "create", ([{
                    "res_model": "collection.case", "res_id": self.foreign.id,
                    "partner_id": user.partner_id.id}],)),
                ("collection.decision", "create", ([{"name": "x"}],)),
                ("collection.seal", "create", ([{"number": 1}],)),
                ("collection.access.log", "unlink", ([1],)),
                ("collection.agreement.item", "write", (item.ids, {"amount": 1})),
            ):
                self._refused(login, model, method, *args)

    def test_buttons_of_others(self):
        """Buttons on records of others, by ids alone."""
        for login in ("forge_collector", "forge_sales", "forge_employee", "forge_portal"):
            for model, record, methods in (
                ("collection.case", self.foreign, (
                    "action_close", "action_reopen", "action_open_portal", "action_revoke_portal",
                    "action_simulate", "action_form_task_force", "action_assign")),
                ("collection.letter", self.foreign_letter, (
                    "action_approve", "action_release", "action_send", "action_cancel",
                    "action_print", "action_refresh")),
                ("collection.plan", self.foreign_plan, (
                    "action_approve", "action_generate", "action_accept", "action_cancel")),
            ):
                for method in methods:
                    with self.subTest(login=login, model=model, method=method):
                        result, error, _message = self._call(login, model, method, record.ids)
                        if not error:
                            for secret in ("4321", "Secret", self.partner_b.name):
                                self.assertNotIn(secret, json.dumps(result))
                            self.assertIn(method, ("action_assign", "action_print"))
            for name in ("get_case", "log_call", "make_promise", "get_pay_link", "preview_letter",
                         "send_statement"):
                extra = {
                    "log_call": ("reached", "x"), "make_promise": (5, str(self.today)),
                    "preview_letter": ("dunning",),
                }.get(name, ())
                result, error, _message = self._call(
                    login, "collection.desk", name, self.foreign.id, *extra
                )
                self.assertTrue(error or not result, f"{login} {name} {result}")

    def test_decisions_by_who_may_not(self):
        """Steps of two people, by one: each role presses what is the other's."""
        plan = self.env["collection.plan"].with_user(self.collector).create({
            "case_id": self.case.id, "date_first": self.today + timedelta(days=5), "count": 2,
        })
        plan.action_generate()
        writeoff = self.env["collection.writeoff"].with_user(self.collector).create({
            "case_id": self.case.id, "note": "Gone",
            "reason_id": self.env["collection.writeoff.reason"].search(
                [("is_evidence_required", "=", False)], limit=1).id,
        })
        writeoff.action_request()
        self.env.flush_all()
        for login in ("forge_collector", "forge_finance", "forge_sales", "forge_employee"):
            for record, methods in (
                (plan, ("action_approve", "action_accept", "action_waive_interest")),
                (writeoff, ("action_approve", "action_refuse", "action_post", "action_undo")),
            ):
                for method in methods:
                    self._refused(login, record._name, method, record.ids)
            for step in ("action_approve", "action_post", "action_refuse", "action_accept"):
                items = self.env["collection.approval.item"].sudo().search([])
                result, error, _message = self._call(
                    login, "collection.approval.item", step, items.ids
                )
                self.assertTrue(error, f"{login} {step} {result}")
        self._refused("forge_manager", "collection.writeoff", "action_post", writeoff.ids)
        self.assertEqual((plan.state, writeoff.state), ("draft", "requested"))
