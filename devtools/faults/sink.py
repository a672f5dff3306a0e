"""A mail server that keeps what it takes, and a web server for the PDF engine; loopback only."""

import email
import email.policy
import http.server
import re
import threading
from collections import Counter

from aiosmtpd.controller import Controller


class Sink:
    """A mail server; `messages` has a tuple of recipient, subject and Message-Id for each."""

    def __init__(self):
        self.messages = []
        self.controller = Controller(self, hostname="127.0.0.1", port=0)
        # With port 0 the controller cannot test itself: the system chooses.
        self.controller._trigger_server = lambda: None
        self.controller.start()
        self.port = self.controller.server.sockets[0].getsockname()[1]

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        for address in envelope.rcpt_tos:
            self.messages.append((address, message["Subject"], message["Message-Id"]))
        return "250 Taken"

    def taken(self):
        """Return a `Counter` of recipients and subjects, the latter without numbers."""
        return Counter(
            f"{address}: {re.sub(r'[0-9]+', '#', subject or '')}"
            for address, subject, _message_id in self.messages
        )

    def clear(self):
        """Forget what was taken."""
        self.messages.clear()

    def close(self):
        """Stop the server."""
        self.controller.stop()


class StyleServer:
    """Answers whatever the PDF engine asks for, with nothing."""

    def __enter__(self):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_exception):
        self.server.shutdown()
        self.server.server_close()
