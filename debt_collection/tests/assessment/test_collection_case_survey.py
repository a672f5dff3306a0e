from datetime import date, datetime

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged

from .assessment_common import MONTH, AssessmentCommon


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionCaseSurvey(AssessmentCommon, HttpCase):
    """Customers are asked seldom, answer once, and nobody answers for them (P5.1)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.collection_survey = True
        cls.customer = cls._partner("Asked")
        cls.customer.email = "asked@example.com"
        cls.case = cls._case(cls._invoice("2025-08-01", 1000, cls.customer), cls.collector)

    def _contact(self, day, outcome="reached", method="phone", case=None):
        return self.env["collection.activity"].create({
            "case_id": (case or self.case).id, "date": datetime.fromisoformat(f"{day} 10:00:00"),
            "method": method, "outcome": outcome, "user_id": self.collector.id,
            "feedback": "Talked", "state": "confirmed",
        })

    def _ask(self, day):
        """The cases whose customers the job asks on a day."""
        case_model = self.env["collection.case"]
        before = {case: case.date_survey for case in case_model.search([])}
        for _number in case_model._send_surveys_in_slices(self.company, date.fromisoformat(day)):
            pass
        return case_model.search([]).filtered(lambda case: case.date_survey != before.get(case))

    def _rating(self):
        self._contact("2025-09-09")
        with freeze_time("2025-09-10 06:00:00"):
            self._ask("2025-09-10")
        return self.env["rating.rating"].sudo().search([
            ("res_model", "=", "collection.case"), ("res_id", "=", self.case.id)])

    def test_when_a_customer_is_asked(self):
        self._contact("2025-09-03", "no_answer")
        self._contact("2025-09-03", "other", "letter")
        self.assertFalse(self._ask("2025-09-04"))
        self._contact("2025-09-09")
        for day, asked in (
            ("2025-09-09", False), ("2025-09-14", False), ("2025-09-12", True),
            ("2025-09-12", False),
        ):
            with self.subTest(day=day):
                self.assertEqual(bool(self._ask(day)), asked)
        self._contact("2025-09-24")
        self.assertFalse(self._ask("2025-09-25"), "once in 30 days")
        self._contact("2025-10-08")
        self.assertFalse(self._ask("2025-10-11"), "29 days after")
        self._contact("2025-10-13")
        self.customer.collection_no_survey = True
        self.assertFalse(self._ask("2025-10-14"), "does not want it")
        self.customer.collection_no_survey = False
        self.case.stage = "legal"
        self.assertFalse(self._ask("2025-10-14"), "in court")
        self.case.stage = "first"
        self.customer.email = False
        self.assertFalse(self._ask("2025-10-14"), "no address")
        self.customer.email = "asked@example.com"
        self.company.collection_survey = False
        self.assertFalse(self._ask("2025-10-14"), "switched off")
        self.company.collection_survey = True
        self.assertEqual(self._ask("2025-10-14"), self.case)

    def test_asked_when_paid(self):
        self._pay_on(self.case.line_ids.move_id, "2025-09-20")
        self.assertEqual(self.case.close_reason, "paid")
        self.assertEqual(self._ask("2025-09-21"), self.case)

    def test_the_mail_has_five_faces_and_is_no_contact(self):
        rating = self._rating()
        self.assertRecordValues(rating, [{
            "rated_partner_id": self.collector.partner_id.id, "partner_id": self.customer.id,
            "consumed": False,
        }])
        mail = self.env["mail.mail"].sudo().search([
            ("model", "=", "collection.case"), ("res_id", "=", self.case.id)])
        self.assertEqual(len(mail), 1)
        for face in range(1, 6):
            self.assertIn(f"/survey/{rating.access_token}/{face}", mail.body_html)
        self.assertEqual(len(self.case.collection_activity_ids), 1)

    def test_answer_counts_once(self):
        rating = self._rating()
        url = f"/debt_collection/survey/{rating.access_token}"
        page = self.url_open(f"{url}/5")
        self.assertEqual(page.status_code, 200)
        self.assertFalse(rating.consumed, "a mail scanner follows links")
        token = page.text.split('name="csrf_token" value="')[1].split('"')[0]
        for given in (4, 1):
            answer = self.url_open(f"{url}/{given}", data={
                "csrf_token": token, "feedback": "Polite"})
            self.assertEqual(answer.status_code, 200)
        rating.invalidate_recordset()
        self.assertRecordValues(rating, [{
            "rating": 4.0, "consumed": True, "feedback": "Polite",
        }])
        rating.rated_on = "2025-09-11 10:00:00"
        self.assertFalse(self.case.wait_until, "the chase goes on")
        self._assess()
        self._figure(MONTH, self.collector, "satisfaction", numerator=1, denominator=1, value=100.0)
        for path in ("/debt_collection/survey/nonsense/5", f"{url}/9"):
            self.assertIn(self.url_open(path).status_code, (200, 404))

    def test_never_again(self):
        """Who answered can say that they do not want to be asked any more."""
        rating = self._rating()
        url = f"/debt_collection/survey/{rating.access_token}"
        page = self.url_open(f"{url}/2").text
        token = page.split('name="csrf_token" value="')[1].split('"')[0]
        refused = self.url_open(f"{url}/comment", data={"csrf_token": token, "stop": "1"})
        self.assertEqual(refused.status_code, 404, "not before the answer")
        self.assertFalse(self.customer.collection_no_survey)
        self.url_open(f"{url}/2", data={"csrf_token": token})
        self.url_open(f"{url}/comment", data={"csrf_token": token, "stop": "1"})
        self.env.invalidate_all()
        self.assertRecordValues(rating, [{"rating": 2.0, "consumed": True}])
        self.assertTrue(self.customer.collection_no_survey)
        self._contact("2025-10-13")
        self.assertFalse(self._ask("2025-10-14"))

    def test_after_a_handover_the_answer_is_the_new_collectors(self):
        self._rating()
        with freeze_time("2025-09-20 10:00:00"):
            self.case.user_id = self.other
        self._contact("2025-10-13")
        self._ask("2025-10-14")
        rating = self.env["rating.rating"].sudo().search([("res_id", "=", self.case.id)])
        self.assertEqual(rating.rated_partner_id, self.other.partner_id)

    def test_nobody_inside_answers(self):
        rating = self._rating()
        ratings = self.env["rating.rating"].with_user(self.collector)
        self.assertFalse(ratings.search([("res_id", "=", self.case.id)]))
        with self.assertRaises(AccessError):
            ratings.browse(rating.id).read(["access_token"])
        with self.assertRaises(AccessError):
            ratings.create({
                "res_model_id": self.env["ir.model"]._get_id("collection.case"),
                "res_id": self.case.id, "rating": 5, "consumed": True,
                "partner_id": self.customer.id,
                "rated_partner_id": self.collector.partner_id.id,
            })
        self.authenticate("assess_collector", "assess_collector")
        for path in ("/debt_collection/survey/{}/5", "/rate/{}/5"):
            page = self.url_open(path.format(rating.access_token))
            self.assertNotIn("survey_page", page.text)
            self.assertIn("Only the customer", page.text)
        # What colleagues post with stars on the case is no customer's answer.
        self.case.with_user(self.manager).message_post(body="Well done", rating_value=5)
        self._assess()
        self._figure(MONTH, None, "satisfaction", value=None)
