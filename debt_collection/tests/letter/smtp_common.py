import email
import email.policy
import io
import logging
import socket
from contextlib import contextmanager
from unittest.mock import patch

from aiosmtpd.controller import Controller
from pypdf import PdfReader


class MailBox:
    """What a mail server took for customers, and what it refuses; colleagues get to-dos.

    :param refused: addresses that it does not know
    :param hang_up_after: it takes so many letters, then closes the connection in the middle
    """

    def __init__(self):
        self.messages = []
        self.refused = set()
        self.hang_up_after = None

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):  # noqa: N802
        if address in self.refused:
            return "550 5.1.1 No such person here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        customers = tuple(to for to in envelope.rcpt_tos if to.endswith("@customer.example"))
        if not customers:
            return "250 Taken"
        self.messages.append((
            customers,
            email.message_from_bytes(envelope.content, policy=email.policy.default),
        ))
        if self.hang_up_after is not None and len(self.messages) >= self.hang_up_after:
            server.transport.abort()
        return "250 Taken"

    def recipients(self):
        """Addresses of customers, as often as they got a letter."""
        return sorted(address for addresses, _message in self.messages for address in addresses)


def pdf_text(message):
    """Text of the letter's PDF in a message, and how many pages it has; copies stand beside it."""
    (part,) = (
        part for part in message.iter_attachments()
        if part.get_content_type() == "application/pdf"
        and not (part.get_filename() or "").startswith("INV")
    )
    pages = PdfReader(io.BytesIO(part.get_content())).pages
    return " ".join(page.extract_text() for page in pages), len(pages)


class MailServerMixin:
    """A real mail server on the loopback, which Odoo really talks to."""

    def _start_mail_server(self):
        box = MailBox()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        controller = Controller(box, hostname="127.0.0.1", port=port)
        logging.getLogger("mail.log").setLevel(logging.WARNING)
        controller.start()
        self.addCleanup(lambda: controller.loop.is_running() and controller.stop())
        self.env["ir.mail_server"].search([]).active = False
        self.env["ir.mail_server"].create({
            "name": "Loopback", "smtp_host": "127.0.0.1", "smtp_port": port,
            "smtp_encryption": "none", "smtp_authentication": "login",
        })
        # Odoo's tests never send: this one does.
        self.startPatcher(
            patch.object(
                self.registry["ir.mail_server"], "_disable_send", classmethod(lambda cls: False)
            )
        )
        return box, controller

    def _send_queue(self):
        """What Odoo's own mail queue does."""
        self.env["mail.mail"].search([("state", "=", "outgoing")]).send()

    @contextmanager
    def _commits_as_savepoints(self):
        """Commits that a death can be rolled back to; yields the function that dies."""
        cr = self.env.cr
        cr.execute("SAVEPOINT committed")

        def commit():
            self.env.flush_all()
            cr.execute("RELEASE SAVEPOINT committed")
            cr.execute("SAVEPOINT committed")

        def die():
            self.env.invalidate_all(flush=False)
            cr.execute("ROLLBACK TO SAVEPOINT committed")
            self.env.invalidate_all(flush=False)

        with patch.object(cr, "commit", commit):
            yield die
