import logging

from odoo import SUPERUSER_ID, api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import split_every

from .ir_cron_marks import Slice

_logger = logging.getLogger(__name__)

SLICE = 50


class CollectionLetter(models.Model):
    """Letters that were released go out in slices, each committed with what it queued.

    A run can die anywhere: what was committed has its e-mails, what was not is done again.
    """

    _inherit = "collection.letter"

    released_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False,
        help="Who approves and sends it by the job; the system when the policy does.",
    )
    date_released = fields.Datetime("Released On", readonly=True, copy=False, index=True)

    def action_release(self):
        """Leave approval and sending of these letters to the job, in one's own name."""
        self._lock()
        self.check_access("write")
        self._check_state("draft", "approved")
        drafts = self.filtered(lambda letter: letter.state == "draft")
        drafts._check_can_approve()
        self._do_release(self.env.user)

    def _do_release(self, user):
        # Checked above; the job sends in the name of who released it.
        self.sudo().write({"released_by_id": user.id, "date_released": fields.Datetime.now()})
        # Nobody has a right on jobs; it is woken, not changed.
        self.env.ref("debt_collection.cron_letters").sudo()._trigger()

    @api.model
    def _get_released_domain(self):
        return [
            ("date_released", "!=", False),
            ("state", "in", ("draft", "approved")),
            ("date_queued", "=", False),
        ]

    @api.model
    def _cron_letters(self):
        """Write the reminders that fall due, then send all that was released."""

        def remind(company):
            self._remind(company._get_collection_today(), company)

        title = "reminding before the due date"
        if self.env["res.company"]._run_collection_job(remind, title, more=1):
            self._send_released_and_commit()

    @api.model
    def _send_released_and_commit(self):
        """Send in slices, in the order in which the letters were released.

        Paper that waits to be printed, and what the ledger holds back, is looked at once a run.
        """
        released_sudo = self.sudo().search_fetch(
            self._get_released_domain(), ["date_released"], order="date_released, id"
        )
        slices = []
        for ids in split_every(SLICE, released_sudo.ids):
            last_sudo = released_sudo.browse(ids[-1])
            slices.append(Slice(
                "letters", [last_sudo.date_released.timestamp(), last_sudo.id],
                self.browse(ids), self._send_slice_or_put_aside,
            ))
        self.env["ir.cron"]._run_collection_slices(slices, "sending released letters")

    @api.model
    def _send_slice_or_put_aside(self, letters):
        """Send some letters; one that is alone and cannot be sent is put aside."""
        try:
            with self.env.cr.savepoint():
                self._send_slice(letters.ids)
        except (OSError, *PG_CONCURRENCY_EXCEPTIONS_TO_RETRY):
            # The machine is at fault, say a full disk: the letter stays released.
            raise
        # Whatever is wrong with one letter must not keep the others from going out.
        except Exception as error:
            if len(letters) > 1:
                raise
            _logger.warning("Collections: letter with id %s not sent: %s", letters.id, error)
            self._put_aside(letters.id, error)

    @api.model
    def _send_slice(self, ids):
        """Approve and send some released letters, each in the name of who released it."""
        letters_sudo = self.sudo().browse(ids).exists().try_lock_for_update(
            allow_referencing=True
        ).filtered_domain(self._get_released_domain())
        for user, released in letters_sudo.grouped("released_by_id").items():
            for company, letters in released.grouped("company_id").items():
                own = letters.with_user(user or SUPERUSER_ID).with_context(
                    allowed_company_ids=company.ids
                )
                own._send_now()
        self.env.flush_all()
        self.env.invalidate_all()

    def _send_now(self):
        """Approve what is a draft, send what is an e-mail; paper waits for the printer."""
        drafts = self.filtered(lambda letter: letter.state == "draft")
        good = self - drafts
        if drafts:
            drafts._check_can_approve()
            ready, _words = drafts._drop_outdated()
            ready._do_approve()
            good |= ready
        emails = good.filtered(lambda letter: letter.channel == "email")
        emails._check_can_send()
        if good - drafts:
            emails = emails._hold_back(emails, [])[0]
        emails._do_send()
        # Paper is approved; printing and posting it is people's work.
        (good - emails).filtered(lambda letter: letter.channel != "email").sudo().write(
            {"date_released": False}
        )

    @api.model
    def _put_aside(self, letter_id, error):
        """A letter that cannot be sent is no longer released; its collector gets a to-do."""
        letter_sudo = self.sudo().browse(letter_id)
        letter_sudo.write({"date_released": False, "hold_reason": str(error)})
        letter_sudo._add_to_do(self.env._("Letter not sent: %(reason)s", reason=error))
