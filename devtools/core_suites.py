"""`./dev core`: Odoo's own tests with the add-ons and without, and what differs.

A test of Odoo's that fails on both sides is the machine's or Odoo's matter: those meant to run
while their module installs, say, miss values for columns that other modules made mandatory. One
that fails only with the add-ons is ours.
"""

import os
import re

from .databases import clone, get_template
from .get_odoo import get_odoo
from .installed import new_database
from .messages import Failure, say, step, write_report
from .odoo_process import odoo_env
from .odoo_tests import run_odoo_tests
from .postgres import quoted, sql
from .run_tests import fresh_database
from .venv import get_packages

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

FAILED = re.compile(r" (odoo\.(?:addons|tests)\.\S+): (?:FAIL|ERROR): (.+?)\s*$", re.M)


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
    with fresh_database("core_plain") as plain, fresh_database("core_ours") as ours:
        with step("databases without the add-ons and with them"):
            clone(get_template(), plain)
            new_database(ours)
            # A test's rows are seen by its transaction alone, so the planner has no statistics of
            # them and takes loops in loops for some of Odoo's own queries: minutes each.
            for database in (plain, ours):
                sql("postgres", f"ALTER DATABASE {quoted(database)} SET enable_nestloop = off")
        found = {name: compare(name, plain, ours) for name in suites}
    if report:
        write_report(report, found)
    return int(any(result["only_with_us"] for result in found.values()))


def compare(name, plain, ours):
    """Run one suite on both databases and return its result, printing it."""
    count_without, without = run_suite(name, plain, "without the add-ons")
    count, with_us = run_suite(name, ours, "with the add-ons")
    only, both = sorted(with_us - without), sorted(with_us & without)
    say(f"{name}: {count} tests with the add-ons, {count_without} without")
    say(f"    fail on both sides: {len(both)}; only with the add-ons: {len(only)}")
    for test in only:
        say(f"    {test}")
    return {
        "tests": count,
        "tests_without_us": count_without,
        "on_both_sides": both,
        "only_with_us": only,
    }


def run_suite(name, database, side):
    """Return how many tests a suite ran on a database, and the names of those that failed.

    :param side: what the database is, in words
    """
    log = f"core-{name}-{side.replace(' ', '-')}"
    with step(f"Odoo's tests of {name} {side}"):
        outcome = run_odoo_tests(
            database,
            SUITES[name],
            *(("-i", name) if name == LINT else ()),
            log=log,
            env=with_pylint() if name == LINT else None,
            timeout=7200,
        )
    if not outcome.count:
        raise Failure(f"no test of {name} ran {side}: read the log {log}")
    return outcome.count, {f"{module}: {test}" for module, test in FAILED.findall(outcome.log)}


def with_pylint():
    """Return the variables by which Odoo finds pylint, which `test_lint` imports."""
    folder = get_packages("pylint", "pylint", *PYLINT)
    # Not on PATH: its run over all of Odoo takes an hour, and `./dev lint` looks at the add-ons.
    return {"PYTHONPATH": os.pathsep.join([odoo_env(get_odoo())["PYTHONPATH"], str(folder)])}
