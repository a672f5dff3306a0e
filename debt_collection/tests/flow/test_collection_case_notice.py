from datetime import timedelta

from odoo.tests import tagged

from ..base.common import CollectionCommon


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionCaseNotice(CollectionCommon):
    """Customers are told how their case goes on, where the policy wants it (P6.2)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = cls.env.company._get_collection_today()
        cls.customer = cls.env["res.partner"].create(
            {"name": "Told Customer", "email": "told@example.com"}
        )
        cls.invoice = cls._overdue_invoice(
            40, 250.0, partner=cls.customer, invoice_date_due=cls.today - timedelta(days=40)
        )
        cls._classify(cls.today)
        cls.case = cls.invoice.collection_case_id
        cls.policy = cls.case._get_policy()
        cls.approver = cls._role_user("notice_manager", "manager")

    def _get_mails(self):
        return self.env["mail.mail"].sudo().search([
            ("model", "=", "collection.case"), ("res_id", "=", self.case.id),
        ]).mapped("subject")

    def _promise(self):
        self.env["collection.promise"].create({
            "case_id": self.case.id, "amount": 100, "date_promised": self.today,
            "date_made": self.today,
        })

    def _approve_plan(self):
        plan = self.env["collection.plan"].create({
            "case_id": self.case.id, "count": 2, "date_first": self.today + timedelta(days=10),
        })
        plan.action_generate()
        plan.with_user(self.approver).action_approve()

    def _pay_part(self):
        self._pay(self.invoice, amount=100.0, payment_date=self.today)

    def _pay_all(self):
        self._pay(self.invoice, payment_date=self.today)

    def _credit(self):
        self.invoice._reverse_moves([{"date": self.today, "invoice_date": self.today}], cancel=True)

    def test_events(self):
        table = [
            # what happens, setting, subject with the setting, with all settings off
            (self._promise, "notify_promise", "Your payment by"),
            (self._approve_plan, "notify_plan", "A payment plan for you"),
            (self._pay_part, "notify_payment", "Thank you for your payment"),
            (self._pay_all, "notify_closed", "Your account is settled"),
        ]
        names = ["notify_promise", "notify_payment", "notify_plan", "notify_closed"]
        for happen, name, subject in table:
            for wanted in (False, True):
                with self.subTest(name=name, wanted=wanted), self.env.cr.savepoint() as savepoint:
                    self.policy.write({**dict.fromkeys(names, False), name: wanted})
                    before = self._get_mails()
                    happen()
                    mails = self._get_mails()[: len(self._get_mails()) - len(before)]
                    self.assertEqual(len(mails), int(wanted))
                    self.assertTrue(all(mail.startswith(subject) for mail in mails))
                    savepoint.rollback()
                self.env.invalidate_all()

    def test_credit_note_is_no_payment(self):
        self.policy.notify_payment = True
        self._credit()
        self.assertNotIn("Thank you for your payment", self._get_mails())

    def test_in_the_customer_s_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        template = self.env.ref("debt_collection.mail_template_notice_promise")
        template.with_context(lang="fr_FR").subject = "Votre paiement"
        template.body_html = "<p>Thank you</p>"
        template.update_field_translations("body_html", {"fr_FR": "<p>Merci</p>"})
        self.customer.lang = "fr_FR"
        self._promise()
        self.assertEqual(self._get_mails(), ["Votre paiement"])

    def test_each_company_decides(self):
        """The switches are the policy's, and each company has its own."""
        other = self.setup_other_company(name="Other Notices")["company"]
        policy = other.sudo().collection_policy_id
        self.assertTrue(policy)
        self.policy.notify_promise = False
        self.assertTrue(policy.notify_promise)

    def test_no_address_no_mail(self):
        self.customer.email = False
        self._promise()
        self.assertFalse(self._get_mails())
