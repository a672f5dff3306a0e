import io
from datetime import datetime, timedelta

import xlsxwriter

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import file_open, mute_logger

from .common import CollectionCommon

OPTIONS = {
    "has_headers": True, "quoting": '"', "separator": ",", "encoding": "utf-8",
    "date_format": "%Y-%m-%d", "datetime_format": "%Y-%m-%d %H:%M:%S",
    "float_decimal_separator": ".", "float_thousand_separator": ",",
    "headers": True, "advanced": False,
}
MODELS = ("collection.case", "collection.activity", "collection.promise")


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionOpening(CollectionCommon):
    """History from before comes in by Odoo's own import, as it was, or not at all."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls._role_user("import_manager", "manager")
        cls.manager.tz = "UTC"
        cls.collector = cls._role_user("import_collector", "collector")
        cls.collector.name = "Carla Import"
        cls.customer = cls.env["res.partner"].create(
            {"name": "Opening Trading Ltd", "email": "opening@example.com"}
        )

    def _import(self, model, content, user=None, file_type="text/csv", dryrun=False):
        """As the import dialog does: read the file, match its columns, import it."""
        if isinstance(content, str):
            content = content.encode()
        wizard = self.env["base_import.import"].with_user(user or self.manager).create({
            "res_model": model, "file": content, "file_type": file_type, "file_name": "history",
        })
        preview = wizard.parse_preview(dict(OPTIONS))
        self.assertFalse(preview.get("error"))
        names = [
            "/".join(preview["matches"].get(number) or preview["matches"].get(str(number), []))
            for number in range(len(preview["headers"]))
        ]
        self.assertTrue(all(names), f"each column finds its field: {names}")
        # The dialog shows the errors, the server need not log them.
        with mute_logger("odoo.sql_db"):
            result = wizard.execute_import(
                names, preview["headers"], dict(preview["options"] or OPTIONS), dryrun=dryrun
            )
        self.env.invalidate_all()
        return result

    def _template(self, model):
        (template,) = self.env[model].get_import_templates()
        with file_open(template["template"].lstrip("/"), "rb") as file:
            text = file.read().decode()
        return text.replace("Azure Trading", self.customer.name).replace(
            "Carla Jensen", self.collector.name
        )

    def _cases(self):
        return self.env["collection.case"].search([("partner_id", "=", self.customer.id)])

    def _import_cases(self):
        result = self._import("collection.case", self._template("collection.case"))
        self.assertFalse(result["messages"])
        return self._cases().sorted("date_open", reverse=True)

    def test_templates_go_in_as_they_are(self):
        mails = self.env["mail.mail"].search_count([])
        for model in MODELS:
            with self.subTest(model=model):
                result = self._import(model, self._template(model))
                self.assertFalse(result["messages"])
        current, old = self._cases().sorted("date_open", reverse=True)
        self.assertRecordValues(current | old, [
            {
                "stage": "midterm", "close_reason": False, "user_id": self.collector.id,
                "date_open": datetime(2025, 2, 3).date(), "date_closed": False,
                "is_opening": True, "amount_overdue": 0,
            },
            {
                "stage": "closed", "close_reason": "paid", "user_id": self.collector.id,
                "date_open": datetime(2024, 3, 11).date(),
                "date_closed": datetime(2024, 5, 2).date(), "is_opening": True,
                "amount_overdue": 0,
            },
        ])
        self.assertRecordValues(current.collection_activity_ids.sorted("date"), [
            {
                "date": datetime(2025, 2, 5, 9, 30), "state": "confirmed", "method": "phone",
                "outcome": "reached", "user_id": self.collector.id, "is_opening": True,
            },
            {
                "date": datetime(2025, 2, 19, 14, 0), "state": "confirmed", "method": "letter",
                "outcome": "other", "user_id": self.collector.id, "is_opening": True,
            },
        ])
        self.assertTrue(all(current.collection_activity_ids.mapped("seal")), "sealed like others")
        self.assertEqual(current.date_last_contact, datetime(2025, 2, 19, 14, 0))
        self.assertRecordValues((current | old).promise_ids.sorted("date_made"), [
            {"amount": 800, "state": "kept", "kept_amount": 800},
            {"amount": 1250, "state": "broken", "kept_amount": 0},
        ])
        self.assertEqual(self.env["mail.mail"].search_count([]), mails, "nobody is told")
        self.assertFalse(current.activity_ids, "nothing is started")

    def test_excel(self):
        buffer = io.BytesIO()
        with xlsxwriter.Workbook(buffer) as book:
            sheet = book.add_worksheet()
            day = book.add_format({"num_format": "yyyy-mm-dd"})
            sheet.write_row(0, 0, ["External ID", "Customer", "Opened On", "Stage"])
            sheet.write_row(1, 0, ["xlsx_case", self.customer.name])
            sheet.write_datetime(1, 2, datetime(2025, 1, 7), day)
            sheet.write(1, 3, "First Stage")
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        result = self._import("collection.case", buffer.getvalue(), file_type=kind)
        self.assertFalse(result["messages"])
        self.assertRecordValues(self._cases(), [
            {"date_open": datetime(2025, 1, 7).date(), "stage": "first"},
        ])

    def test_trial_writes_nothing(self):
        result = self._import(
            "collection.case", self._template("collection.case"), dryrun=True
        )
        self.assertFalse(result["messages"])
        self.assertFalse(self._cases())

    def test_bad_rows_tell_why_and_nothing_is_written(self):
        self._import_cases()
        before = {model: self.env[model].search_count([]) for model in MODELS}
        name = self.customer.name
        other = self.env["res.partner"].create({"name": "Another Opening Ltd"}).name
        later = self.env.company._get_collection_today() + timedelta(days=2)
        good_rows = {
            "collection.case": (
                f"Customer,Opened On,Stage,Closed On,Close Reason\n{other},2025-01-07,,,\n"
            ),
            "collection.activity": (
                "Case/External ID,Date,Method,Outcome\n"
                "old_case_1,2025-01-07 09:00:00,Phone,Reached\n"
            ),
            "collection.promise": (
                "Case/External ID,Amount,Made On,Promised For\n"
                "old_case_1,10,2025-01-07,2025-01-17\n"
            ),
        }
        for model, bad, words in (
            ("case", f"{name},2025-01-08,,,", "has the open case"),
            ("case", f"{other},2025-01-08,,,", "has the open case"),
            ("case", f"{name},,,2025-01-08,Paid", "Opened On"),
            ("case", f"{name},2024-01-08,,2025-01-01,", "a day and a reason"),
            ("case", f"{name},2025-01-08,,2024-01-01,Paid", "before it was opened"),
            ("case", f"{name},{later},,{later},Paid", "future"),
            ("case", f"{name},2024-01-08,Closed,,", "how the closed case"),
            ("case", "Nobody at All,2025-01-08,,,", "No matching record"),
            ("activity", "old_case_1,2025-01-08 09:00:00,Phone,", "Outcome"),
            ("activity", "old_case_1,,Phone,Reached", "Date"),
            ("activity", f"old_case_1,{later} 09:00:00,Phone,Reached", "not taken place yet"),
            ("activity", "no_such_case,2025-01-07 09:00:00,Phone,Reached", "No matching record"),
            ("activity", "old_case_1,2025-01-07 09:00:00,Smoke,Reached", "Smoke"),
            ("promise", "old_case_1,0,2025-01-07,2025-01-17", "above zero"),
            ("promise", "old_case_1,10,2025-01-07,2025-01-01", "before the day"),
            ("promise", "old_case_1,10,,2025-01-17", "Made On"),
            ("promise", "old_case_2,10,2025-01-07,2025-01-17", "is closed"),
        ):
            model = f"collection.{model}"
            with self.subTest(model=model, bad=bad):
                result = self._import(model, f"{good_rows[model]}{bad}\n")
                errors = [m["message"] for m in result["messages"] if m["type"] == "error"]
                self.assertTrue(any(words in error for error in errors), errors)
                self.assertFalse(result["ids"])
                after = {model: self.env[model].search_count([]) for model in MODELS}
                self.assertEqual(after, before)

    def test_figures_are_not_imported(self):
        cases = self.env["collection.case"].with_user(self.manager).with_context(import_file=True)
        for name, value in [
            ("amount_overdue", "999"), ("amount_to_collect", "5"), ("tier_id", "Escalated"),
        ]:
            with self.subTest(name=name):
                result = cases.load(
                    ["partner_id", "date_open", name], [[self.customer.name, "2025-01-07", value]]
                )
                self.assertFalse(result["ids"])
                self.assertIn("written by the steps alone", result["messages"][0]["message"])
        with self.assertRaises(UserError):
            self.env["collection.case"].with_user(self.manager).create({
                "partner_id": self.customer.id, "amount_overdue": 5,
            })
        with self.assertRaises(UserError):
            self.env["collection.case"].with_user(self.manager).create({
                "partner_id": self.customer.id, "close_reason": "paid",
            })

    def test_mark_is_the_import_s_alone(self):
        case, _old = self._import_cases()
        contact = {
            "case_id": case.id, "date": "2025-01-07 09:00:00", "method": "phone",
            "outcome": "reached", "feedback": "Talked", "state": "confirmed",
        }
        case.sudo().user_id = self.collector
        model = self.env["collection.activity"].with_user(self.collector)
        with self.assertRaises(UserError):
            model.create({**contact, "is_opening": True})
        draft = model.create({**contact, "state": "draft"})
        with self.assertRaises(UserError):
            draft.write({"is_opening": True})
        self.assertFalse(model.with_context(import_file=True).create(contact).is_opening)

    def test_collectors_import_no_cases(self):
        result = self._import(
            "collection.case", self._template("collection.case"), user=self.collector
        )
        self.assertFalse(result["ids"])
        self.assertFalse(self._cases())

    def test_case_goes_on_with_the_ledger(self):
        current, old = self._import_cases()
        invoice = self._overdue_invoice(70, 500.0, partner=self.customer)
        self._classify()
        self.assertEqual(invoice.collection_case_id, current)
        self.assertEqual(current.amount_overdue, 500)
        self.assertEqual(old.stage, "closed")

    def test_history_counts_in_no_assessment(self):
        self._import_cases()
        day = self.TODAY.replace(day=5)
        self._import(
            "collection.activity",
            "Case/External ID,Date,Method,Direction,Outcome,Made By\n"
            f"old_case_1,{day} 09:00:00,Phone,We Contacted,Reached,{self.collector.name}\n",
        )
        statement = self.env["collection.indicator"]._get_contact_rows_sql(
            self.env.company, self.TODAY.replace(day=1), self.TODAY
        )
        self.env.flush_all()
        self.assertFalse([
            row for row in self.env.execute_query(statement) if row[0] == self.collector.id
        ])
