from odoo import fields, models


class MailMail(models.Model):
    """E-mails of letters leave by the queue's channel, one job each, and not by the mail queue."""

    _inherit = "mail.mail"

    collection_queue_job_uuid = fields.Char(
        "Queue Job", readonly=True, copy=False,
        help="The job that sends it; Odoo's mail queue leaves it alone.",
    )

    def _enqueue_collection(self):
        """One job for each of these e-mails that has none."""
        for mail in self.filtered(lambda mail: not mail.collection_queue_job_uuid):
            mail.collection_queue_job_uuid = mail.with_delay(
                description=mail.subject, identity_key=f"collection.mail:{mail.id}",
            )._send_in_collection_job().uuid

    def _send_in_collection_job(self):
        """Send the e-mail of a letter; what was sent, cancelled or cut off is not sent again."""
        self.exists().with_context(collection_queue_job=True).send(auto_commit=True)

    def _send(self, *args, **kwargs):
        """Leave to the queue what is the queue's, unless a person took its job away."""
        if not self.env.context.get("collection_queue_job"):
            waiting = self.env["queue.job"].sudo().search_fetch([
                ("uuid", "in", self.filtered("collection_queue_job_uuid").mapped(
                    "collection_queue_job_uuid")),
                ("state", "in", ("wait_dependencies", "pending", "enqueued", "started")),
            ], ["uuid"]).mapped("uuid")
            self = self.filtered(
                lambda mail: mail.collection_queue_job_uuid not in waiting
            )
        return super()._send(*args, **kwargs)
