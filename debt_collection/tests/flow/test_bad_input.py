import io
import re
import zipfile
from datetime import timedelta

from odoo import Command
from odoo.exceptions import UserError
from odoo.models import MAGIC_COLUMNS
from odoo.tests import BaseCase, tagged

from ...tools.plausible import is_plausible_amount, is_plausible_date
from ...tools.spreadsheet import add_formats, open_book, write_cell
from ..base.common import CollectionCommon

SCRIPT = "<script>alert(1)</script>"
LONG = "🙂長い" * 3334
TYPED = ("date", "datetime", "float", "monetary")
# By whether it is a date: what nobody can have meant.
BAD = {False: (1e18, -1e18), True: ("1900-01-01", "9999-12-31")}


@tagged("debt_collection")
class TestPlausibleRules(BaseCase):
    def test_amounts(self):
        for amount, expected in [
            (0, True), (None, True), (-5, True), (999999999999999, True), (1e15, False),
            (-1e16, False), (float("inf"), False), (float("nan"), False),
        ]:
            with self.subTest(amount=amount):
                self.assertEqual(is_plausible_amount(amount), expected)

    def test_empty_date(self):
        self.assertTrue(is_plausible_date(None))
        self.assertTrue(is_plausible_date(False))

    def test_text_is_no_formula_in_sheets(self):
        output, book = open_book()
        sheet = book.add_worksheet("Sheet")
        formats = add_formats(book, 2)
        texts = ["=1+1", "+1", "-1", "@SUM(1)", "\t=1", "http://example.com", SCRIPT, LONG * 4]
        for row, text in enumerate(texts):
            write_cell(sheet, row, 0, text, "text", formats)
        book.close()
        with zipfile.ZipFile(io.BytesIO(output.getvalue())) as parts:
            cells = parts.read("xl/worksheets/sheet1.xml").decode()
            styles = parts.read("xl/styles.xml").decode()
        self.assertNotIn("<f>", cells)
        self.assertEqual(cells.count('t="s"'), len(texts))
        self.assertNotIn("hyperlink", cells)
        self.assertIn('quotePrefix="1"', styles)


