"""A mail server on the loopback address that takes everything and keeps it."""

import email
import email.policy
import logging
from collections import Counter
from contextlib import contextmanager

from .processes import free_port


class Sink:
    """What was taken: a message for each time that a client handed one over."""

    def __init__(self):
        self.messages = []
        self.port = None

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's name
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.messages.append((tuple(envelope.rcpt_tos), message))
        return "250 Taken"

    def copies(self):
        """How often each e-mail was handed over, by recipients, sender and subject."""
        return Counter(
            (recipients, message["From"], message["Subject"], message["Message-Id"])
            for recipients, message in self.messages
        )


@contextmanager
def mail_sink():
    """Have such a server for the duration."""
    from aiosmtpd.controller import Controller

    logging.getLogger("mail.log").setLevel(logging.WARNING)
    sink = Sink()
    sink.port = free_port()
    controller = Controller(sink, hostname="127.0.0.1", port=sink.port)
    controller.start()
    try:
        yield sink
    finally:
        controller.stop()
