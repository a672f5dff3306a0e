from odoo.exceptions import UserError
from odoo.tests import HttpCase, tagged

from ..base.common import CollectionCommon


class DeskCommon(CollectionCommon):
    """A collector with one case of two invoices, and what the desk says of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.TODAY = cls.env.company._get_collection_today()
        cls.collector = cls._role_user("desk_collector", "collector")
        cls.manager = cls._role_user("desk_manager", "manager")
        policy = cls.env.company.collection_policy_id
        policy.write({"manager_id": cls.manager.id, "notify_promise": True})
        # Calls at any hour: the tests run at all of them.
        cls.customer = cls.env["res.partner"].create({
            "name": "Desk Customer", "collector_id": cls.collector.id,
            "email": "desk@customer.example", "phone": "+1 555 0100",
            "collection_hours_agreed": True,
        })
        cls.invoices = cls._overdue_invoice(40, 250.0, partner=cls.customer)
        cls.invoices |= cls._overdue_invoice(10, 100.0, partner=cls.customer)
        cls._classify()
        cls.case = cls.invoices.collection_case_id
        cls.items = cls._receivable(cls.invoices)
        cls.desk = cls.env["collection.desk"].with_user(cls.collector)


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionDesk(DeskCommon):
    """What the desk answers, and what it does, as the collector."""

    def _listed(self, name):
        return [row["id"] for row in self.desk.get_worklist()[name]]

    def _drafts(self):
        return self.case.letter_ids.filtered(lambda letter: letter.state == "draft")

    def test_worklist_and_case(self):
        work = self.desk.get_worklist()
        self.assertEqual([row["id"] for row in work["cases"]], self.case.ids)
        self.assertEqual(work["cases"][0]["net"], 350.0)
        self.assertEqual(work["cases"][0]["why"], "Not contacted yet")
        self.assertEqual((work["done"], work["total"], work["week"]), ([], 1, 0))
        case = self.desk.get_case(self.case.id)
        self.assertEqual(case["customer"]["phone"], "+1 555 0100")
        self.assertEqual([row["amount"] for row in case["invoices"]], [250.0, 100.0])
        self.assertEqual(
            [band["name"] for band in case["ageing"][0]["bands"]][:2], ["Current", "1–30"]
        )
        self.assertIn(self.invoices[0].name, case["guide"]["opening"])

    def test_another_s_case_is_not_shown(self):
        other = self._role_user("desk_other", "collector")
        self.assertFalse(self.env["collection.desk"].with_user(other).get_case(self.case.id))
        self.assertEqual(self.env["collection.desk"].with_user(other).get_worklist()["cases"], [])

    def test_net_in_the_customer_s_currency(self):
        euro = self.setup_other_currency("EUR", rates=[("2016-01-01", 2.0)])
        customer = self.customer.copy({"name": "Euro", "collector_id": self.collector.id})
        self._overdue_invoice(40, 100.0, partner=customer, currency_id=euro.id)
        self._classify()
        row = next(row for row in self.desk.get_worklist()["cases"] if row["name"] == "Euro")
        self.assertEqual(row["net"], 50.0)
        self.assertIn("100.00", row["net_text"])
        case = self.desk.get_case(row["id"])
        meant = (case["figures"]["meant"], case["figures"]["currency_id"])
        self.assertEqual(meant, (100.0, euro.id))
        self.assertEqual([line["amount"] for line in case["invoices"]], [100.0])
        self.desk.make_promise(row["id"], meant[0], self.TODAY)
        self.assertRecordValues(
            self.env["collection.promise"].search([("case_id", "=", row["id"])]),
            [{"amount": 100.0, "currency_id": euro.id, "amount_company": 50.0}],
        )

    def test_credits_are_taken_off(self):
        self.env["account.payment"].create({
            "payment_type": "inbound", "partner_type": "customer",
            "partner_id": self.customer.id, "amount": 50.0, "date": self.TODAY,
        }).action_post()
        figures = self.desk.get_case(self.case.id)["figures"]
        self.assertEqual((figures["credits"], figures["net"]), (50.0, 300.0))

    def test_no_answer_is_tried_again_and_done_for_today(self):
        answer = self.desk.log_call(self.case.id, "no_answer")
        contact = self.case.collection_activity_ids
        self.assertRecordValues(contact, [{
            "method": "phone", "outcome": "no_answer", "state": "confirmed",
            "user_id": self.collector.id,
        }])
        company = self.env.company
        self.assertGreater(contact.next_date, self.TODAY)
        self.assertEqual(
            company._get_collection_working_days(contact.next_date, contact.next_date),
            [contact.next_date],
        )
        self.assertEqual((self._listed("cases"), self._listed("done")), ([], self.case.ids))
        self.desk.undo(answer["undo"])
        self.assertEqual(self._listed("cases"), self.case.ids)
        self.assertEqual(self.case.activity_ids.mapped("date_deadline"), [self.TODAY])
        entries = self.desk.get_case(self.case.id)["timeline"]
        struck = [entry for entry in entries if entry.get("is_corrected")]
        self.assertEqual([entry["contact_id"] for entry in struck], contact.ids)

    def test_promise_for_a_ticked_invoice_and_undo(self):
        date = self.TODAY.replace(year=self.TODAY.year + 1)
        first = self.desk.make_promise(self.case.id, 350.0, date)
        answer = self.desk.make_promise(self.case.id, 100.0, date, self.items[1].ids)
        older, promise = self.case.promise_ids.sorted("id")
        self.assertEqual((older.state, promise.state), ("superseded", "open"))
        self.assertEqual(promise.amount, 100.0)
        activity = self.case.collection_activity_ids.sorted("id")[-1]
        self.assertIn(self.invoices[1].name, activity.feedback)
        self.assertTrue(self.case.pause_reason, "The pause is new at once.")
        mail = promise.sudo().notice_mail_id
        self.assertTrue(mail.scheduled_date, "The customer is told a minute later.")
        self.desk.undo(answer["undo"])
        self.assertEqual((older.state, promise.state), ("open", "cancelled"))
        self.assertEqual(mail.state, "cancel")
        self.desk.undo(first["undo"])
        self.assertEqual(older.state, "cancelled")
        self.assertFalse(self.case.pause_reason)

    def test_only_who_did_it_takes_it_back(self):
        self.desk.make_promise(self.case.id, 350.0, self.TODAY)
        promise = self.case.promise_ids
        with self.assertRaises(UserError):
            promise.with_user(self.manager).action_take_back()
        self.env.cr.execute(
            "UPDATE collection_promise SET create_date = create_date - interval '11 minutes'"
            " WHERE id = %s", promise.ids,
        )
        promise.invalidate_recordset()
        with self.assertRaises(UserError):
            promise.with_user(self.collector).action_take_back()

    def test_superseded_promise_stays_so_while_the_new_one_holds(self):
        self.desk.make_promise(self.case.id, 350.0, self.TODAY)
        self.desk.make_promise(self.case.id, 300.0, self.TODAY)
        older = self.case.promise_ids.sorted("id")[0].with_user(self.collector)
        with self.assertRaises(UserError):
            older.state = "open"
        with self.assertRaises(UserError):
            older.superseded_by_id = older

    def test_dispute_of_one_invoice_and_undo(self):
        reason = self.env["collection.dispute.reason"].search([], limit=1)
        with self.assertRaises(UserError):
            self.desk.make_dispute(self.case.id, [], reason.id)
        answer = self.desk.make_dispute(self.case.id, self.items[0].ids, reason.id)
        self.assertRecordValues(self.case.dispute_ids, [{
            "amount": 250.0, "state": "open", "reason_id": reason.id,
        }])
        invoices = self.desk.get_case(self.case.id)["invoices"]
        self.assertEqual([row["state"] for row in invoices], ["disputed", ""])
        self.desk.undo(answer["undo"])
        self.assertFalse(self.case.dispute_ids)
        self.assertEqual(self.case.amount_disputed, 0)

    def test_plan_and_undo(self):
        answer = self.desk.make_plan(self.case.id, 5, self.items[0].ids)
        self.assertRecordValues(self.case.plan_ids, [{"state": "draft", "count": 5}])
        self.assertEqual(self.case.plan_ids.line_ids.mapped("amount"), [50.0] * 5)
        self.desk.undo(answer["undo"])
        self.assertFalse(self.case.plan_ids)

    def test_preview_leaves_nothing(self):
        preview = self.desk.preview_letter(self.case.id, "statement")
        self.assertIn("350.00", preview["html"])
        self.assertEqual((preview["channel"], preview["is_drafted"]), ("email", False))
        self.assertFalse(self.case.letter_ids)

    def test_statement_is_sent_by_the_job(self):
        answer = self.desk.send_statement(self.case.id)
        letter = self.case.letter_ids
        self.assertRecordValues(letter, [{
            "kind": "statement", "channel": "email", "released_by_id": self.collector.id,
        }])
        self.desk.undo(answer["undo"])
        self.assertFalse(letter.date_released)

    def test_a_draft_that_waits_is_used(self):
        draft = self.env["collection.letter"].sudo().create({
            "case_id": self.case.id, "kind": "dunning", "date": self.TODAY,
        })
        self.assertTrue(self.desk.preview_letter(self.case.id, "dunning")["is_drafted"])
        self.desk.send_letter(self.case.id, "dunning")
        self.assertEqual(self.case.letter_ids, draft)
        self.assertTrue(draft.date_released or draft.date_requested)

    def test_correct(self):
        self.desk.log_call(self.case.id, "no_answer")
        contact = self.case.collection_activity_ids
        self.desk.correct(contact.id, "reached", "Spoke with the owner")
        correction = self.case.collection_activity_ids - contact
        self.assertRecordValues(correction, [{
            "corrects_id": contact.id, "outcome": "reached", "state": "confirmed",
            "feedback": "Spoke with the owner",
        }])

    def test_pay_link_and_copies(self):
        self.assertIn("http", self.desk.get_pay_link(self.case.id, self.items[0].ids))
        self.desk.send_copies(self.case.id, self.items[0].ids)
        message = self.case.message_ids[0]
        self.assertIn(self.customer, message.partner_ids)
        self.assertEqual(len(message.attachment_ids), 1)


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionDeskLogic(HttpCase):
    """The logic of our screens in the browser: the desk, amounts, work in the background."""

    def test_logic(self):
        suite = 0
        for letter in "@debt_collection":  # as Hoot names its suites
            suite = (31 * suite + ord(letter)) & 0xFFFFFFFF
        # Made beforehand, so that the browser does not wait for them.
        for name in ("web.assets_unit_tests_setup", "web.assets_unit_tests"):
            bundle = self.env["ir.qweb"]._get_asset_bundle(name)
            bundle.css()
            bundle.js()
        self.browser_js(
            f"/web/tests?headless&loglevel=2&preset=desktop&timeout=15000&id={suite:08x}",
            "", "", login="admin", timeout=600, success_signal="[HOOT] Test suite succeeded",
        )
