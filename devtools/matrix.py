"""`./dev matrix`: the tests on each Python that Odoo 19 runs on, as root and as somebody else.

Each run has a copy of the checkout, with a virtual environment of its own; Odoo is shared.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections import namedtuple
from contextlib import contextmanager
from pathlib import Path

from .get_odoo import get_odoo
from .messages import Failure, note, say
from .paths import ROOT
from .processes import die_with_parent, log_path, stop, tail
from .venv import VERSIONS, candidates, version_of

Run = namedtuple("Run", "version python user")
"""A Python as (3, 12), its interpreter or None, and whose run it is: an account, None for ours."""

SHORT = (
    "debt_collection/tests/base",
    "debt_collection/tests/flow/test_collection_case_night.py",
    "debt_collection/tests/letter/test_collection_letter_pages.py",
)
"""What is run without other arguments: tools, a night, letters as PDF."""

OTHERS = ("nobody", "postgres")
"""Accounts that every system has, for the runs that are not root's."""


def run_matrix(pytest_args, versions=(), both=False):
    """Run tests on every Python of the machine; return 1 if any run failed or none was made.

    :param pytest_args: arguments for `./dev test`; without any, a short choice of tests
    :param versions: only these, such as "3.12"
    :param both: each Python as root and as another user, not in turn
    """
    wanted = [item for item in VERSIONS if not versions or f"{item[0]}.{item[1]}" in versions]
    if not wanted:
        raise Failure(f"Odoo 19 runs on none of {', '.join(versions)}")
    runs = plan(wanted, find_pythons(), other_account(), both)
    results = {}
    for run in runs:
        if run.python is None:
            say(f"{title(run)}: not on this machine")
            continue
        started = time.monotonic()
        results[run] = make_run(run, pytest_args or SHORT)
        words = "passed" if results[run] else "FAILED"
        say(f"{title(run)}: {words} ({time.monotonic() - started:.0f} s)")
    if not results:
        note("error: no Python of the matrix is on this machine")
    return int(not results or not all(results.values()))


def plan(versions, pythons, other, both):
    """Return the runs of a matrix.

    :param pythons: interpreters by version
    :param other: an account besides root's, None where we are not root
    :param both: each version as both, else in turn
    """
    runs = []
    for number, version in enumerate(versions):
        users = [None, other] if both and other else [other if number % 2 else None]
        runs += [Run(version, pythons.get(version), user) for user in users]
    return runs


def title(run):
    """Return how a run is named."""
    user = run.user or pwd.getpwuid(os.geteuid()).pw_name
    return f"Python {run.version[0]}.{run.version[1]} as {user}"


def find_pythons():
    """Return an interpreter for each version that the machine has."""
    found = {}
    for python in candidates():
        version = version_of(python)
        if version in VERSIONS:
            found.setdefault(version, os.path.realpath(shutil.which(str(python))))
    return found


def other_account():
    """Return an account that can be taken besides root's; None if we are not root."""
    if os.geteuid():
        return None
    for name in OTHERS:
        try:
            pwd.getpwnam(name)
        except KeyError:
            continue
        return name
    return None


@contextmanager
def copied_checkout(user):
    """Give a copy of the checkout's files that belongs to an account, gone afterwards."""
    listed = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        capture_output=True,
        check=True,
    ).stdout.decode()
    # Not under a home or /work: another account must be able to enter it.
    folder = Path(tempfile.mkdtemp(prefix="matrix-", dir="/var/tmp"))
    try:
        for name in filter(None, listed.split("\0")):
            source, target = ROOT / name, folder / name
            if source.is_file():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(source, target)
        folder.chmod(0o755)
        if user:
            account = pwd.getpwnam(user)
            for path in (folder, *folder.rglob("*")):
                os.chown(path, account.pw_uid, account.pw_gid)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def lend_python(python, folder, as_user):
    """Return an interpreter that an account can run, and the variables it needs.

    It is this one, or a copy in the run's folder: others cannot enter root's home.
    """
    try:
        probe = subprocess.run(
            [python, "-c", ""], capture_output=True, check=False, cwd="/", **as_user
        )
        if not probe.returncode:
            return python, {}
    except PermissionError:
        pass
    home = Path(python).parents[1]
    copy = folder / ".python"
    unneeded = shutil.ignore_patterns("test", "__pycache__", "site-packages")
    shutil.copytree(home, copy, symlinks=True, ignore=unneeded)
    # A shared build looks for its library where it was installed.
    return str(copy / Path(python).relative_to(home)), {"LD_LIBRARY_PATH": str(copy / "lib")}


def make_run(run, arguments):
    """Run the tests of one field of the matrix and tell whether they passed."""
    log = log_path(f"matrix-{run.version[0]}.{run.version[1]}-{run.user or 'self'}")
    account = pwd.getpwnam(run.user) if run.user else None
    as_user = (
        {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}
    )
    with copied_checkout(run.user) as folder, log.open("w") as output:
        python, needed = lend_python(run.python, folder, as_user)
        env = {
            **os.environ,
            **needed,
            "PYTHON": python,
            "ODOO_SRC": str(get_odoo().pythonpath),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        if account:
            env.update(HOME=str(folder), USER=run.user, LOGNAME=run.user)
        child = subprocess.Popen(
            [python, "dev", "test", "-q", *arguments],
            cwd=folder,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            preexec_fn=die_with_parent,
            **as_user,
        )
        try:
            code = child.wait()
        finally:
            stop(child)
    if code:
        note(tail(log))
    return not code
