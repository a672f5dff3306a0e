import io
from datetime import timedelta

from odoo import Command, http
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import HttpCase, new_test_user, tagged

from ..base.common import CollectionCommon

PDF = b"%PDF-1.4 delivery note"
# The page's own script, in a browser that does not say that a program drives it; its answer goes
# into a frame, so that the test stays on the page.
CLICK_OF_A_PERSON = """
    const frame = Object.assign(document.createElement("iframe"), { name: "answer" });
    document.body.append(frame);
    document.querySelector("#collection_survey").target = "answer";
    frame.addEventListener("load", () => {
        if (frame.contentDocument.body.innerText.includes("Thank you for your answer")) {
            console.log("test successful");
        }
    });
    Object.defineProperty(navigator, "webdriver", { value: false });
    window.eval(document.querySelector("main script").textContent);
"""


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionPortal(CollectionCommon, HttpCase):
    """The customer's pages: own account, entries that wait, and nobody else's eyes (P6.2)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        today = cls.env.company._get_collection_today()
        cls.now = today
        cls.customer = cls.env["res.partner"].create(
            {"name": "Portal <b>Customer</b>", "email": "owner@example.com"}
        )
        cls.collector = cls._role_user("portal_collector", "collector")
        cls.customer.collector_id = cls.collector
        cls.invoice = cls._overdue_invoice(
            40, 250.0, partner=cls.customer, invoice_date_due=today - timedelta(days=40)
        )
        cls.foreign = cls._overdue_invoice(
            40, 999.0, partner=cls.partner_b, invoice_date_due=today - timedelta(days=40)
        )
        cls._classify(today)
        cls.case = cls.invoice.collection_case_id
        cls.foreign_case = cls.foreign.collection_case_id
        cls.user = new_test_user(
            cls.env, "portal_owner", groups="base.group_portal", partner_id=cls.customer.id,
            password="portal_owner",
        )
        cls.other = new_test_user(
            cls.env, "portal_other", groups="base.group_portal", password="portal_other"
        )

    def _post(self, url, data, **kwargs):
        token = http.Request.csrf_token(self)
        return self.url_open(url, data={"csrf_token": token, **data}, **kwargs)

    def _enter(self, **data):
        return self._post(f"/my/collections/{self.case.id}/enter", data)

    def test_who_sees_the_page(self):
        """The customer, and whoever has the valid link; everybody else finds nothing."""
        token = self.case._portal_ensure_token()
        url = f"/my/collections/{self.case.id}"
        table = [
            # login, query, status
            (None, "", 404),
            (None, f"?access_token={token}", 200),
            (None, "?access_token=", 404),
            (None, f"?access_token={token[:-1]}", 404),
            (None, f"?access_token={self.foreign_case._portal_ensure_token()}", 404),
            ("portal_owner", "", 200),
            ("portal_other", "", 404),
        ]
        for login, query, status in table:
            for page in ("", "/statement.xlsx", f"/invoice/{self.invoice.id}"):
                with self.subTest(login=login, query=query, page=page):
                    self.authenticate(login, login)
                    answer = self.url_open(url + page + query, allow_redirects=False)
                    # Who is signed in goes on to Odoo's page; a link shows the document alone.
                    signed_in = login == "portal_owner" and page.startswith("/invoice")
                    wanted = 303 if signed_in else status
                    self.assertEqual(answer.status_code, wanted)
                    self.assertNotIn("access_token", answer.headers.get("Location", ""))
        self.authenticate("portal_owner", "portal_owner")
        for path in (
            f"/my/collections/{self.foreign_case.id}",
            f"/my/collections/{self.case.id}/invoice/{self.foreign.id}",
            f"/my/collections/{self.case.id}/statement.exe",
            "/my/collections/999999999",
        ):
            with self.subTest(path=path):
                self.assertEqual(self.url_open(path).status_code, 404)

    def test_link_expires_and_is_revoked(self):
        token = self.case._portal_ensure_token()
        case_model = self.env["collection.case"].with_user(self.env.ref("base.public_user"))
        self.assertEqual(case_model._get_for_portal(self.case.id, token), self.case)
        self.assertEqual(self.case.portal_expires, self.now + timedelta(days=30))
        self.case.sudo().portal_expires = self.now - timedelta(days=1)
        with self.assertRaises(AccessError):
            case_model._get_for_portal(self.case.id, token)
        renewed = self.case._portal_ensure_token()
        self.assertNotEqual(renewed, token)
        self.case.action_revoke_portal()
        with self.assertRaises(AccessError):
            case_model._get_for_portal(self.case.id, renewed)

    def test_page_says_what_is_owed(self):
        self.authenticate("portal_owner", "portal_owner")
        page = self.url_open("/my/collections").text
        self.assertIn(self.invoice.name, page)
        self.assertIn("250.00", page)
        self.assertIn(">40<", page)
        self.assertIn(self.collector.name, page)
        self.assertNotIn(self.foreign.name, page)
        self.assertNotIn("<b>Customer</b>", page, "a customer's name is text")

    def test_customers_cannot_reach_the_models(self):
        for name in ("collection.case", "collection.portal.request", "collection.activity"):
            for user in (self.user, self.env.ref("base.public_user")):
                with self.subTest(model=name, user=user.id), self.assertRaises(AccessError):
                    self.env[name].with_user(user).search([])

    def test_promise_waits_and_is_confirmed(self):
        self.authenticate("portal_owner", "portal_owner")
        date = self.now + timedelta(days=7)
        self._enter(kind="promise", amount="100,50", date=date.isoformat(), text="On <i>Friday</i>")
        entry = self.case.portal_request_ids
        self.assertRecordValues(entry, [{
            "kind": "promise", "amount": 100.5, "date_wanted": date, "state": "pending",
            "contact_id": self.customer.id,
        }])
        self.assertFalse(self.case.promise_ids)
        self.assertEqual(self.case.wait_until, self.now + timedelta(days=3))
        to_do = self.case.activity_ids.filtered(lambda a: "Customer's entry" in a.summary)
        self.assertEqual(to_do.user_id, self.collector)
        entry.with_user(self.collector).action_accept()
        self.assertRecordValues(self.case.promise_ids, [{
            "amount": 100.5, "date_promised": date, "state": "open",
        }])
        contact = self.case.collection_activity_ids
        self.assertRecordValues(contact, [{
            "state": "confirmed", "direction": "inbound", "outcome": "promised",
            "promise_id": self.case.promise_ids.id,
        }])
        with self.assertRaises(UserError):
            entry.with_user(self.collector).action_accept()
        page = self.url_open(f"/my/collections/{self.case.id}").text
        self.assertIn("We have noted it", page)
        self.assertIn("On &lt;i&gt;Friday&lt;/i&gt;", page)

    def test_bad_entries_change_nothing(self):
        self.authenticate("portal_owner", "portal_owner")
        tomorrow = (self.now + timedelta(days=1)).isoformat()
        for data in (
            {"kind": "promise", "amount": "-5", "date": tomorrow},
            {"kind": "promise", "amount": "0", "date": tomorrow},
            {"kind": "promise", "amount": "251", "date": tomorrow},
            {"kind": "promise", "amount": "nan", "date": tomorrow},
            {"kind": "promise", "amount": "1e999", "date": tomorrow},
            {"kind": "promise", "amount": "10", "date": "1900-01-01"},
            {"kind": "promise", "amount": "10", "date": "9999-12-31"},
            {"kind": "promise", "amount": "10", "date": "soon"},
            {"kind": "promise", "amount": "10"},
            {"kind": "plan", "amount": "10", "date": tomorrow, "count": "0"},
            {"kind": "plan", "amount": "10", "date": tomorrow, "count": "61"},
            {"kind": "plan", "amount": "10", "date": tomorrow, "count": "٣"},
            {"kind": "dispute", "items": "", "text": "wrong"},
            {"kind": "dispute", "items": self._receivable(self.foreign).id, "text": "wrong"},
            {"kind": "dispute", "items": self._receivable(self.invoice).id, "text": " "},
            {"kind": "message", "text": ""},
            {"kind": "message", "text": "x" * 4001},
            {"kind": "plan_accept"},
        ):
            with self.subTest(data=data):
                answer = self._enter(**data)
                self.assertEqual(answer.status_code, 200)
                self.assertIn("alert-danger", answer.text)
                self.assertFalse(self.case.portal_request_ids)
        self.assertEqual(self._enter(kind="delete").status_code, 404)

    def test_senseless_input_is_answered(self):
        """Whatever is sent, the answer is a page or “not found”, never a fault of the server."""
        self.authenticate("portal_owner", "portal_owner")
        page = f"/my/collections/{self.case.id}"
        huge = "9" * 5000
        for data in (
            {},
            {"kind": "dispute", "items": huge, "text": "Broken"},
            {"kind": "dispute", "items": self._receivable(self.invoice).id, "text": "a\0b"},
            {"kind": "plan", "count": huge, "amount": "10", "date": str(self.now)},
            {"kind": "plan", "count": "2", "amount": "10", "date": "0001-01-01"},
            {"kind": "promise", "amount": huge, "date": "99999-12-31"},
            {"kind": "promise", "amount": "10", "date": "2025-02-31\0"},
            {"kind": "message", "text": "\0", "contact_name": "A\0nn"},
            {"kind": "message", "text": "x" * 5000},
        ):
            with self.subTest(data={name: str(value)[:20] for name, value in data.items()}):
                answer = self._enter(**data)
                self.assertIn(answer.status_code, (200, 404))
        answer = self._post(f"{page}/preferences", {"person": "A\0nn", "hours": "\0"})
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(self.customer.sudo().collection_preferred_person, "Ann")
        for path in (
            f"/my/collections/{10**40}", f"/my/collections/{2**31}", "/my/collections/-1",
            f"{page}/invoice/{2**63}", f"/my/collections/{2**31}/statement.xlsx",
            "/debt_collection/survey/%C3%A9/3", "/debt_collection/survey/none/99999999999999",
        ):
            with self.subTest(path=path[:60]):
                self.assertEqual(self.url_open(path).status_code, 404)

    def test_senseless_downloads_are_not_found(self):
        self.authenticate("portal_collector", "portal_collector")
        account = f"/debt_collection/statement/{self.customer.id}/xlsx"
        company = self.env.company.id
        for path in (
            account, f"{account}?date_from=x&date_to=y&company_id=z",
            f"{account}?date_from=0001-01-01&date_to=2025-01-01&company_id={company}",
            f"{account}?date_from=2025-02-01&date_to=2025-01-01&company_id={company}",
            f"{account}?date_from=2025-01-01&date_to=2025-02-01&company_id={2**40}",
            f"/debt_collection/case/{2**31}/file", f"/debt_collection/overdue_list/{2**40}/xlsx",
            f"/debt_collection/provision/{2**40}/xlsx",
            f"/debt_collection/assessment/{2**40}/xlsx",
            f"/debt_collection/payroll/{2**40}-x--/csv",
        ):
            with self.subTest(path=path):
                self.assertEqual(self.url_open(path).status_code, 404)

    def test_forged_post_is_refused(self):
        self.authenticate("portal_owner", "portal_owner")
        answer = self.url_open(
            f"/my/collections/{self.case.id}/enter", data={"kind": "message", "text": "x"}
        )
        self.assertEqual(answer.status_code, 400)
        self.authenticate("portal_other", "portal_other")
        answer = self._enter(kind="message", text="x")
        self.assertEqual(answer.status_code, 404)
        self.assertFalse(self.case.portal_request_ids)

    def test_dispute_with_a_file(self):
        self.authenticate("portal_owner", "portal_owner")
        item = self._receivable(self.invoice)
        data = {"kind": "dispute", "items": item.id, "text": "Not delivered"}
        url = f"/my/collections/{self.case.id}/enter"
        for name, content, words in (
            ("virus.exe", b"MZ\x90\x00", "no PDF"),
            ("page.html", b"<script>alert(1)</script>", "no PDF"),
            ("large.pdf", PDF + b"0" * 5 * 1024 * 1024, "larger"),
        ):
            with self.subTest(name=name):
                answer = self._post(url, data, files={"files": (name, io.BytesIO(content))})
                self.assertIn(words, answer.text)
                self.assertFalse(self.case.portal_request_ids)
        self._post(url, data, files={"files": ("note.pdf", io.BytesIO(PDF))})
        entry = self.case.portal_request_ids
        self.assertEqual(entry.attachment_ids.raw, PDF)
        entry.with_user(self.collector).action_accept()
        self.assertRecordValues(self.case.dispute_ids, [{
            "amount": 250.0, "reason": "Not delivered", "state": "open",
        }])
        self.assertEqual(self.case.amount_to_collect, 0)

    def test_plan_is_asked_for_offered_and_accepted(self):
        self.authenticate("portal_owner", "portal_owner")
        first = self.now + timedelta(days=10)
        self._enter(kind="plan", amount="250", date=first.isoformat(), count="3")
        self.case.portal_request_ids.with_user(self.collector).action_accept()
        plan = self.case.plan_ids
        self.assertRecordValues(plan, [{"state": "draft", "count": 3, "amount": 250.0}])
        self.assertEqual(plan.line_ids.mapped("amount"), [83.33, 83.33, 83.34])
        plan.with_user(self._role_user("portal_manager", "manager")).action_approve()
        page = self.url_open(f"/my/collections/{self.case.id}").text
        self.assertIn("The payment plan we offer you", page)
        self._enter(kind="plan_accept")
        self.assertEqual(plan.state, "approved")
        page = self.url_open(f"/my/collections/{self.case.id}").text
        self.assertIn("You have answered: we are looking at it.", page)
        self.assertNotIn("Decline", page, "what was accepted is not declined")
        self.assertIn("alert-danger", self._enter(kind="plan_decline").text)
        entry = self.case.portal_request_ids.filtered(lambda e: e.kind == "plan_accept")
        entry.with_user(self.collector).action_accept()
        self.assertEqual(plan.state, "performing")
        self.assertIn("customer's page", plan.accepted_by)

    def test_plan_over_the_amount_asked_for(self):
        """The amount that was entered, over items that nobody disputes."""
        newer = self._overdue_invoice(
            20, 100.0, partner=self.customer, invoice_date_due=self.now - timedelta(days=20)
        )
        self._classify(self.now)
        old, new = self._receivable(self.invoice), self._receivable(newer)
        self.env["collection.dispute"].create({
            "case_id": self.case.id, "reason": "x", "amount": 250.0,
            "line_ids": [Command.set(old.ids)],
        })
        self.authenticate("portal_owner", "portal_owner")
        page = self.url_open(f"/my/collections/{self.case.id}").text
        self.assertIn("We are looking at it", page)
        first = (self.now + timedelta(days=10)).isoformat()
        answer = self._enter(kind="plan", amount="101", date=first, count="2")
        self.assertIn("100.00", answer.text)
        self.assertFalse(self.case.portal_request_ids)
        self._enter(kind="plan", amount="80", date=first, count="2")
        self.case.portal_request_ids.with_user(self.collector).action_accept()
        plan = self.case.plan_ids
        self.assertRecordValues(plan, [{"amount": 80.0, "item_ids": new.ids}])
        self.assertEqual(plan.line_ids.mapped("amount"), [40.0, 40.0])

    def test_entries_that_contradict_each_other(self):
        item = self._receivable(self.invoice)
        date = self.now + timedelta(days=5)
        enter = self.env["collection.portal.request"]._enter
        promise = {"amount": 10.0, "date_wanted": date}
        paid = {"amount": 10.0, "date_wanted": self.now, "line_ids": item.ids}
        dispute = {"text": "x", "line_ids": item.ids}
        table = [
            # first, then, whether both may wait
            (("promise", promise), ("promise", promise), False),
            (("promise", promise), ("plan", {**promise, "count": 2}), False),
            (("plan", {**promise, "count": 2}), ("promise", promise), False),
            (("paid", paid), ("dispute", dispute), False),
            (("dispute", dispute), ("paid", paid), False),
            (("dispute", dispute), ("dispute", dispute), False),
            (("paid", {**paid, "amount": 250.0, "line_ids": []}), ("promise", promise), False),
            (("promise", promise), ("message", {"text": "x"}), True),
            (("promise", promise), ("paid", paid), True),
        ]
        for (kind, vals), (then, more), allowed in table:
            with self.subTest(first=kind, then=then):
                entry = enter(self.case, self.customer, kind, **vals)
                if allowed:
                    enter(self.case, self.customer, then, **more)
                else:
                    with self.assertRaises(UserError):
                        enter(self.case, self.customer, then, **more)
                self.case.portal_request_ids.filtered(
                    lambda other: other.state == "pending"
                ).sudo().write({"state": "declined"})
                self.assertTrue(entry)

    def test_words_are_the_customers(self):
        """What a customer reads of an entry is not what the office calls it."""
        item = self._receivable(self.invoice)
        entry = self.env["collection.portal.request"]._enter(
            self.case, self.customer, "paid", amount=250.0, date_wanted=self.now,
            line_ids=item.ids,
        )
        self.authenticate("portal_owner", "portal_owner")
        url = f"/my/collections/{self.case.id}"
        for state, words in (
            ("pending", "We are looking at it"), ("accepted", "We have noted it"),
            ("declined", "We have answered you"),
        ):
            with self.subTest(state=state):
                entry.sudo().state = state
                page = self.url_open(url).text
                self.assertIn("You paid", page)
                self.assertIn(words, page)
                for office in ("To Confirm", "Says It Was Paid", ">Confirmed<", ">Declined<"):
                    self.assertNotIn(office, page)

    def test_payment_under_way_names_its_invoice(self):
        payment = self.env["account.payment"].create({
            "partner_id": self.customer.id, "amount": 250.0, "payment_type": "inbound",
            "partner_type": "customer", "date": self.now,
            "journal_id": self.company_data["default_journal_bank"].id,
            "invoice_ids": [Command.set(self.invoice.ids)],
        })
        payment.outstanding_account_id = False
        payment.action_post()
        self.assertFalse(payment.move_id, "it waits for the bank without an entry")
        self.case.invalidate_recordset()
        self.assertEqual(
            self.case._get_portal_under_way(self.case._get_portal_items()),
            self._receivable(self.invoice),
        )
        self.authenticate("portal_owner", "portal_owner")
        page = self.url_open(f"/my/collections/{self.case.id}").text
        self.assertIn("Your payment is on its way", page)
        self.assertIn(f"({self.invoice.name})", page)

    def test_offered_plan_is_declined(self):
        plan = self.env["collection.plan"].create({
            "case_id": self.case.id, "count": 2, "date_first": self.now + timedelta(days=10),
        })
        plan.action_generate()
        plan.with_user(self._role_user("portal_manager_2", "manager")).action_approve()
        self.authenticate("portal_owner", "portal_owner")
        self._enter(kind="plan_decline", text="Too fast for us")
        entry = self.case.portal_request_ids
        self.assertRecordValues(entry, [{"kind": "plan_decline", "plan_id": plan.id}])
        self.assertEqual(plan.state, "approved", "the collector looks at it first")
        entry.with_user(self.collector).action_accept()
        self.assertEqual(plan.state, "cancelled")
        self.assertEqual(self.case.collection_activity_ids.outcome, "refused")

    def test_says_it_was_paid(self):
        finance = self._role_user("portal_finance", "finance")
        line = self.env["account.bank.statement.line"].create({
            "journal_id": self.company_data["default_journal_bank"].id,
            "date": self.now - timedelta(days=2), "payment_ref": "our invoice", "amount": 250.0,
            "partner_name": "Portal Customer",
        })
        self.authenticate("portal_owner", "portal_owner")
        item = self._receivable(self.invoice)
        self._enter(
            kind="paid", amount="250", date=(self.now - timedelta(days=3)).isoformat(),
            items=str(item.id), text="By bank",
        )
        entry = self.case.portal_request_ids
        self.assertRecordValues(entry, [{
            "kind": "paid", "amount": 250.0, "state": "pending", "line_ids": item.ids,
        }])
        self.assertIn("our invoice", entry.money_note)
        self.assertTrue(self.case.activity_ids.filtered(
            lambda to_do: to_do.user_id == finance and "Look for the money" in to_do.summary
        ))
        self.assertTrue(self.case.wait_until)
        entry.with_user(self.collector).action_accept()
        self.assertEqual(entry.state, "accepted")
        self.assertFalse(self.case.promise_ids)
        line.move_id.button_draft()
        entry.invalidate_recordset(["money_note"])
        self.assertIn("No such money", entry.money_note)

    def test_paid_lies_behind(self):
        self.authenticate("portal_owner", "portal_owner")
        self._enter(
            kind="paid", amount="250", date=(self.now + timedelta(days=1)).isoformat()
        )
        self.assertFalse(self.case.portal_request_ids)

    def test_amount_in_the_customer_s_way(self):
        self.authenticate("portal_owner", "portal_owner")
        date = (self.now + timedelta(days=7)).isoformat()
        for text, amount in (("1,50", 1.5), ("100.5", 100.5), ("0,100.00", 100), ("250", 250)):
            with self.subTest(text=text):
                self._enter(kind="promise", amount=text, date=date)
                entry = self.case.portal_request_ids.sorted("id")[-1]
                self.assertEqual(entry.amount, amount)
                entry.sudo().state = "declined"

    def test_declining_needs_an_answer(self):
        self.authenticate("portal_owner", "portal_owner")
        self._enter(kind="message", text="Leave me alone")
        entry = self.case.portal_request_ids.with_user(self.collector)
        with self.assertRaises(UserError):
            entry.action_decline()
        with self.assertRaises(UserError):
            entry.write({"text": "I agree"})
        entry.answer = "We have to ask you to pay."
        entry.action_decline()
        self.assertEqual(entry.state, "declined")
        page = self.url_open(f"/my/collections/{self.case.id}").text
        self.assertIn("We have to ask you to pay.", page)

    def test_too_many_entries_wait(self):
        enter = self.env["collection.portal.request"]._enter
        for number in range(10):
            enter(self.case, self.customer, "message", text=f"Message {number}")
        self.case.invalidate_recordset()
        with self.assertRaises(UserError):
            enter(self.case, self.customer, "message", text="One more")

    def test_preferences(self):
        self.authenticate("portal_owner", "portal_owner")
        self._post(f"/my/collections/{self.case.id}/preferences", {
            "person": "Ms Wu", "channel": "phone", "hours": "after 2 pm", "lang": "xx_XX",
        })
        self.assertRecordValues(self.customer, [{
            "collection_preferred_person": "Ms Wu", "collection_preferred_channel": "phone",
            "collection_preferred_hours": "after 2 pm", "lang": "en_US",
        }])

    def test_other_collectors_see_no_entries(self):
        entry = self.env["collection.portal.request"]._enter(
            self.case, self.customer, "message", text="Hello"
        )
        table = [("collector", False), ("manager", True), ("finance", False), ("sales", False)]
        for role, seen in table:
            user = self._role_user(f"portal_{role}_2", role)
            model = self.env["collection.portal.request"].with_user(user)
            with self.subTest(role=role):
                found = model.has_access("read") and model.search([("id", "=", entry.id)])
                self.assertEqual(bool(found), seen)

    def test_entry_is_checked_by_the_model_too(self):
        for vals in ({"amount": 0}, {"amount": 10, "date_wanted": self.now - timedelta(days=1)}):
            with self.subTest(vals=vals), self.assertRaises(ValidationError):
                self.env["collection.portal.request"]._enter(
                    self.case, self.customer, "promise", **vals
                )

    def test_customer_in_the_browser(self):
        """The customer promises a day, at desktop and phone size, without a sideways scroll."""
        self.start_tour("/my", "debt_collection_portal_promise", login="portal_owner")
        self.assertEqual(self.case.portal_request_ids.kind, "promise")

    def test_satisfaction_on_the_page(self):
        """One click on a face; the question is there only for who was asked (P5.1)."""
        self.authenticate("portal_owner", "portal_owner")
        url = f"/my/collections/{self.case.id}"
        self.assertNotIn("How did we treat you?", self.url_open(url).text)
        self.case._ask_customers(self.now)
        rating = self.case.rating_ids.sudo()
        self.start_tour(url, "debt_collection_portal_survey", login="portal_owner")
        self.assertRecordValues(rating, [{
            "rating": 4, "consumed": True, "feedback": "Friendly",
            "rated_partner_id": self.collector.partner_id.id,
        }])
        self.assertNotIn("How did we treat you?", self.url_open(url).text)

    def test_one_click_in_the_mail(self):
        """The link of a face is the answer, in a browser that shows it."""
        self.case._ask_customers(self.now)
        rating = self.case.rating_ids.sudo()
        url = f"/debt_collection/survey/{rating.access_token}/2"
        self.browser_js(url, "console.log('test successful')", ready="!!document.body")
        self.assertFalse(rating.consumed, "a browser that a program drives answers nothing")
        self.browser_js(
            url, CLICK_OF_A_PERSON, ready="!!document.querySelector('#collection_survey')"
        )
        rating.invalidate_recordset()
        self.assertRecordValues(rating, [{"rating": 2, "consumed": True}])

    def test_stranger_in_the_browser(self):
        """Another customer who guesses the number, or has another's link, finds nothing."""
        token = self.foreign_case._portal_ensure_token()
        for path in (
            f"/my/collections/{self.case.id}",
            f"/my/collections/{self.case.id}?access_token={token}",
            f"/my/collections/{self.case.id}/statement.pdf",
            f"/my/collections/{self.case.id}/invoice/{self.invoice.id}",
        ):
            with self.subTest(path=path):
                self.browser_js(
                    path,
                    "document.body.innerText.includes('250.00') || console.log('test successful')",
                    ready="document.body.innerText.includes('404')",
                    login="portal_other",
                    error_checker=lambda message: "404" not in message,
                )

    def test_customer_on_the_phone(self):
        self.browser_size = "375x667"
        self.touch_enabled = True
        self.start_tour(
            f"/my/collections/{self.case.id}", "debt_collection_portal_phone",
            login="portal_owner",
        )
        self.assertEqual(self.case.portal_request_ids.kind, "message")
