"""`./dev bench`: what the nightly classification costs on many open items."""

import json

from .databases import clone, drop, new_database
from .messages import say, step
from .odoo_process import run_inside, run_odoo
from .paths import STATE
from .postgres import sql

SEED = 200
"""Invoices posted through Odoo, which `odoo populate` then copies by SQL."""

SMALL = 4
"""Copies of each seed invoice for the small size of the query counts."""

SIZES = {"20k": 99, "200k": 999, "1m": 4999}
"""Copies of each seed invoice in all."""

SEEDED, MEASURED = "bench_seeded", "bench"
"""Databases: with the seed invoices only, and a clone of it for each size."""


def run_bench(size, report=None):
    """Measure on a fresh database, print a table, and return 1 if a bound is missed.

    :param size: a key of SIZES
    :param report: path of a file for the results as JSON: a list of name, value, bound, ok
    """
    try:
        results = measure(SIZES[size])
    finally:
        drop(MEASURED)
        drop(SEEDED)
    width = max(len(result["name"]) for result in results)
    for result in results:
        verdict = "ok" if result["ok"] else "MISSED"
        say(f"{result['name']:<{width}} {result['value']:>12} {result['bound']:>12}  {verdict}")
    if report:
        with open(report, "w") as output:
            json.dump(results, output, indent=2)
            output.write("\n")
    return int(not all(result["ok"] for result in results))


def measure(copies):
    """Return the results at a small size and at the asked one."""
    new_database(SEEDED)
    with step(f"{SEED} invoices"):
        run_inside(SEEDED, "bench_seed", log="bench-seed", env={"BENCH_SEED": str(SEED)})
    small = classify(SMALL)
    large = classify(copies)
    floor = large["floor_seconds"]
    return [
        result("open items", large["items"], None),
        result("first run [s]", large["first_seconds"], round(10 * floor + 2, 2)),
        result("one UPDATE of the same rows [s]", floor, None),
        result("second run, nothing to change [s]", large["second_seconds"], round(floor + 2, 2)),
        result("queries, first run", large["first_queries"], small["first_queries"] + 10),
        result("queries, second run", large["second_queries"], small["second_queries"] + 10),
    ]


def classify(copies):
    """Return seconds and query counts of the job run twice.

    :param copies: how many copies to make of each seed invoice
    """
    clone(SEEDED, MEASURED)
    with step(f"{copies} copies of each invoice"):
        run_odoo(
            *("populate", "-d", MEASURED, "--models=account.move", f"--factors={copies}"),
            log="bench-populate",
            timeout=7200,
        )
        # The planner's statistics, as autovacuum would have them by night.
        sql(MEASURED, "VACUUM ANALYZE account_move", "VACUUM ANALYZE account_move_line")
    target = STATE / "bench.json"
    with step("classification, twice"):
        run_inside(
            MEASURED, "bench_classify", log="bench", env={"BENCH_RESULT": str(target)}, timeout=7200
        )
    return json.loads(target.read_text())


def result(name, value, bound):
    """Return one line of the report; without a bound it only informs."""
    ok = bound is None or value <= bound
    return {"name": name, "value": value, "bound": "" if bound is None else bound, "ok": ok}
