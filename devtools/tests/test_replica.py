"""Dashboards, lists and pages are read from a replica; what is written goes to the primary."""

import http.cookiejar
import json
import re
import time
import urllib.request
from functools import partial

import pytest

from devtools.clusters import copy_database, primary_and_replica, wait_for_replica
from devtools.databases import drop
from devtools.installed import new_database
from devtools.odoo_process import loopback, run_inside, start_server, wait_until_up
from devtools.postgres import sql
from devtools.postgres_server import Server
from devtools.processes import free_port, log_path, stop

DATABASE = "on_replica"

READS = [
    ("collection.dashboard", "get_dashboard", [], {}, "collection_case"),
    ("collection.case", "get_day_progress", [], {"team": True}, "collection_case"),
    ("collection.load", "search_read", [[], ["user_id"]], {}, "collection_case"),
    ("collection.ageing.report", "search_read", [[], ["amount"]], {}, "account_move_line"),
    ("collection.case", "web_search_read", [[], {"name": {}}], {}, "collection_case"),
    ("collection.case", "action_view_items", [[1]], {}, "ir_act_window"),
]


class Client:
    """A signed-in user of the web client."""

    def __init__(self, address):
        self.address = address
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(jar)

    def call(self, path, **params):
        request = urllib.request.Request(
            self.address + path,
            json.dumps({"jsonrpc": "2.0", "method": "call", "params": params}).encode(),
            {"Content-Type": "application/json"},
        )
        with self.opener.open(request, timeout=60) as response:
            answer = json.load(response)
        assert "error" not in answer, answer["error"]["data"]["debug"]
        return answer["result"]

    def sign_in(self, login, password):
        self.call("/web/session/authenticate", db=DATABASE, login=login, password=password)

    def run(self, model, method, *args, **kwargs):
        return self.call(
            f"/web/dataset/call_kw/{model}/{method}",
            model=model,
            method=method,
            args=list(args),
            kwargs=kwargs,
        )

    def get(self, path):
        with self.opener.open(self.address + path, timeout=60) as response:
            return response.status, response.read()


@pytest.fixture(scope="module")
def clusters():
    """A primary with a database of ours, and its replica."""
    new_database(DATABASE)
    try:
        run_inside(DATABASE, "replica_seed", log="replica-seed")
        with primary_and_replica() as (primary, replica):
            copy_database(DATABASE, Server(), primary)
            wait_for_replica(primary, replica)
            yield primary, replica
    finally:
        drop(DATABASE)


@pytest.fixture(scope="module")
def client(clusters):
    """A manager at a server that knows the replica."""
    primary, replica = clusters
    port, log = free_port(), log_path(f"server-{DATABASE}")
    log.unlink(missing_ok=True)
    with primary.as_default():
        server = start_server(
            DATABASE,
            port,
            "--max-cron-threads=0",
            "--db_replica_host=127.0.0.1",
            f"--db_replica_port={replica.port}",
        )
        try:
            wait_until_up(server, port, log)
            client = Client(loopback(port))
            client.log = log
            client.sign_in("manager", "manager")
            # Fills the server's caches.
            client.run("collection.dashboard", "get_dashboard")
            yield client
        finally:
            stop(server)


def run_on(clusters, function):
    """What a call had both clusters do: its answer, and the statements on each."""
    marks = [cluster.mark() for cluster in clusters]
    answer = function()
    time.sleep(0.3)
    return answer, *(
        cluster.statements_since(mark, DATABASE)
        for cluster, mark in zip(clusters, marks, strict=True)
    )


@pytest.mark.faults
@pytest.mark.parametrize(("model", "method", "args", "kwargs", "table"), READS)
def test_read_from_the_replica(clusters, client, model, method, args, kwargs, table):
    answer, primary, replica = run_on(clusters, lambda: client.run(model, method, *args, **kwargs))
    assert answer
    assert table in replica
    assert primary == "", "the primary was asked as well"


@pytest.mark.faults
def test_written_on_the_primary(clusters, client):
    primary_cluster, replica_cluster = clusters
    answer, primary, replica = run_on(
        clusters,
        lambda: client.run("collection.word", "create", [{"name": "grumbling"}]),
    )
    assert re.search(r"INSERT INTO \"?collection_word", primary)
    assert "INSERT" not in replica
    wait_for_replica(primary_cluster, replica_cluster)
    with replica_cluster.as_default():
        assert sql(DATABASE, f"SELECT id FROM collection_word WHERE id = {answer[0]}")


@pytest.mark.faults
def test_confidential_case_read_on_the_replica_is_logged_on_the_primary(clusters, client):
    primary_cluster, replica_cluster = clusters
    query = "SELECT id FROM collection_case WHERE is_confidential"
    with primary_cluster.as_default():
        [[case_id]] = sql(DATABASE, query)
        before = sql(DATABASE, "SELECT COUNT(*) FROM collection_access_log")[0][0]
    _answer, primary, replica = run_on(
        clusters, lambda: client.run("collection.case", "web_read", [int(case_id)], {"name": {}})
    )
    assert "collection_case" in replica
    assert "collection_access_log" in primary
    with primary_cluster.as_default():
        after = sql(DATABASE, "SELECT COUNT(*) FROM collection_access_log")[0][0]
    assert int(after) == int(before) + 1


@pytest.mark.faults
def test_customers_page_is_read_from_the_replica(clusters, client):
    primary_cluster, _replica = clusters
    with primary_cluster.as_default():
        [[case_id, token]] = sql(
            DATABASE,
            "SELECT id, access_token FROM collection_case ORDER BY id DESC LIMIT 1",
        )
    path = f"/my/collections/{case_id}"
    for address in (f"{path}?access_token={token}", f"{path}/statement.xlsx?access_token={token}"):
        client.get(address)
        (status, _content), primary, replica = run_on(clusters, partial(client.get, address))
        assert status == 200
        assert "collection_case" in replica
        assert "collection_case" not in primary


@pytest.mark.faults
def test_nothing_marked_as_reading_had_to_be_done_again(client):
    assert "retrying with a read/write cursor" not in client.log.read_text()