@tagged("post_install", "-at_install", "debt_collection")
class TestBadInput(CollectionCommon):
    """What nobody can have meant is refused in words, and nothing is half-written."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.collector = cls._role_user("bad_collector", "collector")
        cls.manager = cls._role_user("bad_manager", "manager")
        cls.finance = cls._role_user("bad_finance", "finance")
        cls.company.collection_policy_id.write(
            {"user_id": cls.collector.id, "manager_id": cls.manager.id}
        )
        cls.invoice = cls._overdue_invoice(10, 500.0)
        cls._classify()
        cls.case = cls.invoice.collection_case_id
        cls.today = cls.company._get_collection_today()

    def _assert_refused(self, model, vals):
        before = self.env[model].sudo().search_count([])
        with self.assertRaises(UserError) as caught, self.cr.savepoint():
            self.env[model].with_user(self.collector).create(
                {"case_id": self.case.id, **vals}
            )
            self.env.flush_all()
        self.assertGreater(len(str(caught.exception)), 15)
        self.assertEqual(self.env[model].sudo().search_count([]), before)

    def test_promises(self):
        soon = self.today + timedelta(days=3)
        for vals in (
            {"amount": -5, "date_promised": soon}, {"amount": 0, "date_promised": soon},
            {"amount": 1e18, "date_promised": soon},
            {"amount": 5, "date_promised": "1900-01-01"},
            {"amount": 5, "date_promised": "9999-12-31"},
            {"amount": 5, "date_promised": soon, "date_made": "1900-01-01"},
        ):
            with self.subTest(**vals):
                self._assert_refused("collection.promise", vals)

    def test_plans(self):
        for vals in (
            {"amount": -5}, {"amount": 1e18}, {"date_first": "1900-01-01"},
            {"date_first": "9999-12-31"},
            {"line_ids": [Command.create({"date_due": "9999-12-31", "amount": 500})]},
            {"line_ids": [Command.create({"date_due": self.today, "amount": -500})]},
        ):
            with self.subTest(**vals):
                self._assert_refused("collection.plan", vals)

    def test_contacts(self):
        soon = self.today + timedelta(days=3)
        promises = self.env["collection.promise"].search_count([])
        for vals in (
            {"date": "1900-01-01 10:00:00"}, {"date": "9999-12-31 10:00:00"},
            {"amount_promised": -5, "date_promised": soon},
            {"amount_promised": 1e18, "date_promised": soon},
            {"amount_promised": 5, "date_promised": "9999-12-31"},
            {"next_method": "phone", "next_date": "9999-12-31"},
            {"outcome": False},
        ):
            with self.subTest(**vals):
                self._assert_refused(
                    "collection.activity",
                    {"outcome": "reached", "feedback": "Talked", "state": "confirmed", **vals},
                )
        self.assertEqual(self.env["collection.promise"].search_count([]), promises)

    def test_holds(self):
        for day in ("1900-01-01", "9999-12-31"):
            for record, vals in [
                (self.case, {"hold_until": day, "hold_reason": "x"}),
                (self.case.partner_id, {"collection_hold": True, "collection_hold_until": day,
                                        "collection_hold_reason": "x"}),
                (self.case.partner_id, {"collection_cease_date": day}),
            ]:
                with self.subTest(day=day, model=record._name):
                    with self.assertRaises(UserError), self.cr.savepoint():
                        record.write(vals)

    def test_odd_ledgers(self):
        """Very old items and items without a customer stop nobody."""
        old = self._overdue_invoice(20000, partner=self.partner_b)
        receivable = self.company_data["default_account_receivable"]
        nobody = self.env["account.move"].create({
            "move_type": "entry", "date": "2025-01-01",
            "line_ids": [
                Command.create({"account_id": receivable.id, "balance": 70.0,
                                "date_maturity": "2025-01-31"}),
                Command.create({"account_id":
                                self.company_data["default_account_revenue"].id,
                                "balance": -70.0}),
            ],
        })
        nobody.line_ids.no_followup = False
        nobody.action_post()
        self._classify()
        self.assertEqual(old.collection_case_id.tier_code, "severe")
        self.assertFalse(nobody.line_ids.collection_case_id)
        self.env["collection.case"]._escalate(self.TODAY, self.company)
        overdue_list = self.env["collection.overdue.list"]._generate(self.TODAY, self.company)
        self.assertIn(70.0, overdue_list.line_ids.mapped("amount_open"))
        overdue_list.with_user(self.finance).action_sign()
        self.assertTrue(self.env["collection.seal"]._verify(self.company)["ok"])

    def test_company_without_calendar_and_people_who_left(self):
        self.company.resource_calendar_id = False
        self.collector.active = False
        self.env["collection.case"]._escalate(self.TODAY, self.company)
        self.assertTrue(self.case.case_step_ids)
        self.assertNotIn(self.collector, self.case.activity_ids.user_id)
        self.manager.active = False
        self.env["collection.case"]._escalate(self.TODAY + timedelta(days=30), self.company)

    def test_every_date_and_amount_of_every_model(self):
        """Nobody's typing slip is kept, in whichever of our models it is made."""
        checked = 0
        for name, model in self.env.registry.items():
            if not name.startswith("collection.") or model._abstract or not model._auto:
                continue
            record = self.env[name].sudo().with_context(active_test=False).search([], limit=1)
            for field in model._fields.values():
                if not record or not field.store or field.type not in TYPED or (
                    field.name in MAGIC_COLUMNS
                ):
                    continue
                record = record.with_user(self.manager).sudo(False)
                for value in BAD[field.type in ("date", "datetime")]:
                    with self.subTest(field=str(field), value=value):
                        with self.assertRaises(UserError), self.cr.savepoint():
                            record.write({field.name: value})
                        checked += 1
        self.assertGreater(checked, 50)

    def test_currency_without_rates(self):
        """An item in a currency whose rates are gone is shown as the ledger has it."""
        currency = self.env.ref("base.CHF")
        currency.active = True
        self.env["res.currency.rate"].create({
            "name": "2025-01-01", "rate": 2.0, "currency_id": currency.id,
            "company_id": self.company.id,
        })
        invoice = self._overdue_invoice(20, 100.0, currency_id=currency.id)
        currency.rate_ids.unlink()
        self._classify()
        self.env["collection.case"]._escalate(self.TODAY, self.company)
        self.assertTrue(invoice.collection_case_id)
        overdue_list = self.env["collection.overdue.list"]._generate(self.TODAY, self.company)
        line = overdue_list.line_ids.filtered(lambda line: line.move_name == invoice.name)
        self.assertEqual((line.amount_open, line.amount_open_company), (100.0, 50.0))

    def test_names_of_any_kind(self):
        """Emoji, 10,000 characters, markup and formulas are text wherever they show."""
        for name in (LONG, SCRIPT, "=HYPERLINK(1)", "🙂", "A/B[C]:*?\\"):
            with self.subTest(name=name[:20]), self.cr.savepoint() as savepoint:
                self.partner_a.name = name
                contact = self.env["collection.activity"].with_user(self.collector).create({
                    "case_id": self.case.id, "outcome": "reached", "feedback": name,
                    "report_to_manager": True, "state": "confirmed",
                })
                self.assertTrue(contact.seal)
                bodies = "".join(self.case.message_ids.mapped("body"))
                self.assertNotIn("<script", bodies)
                overdue_list = self.env["collection.overdue.list"]._generate(
                    self.TODAY, self.company
                )
                with zipfile.ZipFile(io.BytesIO(overdue_list._get_xlsx())) as parts:
                    for part in parts.namelist():
                        # The sheet's own totals are its only formulas.
                        for formula in re.findall(rb"<f>(.*?)</f>", parts.read(part)):
                            self.assertRegex(formula, rb"^SUM(IFS)?\([$A-Z0-9:,]+\)$")
                html = self.env["ir.actions.report"]._render_qweb_html(
                    "debt_collection.report_overdue_list", overdue_list.ids
                )[0].decode()
                self.assertNotIn("<script>alert", html)
                self.env["collection.word"]._find(name)
                overdue_list.with_user(self.finance).action_sign()
                self.assertTrue(self.env["collection.seal"]._verify(self.company)["ok"])
                savepoint.rollback()
                self.env.invalidate_all()
