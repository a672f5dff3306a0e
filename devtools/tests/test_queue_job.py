"""The optional add-on with OCA's job queue really installed, from PyPI."""

import re
import time

import pytest

from devtools.cron_servers import cron_servers, failures, make_due, night_database
from devtools.databases import drop
from devtools.installed import new_database
from devtools.mail_sink import mail_sink
from devtools.nothing_twice import TWICE
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
    new_database(DATABASE)
    try:
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


LETTERS = "SELECT COUNT(*) FROM collection_letter WHERE date_released IS NOT NULL"
CHANNELS = "root:4,root.collection.letters:2,root.collection.emails:2"


@pytest.mark.faults
def test_runner_sends_each_letter_once(monkeypatch):
    """Two servers with the queue's own runner and a real mail server."""
    options, env = get_queue_job()
    with mail_sink() as sink, night_database("queue_runner", sink, customers=12) as database:
        waiting = int(sql(database, LETTERS)[0][0])
        assert waiting == 24
        run_odoo(
            *("-d", database, *options, "-i", "queue_job", "--without-demo"),
            *("--stop-after-init", "--no-http"),
            log="queue-job-runner",
            env=env,
        )
        monkeypatch.setenv("PYTHONPATH", env["PYTHONPATH"])
        monkeypatch.setenv("ODOO_QUEUE_JOB_CHANNELS", CHANNELS)
        with cron_servers(database, 2, "--load=base,rpc,web,queue_job", *options) as servers:
            make_due(database)
            deadline = time.monotonic() + 120
            while len(sink.messages) < waiting or sql(database, LETTERS) != [["0"]]:
                assert time.monotonic() < deadline, sql(
                    database, "SELECT state, channel, COUNT(*) FROM queue_job GROUP BY 1, 2"
                )
                time.sleep(1)
            time.sleep(3)
            assert [line for server in servers for line in failures(server)] == []
        channels = dict(sql(database, "SELECT channel, COUNT(*) FROM queue_job GROUP BY 1"))
        assert channels.keys() == {"root.collection.letters", "root.collection.emails"}
        for what in ("e-mails of a letter", "contacts of a letter", "reminders of an item"):
            assert sql(database, TWICE[what]) == [], f"there twice: {what}"
        assert set(sink.copies().values()) == {1}
