"""Two servers with two workers for jobs each, on one database: work is shared, nothing done twice.

Real processes, a real mail server, the engine's own locks.
"""

from collections import Counter

import pytest

from devtools.cron_servers import cron_servers, failures, jobs_done, make_due, wait_until_done
from devtools.databases import clone, drop, get_template, install
from devtools.mail_sink import mail_sink
from devtools.odoo_process import run_inside
from devtools.postgres import sql

DATABASE = "two_servers"

TWICE = {
    "open cases of a customer": """
        SELECT partner_id, company_id FROM collection_case WHERE stage != 'closed'
         GROUP BY 1, 2 HAVING COUNT(*) > 1""",
    "steps of a case": """
        SELECT case_id, step_id, cycle FROM collection_case_step
         GROUP BY 1, 2, 3 HAVING COUNT(*) > 1""",
    "to-dos": """
        SELECT res_model, res_id, user_id, summary, activity_type_id FROM mail_activity
         WHERE active GROUP BY 1, 2, 3, 4, 5 HAVING COUNT(*) > 1""",
    "e-mails of a letter": """
        SELECT res_id FROM mail_message message JOIN mail_mail mail
            ON mail.mail_message_id = message.id
         WHERE message.model = 'collection.letter' GROUP BY 1 HAVING COUNT(*) > 1""",
    "reminders of an item": """
        SELECT line.move_line_id FROM collection_letter letter
          JOIN collection_letter_line line ON line.letter_id = letter.id
         WHERE letter.is_ahead GROUP BY 1 HAVING COUNT(*) > 1""",
    "contacts of a letter": """
        SELECT letter_id FROM collection_activity WHERE letter_id IS NOT NULL
         GROUP BY 1 HAVING COUNT(*) > 1""",
    "overdue lists": """
        SELECT company_id, date FROM collection_overdue_list GROUP BY 1, 2 HAVING COUNT(*) > 1""",
    "provisions of a month": """
        SELECT company_id, month FROM collection_provision GROUP BY 1, 2 HAVING COUNT(*) > 1""",
    "assessments of a month": """
        SELECT company_id, month, user_id FROM collection_assessment
         GROUP BY 1, 2, 3 HAVING COUNT(*) > 1""",
    "month ends": """
        SELECT company_id, month, partner_id, tier_id, user_id, kind FROM collection_ageing_snapshot
         GROUP BY 1, 2, 3, 4, 5, 6 HAVING COUNT(*) > 1""",
    "progress reports": """
        SELECT company_id, kind, date_from FROM collection_progress_report
         GROUP BY 1, 2, 3 HAVING COUNT(*) > 1""",
}
"""What there may be once: queries that find what there is twice."""

COUNTED = (
    "collection_case",
    "collection_case_step",
    "collection_letter",
    "collection_activity",
    "collection_overdue_list",
    "collection_provision",
    "collection_assessment",
    "collection_ageing_snapshot",
    "collection_progress_report",
    "mail_activity",
    "mail_mail",
    "account_move",
)

UNSENT = "SELECT COUNT(*) FROM mail_mail WHERE state IN ('outgoing', 'exception')"


def count_rows(database):
    """How many rows there are of everything that the jobs make."""
    query = " UNION ALL ".join(f"SELECT '{table}', COUNT(*) FROM {table}" for table in COUNTED)
    return dict(sql(database, query))


@pytest.fixture(scope="module")
def sink():
    with mail_sink() as server:
        yield server


@pytest.fixture
def database(sink, request):
    """A database of two companies whose night has not begun."""
    clone(get_template(), DATABASE)
    try:
        install(DATABASE, log=f"install-{DATABASE}")
        run_inside(
            DATABASE,
            "two_servers_seed",
            log="two-servers-seed",
            env={"SEED_SMTP_PORT": str(sink.port), "SEED_CUSTOMERS": str(request.param)},
        )
        sink.messages.clear()
        yield DATABASE
    finally:
        drop(DATABASE)


def check_nothing_twice(database, sink):
    for what, query in TWICE.items():
        assert sql(database, query) == [], f"there twice: {what}"
    assert set(sink.copies().values()) == {1}
    sent = sql(database, "SELECT COUNT(*) FROM collection_letter WHERE state = 'sent'")[0][0]
    handed_over = Counter(
        message["Subject"]
        for recipients, message in sink.messages
        if any(part.get_content_type() == "application/pdf" for part in message.iter_attachments())
    )
    assert sum(handed_over.values()) == int(sent) > 0
    unsent = sql(database, UNSENT)
    assert unsent == [["0"]]


def work_nights(database, nights, seconds):
    """Let two servers do all jobs so many times; return the logs' counts of jobs."""
    with cron_servers(database) as logs:
        for _night in range(nights):
            make_due(database)
            wait_until_done(database, seconds)
        assert [line for log in logs for line in failures(log)] == []
        return [jobs_done(log) for log in logs]


@pytest.mark.parametrize("database", [6], indirect=True)
def test_two_servers(database, sink):
    done = work_nights(database, nights=1, seconds=60)
    assert all(done), f"one server did nothing: {done}"
    names = sql(database, "SELECT cron_name FROM ir_cron WHERE cron_name LIKE 'Collections:%'")
    assert set(done[0] + done[1]) == {name for (name,) in names}
    check_nothing_twice(database, sink)


@pytest.mark.faults
@pytest.mark.parametrize("database", [60], indirect=True)
def test_two_servers_night_after_night(database, sink):
    done = work_nights(database, nights=1, seconds=150)
    check_nothing_twice(database, sink)
    first = count_rows(database)
    again = work_nights(database, nights=3, seconds=60)
    assert count_rows(database) == first, "the same night again made something"
    check_nothing_twice(database, sink)
    assert all(sum(part, Counter()) for part in zip(done, again, strict=True))
