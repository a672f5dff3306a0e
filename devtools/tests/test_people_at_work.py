"""Eight people at work over HTTP beside two servers' nightly jobs: nothing is lost or refused."""

import json
import random
from concurrent.futures import ThreadPoolExecutor

import pytest

from devtools.cron_servers import cron_servers, failures, make_due, night_database, wait_until_done
from devtools.messages import Failure
from devtools.nothing_twice import check_nothing_twice
from devtools.odoo_process import run_inside
from devtools.postgres import sql
from devtools.web_session import WebSession

DATABASE = "people_at_work"
FINANCE = [f"finance-{number}" for number in range(3)]
COLLECTORS = [f"collector-{number}" for number in range(3)]
MANAGERS = [f"manager-{number}" for number in range(2)]
PAYMENT = 7
"""What each of finance receives for each invoice: they are all at the same ones."""

RETRIED = "odoo.sql_db: bad query"
"""What met another transaction is logged so, and tried again; where that failed more is logged."""


def context(part, **values):
    return {"context": {"allowed_company_ids": [part["company"]], "lang": "en_US", **values}}


def reconcile(session, part, invoice):
    """Register a payment as the dialog does."""
    chosen = context(part, active_model="account.move", active_ids=[int(invoice)])
    values = {"amount": PAYMENT}
    [wizard] = session.call_method("account.payment.register", "create", [values], **chosen)
    session.call_method("account.payment.register", "action_create_payments", [wizard], **chosen)


def log_contact(session, part, case):
    """Log a call that reached somebody; it is confirmed, and so sealed, at once."""
    values = {"case_id": case, "outcome": "reached", "state": "confirmed", "feedback": "We pay"}
    session.call_method("collection.activity", "create", [values], **context(part))


def approve(session, part, plan):
    session.call_method("collection.plan", "action_approve", [plan], **context(part))


def own_cases(part, login):
    """The cases of a collector, who calls each customer three times."""
    return 3 * part["cases"].get(login, [])


def tasks(work):
    """Yield what each person has to do: login, function, and pairs of a company and a record."""
    for login in FINANCE:
        yield login, reconcile, [(part, move) for part in work for move in part["invoices"]]
    for login in COLLECTORS:
        yield login, log_contact, [(part, case) for part in work for case in own_cases(part, login)]
    for number, login in enumerate(MANAGERS):
        # An approval is given once.
        share = slice(number, None, len(MANAGERS))
        yield login, approve, [(part, plan) for part in work for plan in part["plans"][share]]


def work_as(address, login, function, records):
    """Do a person's tasks in an order of their own; return what was refused."""
    session = WebSession(address, DATABASE, login)
    random.Random(login).shuffle(records)
    refused = []
    for part, record in records:
        try:
            function(session, part, record)
        except Failure as failure:
            refused.append(f"{login}: {failure}")
    return refused


@pytest.fixture
def database(sink, request):
    with night_database(DATABASE, sink, customers=request.param) as name:
        yield name


@pytest.mark.parametrize("database", [3, pytest.param(20, marks=pytest.mark.faults)], indirect=True)
def test_people_beside_jobs(database, sink):
    output = run_inside(database, "people_seed", log="people-seed")
    work = json.loads(output.strip().splitlines()[-1])
    with cron_servers(database) as servers:
        make_due(database)
        people = list(tasks(work))
        with ThreadPoolExecutor(len(people)) as pool:
            doing = [
                pool.submit(work_as, servers[number % 2].address, *task)
                for number, task in enumerate(people)
            ]
            while not all(person.done() for person in doing):
                make_due(database)
                wait_until_done(database, 150)
        refused = [words for person in doing for words in person.result()]
        # A last night with nobody about.
        make_due(database)
        wait_until_done(database, 150)
        assert [
            line for server in servers for line in failures(server) if RETRIED not in line
        ] == []
    assert refused == []
    check_work(database, work)
    check_nothing_twice(database, sink)
    run_inside(database, "people_verify", log="people-verify")


def check_work(database, work):
    """Everything that was answered with yes is there."""
    contacts = "SELECT COUNT(*) FROM collection_activity WHERE state = 'confirmed' AND seal"
    contacts += " IS NOT NULL AND feedback = 'We pay' AND user_id IN (SELECT id FROM res_users"
    for login in COLLECTORS:
        calls = sum(len(own_cases(part, login)) for part in work)
        assert sql(database, f"{contacts} WHERE login = '{login}')") == [[str(calls)]]
    plans = sum(len(part["plans"]) for part in work)
    approved = "SELECT COUNT(*) FROM collection_plan WHERE approved_by IS NOT NULL"
    assert sql(database, approved) == [[str(plans)]]
    for part in work:
        for invoice, before in part["invoices"].items():
            [[residual]] = sql(
                database, f"SELECT amount_residual FROM account_move WHERE id = {invoice}"
            )
            assert float(residual) == pytest.approx(before - PAYMENT * len(FINANCE))
