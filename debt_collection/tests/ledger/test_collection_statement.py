import io
from datetime import date, timedelta

from openpyxl import load_workbook
from pypdf import PdfReader

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from ..base.common import CollectionCommon


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionStatement(CollectionCommon, HttpCase):
    """The statement of account: from the ledger, equal to the ageing (P3.3)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.partner = cls.env["res.partner"].create({"name": "苏州远航贸易有限公司"})
        cls.collector = cls._role_user("stmt_collector", "collector")
        cls.other_collector = cls._role_user("stmt_other", "collector")
        cls.finance = cls._role_user("stmt_finance", "finance")
        cls.sales = cls._role_user("stmt_sales", "sales")
        cls.company.collection_policy_id.user_id = cls.collector
        cls.euro = cls.setup_other_currency("EUR", rates=[("2016-01-01", 2.0)])
        cls.start, cls.end = date(2025, 7, 1), cls.TODAY
        cls.old = cls._overdue_invoice(100, 1000.0, partner=cls.partner)
        cls.new = cls._overdue_invoice(20, 500.0, partner=cls.partner, ref="=1+1")
        cls.future = cls._overdue_invoice(-20, 80.0, partner=cls.partner)
        cls.foreign = cls._overdue_invoice(40, 200.0, partner=cls.partner,
                                           currency_id=cls.euro.id)
        cls._pay(cls.old, amount=400.0, payment_date=date(2025, 8, 15))
        refund = cls.new._reverse_moves([{"date": date(2025, 9, 20),
                                          "invoice_date": date(2025, 9, 20)}])
        refund.invoice_line_ids.price_unit = 50.0
        refund.action_post()
        cls._receivable(cls.new + refund).reconcile()
        cls.refund = refund
        cls._classify()

    def _statement(self, start=None, end=None):
        accounts = self.partner._get_collection_statement(
            start or self.start, end or self.end, self.company
        )
        return {account["currency"].name: account for account in accounts[self.partner.id]}

    def _assert_equals_ageing(self, day):
        expected = {}
        for row in self.env["account.move.line"]._get_collection_ageing(day, self.company):
            if row["partner_id"] == self.partner.id:
                name = self.env["res.currency"].browse(row["currency_id"]).name
                expected[name] = expected.get(name, 0) + row["residual_currency"]
        for name, account in self._statement(date(2025, 1, 1), day).items():
            self.assertAlmostEqual(account["closing"], expected.get(name, 0), places=2)
            self.assertAlmostEqual(
                sum(bucket["amount"] for bucket in account["ageing"]), account["closing"],
                places=2,
            )

    def test_movements(self):
        accounts = self._statement()
        dollars = accounts[self.company.currency_id.name]
        self.assertEqual(dollars["opening"], 1000.0)
        self.assertEqual(
            [
                (move["date"], move["kind"], move["debit"], move["credit"], move["balance"])
                for move in dollars["movements"]
            ],
            [
                (date(2025, 8, 11), "invoice", 500.0, 0.0, 1500.0),
                (date(2025, 8, 15), "payment", 0.0, 400.0, 1100.0),
                (date(2025, 9, 20), "invoice", 80.0, 0.0, 1180.0),
                (date(2025, 9, 20), "credit_note", 0.0, 50.0, 1130.0),
            ],
        )
        self.assertEqual(dollars["movements"][0]["date_due"], date(2025, 9, 10))
        self.assertEqual(dollars["closing"], 1130.0)
        self.assertEqual(
            {bucket["code"]: bucket["amount"] for bucket in dollars["ageing"]},
            {"not_due": 80.0, "mild": 450.0, "moderate": 0.0, "severe": 600.0, "credit": 0.0},
        )
        self.assertEqual(accounts["EUR"]["closing"], 200.0)

    def test_closing_equals_the_ageing_on_any_day(self):
        unapplied = self.env["account.payment"].create({
            "payment_type": "inbound", "partner_type": "customer",
            "partner_id": self.partner.id, "amount": 33.33, "date": date(2025, 9, 1),
        })
        unapplied.action_post()
        # Paid in another currency, and partly written off by an entry nobody follows up.
        self._pay(self.foreign, amount=30.0, currency_id=self.company.currency_id.id,
                  payment_date=date(2025, 9, 5))
        entry = self.env["account.move"].create({
            "move_type": "entry", "date": date(2025, 9, 10),
            "line_ids": [
                (0, 0, {"account_id": self._receivable(self.old).account_id.id,
                        "partner_id": self.partner.id, "credit": 12.34, "debit": 0.0}),
                (0, 0, {"account_id": self.company_data["default_account_expense"].id,
                        "debit": 12.34, "credit": 0.0}),
            ],
        })
        entry.action_post()
        self._receivable(self.old + entry).filtered(lambda line: not line.reconciled).reconcile()
        for day in (date(2025, 7, 31), date(2025, 8, 15), date(2025, 9, 4), date(2025, 9, 5),
                    date(2025, 9, 10), self.end, date(2026, 1, 1)):
            with self.subTest(day=day):
                self._assert_equals_ageing(day)
        kinds = [move["kind"] for move in
                 self._statement()[self.company.currency_id.name]["movements"]]
        self.assertIn("other", kinds)

    def test_opening_is_the_closing_of_the_day_before(self):
        for day in (date(2025, 8, 11), date(2025, 8, 15), date(2025, 9, 20)):
            for name, account in self._statement(start=day).items():
                before = self._statement(date(2025, 1, 1), day - timedelta(days=1)).get(name)
                self.assertEqual(account["opening"], before["closing"] if before else 0.0)

    def test_other_companies_and_drafts_do_not_show(self):
        other = self.setup_other_company()["company"]
        accounts = self.partner._get_collection_statement(self.start, self.end, other)
        self.assertEqual(accounts, {self.partner.id: []})
        self.future.button_draft()
        dollars = self._statement()[self.company.currency_id.name]
        self.assertEqual(dollars["closing"], 1050.0)

    def test_contact_has_the_statement_of_its_company(self):
        contact = self.env["res.partner"].create({"name": "Ann", "parent_id": self.partner.id})
        accounts = contact._get_collection_statement(self.start, self.end, self.company)
        self.assertEqual(len(accounts[self.partner.id]), 2)

    def test_statements_of_many_cost_the_same(self):
        partners = self.partner
        for number in range(5):
            partner = self.env["res.partner"].create({"name": f"Many {number}"})
            self._overdue_invoice(10, 10.0, partner=partner)
            partners |= partner
        self.partner._get_collection_statement(self.start, self.end, self.company)
        counts = []
        for group in (self.partner, partners):
            self.env.flush_all()
            before = self.cr.sql_log_count
            group._get_collection_statement(self.start, self.end, self.company)
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])

    def test_spreadsheet(self):
        book = load_workbook(io.BytesIO(
            self.partner._get_collection_statement_xlsx(self.start, self.end, self.company)
        ))
        self.assertEqual(book.sheetnames, ["EUR", self.company.currency_id.name])
        sheet = book[self.company.currency_id.name]
        self.assertEqual(sheet["A2"].value, self.partner.name)
        first = list(sheet[7])
        self.assertEqual(first[0].value.date(), date(2025, 8, 11))
        self.assertEqual((first[5].value, first[7].value), (500.0, 1500.0))
        texts = [cell for row in sheet for cell in row if cell.value == "=1+1"]
        self.assertTrue(all(cell.data_type == "s" for cell in texts))
        self.assertFalse([c for row in sheet for c in row if c.data_type == "f"])

    def test_who_may_see_it(self):
        for user, allowed in [
            (self.collector, True), (self.other_collector, False), (self.finance, True),
            (self.sales, False),
        ]:
            with self.subTest(user=user.login):
                partner = self.partner.with_user(user)
                url = (
                    f"/debt_collection/statement/{self.partner.id}/xlsx?date_from=2025-07-01"
                    f"&date_to=2025-09-30&company_id={self.company.id}"
                )
                data = partner._get_collection_statement_data(
                    self.start, self.end, self.company
                )
                report = self.env["ir.actions.report"].with_user(user)
                if allowed:
                    partner._check_collection_statement()
                    html = report._render_qweb_html(
                        "debt_collection.report_statement", None, data=data
                    )[0].decode()
                    self.assertIn("1,130.00", html)
                else:
                    with self.assertRaises(AccessError):
                        partner._check_collection_statement()
                    with self.assertRaises(AccessError):
                        report._render_qweb_html(
                            "debt_collection.report_statement", None, data=data
                        )
                self.authenticate(user.login, user.login)
                self.assertEqual(self.url_open(url).status_code, 200 if allowed else 404)
        self.assertEqual(
            self.url_open(url.replace("2025-07-01", "nonsense")).status_code, 404
        )
        paper = url.replace("/xlsx", "/pdf")
        self.assertEqual(self.url_open(paper).status_code, 404)
        self.authenticate(self.finance.login, self.finance.login)
        named = self.url_open(paper).headers["Content-Disposition"]
        self.assertIn("2025-09-30", named)

    def test_wizard(self):
        wizard = self.env["collection.statement"].with_user(self.collector).create({
            "partner_id": self.partner.id, "date_from": self.start, "date_to": self.end,
        })
        self.assertIn(f"/{self.partner.id}/pdf?", wizard.action_print()["url"])
        self.assertIn("date_to=2025-09-30", wizard.action_download()["url"])
        wizard.date_from = date(2026, 1, 1)
        with self.assertRaisesRegex(UserError, "not after the last"):
            wizard.action_print()

    def test_sent_by_e_mail(self):
        """In the customer's case, with the PDF; finance sends it too, who writes no contact."""
        self.partner.email = "payables@customer.example"
        case = self.partner.collection_case_ids
        for user in (self.collector, self.finance):
            wizard = self.env["collection.statement"].with_user(user).create({
                "partner_id": self.partner.id, "date_from": self.start, "date_to": self.end,
            })
            self.assertEqual(wizard.contact_id, self.partner)
            self.assertIn("statement", wizard.body)
            answer = wizard.action_send()
            self.assertIn("payables@customer.example", answer["params"]["message"])
            message = case.message_ids[0]
            self.assertEqual(message.author_id, user.partner_id)
            self.assertEqual(message.partner_ids, self.partner)
            self.assertIn(self.partner.name, message.attachment_ids.name)
            self.assertIn("2025-09-30", message.attachment_ids.name)
        self.partner.email = False
        with self.assertRaisesRegex(UserError, "no e-mail address"):
            wizard.action_send()

    # needs: CJK font
    def test_pdf_of_many_pages(self):
        for number in range(60):
            self._overdue_invoice(60 - number, 10.0 + number, partner=self.partner)
        pdf, _kind = self.env["ir.actions.report"].with_context(
            force_report_rendering=True
        )._render_qweb_pdf(
            "debt_collection.report_statement", self.partner.ids,
            data=self.partner._get_collection_statement_data(
                self.start, self.end, self.company
            ),
        )
        pages = [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]
        self.assertGreaterEqual(len(pages), 2)
        self.assertIn("远航贸易", pages[0].replace(" ", ""))
        for page in pages[:2]:
            self.assertIn("Debit", page)
