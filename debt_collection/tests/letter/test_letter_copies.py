from odoo.exceptions import UserError
from odoo.tests import tagged

from .letter_common import LetterCommon


@tagged("post_install", "-at_install", "debt_collection")
class TestLetterCopies(LetterCommon):
    """Copies of the invoices go with a letter, up to a size; beyond it links."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first = cls._overdue_invoice(45, 100.0)
        cls.second = cls._overdue_invoice(46, 200.0)
        cls.template = cls.env.ref("debt_collection.letter_template_dunning")
        cls._case()

    def _with_files(self, *moves, size=1000):
        """As Odoo keeps the files that it made when an invoice was sent."""
        for move in moves:
            self.env["ir.attachment"].create({
                "name": f"{move.name.replace('/', '_')}.pdf", "raw": b"x" * size,
                "mimetype": "application/pdf", "res_model": move._name, "res_id": move.id,
                "res_field": "invoice_pdf_report_file",
            })
            move.invalidate_recordset(["invoice_pdf_report_id", "invoice_pdf_report_file"])

    def test_first_letter_has_copies(self):
        self.assertTrue(self.template.has_copies)
        self._with_files(self.first, self.second)
        letter = self._approved(template_id=self.template.id)
        self.assertEqual(len(letter.copy_ids), 2)
        self.assertFalse(letter.copies_left_out)
        letter.action_send()
        mail = letter.sudo().mail_mail_id
        self.assertEqual(mail.attachment_ids, letter.pdf_attachment_id | letter.copy_ids)
        self.assertNotIn(self.first.name, mail.body_html)

    def test_links_beyond_the_size(self):
        self._with_files(self.first, size=600 * 1024)
        self._with_files(self.second, size=600 * 1024)
        self.company.collection_copies_limit = 1
        letter = self._approved(template_id=self.template.id)
        self.assertEqual((len(letter.copy_ids), letter.copies_left_out), (1, 1))
        letter.action_send()
        body = letter.sudo().mail_mail_id.body_html
        self.assertIn(self.first.name, body)
        self.assertIn("access_token", body)

    def test_without_copies_there_are_links(self):
        self.template.has_copies = False
        letter = self._approved(template_id=self.template.id)
        self.assertFalse(letter.copy_ids)
        letter.action_send()
        self.assertIn(self.second.name, letter.sudo().mail_mail_id.body_html)

    def test_invoice_without_a_file_is_printed(self):
        letter = self._approved(template_id=self.template.id)
        self.assertEqual(len(letter.copy_ids), 2)

    def test_copies_stay_as_they_are(self):
        self._with_files(self.first, self.second)
        letter = self._approved(template_id=self.template.id)
        with self.assertRaises(UserError):
            letter.sudo().copy_ids[0].raw = b"other"
        with self.assertRaises(UserError):
            letter.sudo().copy_ids[0].unlink()
        with self.assertRaises(UserError):
            letter.sudo().copy_ids = False
        with self.assertRaises(UserError):
            letter.copies_checksum = "x"

    def test_step_decides_before_the_template(self):
        self.company.collection_is_started = False
        self._night()
        letter = self.env["collection.letter"].search(
            [("case_step_id", "!=", False), ("partner_id", "=", self.partner_a.id)], limit=1
        )
        self.assertTrue(letter)
        step = letter.case_step_id.step_id
        for wish, expected in (("no", False), ("yes", True), ("template", True)):
            letter.template_id.has_copies = True
            step.letter_copies = wish
            letter._compute_has_copies()
            self.assertIs(letter.has_copies, expected)
