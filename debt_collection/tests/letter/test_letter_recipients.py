from odoo.exceptions import UserError
from odoo.tests import tagged

from .letter_common import LetterCommon


@tagged("post_install", "-at_install", "debt_collection")
class TestLetterRecipients(LetterCommon):
    """Who gets a letter: by whose invoices it is about, by role and by kind of paper."""

    @classmethod
    def _contact(cls, name, partner=None, **vals):
        return cls.env["res.partner"].create({
            "name": name, "parent_id": (partner or cls.partner_a).id,
            "email": f"{name.lower()}@customer.example", **vals,
        })

    def _overdue(self, partner=None, amount=100.0, **vals):
        return self._overdue_invoice(45, amount, partner or self.partner_a, **vals)

    def test_contact_whose_invoice_it_is(self):
        self._contact("North", type="invoice")
        south = self._contact("South", type="invoice")
        self._overdue(south)
        self.assertEqual(self._letter().contact_id, south)

    def test_most_of_the_amount_decides(self):
        north, south = (self._contact(name, type="invoice") for name in ("North", "South"))
        self._overdue(north, 100.0)
        self._overdue(south, 900.0)
        self.assertEqual(self._letter().contact_id, south)

    def test_invoice_contact_below_a_department(self):
        department = self._contact("Department", email=False)
        clerk = self._contact("Clerk", department, type="invoice")
        self._overdue()
        self.assertEqual(self._letter().contact_id, clerk)

    def test_post_needs_no_email(self):
        self.partner_a.email = False
        box = self._contact(
            "Payables", type="invoice", email=False, street="PO Box 9", city="Leeds"
        )
        self._overdue()
        letter = self._letter()
        self.assertEqual((letter.channel, letter.contact_id), ("post", box))
        self.assertIn("PO Box 9", letter.address)

    def test_post_without_an_address_is_not_sent(self):
        self.partner_a.write({"street": False, "city": False, "zip": False, "state_id": False,
                              "country_id": False})
        self._overdue()
        letter = self._letter(channel="post")
        letter.action_approve()
        with self.assertRaisesRegex(UserError, "postal address"):
            letter.action_send()

    def test_role_by_kind_of_paper(self):
        statements = self._contact(
            "Statements", collection_role="to", collection_gets_letter=False,
            collection_gets_reminder=False,
        )
        invoices = self._contact("Invoices", type="invoice")
        self._overdue()
        self.assertEqual(self._letter("statement").contact_id, statements)
        self.assertEqual(self._letter("dunning").contact_id, invoices)

    def test_copies_go_with_the_letter(self):
        boss = self._contact("Boss", collection_role="cc")
        auditor = self._contact("Auditor", collection_role="bcc")
        self._contact("Quiet", collection_role="cc", collection_no_email=True)
        self._contact("Other", collection_role="cc", collection_gets_letter=False)
        self._overdue()
        letter = self._letter()
        self.assertEqual((letter.cc_contact_ids, letter.bcc_contact_ids), (boss, auditor))
        letter.action_approve()
        letter.action_send()
        mail = letter.sudo().mail_mail_id
        self.assertEqual(mail.recipient_ids, self.partner_a | auditor)
        emails = mail._prepare_outgoing_list()
        self.assertEqual(len(emails), 2)
        first, second = sorted(emails, key=lambda email: email["partner_id"] != self.partner_a)
        self.assertIn("boss@customer.example", first["email_cc"][0])
        self.assertFalse(second["email_cc"])
        self.assertEqual(letter.email_copies, "boss@customer.example, auditor@customer.example")

    def test_several_addresses_in_one_field(self):
        self.partner_a.email = "one@customer.example, two@customer.example"
        self._overdue()
        letter = self._approved()
        letter.action_send()
        self.assertEqual(letter.email_to, "one@customer.example, two@customer.example")
        emails = letter.sudo().mail_mail_id._prepare_outgoing_list()
        self.assertEqual(len(emails[0]["email_to"]), 2)

    def test_copy_to_who_may_not_know_is_held(self):
        rule = self.env["collection.contact.rule"].create({
            "name": "Nobody Else", "is_third_party_barred": True,
        })
        self.partner_a.collection_contact_rule_id = rule
        self._contact("Stranger", collection_role="cc")
        self._overdue()
        letter = self._letter()
        self.assertIn("not authorised", letter.ledger_note)

    def test_who_left_signs_nothing(self):
        self._overdue()
        letter = self._letter()
        self.assertEqual(letter.contact_name, self.collector.name)
        self.collector.sudo().active = False
        letter.with_user(self.manager).action_approve()
        self.assertNotEqual(letter.contact_name, self.collector.name)
        self.assertNotEqual(letter.signatory, self.collector.name)


