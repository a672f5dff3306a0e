"""Several Odoo servers with workers on one database, and a night's jobs for them."""

import re
import time
from collections import Counter, namedtuple
from contextlib import ExitStack, contextmanager

from .databases import drop
from .installed import new_database
from .odoo_process import loopback, run_inside, start_server, wait_until_up
from .postgres import sql
from .processes import free_port, log_path, stop

CronServer = namedtuple("CronServer", "address log")
"""Where a server is, and the path of its log."""

OURS = """
    SELECT data.res_id FROM ir_model_data data
     WHERE data.model = 'ir.cron'
       AND (data.module LIKE 'debt_collection%' OR data.name = 'ir_cron_mail_scheduler_action')
"""


@contextmanager
def night_database(name, sink, customers):
    """Have a database of two companies whose night has not begun, its mail going to a sink."""
    new_database(name)
    try:
        run_inside(
            name,
            "two_servers_seed",
            log=f"seed-{name}",
            env={"SEED_SMTP_PORT": str(sink.port), "SEED_CUSTOMERS": str(customers)},
        )
        sink.messages.clear()
        yield name
    finally:
        drop(name)


@contextmanager
def cron_servers(database, count=2, *options):
    """Have so many servers, each with two workers and two workers for jobs.

    :return: list of `CronServer`
    """
    with ExitStack() as stack:
        waiting = []
        for number in range(count):
            log, port = log_path(f"server-{database}-{number}"), free_port()
            log.unlink(missing_ok=True)
            server = start_server(
                database,
                port,
                *("--workers=2", "--max-cron-threads=2", f"--gevent-port={free_port()}"),
                *(f"--logfile={log}", *options),
            )
            stack.callback(stop, server)
            waiting.append((server, port, log))
        for server, port, log in waiting:
            wait_until_up(server, port, log)
        yield [CronServer(loopback(port), log) for _server, port, log in waiting]


def wake(database):
    """Tell the servers' workers that there are jobs, as Odoo does."""
    sql("postgres", f"NOTIFY cron_trigger, '{database}'")


def make_due(database):
    """Make every job of ours, and Odoo's mail queue, due now."""
    sql(
        database,
        f"UPDATE ir_cron SET nextcall = now() AT TIME ZONE 'UTC' - interval '1 minute' "
        f"WHERE id IN ({OURS})",
    )
    wake(database)


def wait_until_done(database, seconds=120):
    """Wait until no job of ours is due any more, and no e-mail waits.

    :raises TimeoutError: if that takes too long
    """
    deadline = time.monotonic() + seconds
    due = (
        f"SELECT cron_name FROM ir_cron WHERE id IN ({OURS}) AND (nextcall <= now() AT TIME ZONE "
        "'UTC' OR EXISTS (SELECT 1 FROM ir_cron_trigger t WHERE t.cron_id = ir_cron.id "
        "AND t.call_at <= now() AT TIME ZONE 'UTC')) UNION ALL SELECT 'locked' FROM pg_locks "
        "WHERE relation = 'ir_cron'::regclass AND mode = 'RowShareLock' "
        f"AND database = (SELECT oid FROM pg_database WHERE datname = '{database}')"
    )
    quiet = 0
    while quiet < 2:
        left = sql(database, due)
        quiet = 0 if left else quiet + 1
        if time.monotonic() > deadline:
            raise TimeoutError(f"jobs that are not done: {sorted({name for (name,) in left})}")
        if left:
            wake(database)
        time.sleep(0.5)


def jobs_done(server):
    """How often a server brought each of our jobs to its end, by name."""
    text = server.log.read_text(errors="replace")
    return Counter(re.findall(r"Job ['\"](Collections: .+?)['\"] \(\d+\) fully done", text))


def failures(server):
    """The lines of a server's log that tell of a failure."""
    lines = server.log.read_text(errors="replace").splitlines()
    return [line for line in lines if " ERROR " in line or "Traceback" in line]
