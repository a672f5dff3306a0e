# ruff: noqa: F821
"""In Odoo's shell: the first classification of a night beside somebody who writes items.

`BENCH_WAY` is `slices` or `whole`, `BENCH_WRITER` says whether there is a writer; writes
`BENCH_RESULT` as JSON. The writer does five times a second what a payment does to an item: it
writes its row and its invoice's, in a transaction of Odoo's kind, and tries again when PostgreSQL
says that somebody else was first.
"""

import json
import os
import random
import resource
import threading
import time

from psycopg2 import errors

WRITE = """
    WITH item AS (UPDATE account_move_line SET write_date = now() WHERE id = %s RETURNING move_id)
    UPDATE account_move SET write_date = now() WHERE id IN (SELECT move_id FROM item)
"""
env.cr.execute(
    """SELECT line.id FROM account_move_line line
         JOIN account_account account ON account.id = line.account_id
        WHERE line.parent_state = 'posted' AND NOT line.reconciled AND line.amount_residual > 0
          AND line.date_maturity < CURRENT_DATE AND line.no_followup IS NOT TRUE
          AND account.account_type = 'asset_receivable'"""
)
item_ids = [row[0] for row in env.cr.fetchall()]
env.cr.commit()
waits, ended = [0], threading.Event()
TRIES = 5


def write_items():
    chance = random.Random(1)
    while not ended.is_set():
        item_id, start = chance.choice(item_ids), time.monotonic()
        while True:
            try:
                with env.registry.cursor() as cursor:
                    cursor.execute(WRITE, [item_id], log_exceptions=False)
                break
            except errors.SerializationFailure:
                continue
        waits.append(time.monotonic() - start)
        time.sleep(0.2)


case_model = env["collection.case"]
commit, commits = env.cr.commit, []


def count_commits():
    commits.append(time.monotonic())
    commit()


env.cr.commit = count_commits
writer = threading.Thread(target=write_items)
if os.environ["BENCH_WRITER"] == "1":
    writer.start()
failed = 0
env.cr.execute("SELECT pg_current_wal_lsn()")
wal = env.cr.fetchone()[0]
start = time.monotonic()
if os.environ["BENCH_WAY"] == "slices":
    case_model._cron_classify()
else:
    # As the job did it before: a company, a transaction; tried again like any job.
    for company in env["res.company"]._get_collection_companies():
        for _number in range(TRIES):
            try:
                case_model._classify(companies=company)
                env.cr.commit()
                break
            except errors.SerializationFailure:
                failed += 1
                env.cr.rollback()
                env.invalidate_all()
seconds = time.monotonic() - start
ended.set()
if writer.ident:
    writer.join()
env.cr.execute(
    "SELECT COUNT(*) FROM account_move_line WHERE id = ANY(%s) AND collection_tier_id IS NULL",
    [item_ids],
)
left = env.cr.fetchone()[0]
env.cr.execute("SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), %s)", [wal])
wal = int(env.cr.fetchone()[0])

with open(os.environ["BENCH_RESULT"], "w") as output:
    json.dump(
        {
            "seconds": seconds,
            "wait": max(waits),
            "failed": failed,
            "left": left,
            "wal": wal / len(item_ids) / 1024,
            "commits": len(commits),
            "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        },
        output,
    )
