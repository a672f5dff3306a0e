from datetime import timedelta

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..letter.letter_common import LetterCommon


@tagged("post_install", "-at_install", "debt_collection")
class TestPartnerMerge(LetterCommon):
    """Customers that become one: one open case, both histories, seals that still hold."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.merger = cls.env["res.users"].with_context(no_reset_password=True).create({
            "name": "Data Keeper", "login": "data_keeper",
            "group_ids": [Command.set([
                cls.env.ref("base.group_user").id, cls.env.ref("base.group_partner_manager").id,
            ])],
        })
        cls.one = cls._customer("One")
        cls.two = cls._customer("Two")
        cls._overdue_invoice(40, 100.0, partner=cls.one)
        cls._overdue_invoice(50, 900.0, partner=cls.two)
        cls.first, cls.second = cls._case(cls.one), cls._case(cls.two)

    @classmethod
    def _customer(cls, name, **vals):
        return cls.env["res.partner"].create({
            "name": name, "is_company": True, "email": "same@customer.example",
            "street": "1 Road", "city": "York", **vals,
        })

    def _merge(self, into, *others):
        partners = into.union(*others)
        wizard = self.env["base.partner.merge.automatic.wizard"].with_user(
            self.merger
        ).with_context(active_model="res.partner", active_ids=partners.ids).create({
            "dst_partner_id": into.id,
        })
        wizard.action_merge()
        self.env.invalidate_all()

    def _log(self, case, **vals):
        return self.env["collection.activity"].with_user(self.collector).create({
            "case_id": case.id, "method": "phone", "outcome": "no_answer", "state": "confirmed",
            **vals,
        })

    def _promise(self, case):
        return self.env["collection.promise"].create({
            "case_id": case.id, "amount": 50.0, "date_made": self.TODAY,
            "date_promised": self.TODAY + timedelta(days=5),
        })

    def _plan(self, case):
        plan = self.env["collection.plan"].create({
            "case_id": case.id, "date_first": self.TODAY + timedelta(days=9),
        })
        plan.action_generate()
        plan._set_state("performing", date_accepted=self.TODAY)
        return plan

    def _dispute(self, case):
        return self.env["collection.dispute"].create({
            "case_id": case.id, "line_ids": case.line_ids.ids, "reason": "Damaged",
        })

    def _assert_one(self, customer, amount, count=2):
        """One open case over all, and each one's history under the one customer."""
        case = self._case(customer)
        self.assertEqual(len(case), 1)
        self.assertEqual(case.amount_overdue, amount)
        self.assertEqual(customer.collection_case_count, count)
        self.assertTrue(self.env["collection.seal"]._verify(self.company)["ok"])
        return case

    def test_plain_cases(self):
        self._merge(self.one, self.two)
        self.assertFalse(self.two.exists())
        case = self._assert_one(self.one, 1000.0)
        self.assertEqual(case, self.first)
        self.assertRecordValues(self.second, [
            {"partner_id": self.one.id, "stage": "closed", "close_reason": "cancelled"},
        ])
        self.assertIn(self.first.name, str(self.second.message_ids.mapped("body")))

    def test_what_is_sealed_names_whom_it_was_about(self):
        contact = self.env["res.partner"].create({
            "name": "Ms Grey", "parent_id": self.two.id, "email": "same@customer.example",
        })
        logged = [self._log(self.second, contact_id=self.two.id),
                  self._log(self.second, contact_id=contact.id),
                  self._log(self.first)]
        letter = self._approved(case=self.second)
        letter.action_send()
        self._merge(self.one, self.two)
        self._assert_one(self.one, 1000.0)
        self.assertEqual(logged[0].contact_id, self.two)
        self.assertEqual(logged[1].contact_id, contact)
        self.assertRecordValues(self.two, [
            {"active": False, "parent_id": self.one.id, "commercial_partner_id": self.one.id},
        ])
        self.assertEqual(contact.commercial_partner_id, self.one)
        self.assertIn(letter, self.env["collection.case"].search(
            [("partner_id", "=", self.one.id)]
        ).letter_ids)

    def test_what_is_agreed_goes_on(self):
        for name in ("promise", "plan", "dispute"):
            with self.subTest(agreed=name), self.cr.savepoint() as savepoint:
                agreed = getattr(self, f"_{name}")(self.second)
                state = agreed.state
                self._merge(self.one, self.two)
                case = self._assert_one(self.one, 1000.0)
                self.assertEqual((case, agreed.case_id), (self.second, self.second))
                self.assertEqual(agreed.state, state)
                savepoint.rollback()
            self.env.invalidate_all()

    def test_both_have_agreed_something(self):
        """One sentence says what to do; nothing is changed."""
        for name in ("promise", "plan", "dispute"):
            with self.subTest(agreed=name), self.cr.savepoint() as savepoint:
                getattr(self, f"_{name}")(self.first)
                self._promise(self.second)
                with self.assertRaisesRegex(UserError, "end those of one case"):
                    self._merge(self.one, self.two)
                savepoint.rollback()
            self.env.invalidate_all()
        self.assertEqual(self.first.amount_overdue, 100.0)

    def test_drafts_go_and_letters_sent_stay(self):
        draft = self._letter(case=self.second)
        sent = self._approved(case=self.second, kind="reminder")
        sent.action_send()
        self._merge(self.one, self.two)
        self._assert_one(self.one, 1000.0)
        self.assertEqual(draft.state, "cancelled")
        self.assertNotEqual(sent.state, "cancelled")
        self.assertEqual(sent.case_id, self.second)

    def test_cases_of_two_companies(self):
        """A case in each company goes on."""
        other = self._overdue_company()
        self._merge(self.one, self.two, self.three)
        self._assert_one(self.one, 1000.0, count=2)
        self.assertRecordValues(other, [
            {"partner_id": self.one.id, "is_closed": False, "amount_overdue": 70.0},
        ])

    def _overdue_company(self):
        """The case of a third customer in another company."""
        data = self.setup_other_company(name="Other")
        company = data["company"]
        self.three = self._customer("Three")
        move = self.env["account.move"].with_company(company).create({
            "move_type": "out_invoice", "partner_id": self.three.id,
            "invoice_date": self.TODAY - timedelta(days=60),
            "invoice_date_due": self.TODAY - timedelta(days=30),
            "invoice_payment_term_id": False,
            "invoice_line_ids": [Command.create({
                "name": "x", "price_unit": 70.0, "tax_ids": [],
                "account_id": data["default_account_revenue"].id,
            })],
        })
        move.action_post()
        self._classify(companies=company)
        return self.env["collection.case"]._get_open(self.three, company)

    def test_a_contact_that_moves_takes_its_debts(self):
        """What is booked on itself; what the former customer disputes stays there.

        Odoo books an invoice of a contact on its customer: that stays, too.
        """
        buyer = self.env["res.partner"].create({
            "name": "Buyer", "parent_id": self.two.id, "email": "same@customer.example",
        })
        other = self.env["res.partner"].create({
            "name": "Buyer", "parent_id": self.one.id, "email": "same@customer.example",
        })
        invoice = self._overdue_invoice(20, 10.0, partner=buyer)
        item = self._get_opening_item(buyer, 30.0)
        self._classify()
        self.assertEqual(item.collection_case_id, self.second)
        dispute = self._dispute(self.second)
        self._merge(other, buyer)
        self.assertEqual(item.collection_case_id, self.first)
        self.assertEqual(self.first.amount_overdue, 130.0)
        self.assertEqual(self.first.amount_disputed, 0.0)
        self.assertRecordValues(self.second, [
            {"amount_overdue": 910.0, "amount_disputed": 910.0, "is_closed": False},
        ])
        self.assertEqual(invoice.collection_case_id, self.second)
        self.assertEqual(dispute.state, "open")

    def _get_opening_item(self, partner, amount):
        """An overdue item that is booked on a contact itself."""
        equity = self.env["account.account"].search([("account_type", "=", "equity")], limit=1)
        move = self.env["account.move"].create({
            "date": self.TODAY - timedelta(days=20),
            "line_ids": [
                Command.create({
                    "account_id": partner.property_account_receivable_id.id,
                    "partner_id": partner.id, "balance": amount,
                }),
                Command.create({"account_id": equity.id, "balance": -amount}),
            ],
        })
        move.action_post()
        return move.line_ids.filtered("debit")

    def test_a_customer_with_a_closed_case(self):
        self._log(self.second)
        self._pay(self.second.line_ids.move_id)
        self.assertTrue(self.second.is_closed)
        self._merge(self.one, self.two)
        self._assert_one(self.one, 100.0)
        self.assertEqual(self.second.partner_id, self.one)
