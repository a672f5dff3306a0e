"""Odoo's own test runner: run tests on a database, and read from its log what came of them."""

import re
from typing import NamedTuple

from .messages import Failure
from .odoo_process import run_odoo
from .processes import free_port, log_path, tail

COUNTED = re.compile(r"(\d+) failed, (\d+) error\(s\) of (\d+) tests")


class Outcome(NamedTuple):
    """What Odoo's runner came to."""

    log: str
    """All that Odoo wrote."""
    count: int
    """Tests that ran."""
    bad: int
    """How many of them failed or ended in an error."""
    failure: Failure | None
    """How Odoo ended, if not well: so it does when a test fails."""


def run_odoo_tests(database, tags, *options, log, env=None, timeout=3600):
    """Run the tests that have some tags and return their `Outcome`.

    :param tags: tests as `--test-tags` names them
    :param options: further options of Odoo, such as `-i` with modules
    :param log: name of the log
    :param env: variables for Odoo
    :param timeout: seconds
    :raises Failure: if Odoo does not say how many tests ran
    """
    failure = None
    try:
        run_odoo(
            *("-d", database, *options, "--test-tags", tags),
            *("--stop-after-init", f"--http-port={free_port()}"),
            log=log,
            env=env,
            timeout=timeout,
        )
    except Failure as error:
        failure = error
    path = log_path(log)
    text = path.read_text(errors="replace")
    counted = COUNTED.findall(text)
    if not counted:
        raise Failure(f"Odoo's runner came to no result: read {path}", tail(path))
    failed, errors, count = map(int, counted[-1])
    return Outcome(text, count, failed + errors, failure)
