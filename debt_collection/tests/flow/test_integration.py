import json
import re
from datetime import timedelta
from pathlib import Path

from odoo import fields
from odoo.tests import HttpCase, tagged

from ..base.common import CollectionCommon

PAGE = Path(__file__).parents[3] / "docs" / "integration.md"


@tagged("post_install", "-at_install", "debt_collection")
class TestIntegration(CollectionCommon, HttpCase):
    """The calls of the integrator's page work as they stand there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = cls._role_user("integration_manager", "manager")
        cls.invoice = cls._overdue_invoice(40, 250.0)
        cls._classify()
        cls.key = cls.env["res.users.apikeys"].with_user(cls.user).sudo()._generate(
            "rpc", "integration", fields.Datetime.now() + timedelta(days=1)
        )

    def _post(self, path, body):
        answer = self.url_open(
            path, data=json.dumps(body),
            headers={"Content-Type": "application/json", "Authorization": f"Bearer {self.key}"},
        )
        self.assertEqual(answer.status_code, 200, answer.text[:500])
        return answer.json()

    def test_the_example(self):
        example = re.search(
            r"POST (/json/2/\S+)\n.*?\n\n(\{.*?\})\n```", PAGE.read_text(), re.DOTALL
        )
        path, body = example.groups()
        cases = self._post(path, json.loads(body))
        mine = [case for case in cases if case["partner_id"][0] == self.partner_a.id]
        self.assertEqual([case["amount_overdue"] for case in mine], [250.0])

    def test_the_calls_of_the_table(self):
        case = self.invoice.collection_case_id
        names = ["collection_state", "collection_tier_id", "collection_amount_overdue"]
        partner = self._post(
            "/json/2/res.partner/read", {"ids": [self.partner_a.id], "fields": names}
        )[0]
        self.assertEqual(partner["collection_state"], "open")
        (contact_id,) = self._post("/json/2/collection.activity/create", {"vals_list": [{
            "case_id": case.id, "method": "phone", "direction": "outbound",
            "outcome": "reached", "feedback": "Pays next week", "state": "confirmed",
        }]})
        self.assertEqual(self.env["collection.activity"].browse(contact_id).state, "confirmed")
        today = self.env.company._get_collection_today()
        self._post("/json/2/collection.promise/create", {"vals_list": [{
            "case_id": case.id, "amount": 100,
            "date_promised": fields.Date.to_string(today + timedelta(days=5)),
        }]})
        self.assertEqual(case.amount_promised, 100)
        figures = self._post("/json/2/collection.dashboard/get_dashboard", {})
        self.assertEqual(figures["company_id"], self.env.company.id)

    def test_the_entry_points_of_the_table(self):
        for line in re.findall(r"`env\[\"([\w.]+)\"\]\.(\w+)\(", PAGE.read_text()):
            with self.subTest(line=line):
                self.assertTrue(callable(getattr(self.env[line[0]], line[1])))
