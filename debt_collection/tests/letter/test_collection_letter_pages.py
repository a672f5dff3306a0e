import io
import re

from pypdf import PdfReader

from odoo import Command
from odoo.tests import tagged
from odoo.tests.common import HOST
from odoo.tools import config

from .letter_common import LetterCommon

REPORT = "debt_collection.collection_letter_report"


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionLetterPages(LetterCommon):
    """Letters as they come out of the printer: nothing hidden, on any paper and layout."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The styles decide what fits on a page; the tests' own server has them.
        cls.env["ir.config_parameter"].set_param(
            "report.url", f"http://{HOST}:{config['http_port']}"
        )

    def _pages(self, letter):
        """The text of each page of a letter's PDF."""
        report = self.env["ir.actions.report"].with_context(force_report_rendering=True)
        with self.allow_pdf_render():
            content, kind = report._render_qweb_pdf(REPORT, letter.ids)
        self.assertEqual(kind, "pdf")
        return [
            " ".join(page.extract_text().split())
            for page in PdfReader(io.BytesIO(content)).pages
        ]

    def test_room_for_the_letterhead(self):
        def lines(number):
            return "<p>" + "<br/>".join(f"Line {line}" for line in range(number)) + "</p>"

        table = [
            # layout, lines of company details, millimetres
            ("web.external_layout_boxed", 1, 52),
            ("web.external_layout_boxed", 3, 52),
            ("web.external_layout_boxed", 5, 62),
            ("web.external_layout_standard", 3, 58),
            ("web.external_layout_bubble", 4, 66),
            ("web.external_layout_folder", 4, 66),
        ]
        for layout, number, millimetres in table:
            with self.subTest(layout=layout, lines=number):
                self.company.write({
                    "external_report_layout_id": self.env.ref(layout).id,
                    "company_details": lines(number),
                })
                self.assertEqual(
                    self.company.with_user(self.collector)._get_collection_letterhead(),
                    millimetres,
                )
        self.company.write({
            "external_report_layout_id": self.env.ref("web.external_layout_boxed").id,
            "company_details": False, "street": "1 Road", "zip": "12345", "city": "Town",
        })
        self.assertGreaterEqual(self.company._get_collection_letterhead(), 52)

    # needs: CJK font
    def test_sixty_items_on_each_paper(self):
        invoices = self.env["account.move"].browse(
            self._overdue_invoice(10 + number, 100.0 + number, ref=f"Order {number}").id
            for number in range(60)
        )
        letter = self._letter()
        total = f"{sum(invoices.mapped('amount_total')):,.2f}"
        for paper in ("base.paperformat_euro", "base.paperformat_us"):
            self.company.paperformat_id = self.env.ref(paper)
            for layout in ("web.external_layout_folder", "web.external_layout_standard"):
                with self.subTest(paper=paper, layout=layout):
                    self.company.external_report_layout_id = self.env.ref(layout)
                    pages = self._pages(letter)
                    self.assertGreater(len(pages), 1)
                    for number, page in enumerate(pages, 1):
                        self.assertRegex(page, rf"{number} ?/ ?{len(pages)}\b")
                    text = " ".join(pages)
                    for invoice in invoices:
                        self.assertEqual(
                            len(re.findall(rf"{re.escape(invoice.name)}\b", text)), 1, invoice.name
                        )
                    self.assertIn(total, text)
                    # Who signs stands with the last paragraph, not alone on a page.
                    self.assertIn(letter.signatory, pages[-1])
                    self.assertIn("neither receive your payment", pages[-1])

    # needs: CJK font
    def test_right_to_left(self):
        self._write_texts("ar_001", "{amount}")
        self.partner_a.write({"lang": "ar_001", "name": "شركة الميناء الأزرق"})
        invoice = self._overdue_invoice(40, 1234.56)
        letter = self._letter()
        self.assertEqual(letter.lang, "ar_001")
        html = self.env["ir.actions.report"]._render_qweb_html(REPORT, letter.ids)[0].decode()
        self.assertIn('data-oe-lang="ar_001"', html)
        bodies, *_others = self.env["ir.actions.report"]._prepare_html(
            html, report_model="collection.letter"
        )
        self.assertIn('dir="rtl"', str(bodies[0]))
        text = " ".join(self._pages(letter))
        self.assertIn(invoice.name, text)
        self.assertIn("1,234.56", text)

    def test_payment_code(self):
        """Odoo's own payment code, where a standard allows one: euros to a European account."""
        euro = self.setup_other_currency("EUR")
        self.bank.acc_number = "DE89370400440532013000"
        self.company.partner_id.country_id = self.env.ref("base.de")
        self._overdue_invoice(10, 300.0, currency_id=euro.id)
        self._overdue_invoice(10, 200.0)
        letter = self._letter()
        codes = {total.currency_id: total.qr_code for total in letter.total_ids}
        self.assertTrue(codes[euro].startswith("data:image/png;base64,"), codes[euro])
        self.assertFalse(codes[self.company.currency_id], "dollars have no such standard")
        html = self.env["ir.actions.report"]._render_qweb_html(REPORT, letter.ids)[0].decode()
        self.assertEqual(html.count(codes[euro]), 1)

    # needs: CJK font
    def test_long_names_and_chinese(self):
        self._write_texts("zh_CN", "请支付{amount}。")
        name = "上海蓝港国际贸易有限公司" * 6
        self.partner_a.write({"lang": "zh_CN", "name": name})
        self._overdue_invoice(40, 1680.32, ref="采购订单" * 12)
        letter = self._letter()
        text = "".join("".join(page.split()) for page in self._pages(letter))
        self.assertIn(name, text)
        self.assertIn("采购订单" * 12, text)
        self.assertIn("1,680.32", text)

    def test_several_companies_on_one_printer(self):
        """The margin of a run is that of its highest letterhead."""
        other = self.env["res.company"].create({"name": "Second", "company_details": "<p>1</p>"})
        self.company.write({
            "external_report_layout_id": self.env.ref("web.external_layout_boxed").id,
            "company_details": "<p>1<br/>2<br/>3<br/>4<br/>5<br/>6</p>",
        })
        self.env.user.company_ids = [Command.link(other.id)]
        self.assertEqual((self.company | other)._get_collection_letterhead(), 67)
