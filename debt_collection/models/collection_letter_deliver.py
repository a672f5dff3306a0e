from odoo import fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import email_normalize

PROOF = {
    "date_delivered", "delivery_proof", "tracking_number", "delivery_signed_by",
    "delivery_file_ids",
}


class CollectionLetter(models.Model):
    """After the sending: proof that the letter arrived, or that it did not."""

    _inherit = "collection.letter"

    date_delivered = fields.Date("Delivered On", copy=False, tracking=True)
    delivery_proof = fields.Selection(
        [
            ("registered", "Registered Mail"),
            ("courier", "Courier"),
            ("hand", "Handed Over"),
            ("email", "Answer or Read Receipt"),
            ("other", "Other"),
        ],
        "Proof of Delivery",
        copy=False,
    )
    tracking_number = fields.Char(copy=False)
    delivery_signed_by = fields.Char("Received By", copy=False, help="Who signed for it.")
    delivery_file_ids = fields.Many2many(
        "ir.attachment", string="Receipt", copy=False, help="The slip, the signed copy, the mail."
    )
    failure_reason = fields.Char("Why It Failed", readonly=True, copy=False)

    def _check_proof_kept(self, vals):
        """Raise a ``UserError`` if these values would change the proof of a delivery."""
        if PROOF & vals.keys():
            for letter in self:
                if letter.state == "delivered":
                    raise UserError(
                        self.env._(
                            "The delivery of %(letter)s is proved already and stays as it is.",
                            letter=letter.display_name,
                        )
                    )

    def action_deliver(self):
        """Note that these letters arrived; each needs the day and the proof."""
        self._lock()
        self._check_can_deliver()
        for letter_sudo in self.sudo():
            letter_sudo.state = "delivered"
            letter_sudo._end_to_dos()
            letter_sudo._record_delivery()

    def _check_can_deliver(self):
        self.check_access("write")
        self._check_state("sent", "failed")
        for letter in self:
            if not letter.date_sent:
                raise UserError(
                    self.env._("%(letter)s was never sent.", letter=letter.display_name)
                )
            if not letter.date_delivered or not letter.delivery_proof:
                raise UserError(
                    self.env._(
                        "Enter on which day %(letter)s arrived, and how that is known.",
                        letter=letter.display_name,
                    )
                )
            company = letter.company_id
            first = company._get_collection_date(letter.date_sent)
            if not first <= letter.date_delivered <= company._get_collection_today():
                raise ValidationError(
                    self.env._(
                        "%(letter)s arrived between the day it was sent and today.",
                        letter=letter.display_name,
                    )
                )

    def action_fail(self):
        """A letter came back: returned post, a wrong address."""
        self._lock()
        self.check_access("write")
        self._check_state("sent")
        for letter in self:
            letter._set_failed(
                self.env._("Came back; noted by %(user)s.", user=self.env.user.name)
            )

    def _set_failed(self, reason):
        """Note that the letter did not arrive: its step is open again, somebody gets a to-do."""
        for letter_sudo in self.sudo():
            letter_sudo.write({
                "state": "failed", "failure_reason": reason, "date_released": False,
            })
            steps = letter_sudo.contact_ids.case_step_id | letter_sudo.case_step_id
            if not letter_sudo.case_id.is_closed:
                steps.filtered(lambda step: step.state == "done").write(
                    {"state": "planned", "date_done": False}
                )
            letter_sudo._add_to_do(
                self.env._("Letter not delivered: %(reason)s", reason=reason)
            )

    def _note_mail_result(self, mail):
        """The mail server took the letter's e-mail, or did not.

        :param mail: the e-mail, its state is final
        """
        self.ensure_one()
        if mail.state == "sent" and self.state in ("approved", "failed"):
            self._mark_sent()
        elif mail.state == "exception" and self.state in ("approved", "sent"):
            self._set_failed(mail.failure_reason or self.env._("The mail server refused it."))

    def _message_receive_bounce(self, email, partner):
        """The customer's mail server sent the letter back."""
        result = super()._message_receive_bounce(email, partner)
        for letter_sudo in self.sudo():
            if letter_sudo.state == "sent" and email_normalize(email) == letter_sudo.email_to:
                letter_sudo._set_failed(
                    self.env._("The e-mail to %(email)s came back.", email=email)
                )
        return result

    def action_retry(self):
        """Send failed letters again, after a look at the ledger; the old e-mail is dropped."""
        self._lock()
        self.check_access("write")
        self._check_state("failed")
        # The old e-mail must not go out beside the new one.
        mails_sudo = self.sudo().mail_mail_id
        mails_sudo.filtered(lambda mail: mail.state != "sent").cancel()
        self.sudo().write({
            "state": "approved", "date_queued": False, "mail_mail_id": False,
            "date_delivered": False, "delivery_proof": False,
        })
        for letter in self:
            letter._end_to_dos()
        return self.action_send()
