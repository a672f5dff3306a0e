# ruff: noqa: F821
"""In Odoo's shell: time the classification and its floor, and write `BENCH_RESULT` as JSON."""

import json
import os
import resource
import time
from datetime import timedelta

from odoo import fields


def timed(function):
    """Return (seconds, queries, answer) of a call, its transaction committed."""
    env.invalidate_all()
    queries, start = env.cr.sql_log_count, time.monotonic()
    answer = function()
    env.flush_all()
    env.cr.commit()
    return time.monotonic() - start, env.cr.sql_log_count - queries, answer


def versions():
    """How many rows of each table the last transactions made anew."""
    tables = ("account_move_line", "account_move", "collection_case")
    found = {}
    for table in tables:
        env.cr.execute(f"SELECT id, xmin::text FROM {table}")
        found[table] = dict(env.cr.fetchall())
    return found


def vacuum():
    """Leave no dead rows of one measurement to the next."""
    env.cr.commit()
    with env.registry.cursor() as cursor:
        cursor._cnx.autocommit = True
        for table in ("account_move_line", "account_move", "collection_case"):
            cursor.execute(f"VACUUM ANALYZE {table}")


case_model = env["collection.case"]
today = fields.Date.context_today(env.user)
mild = env.ref("debt_collection.tier_mild").id
start = time.monotonic()
env.cr.execute(
    """UPDATE account_move_line line SET collection_tier_id = %s
         FROM account_account account
        WHERE account.id = line.account_id AND account.account_type = 'asset_receivable'
          AND line.parent_state = 'posted' AND NOT line.reconciled AND line.amount_residual > 0""",
    [mild],
)
floor, items = time.monotonic() - start, env.cr.rowcount
env.cr.rollback()
vacuum()
first, first_queries, _counts = timed(lambda: case_model._classify(today))
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
vacuum()
small = items < 50_000
before = versions() if small else {}
second, _queries, counts = timed(lambda: case_model._classify(today))
second_rows = counts["lines"] + counts["opened"] + counts["updated"]
if small:
    after = versions()
    second_rows = sum(
        after[table].get(row) != version
        for table, rows in before.items()
        for row, version in rows.items()
    )
next_day, _queries, counts = timed(lambda: case_model._classify(today + timedelta(days=1)))

with open(os.environ["BENCH_RESULT"], "w") as output:
    json.dump(
        {
            "items": items,
            "floor": floor,
            "first": first,
            "first_queries": first_queries,
            "memory": memory,
            "second": second,
            "second_rows": second_rows,
            "next": next_day,
            "next_rows": counts["lines"],
        },
        output,
    )
