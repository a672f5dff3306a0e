"""On a database of its own with our add-on and what it depends on, nothing else.

What the tests inside Odoo cannot do: transactions of several people that are really committed,
and Odoo without, or with, modules that the add-on only makes use of.
"""

import json
import os

import pytest

from devtools.databases import drop
from devtools.installed import new_database
from devtools.odoo_process import run_inside, run_odoo

NAME = f"test_bare_{os.getpid()}"
MORE = "account_debit_note,l10n_us,l10n_cn"
ALL_CHARTS = ("generic_coa", "cn", "cn_large_bis")
"""The last in every run, all with `-m faults`."""
SWITCHES = ("--without-demo", "--skip-auto-install", "--stop-after-init", "--no-http")


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """What the scripts found out: dict by script."""
    folder = tmp_path_factory.mktemp("bare")
    found = {}

    def run_script(name, **more):
        path = folder / f"{name}.json"
        run_inside(NAME, name, log=f"bare-{name}", env={"RESULT": str(path), **more})
        found[name] = json.loads(path.read_text())

    new_database(NAME, "bare")
    try:
        run_script("bare_races")
        run_script("bare_pay_online")
        run_odoo("-d", NAME, "-i", MORE, *SWITCHES, log="bare-install-more")
        run_script("bare_debit_notes")
        charts = ALL_CHARTS if os.environ.get("DEBT_COLLECTION_LARGE") else ALL_CHARTS[-1:]
        run_script("bare_charts", CHARTS=",".join(charts))
        yield found
    finally:
        drop(NAME)


@pytest.mark.parametrize(
    ("race", "entries"),
    [
        ("charge", 1),
        ("undo of a charge", 1),
        ("write-off", 1),
        ("undo of a write-off", 1),
        ("recovery", 1),
        ("same days asked for", 0),
        ("two drafts of a month", 0),
        ("provision", 1),
        ("undo of a provision", 1),
    ],
)
def test_one_of_two(results, race, entries):
    """One of two people who press at once succeeds; the other can read why not."""
    (first, second), made = results["bare_races"][race]
    assert first == "done"
    words = (
        "cannot be done with it now",
        "try again",
        "Somebody else",
        "one provision per month",
        "nothing to charge",
    )
    assert any(word in second for word in words), second
    assert made == entries


def test_no_paying_online(results):
    found = results["bare_pay_online"]
    assert found.pop("open_items") > 0
    assert found.pop("xlsx") > 0
    assert not any(found.values()), found


def test_debit_notes(results):
    """A debit note of one invoice shows on it; none of them bears late charges."""
    found = results["bare_debit_notes"]
    assert found["of one invoice"] == [True, "D", True]
    assert found["of two invoices"] == [0, "L"]
    assert found["on the invoice"]
    assert found["own"] == [False, True]
    assert found["accrues"] == [[False, True], [True, False]]
    assert found["credit note"] is False


@pytest.mark.parametrize(
    "chart",
    [*(pytest.param(chart, marks=pytest.mark.faults) for chart in ALL_CHARTS[:-1]), ALL_CHARTS[-1]],
)
def test_charts(results, chart):
    """The set-up makes what is missing; what was set aside bears the write-off first."""
    found = results["bare_charts"][chart]
    assert found["problems before"] > 0
    assert not found["problems"]
    assert found["required"] > 0
    assert found["open"] == 0
    allowance, impairment, bad_debt = found["balances"]
    assert (allowance, impairment) == (0, found["required"])
    assert impairment + bad_debt == 1000
