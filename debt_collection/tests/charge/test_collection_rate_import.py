import base64
from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..base.common import CollectionCommon
from .test_rate_file import BOE_PAGE, ECB_SDMX, LPR


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionRateImport(CollectionCommon):
    """Values of reference rates from the files of their central banks."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls._role_user("import_manager", "manager")

    def _wizard(self, code, text, known_to, user=None):
        rate = self.env.ref(f"debt_collection.rate_{code}")
        return self.env["collection.rate.import"].with_user(user or self.manager).create({
            "rate_id": rate.id, "file": base64.b64encode(text.encode()), "file_name": "rate.csv",
            "date_known_to": known_to,
        })

    def test_known_values_are_left_alone(self):
        rate = self.env.ref("debt_collection.rate_ecb")
        before = len(rate.value_ids)
        wizard = self._wizard("ecb", ECB_SDMX, "2026-05-01")
        self.assertIn("known already", wizard.preview)
        wizard.action_import()
        self.assertEqual(len(rate.value_ids), before)
        self.assertEqual(rate.date_known_to, date(2026, 5, 1))

    def test_new_and_changed_values(self):
        rate = self.env.ref("debt_collection.rate_boe")
        text = BOE_PAGE.replace("18 Dec 25,3.75", "19 Mar 26,3.50\n18 Dec 25,3.80")
        wizard = self._wizard("boe", text, "2026-04-01")
        self.assertIn("New: 3.5 %", wizard.preview)
        self.assertIn("3.8 % instead of 3.75 %", wizard.preview)
        wizard.action_import()
        values = {str(value.date_from): value for value in rate.value_ids}
        self.assertEqual(values["2026-03-19"].percent, 3.5)
        self.assertEqual(values["2025-12-18"].percent, 3.8)
        self.assertTrue(values["2026-03-19"].is_confirmed)
        self.assertIn("rate.csv", values["2026-03-19"].source_note)

    def test_refused(self):
        for code, text, known_to, words in [
            ("ecb", LPR, "2026-03-01", "columns"),
            ("boe", BOE_PAGE, "2025-12-17", "at least until"),
            ("boe", BOE_PAGE, "2031-01-01", "a day to come"),
            ("at_base", BOE_PAGE, "2026-03-01", "by hand"),
        ]:
            with self.subTest(code=code, known_to=known_to):
                wizard = self._wizard(code, text, known_to)
                self.assertIn(words, wizard.preview)
                with self.assertRaisesRegex(UserError, words):
                    wizard.action_import()

    def test_managers_alone(self):
        collector = self._role_user("import_collector", "collector")
        with self.assertRaises(AccessError):
            self._wizard("ecb", ECB_SDMX, "2026-03-01", collector)
