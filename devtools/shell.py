"""Odoo's shell on a database, with a server beside it so that PDFs have their styles."""

import select
import socket
import sys

from .odoo_process import odoo_command, report_url, start, start_server
from .processes import log_path, stop

# Hands a listening socket to Odoo as systemd would, then becomes Odoo.
HAND_OVER = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()))
os.execv(sys.argv[2], sys.argv[2:])
"""


def run_shell(database):
    """Run Odoo's shell on this command's input; return the exit code of the script.

    A socket listens at `report.url` from the start, but the server behind it is only
    started by the first request: few scripts make PDFs, and those wait a moment.
    """
    log = log_path(f"shell-{database}")
    command = odoo_command("shell", "-d", database, "--no-http", f"--logfile={log}")
    children = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        try:
            with report_url(database, port):
                shell = start(command)
                children.append(shell)
                while shell.poll() is None:
                    if select.select([listener], [], [], 0.1)[0]:
                        children.append(start_on_socket(database, listener))
                        break
                return exit_code(shell.wait())
        finally:
            for child in children:
                stop(child)


def start_on_socket(database, listener):
    """Start Odoo's server on a socket that already listens."""
    return start_server(
        database,
        listener.getsockname()[1],
        before=[sys.executable, "-c", HAND_OVER, listener.fileno()],
        pass_fds=[listener.fileno()],
    )


def exit_code(code):
    """Return a program's exit code as a shell does: 128 and the signal if one ended it."""
    return 128 - code if code < 0 else code
