"""Two servers with two workers for jobs each, on one database: work is shared, nothing done twice.

Real processes, a real mail server, the engine's own locks.
"""

from collections import Counter

import pytest

from devtools.cron_servers import (
    cron_servers,
    failures,
    jobs_done,
    make_due,
    night_database,
    wait_until_done,
)
from devtools.nothing_twice import check_nothing_twice, count_rows
from devtools.postgres import sql


@pytest.fixture
def database(sink, request):
    """A database of two companies whose night has not begun."""
    with night_database("two_servers", sink, customers=request.param) as name:
        yield name


def work_nights(database, nights, seconds):
    """Let two servers do all jobs so many times; return each server's count of jobs."""
    with cron_servers(database) as servers:
        for _night in range(nights):
            make_due(database)
            wait_until_done(database, seconds)
        assert [line for server in servers for line in failures(server)] == []
        return [jobs_done(server) for server in servers]


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
