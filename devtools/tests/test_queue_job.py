"""The optional add-on with OCA's job queue really installed, from PyPI."""

import re

import pytest

from devtools.databases import clone, drop, get_template, install
from devtools.odoo_log import find_problems
from devtools.odoo_process import run_odoo
from devtools.paths import OPTIONAL
from devtools.postgres import sql
from devtools.processes import free_port
from devtools.queue_job import get_queue_job

DATABASE = "with_queue_job"
(ADDON,) = OPTIONAL


@pytest.fixture
def database():
    clone(get_template(), DATABASE)
    try:
        install(DATABASE, log=f"install-{DATABASE}")
        yield DATABASE
    finally:
        drop(DATABASE)


@pytest.mark.faults
def test_installs_itself_beside_the_queue_and_passes_its_tests(database):
    state = f"SELECT state FROM ir_module_module WHERE name = '{ADDON}'"
    assert sql(database, state) in ([], [["uninstalled"]], [["uninstallable"]])
    options, env = get_queue_job()
    log = run_odoo(
        *("-d", database, *options, "-i", "queue_job", "--without-demo"),
        *("--test-tags", f"/{ADDON}", "--stop-after-init", f"--http-port={free_port()}"),
        log="queue-job",
        env=env,
    )
    assert sql(database, state) == [["installed"]]
    failed, errors, count = re.findall(r"(\d+) failed, (\d+) error\(s\) of (\d+) tests", log)[-1]
    assert (failed, errors) == ("0", "0")
    assert int(count) >= 4
    assert find_problems(log) == []
