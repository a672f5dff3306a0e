"""The bridges to Odoo's services for text messages and post, really installed beside them."""

import re

import pytest

from devtools.databases import drop
from devtools.installed import new_database
from devtools.odoo_log import find_problems
from devtools.odoo_process import run_odoo
from devtools.paths import SERVICES
from devtools.postgres import sql
from devtools.processes import free_port

DATABASE = "with_services"
STATES = f"SELECT name, state FROM ir_module_module WHERE name IN {SERVICES} ORDER BY name"


@pytest.fixture
def database():
    new_database(DATABASE)
    try:
        yield DATABASE
    finally:
        drop(DATABASE)


def test_install_themselves_pass_their_tests_and_go(database):
    assert {state for _name, state in sql(database, STATES)} <= {"uninstalled"}
    log = run_odoo(
        *("-d", database, "-i", "sms,snailmail", "--without-demo", "--stop-after-init"),
        *("--test-tags", ",".join(f"/{name}" for name in SERVICES)),
        f"--http-port={free_port()}",
        log="services",
    )
    assert {state for _name, state in sql(database, STATES)} == {"installed"}
    failed, errors, count = re.findall(r"(\d+) failed, (\d+) error\(s\) of (\d+) tests", log)[-1]
    assert (failed, errors) == ("0", "0")
    assert int(count) >= 20
    assert find_problems(log) == []
    log = run_odoo(
        *("-d", database, "--stop-after-init", "--no-http"),
        *("-u", "debt_collection"),
        log="services-update",
    )
    assert find_problems(log) == []
