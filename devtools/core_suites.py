"""`./dev core`: Odoo's own tests with the add-ons and without, and what differs.

A test of Odoo's that fails on both sides is the machine's or Odoo's matter: those meant to run
while their module installs, say, miss values for columns that other modules made mandatory. One
that fails only with the add-ons is ours.
"""

import json
import os
import re

from .databases import clone, drop, get_template, new_database
from .get_odoo import get_odoo
from .messages import Failure, say, step
from .odoo_process import odoo_env, run_odoo
from .paths import STATE
from .postgres import quoted, sql
from .processes import free_port, log_path, run, tail
from .venv import PYTHON

SUITES = {
    "account": "/account",
    "account_payment": "/account_payment",
    "portal": "/portal",
    "sale": "/sale,/sale_management",
    "test_lint": "/test_lint",
}
"""Test tags of Odoo's runner by suite."""

LINT = "test_lint"
"""The suite that reads the sources of all modules: it is a module of its own and needs pylint."""

PYLINT = ("pylint==4.0.*", "astroid==4.0.*")

PLAIN, OURS = f"core_plain_{os.getpid()}", f"core_ours_{os.getpid()}"

FAILED = re.compile(r" (odoo\.(?:addons|tests)\.\S+): (?:FAIL|ERROR): (.+?)\s*$", re.M)
COUNTED = re.compile(r"(\d+) failed, (\d+) error\(s\) of (\d+) tests")


def check_names(names):
    """Raise `Failure` for a suite nobody knows."""
    unknown = sorted(set(names) - set(SUITES))
    if unknown:
        raise Failure(f"no suite {', '.join(unknown)}: there are {', '.join(SUITES)}")


def run_core(names=(), report=None):
    """Run suites on both sides, say what fails only with the add-ons, and return 1 if any does.

    :param names: keys of SUITES, none for all
    :param report: path of a file for the result as JSON
    :raises Failure: if a suite does not come to a result
    """
    suites = [name for name in SUITES if not names or name in names]
    try:
        with step("databases without the add-ons and with them"):
            clone(get_template(), PLAIN)
            new_database(OURS)
            # A test's rows are seen by its transaction alone, so the planner has no statistics of
            # them and takes loops in loops for some of Odoo's own queries: minutes each.
            for database in (PLAIN, OURS):
                sql("postgres", f"ALTER DATABASE {quoted(database)} SET enable_nestloop = off")
        found = {name: compare(name) for name in suites}
    finally:
        drop(PLAIN)
        drop(OURS)
    if report:
        with open(report, "w") as output:
            json.dump(found, output, indent=2)
            output.write("\n")
    return int(any(result["only_with_us"] for result in found.values()))


def compare(name):
    """Run one suite on both sides and return its result, printing it."""
    without, with_us = run_suite(name, PLAIN), run_suite(name, OURS)
    only = sorted(with_us["failed"] - without["failed"])
    both = sorted(with_us["failed"] & without["failed"])
    say(f"{name}: {with_us['count']} tests with the add-ons, {without['count']} without")
    say(f"    fail on both sides: {len(both)}; only with the add-ons: {len(only)}")
    for test in only:
        say(f"    {test}")
    return {
        "tests": with_us["count"],
        "tests_without_us": without["count"],
        "on_both_sides": both,
        "only_with_us": only,
    }


def run_suite(name, database):
    """Return how many tests a suite ran on a database and which of them failed."""
    log = f"core-{name}-{database}"
    with step(f"Odoo's tests of {name} on {database}"):
        install = ["-i", name] if name == LINT else []
        try:
            run_odoo(
                *("-d", database, *install, "--test-tags", SUITES[name]),
                *("--stop-after-init", f"--http-port={free_port()}"),
                log=log,
                env=with_pylint() if name == LINT else None,
                timeout=7200,
            )
        except Failure:
            pass  # Odoo ends with an error when a test fails: the log tells which
    text = log_path(log).read_text(errors="replace")
    counted = COUNTED.findall(text)
    if not counted or counted[-1][2] == "0":
        raise Failure(
            f"the suite {name} came to no result: read {log_path(log)}", tail(log_path(log))
        )
    failed = {f"{module}: {test}" for module, test in FAILED.findall(text)}
    return {"count": int(counted[-1][2]), "failed": failed}


def with_pylint():
    """Return the variables by which Odoo finds pylint, which `test_lint` imports."""
    folder = STATE / "pylint"
    if not (folder / "pylint").is_dir():
        pip = [PYTHON, "-m", "pip", "install", "--disable-pip-version-check"]
        run([*pip, "--target", folder, *PYLINT], "core-pylint")
    # Not on PATH: its run over all of Odoo takes an hour, and `./dev lint` looks at the add-ons.
    return {"PYTHONPATH": os.pathsep.join([odoo_env(get_odoo())["PYTHONPATH"], str(folder)])}
