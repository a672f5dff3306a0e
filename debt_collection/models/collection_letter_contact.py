import logging
from datetime import datetime, time

import pytz

from odoo import fields, models
from odoo.exceptions import UserError, ValidationError

from .collection_letter_ledger import DEMANDS

_logger = logging.getLogger(__name__)


class CollectionActivity(models.Model):
    _inherit = "collection.activity"

    letter_id = fields.Many2one(
        "collection.letter", "Letter Sent", readonly=True, copy=False, index="btree_not_null",
        ondelete="restrict",
    )

    def _match_letter_step(self):
        """A letter answers a step of its own kind only."""
        self.ensure_one()
        if not self.case_step_id and not self.corrects_id:
            planned = self.case_id.case_step_ids.filtered(
                lambda step: step.state == "planned"
                and step.step_id.letter_kind == self.letter_id.kind
            )
            self.case_step_id = planned.sorted("date_deadline")[:1]


class CollectionLetter(models.Model):
    """Letters as contacts of the case: sent, and delivered, which restarts limitation (P6.1)."""

    _inherit = "collection.letter"

    contact_ids = fields.One2many("collection.activity", "letter_id", "Contacts", readonly=True)

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
            "method": "letter",
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
