"""A web server for the PDF engine, which has no Odoo to ask for styles; loopback only."""

import http.server
import threading
from contextlib import contextmanager


class Nothing(http.server.BaseHTTPRequestHandler):
    """Answers whatever is asked for with nothing."""

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_args):
        pass


@contextmanager
def style_server():
    """Have such a server for the duration; return its port."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Nothing) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
