"""`./dev clean`: remove everything that `./dev` made."""

import fcntl
import shutil

from .locks import lock
from .messages import Failure, note, step
from .paths import STATE
from .postgres_server import Server


def run_clean():
    """Stop the project's PostgreSQL if a killed command left it, and remove `.odoo/`.

    :raises Failure: if another `./dev` is at work
    """
    if not STATE.exists():
        note("there is nothing to remove")
        return
    try:
        with lock("postgres-users", fcntl.LOCK_EX | fcntl.LOCK_NB), step(f"removing {STATE}"):
            server = Server()
            server.stop()
            shutil.rmtree(server.home)
            shutil.rmtree(STATE, ignore_errors=True)
    except BlockingIOError:
        raise Failure("another ./dev is running: stop it first") from None
