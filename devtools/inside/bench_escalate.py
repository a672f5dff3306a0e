# ruff: noqa: F821
"""In Odoo's shell: a night over all cases, slice by slice, and write `BENCH_RESULT` as JSON."""

import gc
import json
import os
import time

case_model = env["collection.case"]


def memory():
    """Resident memory of this process in MB."""
    gc.collect()
    with open("/proc/self/statm") as status:
        return int(status.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1024**2


cases = case_model.search_count([("stage", "!=", "closed")])
companies = env["res.company"]._get_collection_companies()
queries, start, sizes = env.cr.sql_log_count, time.monotonic(), []
steps = 0
for company in companies:
    steps += case_model._escalate(companies=company)["steps"]
    env.cr.commit()
    sizes.append(memory())
seconds, queries = time.monotonic() - start, env.cr.sql_log_count - queries
again = case_model._escalate()["steps"]
with open(os.environ["BENCH_RESULT"], "w") as output:
    json.dump(
        {
            "cases": cases,
            "seconds": seconds,
            "queries": queries,
            "steps": steps,
            "growth": sizes[-1] - sizes[-2],
            "again": again,
        },
        output,
    )
