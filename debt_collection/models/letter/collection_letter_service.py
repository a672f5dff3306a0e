import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ...tools.service_failure import tell_failure
from ..base.ir_cron_progress import TRIES
from .collection_channel import Receipt

_logger = logging.getLogger(__name__)
SILENCE = timedelta(minutes=15)
"""After so long without an answer a letter that was given to a service was cut off."""
AGAIN = timedelta(minutes=15)
"""A service that nobody could connect to is asked again after so long …"""
PATIENCE = timedelta(days=1)
"""… for so long."""


class CollectionLetterService(models.AbstractModel):
    """Letters that a service takes: each is given to it once, whatever dies in between.

    A letter is marked, the mark is committed, and only then is the service asked; what it said
    is committed before anything follows from it. A letter with a mark and no answer may have
    left: it failed, and a person looks in the service's log before it is sent again.
    """

    _name = "collection.letter.service"
    _description = "Letter Given to a Service"

    @api.model
    def _prepare_unqueued(self):
        """Values of letters that are with nobody."""
        return {
            "date_queued": False, "date_send_from": False, "date_handed": False,
            "service_state": False, "service_ref": False, "service_note": False,
        }

    def _queue_for_service(self):
        """Leave these letters to the job that gives them to their service."""
        now, moments = fields.Datetime.now(), set()
        for letter_sudo in self.sudo():
            moment, _words = letter_sudo._get_next_contact()
            letter_sudo.write({
                **letter_sudo._prepare_unqueued(),
                "date_queued": now,
                "date_send_from": moment if moment and moment > now else False,
                "sent_by_id": self.env.uid,
                "email_to": letter_sudo._get_channel()._get_target(letter_sudo),
                "failure_reason": False,
            })
            moments.add(letter_sudo.date_send_from)
        for moment in moments:
            self._wake_at(moment)

    @api.model
    def _wake_at(self, moment):
        """Wake the job of the letters, now or at a moment."""
        # Nobody has a right on jobs; it is woken, not changed.
        self.env.ref("debt_collection.cron_letters").sudo()._trigger(moment or None)

    def _is_being_handed_over(self):
        """Whether a service has the letter at this moment, or may have it."""
        self.ensure_one()
        return bool(self.state == "approved" and self.date_handed)

    @api.model
    def _get_queued_domain(self):
        keys = [
            key for key, _name in self._get_channels()
            if self.env["collection.channel"]._get(key)._is_service
        ]
        return [
            ("state", "=", "approved"), ("date_queued", "!=", False),
            ("date_handed", "=", False), ("channel", "in", keys),
            "|", ("date_send_from", "=", False), ("date_send_from", "<=", fields.Datetime.now()),
        ]

    @api.model
    def _hand_over_queued(self, company):
        """Give the queued letters of a company to their services, one by one; yields how many.

        A yield of nothing only commits: between the mark of a letter and what the service says
        of it no time is up.
        """
        # The job works for everybody; who sends each letter was checked when it was queued.
        letter_model = self.sudo().with_company(company)
        letter_model._note_forgotten(company)
        letters_sudo = letter_model.search(
            [("company_id", "=", company.id), *self._get_queued_domain()], order="date_queued, id"
        )
        for letter_sudo in letters_sudo:
            if not letter_sudo._reserve_or_put_aside():
                continue
            yield 0
            for _number in range(TRIES):
                if letter_sudo._ask_service():
                    break
                yield 0
            yield 0
            letter_sudo._take_noted_receipt()
            yield 1

    def _reserve_or_put_aside(self):
        """Mark the letter as given to its service, if nothing holds it; what is wrong is noted."""
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                return self._reserve()
        except (OSError, *PG_CONCURRENCY_EXCEPTIONS_TO_RETRY):
            raise
        # Whatever is wrong with one letter must not keep the others from going out.
        except Exception as error:
            _logger.warning("Collections: letter with id %s not sent: %s", self.id, error)
            self.env.invalidate_all(flush=False)
            self._put_aside(self.id, error)
            return False

    def _reserve(self):
        """Look at the ledger and the clock once more, then mark the letter; whether it goes."""
        self.ensure_one()
        letter = self.try_lock_for_update(allow_referencing=True).filtered_domain(
            self._get_queued_domain()
        )
        if not letter:
            return False
        found = letter._get_findings()[letter.id]
        moment, words = letter._get_next_contact()
        if found.outdated:
            letter._cancel_for(" ".join(found.outdated))
        elif found.blocks or moment is None:
            letter._take_back(" ".join(found.blocks) or words)
        elif moment > fields.Datetime.now():
            letter.date_send_from = moment
            self._wake_at(moment)
        else:
            channel = letter._get_channel()
            letter._check_deadline()
            letter._check_pdf()
            channel._prepare(letter)
            letter.write({
                "date_handed": fields.Datetime.now(),
                "service_ref": channel._begin(letter),
            })
            return True
        return False

    def _ask_service(self):
        """Give the letter to its service and note what it says; whether it was asked."""
        self.ensure_one()
        self.env.invalidate_all()
        letter = self.try_lock_for_update(allow_referencing=True)
        if not letter or letter.state != "approved" or letter.service_state:
            return False
        try:
            receipt = letter._get_channel()._hand_over(letter)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        # Whatever the service or the way to it does: the letter says what is known.
        except Exception as error:
            state = tell_failure(error, (UserError, ValidationError))
            _logger.warning("Collections: letter %s, service %s: %s", letter.name, state, error)
            receipt = Receipt(state, str(error))
        letter._note_receipt(receipt)
        return True

    def _note_receipt(self, receipt):
        """Keep what the service says, before anything follows from it."""
        self.ensure_one()
        if receipt.state == "waiting":
            if fields.Datetime.now() - self.date_queued < PATIENCE:
                moment = fields.Datetime.now() + AGAIN
                self.write({
                    "date_handed": False, "service_ref": False, "date_send_from": moment,
                    "service_note": receipt.words,
                })
                self._wake_at(moment)
                return
            receipt = receipt._replace(state="refused")
        self.write({
            "service_state": receipt.state,
            "service_note": receipt.words or False,
            "service_ref": receipt.reference or self.service_ref,
            "service_cost": receipt.cost or self.service_cost,
            "service_cost_unit": receipt.cost_unit or self.service_cost_unit,
        })

    def _take_noted_receipt(self):
        """What follows from what the service said."""
        self.ensure_one()
        if self.state == "approved" and self.service_state:
            words = self.service_note
            if self.service_state == "unknown":
                words = self._get_words_cut_off()
            self._take_receipt(Receipt(self.service_state, words or ""))

    def _get_words_cut_off(self):
        return self.env._(
            "The service did not answer: it is not known whether it took the letter. Look in the"
            " service's log before you send it again. %(words)s",
            words=self.service_note or "",
        ).strip()

    @api.model
    def _note_forgotten(self, company):
        """Letters of runs that were cut off: what the service said follows now, or is unknown."""
        letters_sudo = self.search([
            ("company_id", "=", company.id), ("state", "=", "approved"),
            ("date_handed", "!=", False),
        ])
        for letter_sudo in letters_sudo.try_lock_for_update(allow_referencing=True):
            if not letter_sudo.service_state:
                if letter_sudo.date_handed > fields.Datetime.now() - SILENCE:
                    self._wake_at(letter_sudo.date_handed + SILENCE)
                    continue
                letter_sudo.service_state = "unknown"
            letter_sudo._take_noted_receipt()
