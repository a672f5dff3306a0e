import io
import unicodedata
from datetime import date, datetime

from freezegun import freeze_time
from openpyxl import load_workbook
from pypdf import PdfReader

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ...tools.list_day import list_day
from ..base.common import CollectionCommon


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionOverdueList(CollectionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["account.move"].search([("company_id", "=", cls.env.company.id)]).write(
            {"no_followup": True}
        )
        cls.finance, cls.collector, cls.manager = (
            cls._role_user(f"list_{role}", role)
            for role in ("finance", "collector", "manager")
        )
        cls.partner_a.collector_id = cls.collector
        cls.invoices = [
            cls._overdue_invoice(days, amount)
            for days, amount in [(5, 100.0), (40, 200.5), (70, 400.25), (-5, 800.0)]
        ]
        cls.risky = cls.env["res.partner"].create({"name": "=1+1 中文公司"})
        cls._overdue_invoice(31, 50.0, partner=cls.risky)
        cls._classify()
        cls.overdue_list = cls.env["collection.overdue.list"]._generate(cls.TODAY)

    def _sign(self):
        self.overdue_list.with_user(self.finance).action_sign()

    def test_lines_are_the_overdue_items(self):
        self.assertEqual(
            self.overdue_list.line_ids.mapped(
                lambda line: (line.days_overdue, line.tier_name, line.amount_open)
            ),
            [(70, "Escalated", 400.25), (40, "Moderate", 200.5), (31, "Moderate", 50.0),
             (5, "Mild", 100.0)],
        )
        self.assertRecordValues(self.overdue_list, [
            {"amount_total": 750.75, "item_count": 4, "partner_count": 2, "state": "draft"},
        ])
        self.assertRecordValues(self.overdue_list.line_ids[0], [{
            "partner_name": self.partner_a.name,
            "move_name": self.invoices[2].name,
            "date_due": self.invoices[2].invoice_date_due,
            "amount_original": 400.25,
            "user_id": self.collector.id,
        }])

    def test_made_once_a_day(self):
        again = self.env["collection.overdue.list"]._generate(self.TODAY)
        self.assertEqual((again, again.item_count), (self.overdue_list, 4))

    def test_draft_is_refreshed_but_a_signed_list_never_changes(self):
        self._pay(self.invoices[0])
        self.overdue_list.with_user(self.finance).action_refresh()
        self.assertEqual(self.overdue_list.amount_total, 650.75)
        self._sign()
        self._pay(self.invoices[1])
        again = self.env["collection.overdue.list"]._generate(self.TODAY)
        self.assertEqual((again, again.amount_total), (self.overdue_list, 650.75))
        for change in (
            lambda: again.action_refresh(),
            lambda: again.write({"date": date(2025, 1, 1)}),
            lambda: again.unlink(),
            lambda: again.sudo().line_ids[0].write({"amount_open": 1}),
            lambda: again.sudo().line_ids[0].unlink(),
            lambda: again.sudo().line_ids.create({"list_id": again.id}),
        ):
            with self.assertRaisesRegex(UserError, "signed off|is sealed"), self.cr.savepoint():
                change()

    def test_only_finance_signs(self):
        for user in (self.collector, self.manager):
            with self.subTest(user=user.login), self.assertRaises(UserError):
                self.overdue_list.with_user(user).action_sign()
        self._sign()
        self.assertRecordValues(
            self.overdue_list, [{"state": "signed", "signed_by": self.finance.id}]
        )
        with self.assertRaisesRegex(UserError, "signed off"):
            self._sign()

    def test_finance_neither_types_a_signature_nor_a_line(self):
        mine = self.overdue_list.with_user(self.finance)
        for change in (
            lambda: mine.write({"state": "signed"}),
            lambda: mine.write({"signed_by": self.manager.id}),
            lambda: mine.create({"date": date(2025, 1, 1), "state": "signed"}),
        ):
            with self.assertRaisesRegex(UserError, "by the steps alone"), self.cr.savepoint():
                change()
        for change in (
            lambda: mine.line_ids[0].write({"amount_open": 1}),
            lambda: mine.line_ids[0].unlink(),
            lambda: mine.line_ids.create({"list_id": mine.id}),
            lambda: self.overdue_list.with_user(self.collector).action_refresh(),
        ):
            with self.assertRaises(AccessError):
                change()

    def test_signed_list_keeps_the_names_of_its_tiers(self):
        self._sign()
        self.env["collection.tier"]._get_ladder(self.env.company).sudo().name = "Renamed"
        sheet = load_workbook(io.BytesIO(self.overdue_list._get_xlsx()), data_only=True).active
        self.assertEqual(
            [sheet.cell(row=number, column=7).value for number in range(10, 14)],
            ["Mild", "Moderate", "Escalated", "Total"],
        )

    def test_another_company_neither_prints_nor_signs(self):
        stranger = self._stranger()
        with self.assertRaises(AccessError):
            self.overdue_list.with_user(stranger).action_sign()
        with self.assertRaises(AccessError):
            self.env["ir.actions.report"].with_user(stranger)._render_qweb_html(
                "debt_collection.report_overdue_list", self.overdue_list.ids
            )

    def test_job_makes_the_list_in_the_month_before(self):
        lists = self.env["collection.overdue.list"]
        company = self.env["res.company"].create({"name": "Early"})
        company.collection_policy_id.collection_day = 1  # Saturday in November 2025
        lists._generate(date(2025, 10, 2), company)
        for today, made in [(date(2025, 10, 30), 0), (date(2025, 10, 31), 1),
                            (date(2025, 11, 1), 0), (date(2025, 11, 3), 0)]:
            with self.subTest(today=today):
                self.assertEqual(len(lists._generate_when_due(company, today)), made)

    def test_collection_department_gets_the_signed_list(self):
        self._sign()
        message = self.env["mail.message"].search(
            [("subject", "like", "Overdue list of")], order="id desc", limit=1
        )
        self.assertIn(self.collector.partner_id, message.partner_ids)
        self.assertIn(self.manager.partner_id, message.partner_ids)
        self.assertEqual(
            sorted(name.rsplit(".")[-1] for name in message.attachment_ids.mapped("name")),
            ["pdf", "xlsx"],
        )

    def test_spreadsheet(self):
        sheet = load_workbook(io.BytesIO(self.overdue_list._get_xlsx())).active
        self.assertEqual(sheet.freeze_panes, "B5")
        self.assertEqual(sheet.auto_filter.ref, "A4:O8")
        self.assertEqual(
            (sheet.page_setup.orientation, sheet.print_title_rows), ("landscape", "$4:$4")
        )
        row = [cell.value for cell in sheet[5]]
        self.assertEqual(row[0], self.partner_a.name)
        self.assertEqual(row[3], datetime(2025, 7, 22))
        self.assertEqual(row[5:9], [400.25, 400.25, 400.25, 70])
        names = [sheet.cell(row=number, column=1) for number in range(5, 9)]
        self.assertIn(("=1+1 中文公司", "s"), [(cell.value, cell.data_type) for cell in names])
        formulas = [
            cell.value for cells in sheet.iter_rows() for cell in cells if cell.data_type == "f"
        ]
        self.assertEqual(len(formulas), 4)
        self.assertEqual(formulas[0], "=SUMIFS($H$5:$H$8,$J$5:$J$8,G10)")
        values = load_workbook(io.BytesIO(self.overdue_list._get_xlsx()), data_only=True).active
        self.assertEqual(
            [values.cell(row=number, column=8).value for number in range(10, 14)],
            [100.0, 250.5, 400.25, 750.75],
        )

    def test_pdf(self):
        # needs: CJK font
        pdf, kind = (
            self.env["ir.actions.report"]
            .with_context(force_report_rendering=True)
            ._render_qweb_pdf("debt_collection.report_overdue_list", self.overdue_list.ids)
        )
        self.assertEqual(kind, "pdf")
        pages = PdfReader(io.BytesIO(pdf)).pages
        text = unicodedata.normalize("NFKC", "".join(page.extract_text() for page in pages))
        text = text.replace("\n", "")
        for expected in (self.partner_a.name, "中文公司", "400.25", "750.75", "Escalated"):
            self.assertIn(expected, text)

    def _stranger(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        return self._role_user("list_stranger", "finance", other)

    def test_another_company_sees_nothing(self):
        stranger = self._stranger()
        other = stranger.company_id
        lists = self.env["collection.overdue.list"].with_user(stranger)
        self.assertFalse(lists.search([]))
        self.assertFalse(self.env["collection.overdue.list"]._generate(self.TODAY, other).line_ids)

    def test_list_day(self):
        """Day of the month, moved to the working day before (2025-10-05 is a Sunday)."""
        holidays = {date(2025, 10, 1), date(2025, 10, 2), date(2025, 10, 3)}

        def works(day):
            return day.weekday() < 5 and day not in holidays

        for year, month, day, expected in [
            (2025, 9, 5, date(2025, 9, 5)),
            (2025, 10, 6, date(2025, 10, 6)),
            (2025, 10, 5, date(2025, 9, 30)),  # the working day before is in September
            (2025, 11, 1, date(2025, 10, 31)),
            (2025, 11, 8, date(2025, 11, 7)),
            (2025, 11, 9, date(2025, 11, 7)),
            (2025, 2, 31, date(2025, 2, 28)),
            (2024, 2, 31, date(2024, 2, 29)),
        ]:
            with self.subTest(year=year, month=month, day=day):
                self.assertEqual(list_day(year, month, day, works), expected)
        self.assertEqual(list_day(2025, 9, 5, lambda day: False), date(2025, 9, 5))

    def test_job_makes_the_list_on_its_day_once_a_month(self):
        lists = self.env["collection.overdue.list"]
        company = self.env["res.company"].create({"name": "Monthly"})
        company.collection_policy_id.collection_day = 9  # Sunday in November 2025
        for today, made in [
            (date(2025, 11, 6), 0),
            (date(2025, 11, 7), 1),
            (date(2025, 11, 10), 0),
            (date(2025, 12, 15), 1),  # the server was down on its day
        ]:
            with self.subTest(today=today):
                self.assertEqual(len(lists._generate_when_due(company, today)), made)

    def test_job_runs(self):
        with freeze_time("2031-03-28 10:00:00"), self.enter_registry_test_mode():
            done = self.env.ref("debt_collection.cron_overdue_list").method_direct_trigger()
        self.assertIs(done, True)
        self.assertTrue(
            self.env["collection.overdue.list"].search([
                ("company_id", "=", self.env.company.id), ("date", "=", "2031-03-28"),
            ])
        )
