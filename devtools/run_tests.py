"""`./dev test`: every test on a fresh database, through pytest or Odoo's own runner."""

import os
import re
import time
import xml.etree.ElementTree as ElementTree
from contextlib import contextmanager

from .databases import check_exists, clone, drop, get_template
from .installed import new_database
from .left_out import find_left_out
from .messages import note, say, step
from .odoo_log import find_problems
from .odoo_process import CONFIG, start, with_tools
from .odoo_tests import run_odoo_tests
from .paths import ROOT, present_addons
from .postgres import sql
from .processes import log_path, stop
from .system_parts import missing_parts
from .venv import PYTHON

SHARDS = 2
"""Processes of a whole run: one test in the browser is fast only with a core for itself."""


def run_tests(pytest_args, database=None, strict=False, started=None):
    """Run the tests through pytest and return its exit code, or 1 if no test ran.

    :param pytest_args: arguments for pytest; without a path among them, all tests
    :param database: test on this existing database instead of a fresh one
    :param strict: also fail if tests are left out because the machine lacks something
    :param started: `time.monotonic()` when the command began
    :raises Failure: if the add-ons do not install without warnings
    """
    left_out = find_left_out(missing_parts(), addon_folders())
    if database:
        check_exists(database)
        return run_pytest(database, pytest_args, left_out, strict, started)
    # A few tests begin sooner in one process, and a debugger needs the terminal.
    shards = 1 if paths_among(pytest_args) or "--pdb" in pytest_args else SHARDS
    with fresh_database() as database:
        new_database(database, "test", check=True)
        return run_pytest(database, pytest_args, left_out, strict, started, shards)


@contextmanager
def fresh_database(kind="test"):
    """Give a name for a database that is dropped at the end, also of runs killed before.

    :param kind: the name's beginning, for a run that needs several
    """
    for (name,) in sql("postgres", "SELECT datname FROM pg_database"):
        found = re.fullmatch(rf"{kind}_(\d+)(_gw\d+)?", name)
        if found and not is_alive(int(found[1])):
            drop(name)
    name = f"{kind}_{os.getpid()}"
    try:
        yield name
    finally:
        drop(name)


def is_alive(pid):
    """Tell whether a process with this id exists."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def addon_folders():
    """Return the folders of the project's add-ons."""
    return [ROOT / name for name in present_addons()]


def paths_among(pytest_args):
    """Return the files and folders that arguments for pytest name."""
    return [arg for arg in pytest_args if os.path.exists(arg.split("::")[0])]


def run_pytest(database, pytest_args, left_out, strict, started, shards=1):
    """Run pytest with Odoo's plugin and return its exit code, or 1 if no test ran.

    :param shards: number of processes, each on a copy of the database
    """
    report = log_path("pytest").with_suffix(".xml")
    report.unlink(missing_ok=True)
    given = paths_among(pytest_args)
    paths = [] if given else [*addon_folders(), ROOT / "devtools" / "tests"]
    command = [
        *(PYTHON, "-m", "pytest", "-rs", "-p", "no:cacheprovider"),
        *("-c", ROOT / "pytest.ini", f"--rootdir={ROOT}", f"--junitxml={report}"),
        *(f"--odoo-database={database}", f"--odoo-config={CONFIG}", "--odoo-http"),
        *("-p", "devtools.shards", *(["-n", shards] if shards > 1 else [])),
        *([] if given else ["--durations=40"]),
        *(f"--deselect={os.path.relpath(test, ROOT)}" for test in left_out),
        *pytest_args,
        *(path for path in paths if path.is_dir()),
    ]
    say_left_out(left_out)
    if started:
        note(f"  tests start after {time.monotonic() - started:.1f} s")
    child = start(command, env=with_tools())
    try:
        code = child.wait()
    finally:
        stop(child)
    if not code and not count_run(report):
        note("error: no test ran: the reasons are above")
        code = 1
    if not code and strict and left_out:
        note(f"error: tests left out: {len(left_out)}; what they need is named above")
        code = 1
    return code


def say_left_out(left_out):
    """Name the tests that are left out."""
    if left_out:
        say(f"Tests left out: {len(left_out)}")
        for test in left_out:
            say(f"    {os.path.relpath(test, ROOT)}")


def count_run(report):
    """Return how many tests of a JUnit report were really run, skipped ones left out."""
    if not report.is_file():
        return 0
    suites = ElementTree.parse(report).getroot().iter("testsuite")
    return sum(int(suite.get("tests")) - int(suite.get("skipped")) for suite in suites)


def run_native():
    """Run the add-ons' tests with Odoo's own runner while they install; return a code."""
    say_left_out(find_left_out(missing_parts(), addon_folders()))
    modules = present_addons()
    with fresh_database() as database:
        clone(get_template(), database)
        with step("Odoo's own test runner"):
            outcome = run_odoo_tests(
                database,
                ",".join(f"/{module}" for module in modules),
                *("-i", ",".join(modules), "--without-demo"),
                log="native",
            )
    if outcome.bad or outcome.failure:
        say("\n".join(find_problems(outcome.log)))
    if outcome.failure and not outcome.bad:
        note(f"error: {outcome.failure}")
    say(f"{outcome.count - outcome.bad} passed, {outcome.bad} failed")
    if not outcome.count:
        note("error: no test ran: are the tests imported in tests/__init__.py?")
    return int(bool(outcome.bad or outcome.failure or not outcome.count))
