from datetime import date
from decimal import Decimal

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import file_open, mute_logger

from ...tools.late_charge import MissingRate
from ..base.common import CollectionCommon


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionRate(CollectionCommon):
    """Reference rates: dated, one value a day, imported with Odoo's own import."""

    def test_values_that_are_shipped(self):
        for name, day, percent in [
            ("rate_ecb", "2025-01-01", "3.15"), ("rate_ecb", "2025-07-01", "2.15"),
            ("rate_boe", "2025-01-01", "4.75"), ("rate_lpr", "2025-01-31", "3.10"),
            ("rate_lpr", "2025-09-30", "3.00"),
        ]:
            with self.subTest(name, day=day):
                rate = self.env.ref(f"debt_collection.{name}")
                table = rate._get_tables()[rate.id]
                self.assertEqual(table.on(date.fromisoformat(day)), Decimal(percent))

    def test_known_until(self):
        rate = self.env.ref("debt_collection.rate_ecb")
        for day in (date(2024, 12, 17), date(2026, 4, 2)):
            with self.subTest(day=day), self.assertRaises(MissingRate):
                rate._get_tables()[rate.id].on(day)
        self.assertEqual(rate._get_tables()[rate.id].on(date(2026, 4, 1)), Decimal("2.15"))
        carried = rate._get_tables(is_carried_on=True)[rate.id]
        self.assertEqual(carried.on(date(2026, 4, 2)), Decimal("2.15"))
        rate.date_known_to = False
        self.assertEqual(rate._get_tables()[rate.id].on(date(2027, 1, 1)), Decimal("2.15"))

    def test_finance_is_reminded_once(self):
        terms = self.env.ref("debt_collection.charge_terms_eu")
        policy = self.env.company.collection_policy_id
        finance = self._role_user("rate_finance", "finance")
        policy.write({"charge_terms_id": terms.id, "finance_user_id": finance.id})
        rate = terms.rate_id
        rate.date_known_to = "2026-02-05"
        for day, count in [(date(2026, 2, 5), 0), (date(2026, 2, 6), 1), (date(2026, 2, 7), 1)]:
            rate._remind_outdated(self.env.company, day)
            self.assertEqual(len(rate.activity_ids), count)
        self.assertEqual(rate.activity_ids.user_id, finance)
        rate.date_known_to = False
        self.assertFalse(rate.activity_ids)

    def test_last_value(self):
        rate = self.env["collection.rate"].create({"name": "Ours", "code": "OURS", "value_ids": [
            (0, 0, {"date_from": "2025-02-01", "percent": 3}),
            (0, 0, {"date_from": "2025-01-01", "percent": 2}),
        ]})
        self.assertRecordValues(
            rate, [{"percent_current": 3.0, "date_current": date(2025, 2, 1)}]
        )

    def test_one_value_a_day(self):
        rate = self.env.ref("debt_collection.rate_ecb")
        for vals in ({"date_from": "2025-06-11", "percent": 2},
                     {"date_from": "2026-06-11", "percent": 10000}):
            with self.subTest(vals=vals), mute_logger("odoo.sql_db"), self.cr.savepoint():
                with self.assertRaises(IntegrityError):
                    self.env["collection.rate.value"].create({"rate_id": rate.id, **vals})
                    self.env.flush_all()

    def test_template_imports(self):
        """The file that is offered for download goes through Odoo's import as it is."""
        values = self.env["collection.rate.value"]
        template = values.get_import_templates()[0]["template"].lstrip("/")
        with file_open(template, "rb") as file:
            wizard = self.env["base_import.import"].create({
                "res_model": values._name, "file": file.read(), "file_type": "text/csv",
                "file_name": "rates.csv",
            })
        options = {"has_headers": True, "quoting": '"', "separator": ",", "encoding": "utf-8",
                   "date_format": "%Y-%m-%d", "float_decimal_separator": ".",
                   "float_thousand_separator": ",", "headers": True, "advanced": False}
        preview = wizard.parse_preview(options)
        self.assertFalse(preview.get("error"))
        self.assertEqual(
            [path for _column, path in sorted(preview["matches"].items())],
            [["rate_id"], ["date_from"], ["percent"]],
        )
        result = wizard.execute_import(
            ["rate_id", "date_from", "percent"], ["rate", "from", "percent"], options
        )
        self.assertFalse(result["messages"])
        self.assertEqual(
            values.search_count([("date_from", "=", "2025-07-01"), ("percent", "=", 2.15)]), 1
        )

    def test_roles(self):
        rate = self.env.ref("debt_collection.rate_ecb")
        vals = {"rate_id": rate.id, "date_from": "2026-01-01", "percent": 2}
        for role in ("sales", "collector", "finance"):
            user = self._role_user(f"rate_{role}", role)
            with self.subTest(role=role):
                self.assertTrue(rate.with_user(user).value_ids)
                with self.assertRaises(AccessError):
                    self.env["collection.rate.value"].with_user(user).create(vals)
        manager = self._role_user("rate_manager", "manager")
        self.env["collection.rate.value"].with_user(manager).create(vals)
