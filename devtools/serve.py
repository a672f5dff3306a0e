"""`./dev serve`: the web client of one database until Ctrl-C."""

import signal

from .databases import check_exists
from .messages import note, say
from .odoo_process import DEFAULT_PORT, serving


def run_serve(database, port=None):
    """Serve a database on the loopback address until Ctrl-C, scheduled jobs included."""
    check_exists(database)
    with serving(database, port or DEFAULT_PORT, crons=1) as address:
        say(f"{database} is at {address}/odoo (login admin, password admin)")
        note("Stop it with Ctrl-C.")
        wait_for_interrupt()


def wait_for_interrupt():
    """Wait until Ctrl-C or SIGTERM; returns on the first, which is the normal end."""
    try:
        while True:
            signal.pause()
    except KeyboardInterrupt:
        note("")
