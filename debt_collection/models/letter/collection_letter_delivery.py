import logging
from datetime import datetime, time

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .collection_channel import Receipt
from .res_company import DEMANDS

PROOF = {
    "date_delivered", "delivery_proof", "tracking_number", "delivery_signed_by",
    "delivery_file_ids",
}
_logger = logging.getLogger(__name__)



class CollectionLetterDelivery(models.AbstractModel):
    """What became of a letter: the contact that it is, and the proof that it arrived."""

    _name = "collection.letter.delivery"
    _description = "Delivery of a Letter"

    # A letter is a contact of its case: sent, and delivered, which restarts limitation (P6.1).

    def _record_contact(self):
        """Record that the letter was sent as a contact of its case; it ends the step."""
        self.ensure_one()
        if not self.case_id:
            return
        try:
            with self.env.cr.savepoint():
                self.env["collection.activity"].sudo().create(self._prepare_contact())
        # The letter has left: that its contact cannot be recorded must not say otherwise.
        except (UserError, ValidationError) as error:
            _logger.warning("Collections: no contact of letter %s: %s", self.name, error)
            self._add_to_do(self.env._("Record the letter as a contact: %(why)s", why=error))

    def _prepare_contact(self):
        self.ensure_one()
        step = self.case_step_id
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        return {
            "case_id": self.case_id.id,
            "method": self._get_channel()._contact_method,
            "direction": "outbound",
            "outcome": "other",
            "date": self.date_sent,
            "contact_id": (self.contact_id or self.partner_id).id,
            "user_id": (self.user_id or self.sent_by_id or self.env.user).id,
            "feedback": f"{kinds[self.kind]} {self.name}",
            "case_step_id": step.id if step.state == "planned" else False,
            "letter_id": self.id,
            "state": "confirmed",
        }

    def _record_delivery(self):
        """The contact with the day of delivery takes the place of the one of the sending.

        A demand that arrived may start limitation anew on that day.
        """
        self.ensure_one()
        if not self.case_id:
            return
        sent = self.contact_ids.filtered(
            lambda contact: contact.state == "confirmed" and not contact.correction_ids
        )[:1]
        self.env["collection.activity"].sudo().create({
            **self._prepare_contact(),
            "date": self._get_delivery_moment(),
            "feedback": self._get_delivery_words(),
            "outcome": "reached",
            "case_step_id": sent.case_step_id.id,
            "corrects_id": sent.id,
            "limitation_event": "demand" if self.kind in DEMANDS else False,
            "attachment_ids": [(6, 0, self.delivery_file_ids.ids)],
        })

    def _get_delivery_moment(self):
        """Noon of the day of delivery where the company is, in UTC; not in the future."""
        zone = pytz.timezone(self.company_id._get_collection_tz())
        noon = zone.localize(datetime.combine(self.date_delivered, time(12)))
        return min(noon.astimezone(pytz.utc).replace(tzinfo=None), fields.Datetime.now())

    def _get_delivery_words(self):
        self.ensure_one()
        proofs = dict(self._fields["delivery_proof"]._description_selection(self.env))
        parts = [
            self.env._("%(letter)s delivered", letter=self.name),
            proofs.get(self.delivery_proof),
            self.tracking_number,
            self.delivery_signed_by
            and self.env._("signed by %(person)s", person=self.delivery_signed_by),
        ]
        return ", ".join(part for part in parts if part)

    # After the sending: proof that the letter arrived, or that it did not.

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
        self._note_gone()

    # What the other side says: a mail server, or a service. Told twice it changes nothing.

    def _take_receipt(self, receipt):
        """Note what became of the letter; what comes twice, or too late, changes nothing.

        :param receipt: a `Receipt`
        """
        self.ensure_one()
        letter_sudo = self.sudo()
        is_open = letter_sudo.state == "approved" or letter_sudo.is_sending_unknown
        if receipt.state == "accepted" and is_open:
            letter_sudo._mark_sent(letter_sudo.date_handed or None)
        elif receipt.state == "delivered" and letter_sudo.state in ("approved", "sent", "failed"):
            if letter_sudo.state != "sent":
                letter_sudo._mark_sent(letter_sudo.date_handed or None)
            letter_sudo._note_delivered()
        elif receipt.state in ("refused", "unknown") and letter_sudo.state in ("approved", "sent"):
            letter_sudo._set_failed(receipt.words or self.env._("It was refused."))
        elif receipt.state == "refused" and letter_sudo.is_sending_unknown:
            letter_sudo.failure_reason = receipt.words or self.env._("It was refused.")

    @api.model
    def _take_report(self, reference, receipt):
        """A service reports on the letter that it has under a reference, by its webhook.

        :return: the letter, empty if none has it
        """
        # Whoever the service is, it has no right on letters.
        letter_sudo = self.sudo().search([("service_ref", "=", reference or "")], limit=1)
        if letter_sudo:
            before, rank = letter_sudo.service_state, ("accepted", "refused", "delivered")
            letter_sudo._take_receipt(receipt)
            if before not in rank or rank.index(receipt.state) > rank.index(before):
                letter_sudo.write({
                    "service_state": receipt.state, "service_note": receipt.words or False,
                })
        return letter_sudo

    def _note_delivered(self):
        """The service says that the letter arrived today: its receipt is the proof."""
        self.ensure_one()
        self.write({
            "date_delivered": self.company_id._get_collection_today(),
            "delivery_proof": "receipt",
        })
        self.state = "delivered"
        self._end_to_dos()
        self._record_delivery()

    def _note_mail_result(self, mail):
        """The mail server took the letter's e-mail, or did not.

        :param mail: the e-mail, its state is final
        """
        self.ensure_one()
        if mail.state == "sent" and self.state in ("approved", "failed"):
            self._mark_sent()
        elif mail.state == "exception":
            self._take_receipt(Receipt(
                "refused", mail.failure_reason or self.env._("The mail server refused it.")
            ))
