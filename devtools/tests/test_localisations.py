"""Installed beside the localisations of six countries, with their demo companies and without."""

import json
import os

import pytest

from devtools.databases import clone, drop, get_template
from devtools.odoo_log import find_problems
from devtools.odoo_process import run_inside, run_odoo

MODULES = {
    "us": "l10n_us_account",
    "de": "l10n_de",
    "fr": "l10n_fr_account",
    "cn": "l10n_cn",
    "uk": "l10n_uk",
    "in": "l10n_in",
}
# Accounts of the chart for bad debt, allowance, impairment, recovery and late charges; None: a
# new one. debt_collection/tests/posting/test_chart_accounts_rule.py says why.
ACCOUNTS = {
    "us": [None, None, None, None, None],
    "de_skr03": ["2400", "0996", "2450", "2732", "8650"],
    "fr": ["654100", "491000", "681740", "758300", "763100"],
    "cn": ["571101", None, None, "530100", "530100"],
    "uk": ["785000", "215000", "785000", None, None],
    "in": ["213200", None, None, None, "201000"],
}
SWITCHES = ("--skip-auto-install", "--stop-after-init", "--no-http")


@pytest.mark.faults
@pytest.mark.parametrize("first", ["localisation", "debt_collection"])
@pytest.mark.parametrize("demo", [True, False], ids=["demo", "plain"])
@pytest.mark.parametrize("country", MODULES)
def test_install(country, demo, first, tmp_path):
    """Both install, in either order, without a word in the log; every company is collected."""
    name = f"localisation_{country}_{os.getpid()}"
    result = tmp_path / "result.json"
    modules = [MODULES[country], "debt_collection"]
    try:
        clone(get_template(demo), name)
        for module in modules if first == "localisation" else reversed(modules):
            output = run_odoo(
                *("-d", name, "-i", module, *SWITCHES),
                "--with-demo" if demo else "--without-demo",
                log=f"{name}-{module}",
            )
            if module == "debt_collection":
                assert find_problems(output) == []
        output = run_inside(name, "localisations", log=name, env={"RESULT": str(result)})
        assert find_problems(output) == []
    finally:
        drop(name)
    found = json.loads(result.read_text())
    assert found["failures"] == []
    assert all(found["policies"].values()), found["policies"]
    # Demo cases are the main company's.
    assert len(found["cases"]) == demo, found["cases"]
    assert not any(found["problems"].values()), found["problems"]
    # New codes are written as the chart writes its own.
    assert not any(found["strange codes"].values()), found["strange codes"]
    charts = found["proposed"].keys() & ACCOUNTS.keys()
    assert {chart: found["proposed"][chart] for chart in charts} == {
        chart: ACCOUNTS[chart] for chart in charts
    }
    if demo:
        assert charts, found["proposed"]
