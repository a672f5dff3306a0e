import io

from openpyxl import load_workbook

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import HttpCase, tagged

from odoo.addons.debt_collection.tests.letter.letter_common import LetterCommon


@tagged("post_install", "-at_install", "debt_collection")
class TestPayOnline(LetterCommon, HttpCase):
    """Letters, statements and the customer's page say where to pay online, if anybody can."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["payment.provider"].search([]).write({"state": "disabled"})
        cls.invoice = cls._overdue_invoice(40, 250.0)
        cls.case = cls._case()

    def _publish(self, company=None, **vals):
        """A payment provider that customers of a company can choose."""
        method = self.env.ref("payment.payment_method_unknown")
        provider = self.env["payment.provider"].create({
            "name": "Card", "code": "none", "state": "test", "is_published": True,
            "company_id": (company or self.company).id,
            "payment_method_ids": [Command.set(method.ids)],
            **vals,
        })
        if provider.state != "disabled":
            method.active = True
        return provider

    def _get_places(self):
        """What each place says of paying online: texts or addresses, empty if nothing."""
        letter = self._approved()
        partner = self.partner_a
        data = partner._get_collection_statement_data(
            self.TODAY.replace(month=1), self.TODAY, self.company
        )
        render = self.env["ir.actions.report"]._render_qweb_html
        paper = render("debt_collection.report_statement", partner.ids, data=data)[0].decode()
        sheet = load_workbook(io.BytesIO(partner._get_collection_statement_xlsx(
            self.TODAY.replace(month=1), self.TODAY, self.company
        ))).active
        cells = {row[1].value: row[2].value for row in sheet.iter_rows()}
        printed = render("debt_collection.collection_letter_report", letter.ids)[0].decode()
        page = self.url_open(self.case.get_portal_url()).text
        return {
            "letter": letter.pay_url or "",
            "printed": "Pay online" if "Pay online: scan the code" in printed else "",
            "statement": "Pay online" if "Pay online: scan the code" in paper else "",
            "xlsx": cells.get("Pay online") or "",
            "page": "pay" if "Pay what is ticked" in page else "",
        }

    def test_nothing_where_nobody_can_pay(self):
        self.assertFalse(any(self._get_places().values()))
        for vals in ({"is_published": False}, {"state": "disabled", "is_published": False}):
            with self.subTest(vals=vals):
                provider = self._publish(**vals)
                self.assertFalse(self.partner_a._get_collection_pay_url(self.company))
                provider.unlink()
        self._publish(self.setup_other_company()["company"])
        self.assertFalse(self.partner_a._get_collection_pay_url(self.company))
        self._publish()
        self.assertTrue(self.partner_a._get_collection_pay_url(self.company))
        self.env["ir.config_parameter"].set_param("account_payment.enable_portal_payment", False)
        self.assertFalse(self.partner_a._get_collection_pay_url(self.company))

    def test_one_invoice(self):
        """The page of the invoice itself, open without signing in."""
        self._publish()
        places = self._get_places()
        self.assertTrue(all(places.values()), places)
        for name in ("letter", "xlsx"):
            url = places[name]
            self.assertIn(f"/my/invoices/{self.invoice.id}?access_token=", url)
            self.assertIn("payment_token=", url)
            page = self.url_open(url[url.index("/my/"):]).text
            self.assertIn(self.invoice.name, page)
        self._pay(self.invoice)
        self.assertFalse(self.partner_a._get_collection_pay_url(self.company))

    def test_several_invoices(self):
        """The customer's page, from which each invoice can be paid."""
        self._publish()
        second = self._overdue_invoice(10, 99.0)
        places = self._get_places()
        self.assertTrue(all(places.values()), places)
        url = places["letter"]
        self.assertIn(f"/my/collections/{self.case.id}?access_token=", url)
        page = self.url_open(url[url.index("/my/"):]).text
        for item in self._receivable(self.invoice + second):
            self.assertIn(f'name="items" value="{item.id}"', page)

    def test_lawyer_letters_name_their_own_ways(self):
        self._publish()
        letter = self._letter("lawyer", user=self.manager)
        letter.sudo()._freeze(self.manager2)
        self.assertFalse(letter.pay_url)

    def test_letter_keeps_what_it_says(self):
        self._publish()
        letter = self._approved()
        url = letter.pay_url
        with self.assertRaises(UserError), self.cr.savepoint():
            letter.with_user(self.manager).pay_url = "https://elsewhere.example"
        self.env["payment.provider"].search([]).write({"state": "disabled"})
        self.assertEqual(letter.pay_url, url)

    def test_placeholder(self):
        self._publish()
        letter = self._letter()
        letter.mail_body = "Pay here: {pay_link}"
        letter.with_user(self.collector).action_approve()
        self.assertEqual(letter.mail_body, f"Pay here: {letter.pay_url}")