@tagged("post_install", "-at_install", "debt_collection")
class TestOneNeverStopsOthers(LetterCommon):
    """A customer with whom something is wrong is passed over, the others get theirs."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._write_texts("fr_FR", "Veuillez payer {amount}.")
        cls.french = cls.env["res.lang"]._activate_lang("fr_FR")
        cls.partner_b.write({"email": "b@customer.example", "lang": "fr_FR"})
        cls._overdue_invoice(45, 100.0, cls.partner_a)
        cls._overdue_invoice(45, 200.0, cls.partner_b)
        cls.case_a, cls.case_b = cls._case(), cls._case(cls.partner_b)

    def _deactivate_french(self):
        """As it happens: while the customer was archived nobody used the language."""
        self.partner_b.active = False
        self.french.active = False
        self.partner_b.active = True

    def test_run_with_a_language_no_longer_used(self):
        self._deactivate_french()
        run = self.env["collection.letter.run"].with_user(self.collector).create({
            "partner_ids": [(6, 0, (self.partner_a | self.partner_b).ids)],
        })
        run.action_preview()
        self.assertEqual(run.line_ids.mapped("is_chosen"), [True, True])
        run.action_approve()
        letters = self.case_a.letter_ids | self.case_b.letter_ids
        self.assertEqual(letters.mapped("state"), ["approved", "approved"])
        self.assertEqual(set(letters.mapped("lang")), {"en_US"})

    def test_draft_in_a_language_no_longer_used(self):
        letter = self.env["collection.letter"]._draft_letters(
            self.company, [{"partner": self.partner_b, "kind": "dunning", "case": self.case_b}],
            self.TODAY,
        )
        self.assertEqual(letter.lang, "fr_FR")
        self._deactivate_french()
        letter.with_user(self.manager).action_approve()
        self.assertEqual((letter.state, letter.lang), ("approved", "en_US"))

    def test_letter_that_cannot_be_written(self):
        template = self.env["collection.letter.template"]
        patched = type(self.env["collection.letter"])
        original = patched._prepare_draft

        def prepare(letters, company, row, *args):
            if row["partner"] == self.partner_b:
                raise UserError("nothing can be written to this one")
            return original(letters, company, row, *args)

        self.patch(patched, "_prepare_draft", prepare)
        letters = template.env["collection.letter"]._draft_letters(
            self.company,
            [{"partner": case.partner_id, "kind": "dunning", "case": case}
             for case in (self.case_a, self.case_b)],
            self.TODAY,
        )
        self.assertEqual(letters.partner_id, self.partner_a)
        self.assertTrue(self.case_b.activity_ids.filtered(
            lambda to_do: "nothing can be written" in (to_do.summary or "")
        ))

    def test_notice_in_a_language_no_longer_used(self):
        self._deactivate_french()
        template = self.env.ref("debt_collection.mail_template_survey")
        mails = template._send_collection_batch((self.case_a | self.case_b).ids)
        self.assertEqual(len(mails), 2)

    def test_email_that_cannot_be_written(self):
        template = self.env.ref("debt_collection.mail_template_survey")
        patched = type(template)
        original = patched.send_mail_batch

        def send(templates, ids, **options):
            if self.case_b.id in ids:
                raise ValueError("broken")
            return original(templates, ids, **options)

        self.patch(patched, "send_mail_batch", send)
        mails = template._send_collection_batch((self.case_a | self.case_b).ids)
        self.assertEqual(mails.mapped("res_id"), self.case_a.ids)

    def test_customer_who_is_not_readable(self):
        self.env["ir.rule"].create({
            "name": "hidden", "model_id": self.env.ref("base.model_res_partner").id,
            "domain_force": f"[('id', '!=', {self.partner_b.id})]",
        })
        self.env.invalidate_all()
        run = self.env["collection.letter.run"].with_user(self.collector).create({})
        run.action_preview()
        chosen = run.line_ids.filtered("is_chosen")
        self.assertEqual(chosen.case_id, self.case_a)
