"""Points at which a process can die, and ways of making it die or fail there.

Everything here is done to a process of the tests; the product knows nothing of it.
"""

import os
import resource
import signal
import smtplib
import threading
from contextlib import contextmanager

from odoo.sql_db import Cursor

from odoo.addons.base.models.ir_attachment import IrAttachment

OPERATIONS = (
    (Cursor, "execute"), (Cursor, "commit"), (Cursor, "rollback"),
    (smtplib.SMTP, "send_message"), (smtplib.SMTP, "data"), (IrAttachment, "_file_write"),
)  # fmt: skip
"""Each is a point before and a point after."""


class Points:
    """Counts the points that a process passes, and does something at one of them.

    :param at: number of the point, or None to count only
    :param action: what is done there; by default the process kills itself
    """

    def __init__(self, at=None, action=None):
        self.count = 0
        self.at = at
        self.action = action or kill_self
        for owner, name in OPERATIONS:
            self._watch(owner, name)

    def _watch(self, owner, name):
        operation = getattr(owner, name)

        def watched(*args, **kwargs):
            self._pass()
            result = operation(*args, **kwargs)
            self._pass()
            return result

        setattr(owner, name, watched)

    def _pass(self):
        self.count += 1
        if self.count == self.at:
            self.action()


def kill_self():
    """Die as by `kill -9`: nothing is caught, flushed or closed."""
    os.kill(os.getpid(), signal.SIGKILL)


def kill_later(seconds):
    """Die after so many seconds, wherever the process is then."""
    threading.Timer(seconds, kill_self).start()


def fill_disk(after=0):
    """Let the attachment store be full from the file with this number on.

    The kernel refuses the bytes, whoever the user is: a file may have 100 of them.
    """
    write = IrAttachment._file_write
    count = 0

    def full(self, *args, **kwargs):
        nonlocal count
        count += 1
        with little_space() if count > after else _no_change():
            return write(self, *args, **kwargs)

    IrAttachment._file_write = full


@contextmanager
def little_space():
    """Let no file grow beyond 100 bytes for the duration."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def _no_change():
    yield
