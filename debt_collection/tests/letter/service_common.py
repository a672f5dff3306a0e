import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from unittest.mock import patch

from odoo import modules
from odoo.tools import mute_logger

from .smtp_common import MailServerMixin


class Killed(BaseException):
    """The process dies here."""


class FakeService:
    """A service on the loopback address: it takes JSON and answers as it is told.

    :param answer: function of the path and the request, returns the answer and what it took
    """

    def __init__(self, answer):
        self.taken = []
        """What it took, whatever it answered."""
        self.faults = []
        """For the next requests: ``hang_up`` takes it and does not answer, a number is an HTTP
        status without taking it, a function takes the place of ``answer``."""
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                length = int(self.headers["Content-Length"])
                request = json.loads(self.rfile.read(length))
                fault = service.faults.pop(0) if service.faults else None
                if isinstance(fault, int):
                    self.send_error(fault)
                    return
                body, taken = (fault if callable(fault) else answer)(self.path, request)
                service.taken += taken
                if fault == "hang_up":
                    self.close_connection = True
                    return
                content = json.dumps(body).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *args):
                """Say nothing on the screen."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


class ServiceMixin(MailServerMixin):
    """Letters given to a service on the loopback address, with deaths in between."""

    def _start_service(self, answer):
        service = FakeService(answer)
        self.addCleanup(service.stop)
        return service

    def _start_odoo_service(self, answer, iap_tools, endpoint):
        """A fake of a service of Odoo's, which the module with this endpoint reaches.

        :param iap_tools: Odoo's module: not every database has it
        """
        service = self._start_service(answer)
        set_param = self.env["ir.config_parameter"].sudo().set_param
        set_param(endpoint, service.url)
        set_param("iap.endpoint", service.url)
        real = iap_tools.iap_jsonrpc

        def call(*args, **kwargs):
            # In tests Odoo refuses to call anybody.
            with patch.object(modules.module, "current_test", False):
                return real(*args, **kwargs)

        self.startPatcher(patch.object(iap_tools, "iap_jsonrpc", call))
        return service

    def _mute(self, *names):
        """What the job says of faults is no news in their tests."""
        muted = mute_logger(*names)
        muted.__enter__()
        self.addCleanup(muted.__exit__)

    def _hand_over(self, company=None):
        """What the job does with the queued letters; a death loses what was not committed."""
        self.env.flush_all()
        with self._commits_as_savepoints() as die:
            try:
                for _done in self.env["collection.letter"]._hand_over_queued(
                    company or self.env.company
                ):
                    self.env.cr.commit()  # pylint: disable=invalid-commit
                self.env.cr.commit()  # pylint: disable=invalid-commit
            except Killed:
                self.env.transaction.clear()
                die()
