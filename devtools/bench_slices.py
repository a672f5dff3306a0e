"""The nightly classification as the job does it, and how long others wait for its rows."""

import json

from .bench_ledger import fresh_copy, make_ledger, measure
from .bench_result import result
from .messages import step


def measure_slices(copies, name):
    """Yield what slices cost, and what they spare who posts or reconciles meanwhile."""
    ledger = make_ledger(copies)

    def run(way, writer):
        with step(f"classification, {way}, {'somebody writes' if writer else 'nobody writes'}"):
            database = fresh_copy(ledger)
            return json.loads(
                measure(database, "bench_slices", BENCH_WAY=way, BENCH_WRITER=int(writer))
            )

    whole, slices = run("whole", False), run("slices", False)
    yield result(f"the job in slices at {name} [s]", slices["seconds"])
    yield result(
        f"the job in slices / in one transaction at {name}",
        slices["seconds"] / whole["seconds"],
        1.3,
    )
    yield result("transactions of the job", slices["commits"])
    yield result("write-ahead log of an item [kB]", slices["wal"])
    yield result(f"memory of the process in slices at {name} [MB]", slices["memory"], 600)
    whole, slices = run("whole", True), run("slices", True)
    yield result("beside a writer: its longest wait, one transaction [s]", whole["wait"])
    yield result("beside a writer: its longest wait, slices [s]", slices["wait"])
    yield result("beside a writer: tries of one transaction that failed", whole["failed"])
    yield result("beside a writer: items left by one transaction", whole["left"])
    yield result("beside a writer: items left by slices", slices["left"], 0)
