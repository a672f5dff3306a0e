"""Locks between `./dev` commands that run at the same time."""

import fcntl
from contextlib import contextmanager

from .paths import STATE

LOCKS = STATE / "lock"


@contextmanager
def lock(name, mode):
    """Hold a lock of the given `fcntl` mode on a file under `.odoo/lock/`."""
    LOCKS.mkdir(parents=True, exist_ok=True)
    with (LOCKS / name).open("w") as handle:
        fcntl.flock(handle, mode)
        yield handle
