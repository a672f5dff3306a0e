# ruff: noqa: F821
"""In Odoo's shell: time the classification twice and write `BENCH_RESULT` as JSON.

The floor is one UPDATE of a column on all open receivable lines, rolled back: no way of
storing a tier on every line can be faster.
"""

import json
import os
import time

RECEIVABLE = """
    FROM account_account a
    WHERE a.id = l.account_id AND a.account_type = 'asset_receivable'
    AND l.parent_state = 'posted' AND NOT l.reconciled
"""


def timed(function):
    """Return (seconds, number of queries) of a call, its transaction committed."""
    env.invalidate_all()
    queries, start = env.cr.sql_log_count, time.monotonic()
    function()
    env.flush_all()
    spent, queries = time.monotonic() - start, env.cr.sql_log_count - queries
    env.cr.commit()
    return round(spent, 2), queries


start = time.monotonic()
env.cr.execute("UPDATE account_move_line l SET collection_tier_id = NULL" + RECEIVABLE)
items = env.cr.rowcount
floor = round(time.monotonic() - start, 2)
env.cr.rollback()

first_seconds, first_queries = timed(env["collection.case"]._classify)
second_seconds, second_queries = timed(env["collection.case"]._classify)

with open(os.environ["BENCH_RESULT"], "w") as output:
    json.dump(
        {
            "items": items,
            "floor_seconds": floor,
            "first_seconds": first_seconds,
            "first_queries": first_queries,
            "second_seconds": second_seconds,
            "second_queries": second_queries,
        },
        output,
    )
