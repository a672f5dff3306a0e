import logging

from odoo import api, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from .ir_cron_progress import TRIES

_logger = logging.getLogger(__name__)


class IrCron(models.Model):
    """Jobs in slices: each a transaction, resumed where a run was cut off.

    A run that ended with something remaining, or was killed, leaves its marks to the next one. A
    run that came to its end leaves none, so the next starts anew.
    """

    _inherit = "ir.cron"

    @api.model
    def _get_collection_progress(self):
        """The engine's record of the current run, as superuser; empty outside a job."""
        # The jobs' user may be anybody.
        return self.env["ir.cron.progress"].sudo().browse(
            self.env.context.get("ir_cron_progress_id")
        )

    @api.model
    def _get_collection_marks(self):
        """Marks of the current run: by key, the position of the last slice that was done."""
        progress_sudo = self._get_collection_progress()
        if not progress_sudo:
            return {}
        if progress_sudo.collection_marks is False:
            last_sudo = progress_sudo.search(
                [("cron_id", "=", progress_sudo.cron_id.id), ("id", "<", progress_sudo.id)],
                order="id desc", limit=1,
            )
            progress_sudo.collection_marks = (
                last_sudo.remaining and last_sudo.collection_marks
            ) or {}
        # An empty object reads as False.
        return progress_sudo.collection_marks or {}

    @api.model
    def _set_collection_mark(self, key, position):
        """Note, in the slice's own transaction, that it was done; nothing outside a job."""
        progress_sudo = self._get_collection_progress()
        if progress_sudo:
            progress_sudo.collection_marks = {**self._get_collection_marks(), key: position}

    @api.model
    def _run_collection_slices(self, slices, title, more=0):
        """Do slices one by one, each committed, leaving out those that were done before.

        A slice that fails is tried again in halves until the record at fault is alone: that one is
        logged, all others are done. This goes on when the time is up: otherwise the next run
        would begin with the same failure.

        :param slices: list of `Slice`
        :param title: what the job does, for the log
        :param more: what the job does afterwards, so that it does not count as finished
        :return: whether all is done and there is time for more
        """
        marks = self._get_collection_marks()
        slices = [
            part for part in slices if part.key not in marks or part.position > marks[part.key]
        ]
        self._commit_progress(remaining=sum(len(part.records) for part in slices) + more)
        # However little time there is, each run does one slice.
        has_time = True
        for part in slices:
            if not has_time:
                return False
            if not self._do_collection_slice(part.records, part.work, title):
                return False
            self._set_collection_mark(part.key, part.position)
            has_time = self._commit_progress(len(part.records))
        return bool(has_time)

    @api.model
    def _do_collection_slice(self, records, work, title):
        """Do one slice; False if the time was up in the middle of it.

        Work that is a generator is committed wherever it yields: its own slices, which it must
        find again by what is left to do.
        """
        for _number in range(TRIES):
            try:
                return self._exhaust_collection_work(records, work)
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY as error:
                failure = error
                # What was read is old: only a new transaction sees what the other one did.
                self._commit_progress()
            # Whatever is wrong with one record must not keep the others from theirs.
            except Exception as error:
                failure = error
                break
        if len(records) == 1:
            _logger.error(
                "Collections: %s failed for %s (%s); the others go on.",
                title, records, records.sudo().exists().display_name, exc_info=failure,
            )
            return True
        half = len(records) // 2
        for part in (records[:half], records[half:]):
            self._commit_progress()
            self._do_collection_slice(part, work, title)
        return True

    @api.model
    def _exhaust_collection_work(self, records, work):
        """Call the work; if it is a generator, commit at each yield of how much it has done.

        A yield of nothing commits only: the work goes on, however late it is.

        :return: False if the time was up before its end
        """
        with self.env.cr.savepoint():
            parts = work(records)
        if not hasattr(parts, "__next__"):
            return True
        while True:
            with self.env.cr.savepoint():
                done = next(parts, None)
            if done is None:
                return True
            # The slice as a whole is still to be counted.
            remaining = self._get_collection_progress().remaining
            if not self._commit_progress(done, remaining=remaining) and done:
                return False

