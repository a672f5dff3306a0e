import hashlib

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import split_every

SLICE = 50
"""Letters of a job: their PDFs are made in one run of the engine."""


class CollectionLetter(models.Model):
    """Released letters become jobs of a channel of their own, each letter in one of them.

    The key of a job names its letters, and a letter that waits in a job gets no other. Whatever
    happens, `_send_slice` locks the letters and leaves out those that are queued already.
    """

    _inherit = "collection.letter"

    queue_job_uuid = fields.Char(
        "Queue Job", readonly=True, copy=False, index="btree_not_null",
        help="The job that is to send the letter.",
    )

    @api.model
    def _send_released_and_commit(self):
        """Give what was released to the queue; the job itself sends nothing."""
        self._enqueue_released()

    @api.model
    def _enqueue_released(self):
        """Make jobs of the released letters that are in none.

        :return: the letters that were given to jobs
        """
        # The job works for everybody; each letter goes out in the name of who released it.
        released_sudo = self.sudo().search(self._get_released_domain(), order="date_released, id")
        waiting = self.env["queue.job"].sudo().search_fetch([
            ("uuid", "in", released_sudo.mapped("queue_job_uuid")),
            ("state", "in", ("wait_dependencies", "pending", "enqueued", "started")),
        ], ["uuid"]).mapped("uuid")
        free_sudo = released_sudo.filtered(lambda letter: letter.queue_job_uuid not in waiting)
        for ids in split_every(SLICE, free_sudo.ids):
            free_sudo.browse(ids)._enqueue()
        return free_sudo

    def _enqueue(self):
        """One job for these letters."""
        job = self.with_delay(
            description=self.env._("Send %(count)s letters", count=len(self)),
            identity_key=f"collection.letter:{min(self.ids)}-{max(self.ids)}:{hash_ids(self)}",
        )._send_in_queue_job()
        self.queue_job_uuid = job.uuid

    def _send_in_queue_job(self):
        """Send these letters; if that fails, the halves become jobs, so that one stops no other."""
        try:
            with self.env.cr.savepoint():
                self._send_slice(self.ids)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            # The queue tries again later.
            raise
        except Exception:
            if len(self) == 1:
                self._send_slice_or_put_aside(self)
                return
            half = len(self) // 2
            for part in (self[:half], self[half:]):
                part._enqueue()


def hash_ids(records):
    """A short text that is the same for the same records alone."""
    return hashlib.sha256(repr(sorted(records.ids)).encode()).hexdigest()[:16]
