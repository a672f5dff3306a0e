import logging

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import split_every

from ..base.ir_cron_progress import Slice

_logger = logging.getLogger(__name__)
SLICE = 50
MAX_NAMED = 5



class CollectionLetterRelease(models.AbstractModel):
    """Letters that were released: the job approves and sends them in slices."""

    _name = "collection.letter.release"
    _description = "Letter Released to the Job"

    # Letters that were released go out in slices, each committed with what it queued.

    def action_release(self):
        """Leave approval and sending of these letters to the job, in one's own name."""
        self._lock()
        self.check_access("write")
        self._check_state("draft", "approved")
        drafts = self.filtered(lambda letter: letter.state == "draft")
        drafts._check_can_approve()
        self._do_release(self.env.user)

    def action_take_back(self):
        """Take these letters from the job that sends them, as long as none has left."""
        self._lock()
        self.check_access("write")
        for letter in self:
            if letter.date_queued or not letter.date_released or (
                letter.released_by_id != self.env.user
            ):
                raise UserError(
                    self.env._("“%(letter)s” is on its way already.", letter=letter.display_name)
                )
        # Checked above: only who released a letter takes it back.
        self.sudo().write({"released_by_id": False, "date_released": False})

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
        """Write the reminders that fall due, send what was released, give it to the services."""

        def remind(company):
            self._remind(company._get_collection_today(), company)

        def write_statements(company):
            return self.env["collection.policy.statement"]._write_due(
                company, company._get_collection_today()
            )

        self.env["ir.actions.report"]._prepare_collection_styles()
        companies = self.env["res.company"]
        if (
            companies._run_collection_job(remind, "reminding before the due date", more=1)
            and companies._run_collection_job(
                write_statements, "writing scheduled statements", more=1
            )
            and self._send_released_and_commit() is not False
        ):
            companies._run_collection_job(
                self._hand_over_queued, "giving letters to their services"
            )

    @api.model
    def _send_released_and_commit(self):
        """Send in slices, in the order in which the letters were released.

        Paper that waits to be printed, and what the ledger holds back, is looked at once a run.

        :return: False if the time was up
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
        return self.env["ir.cron"]._run_collection_slices(
            slices, "sending released letters", more=1
        )

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
                letters._check_releaser(user)
                own = letters.with_user(user).with_context(allowed_company_ids=company.ids)
                own._send_now()
        self.env.flush_all()
        self.env.invalidate_all()

    def _check_releaser(self, user):
        """Raise unless a person who is there, or the policy for its reminders, released these.

        Nothing is sent for a person as the superuser; what a person may is asked on that day.
        """
        if user.id == SUPERUSER_ID and all(letter._is_of_policy() for letter in self):
            return
        if user.id == SUPERUSER_ID or not user.active:
            raise UserError(
                self.env._("Whoever released the letter is not there any more: release it anew.")
            )

    def _is_of_policy(self):
        """Whether the policy lets the letter leave by itself: ahead, by a step, or scheduled."""
        self.ensure_one()
        step_sudo, schedule_sudo = self.sudo().case_step_id.step_id, self.sudo().schedule_id
        by_step = bool(step_sudo) and not step_sudo.approval_needed
        by_schedule = bool(schedule_sudo) and not schedule_sudo.approval_needed
        return self.is_ahead or ((by_step or by_schedule) and not self._needs_other())

    def _send_now(self):
        """Approve what is a draft, send what goes by itself; paper waits for the printer."""
        drafts = self.filtered(lambda letter: letter.state == "draft")
        good = self - drafts
        if drafts:
            drafts._check_can_approve()
            ready, _words = drafts._drop_outdated()
            ready._do_approve()
            good |= ready
        paper = good.filtered("is_manual")
        going = good - paper
        going._check_can_send()
        if good - drafts:
            going = going._hold_back(going, [])[0]
        going._hold_for_gap([])._do_send()
        # Paper is approved; printing and posting it is people's work.
        paper.sudo().write({"date_released": False})
        self._tell_released()

    def _tell_released(self):
        """Tell who released these letters what came of them, wherever they are."""
        user = self.env.user
        if user.id == SUPERUSER_ID:
            return
        sent = self.filtered("date_queued")
        paper = self.filtered(
            lambda letter: letter.state == "approved" and letter.is_manual
        ) - sent
        held = self - sent - paper
        words = [
            self.env._("Sent: %(count)s.", count=len(sent)) if sent else "",
            self.env._("To print and post: %(count)s.", count=len(paper)) if paper else "",
            self.env._("Held back: %(names)s.", names=", ".join(
                letter.display_name for letter in held[:MAX_NAMED]
            )) if held else "",
        ]
        user._bus_send("simple_notification", {
            "title": self.env._("Letters"),
            "message": " ".join(filter(None, words)),
            "type": "warning" if held else "success",
            "sticky": bool(held),
        })

    @api.model
    def _put_aside(self, letter_id, error):
        """A letter that cannot be sent is no longer released; its collector gets a to-do."""
        letter_sudo = self.sudo().browse(letter_id)
        letter_sudo.write({
            "date_released": False, "hold_reason": str(error), **letter_sudo._prepare_unqueued(),
        })
        letter_sudo._add_to_do(self.env._("Letter not sent: %(reason)s", reason=error))
