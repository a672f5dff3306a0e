from odoo.tests import HttpCase, JsonRpcException, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.account_payment.tests.common import AccountPaymentCommon
from odoo.addons.debt_collection.tests.base.common import CollectionCommon


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionPayment(CollectionCommon, AccountPaymentCommon, HttpCase):
    """Customers pay one, some or all of what is on their page, and nothing else (P6.2)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.TODAY = cls.env.company._get_collection_today()
        cls.provider.write({"state": "test", "is_published": True})
        cls.env["ir.config_parameter"].sudo().set_param(
            "account_payment.enable_portal_payment", True
        )
        cls.payer = cls.env["res.partner"].create({
            "name": "Paying Customer", "email": "pay@example.com",
            "country_id": cls.env.ref("base.be").id,
        })
        cls.first = cls._overdue_invoice(40, 250.0, partner=cls.payer)
        cls.second = cls._overdue_invoice(10, 100.0, partner=cls.payer)
        cls.foreign = cls._overdue_invoice(40, 999.0, partner=cls.partner_b)
        cls._classify()
        cls.case = cls.first.collection_case_id
        for login, partner in (("payer", cls.payer), ("stranger", None)):
            values = {"partner_id": partner.id} if partner else {}
            new_test_user(cls.env, login, groups="base.group_portal", password=login, **values)

    def _items(self, *moves):
        return [str(item.id) for move in moves for item in self._receivable(move)]

    def _open(self, *moves, **query):
        query = "&".join([
            *(f"items={item}" for item in self._items(*moves)),
            *(f"{name}={value}" for name, value in query.items()),
        ])
        return self.url_open(f"/my/collections/{self.case.id}/pay?{query}")

    def _start(self, *moves, amount=1, **values):
        """What the payment form sends when its button is pressed."""
        chosen = "-".join(self._items(*moves))
        return self.make_jsonrpc_request(
            f"/my/collections/{self.case.id}/transaction/{chosen}",
            {
                "provider_id": self.provider.id, "payment_method_id": self.payment_method_id,
                "token_id": None, "amount": amount, "flow": "direct",
                "tokenization_requested": False, "landing_route": "https://evil.example",
                "payment_reference": "mine", **values,
            },
        )

    def test_page_offers_what_can_be_paid(self):
        self.authenticate("payer", "payer")
        page = self.url_open(f"/my/collections/{self.case.id}").text
        for item in self._items(self.first, self.second):
            self.assertIn(f'name="items" value="{item}"', page)
        self.provider.state = "disabled"
        page = self.url_open(f"/my/collections/{self.case.id}").text
        self.assertNotIn("collection_pay", page)

    def test_without_a_provider_the_page_names_the_bank(self):
        self.provider.state = "disabled"
        bank = self.env["res.partner.bank"].create({
            "partner_id": self.env.company.partner_id.id, "acc_number": "BE71 0961 2345 6769",
        })
        self.authenticate("payer", "payer")
        page = self.url_open(f"/my/collections/{self.case.id}").text
        self.assertIn(bank.acc_number, page)
        self.assertIn(self.first.name, page)

    def test_form_says_how_much(self):
        token = self.case._portal_ensure_token()
        for login, query in (("payer", {}), (None, {"access_token": token})):
            self.authenticate(login, login)
            for moves, amount in (
                (self.first, "250.00"), (self.second, "100.00"),
                (self.first | self.second, "350.00"),
            ):
                with self.subTest(login=login, amount=amount):
                    page = self._open(*moves, **query)
                    self.assertEqual(page.status_code, 200)
                    self.assertIn(f">{amount}<", page.text)
                    self.assertIn("/transaction/", page.text)

    def test_nothing_ticked(self):
        self.authenticate("payer", "payer")
        for moves in ((), (self.foreign,)):
            page = self._open(*moves)
            self.assertIn("Tick the invoices", page.text)
            self.assertNotIn("/transaction/", page.text)

    def test_one_currency_at_a_time(self):
        euro = self._overdue_invoice(
            20, 70.0, partner=self.payer, currency_id=self.currency_euro.id
        )
        self.authenticate("payer", "payer")
        page = self._open(self.first, euro)
        self.assertIn("one currency at a time", page.text)

    def test_strangers_pay_nothing(self):
        for login, query in (
            ("stranger", {}), (None, {}), (None, {"access_token": "guessed"}),
        ):
            self.authenticate(login, login)
            with self.subTest(login=login, query=query):
                self.assertEqual(self._open(self.first, **query).status_code, 404)
                with mute_logger("odoo.http"), self.assertRaises(JsonRpcException):
                    self._start(self.first, **query)
        self.assertFalse(self.first.transaction_ids)

    def test_amount_is_the_ledger_s(self):
        self.authenticate("payer", "payer")
        with mute_logger("odoo.addons.payment.models.payment_transaction"):
            values = self._start(self.first, self.second, amount=1, is_validation=True)
        transaction = self._get_tx(values["reference"])
        self.assertRecordValues(transaction, [{
            "amount": 350.0, "currency_id": self.case.currency_id.id,
            "partner_id": self.payer.id,
            "landing_route": f"/my/collections/{self.case.id}?sent=payment",
        }])
        self.assertEqual(transaction.invoice_ids, self.first | self.second)
        with mute_logger("odoo.http"):
            for bad in ({"partner_id": 1}, {"invoice_ids": [self.foreign.id]}):
                with self.subTest(bad=bad), self.assertRaises(JsonRpcException):
                    self._start(self.first, **bad)
            with self.assertRaises(JsonRpcException):
                self._start(self.foreign)

    def test_payment_under_way(self):
        """An invoice that is being paid is named, and whoever follows its link is told so."""
        self.authenticate("payer", "payer")
        with mute_logger("odoo.addons.payment.models.payment_transaction"):
            values = self._start(self.first)
        self._get_tx(values["reference"])._set_pending()
        page = self.url_open(f"/my/collections/{self.case.id}").text
        self.assertIn("Your payment is on its way", page)
        self.assertIn(f"({self.first.name})", page)
        self.assertNotIn(f"Pay {self.first.name}", page)
        self.assertIn(f"Pay {self.second.name}", page)
        page = self._open(self.first)
        self.assertIn(f"Your payment of {self.first.name} is on its way already", page.text)
        self.assertNotIn("/transaction/", page.text)
        self.assertIn("/transaction/", self._open(self.second).text)
        with mute_logger("odoo.http"), self.assertRaises(JsonRpcException):
            self._start(self.first)

    def test_paid_closes_the_case(self):
        token = self.case._portal_ensure_token()
        self.authenticate(None, None)
        with mute_logger("odoo.addons.payment.models.payment_transaction"):
            values = self._start(self.first, self.second, access_token=token)
        transaction = self._get_tx(values["reference"])
        transaction._set_done()
        transaction._post_process()
        self.assertEqual(set((self.first | self.second).mapped("amount_residual")), {0})
        self.assertRecordValues(self.case, [{"stage": "closed", "close_reason": "paid"}])
