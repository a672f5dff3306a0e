"""The bridges to Odoo's services for text messages and post, really installed beside them."""

import re

import pytest

from devtools.databases import drop
from devtools.installed import new_database
from devtools.odoo_log import find_problems
from devtools.odoo_process import run_inside, run_odoo
from devtools.paths import SERVICES
from devtools.postgres import sql
from devtools.processes import free_port

DATABASE = "with_services"
STATES = f"SELECT name, state FROM ir_module_module WHERE name IN {SERVICES} ORDER BY name"
CHANNELS = (
    "SELECT DISTINCT template.channel FROM collection_letter_template template"
    " JOIN ir_model_data named ON named.model = 'collection.letter.template'"
    " AND named.res_id = template.id"
    " WHERE named.name IN ('letter_template_reminder', 'letter_template_dunning')"
)


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
    log = run_inside(database, "uninstall_services", log="services-uninstall")
    assert find_problems(log) == []
    assert {state for _name, state in sql(database, STATES)} == {"uninstalled"}
    assert sql(database, CHANNELS) == [["auto"]], "What is not there is not offered."
    log = run_odoo(
        *("-d", database, "--stop-after-init", "--no-http"),
        *("-u", "debt_collection"),
        log="services-update",
    )
    assert find_problems(log) == []
