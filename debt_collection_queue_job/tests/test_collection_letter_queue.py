from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.debt_collection.tests.letter.letter_common import LetterCommon
from odoo.addons.debt_collection.tests.letter.smtp_common import MailServerMixin
from odoo.addons.queue_job.job import Job

from ..models import collection_letter


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionLetterQueue(LetterCommon, MailServerMixin):
    """Letters and e-mails in channels of the queue: each in one job, each sent once."""

    def setUp(self):
        super().setUp()
        self.box, self.controller = self._start_mail_server()
        self.startPatcher(self.patch_slice(2))
        self.partners = self.env["res.partner"].create([
            {"name": f"Customer {n}", "email": f"c{n}@customer.example", "street": "1 Road"}
            for n in range(5)
        ])
        for partner in self.partners:
            self._overdue_invoice(40, partner=partner)
        self._classify()
        cases = self.env["collection.case"].search([("partner_id", "in", self.partners.ids)])
        self.letters = self.env["collection.letter"].with_user(self.manager)._draft_letters(
            self.company,
            [{"partner": case.partner_id, "kind": "dunning", "case": case} for case in cases],
            self.TODAY,
        )
        self.letters.action_release()

    def patch_slice(self, size):
        return patch.object(collection_letter, "SLICE", size)

    def _jobs(self, channel):
        return self.env["queue.job"].sudo().search([
            ("channel", "=", f"root.collection.{channel}"), ("state", "=", "pending"),
        ], order="id")

    def _perform(self, records):
        """What the queue's worker does."""
        for record in records:
            job = Job.load(self.env(su=True), record.uuid)
            job.set_started()
            with patch.object(self.env.cr, "commit", self.env.flush_all):
                job.perform()
            job.set_done()
            job.store()

    def test_a_letter_is_in_one_job(self):
        letter_model = self.env["collection.letter"]
        self.assertEqual(letter_model._enqueue_released(), self.letters.sudo())
        jobs = self._jobs("letters")
        self.assertEqual(len(jobs), 3)
        self.assertEqual(len(set(jobs.mapped("identity_key"))), 3)
        self.assertFalse(letter_model._enqueue_released(), "Enqueued once.")
        self.assertEqual(self._jobs("letters"), jobs)

    @mute_logger("odoo.addons.mail.models.mail_mail")
    def test_each_letter_and_e_mail_goes_out_once(self):
        self.env["collection.letter"]._send_released_and_commit()
        jobs = self._jobs("letters")
        self._perform(jobs)
        self.assertEqual(set(self.letters.mapped("state")), {"approved"})
        emails = self._jobs("emails")
        self.assertEqual(len(emails), 5)
        self._send_queue()
        self.assertFalse(self.box.messages, "The mail queue leaves them to the jobs.")
        self._perform(emails)
        self._perform(jobs)
        self._perform(emails)
        self._send_queue()
        self.assertEqual(set(self.letters.mapped("state")), {"sent"})
        self.assertEqual(
            self.box.recipients(), sorted(partner.email for partner in self.partners)
        )

    def test_one_bad_letter_stops_no_other(self):
        self.letters[2].sudo().partner_id.email = False
        self.env["collection.letter"]._enqueue_released()
        with mute_logger("odoo.addons.debt_collection.models.letter.collection_letter_release"):
            while jobs := self._jobs("letters"):
                self._perform(jobs)
        self.assertEqual(len(self._jobs("emails")), 4)
        self.assertTrue(self.letters[2].activity_ids)
        self.assertFalse(self.letters[2].date_released)

    def test_a_cancelled_job_gives_its_letters_back(self):
        self.env["collection.letter"]._enqueue_released()
        self._jobs("letters").button_cancelled()
        self.env["collection.letter"]._enqueue_released()
        self._perform(self._jobs("letters"))
        emails = self._jobs("emails")
        emails.button_cancelled()
        self._send_queue()
        self.assertEqual(
            self.box.recipients(), sorted(partner.email for partner in self.partners)
        )
