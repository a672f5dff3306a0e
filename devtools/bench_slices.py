"""The nightly classification as the job does it, and how long others wait for its rows."""

import json

from .bench_ledger import fresh_copy, make_ledger, measure
from .messages import step


def measure_slices(copies, name):
    """Yield what slices cost, and what they spare who posts or reconciles meanwhile."""
    from .bench import result

    ledger, found = make_ledger(copies), {}
    for way in ("whole", "slices"):
        with step(f"classification beside a writer: {way}"):
            found[way] = json.loads(measure(fresh_copy(ledger), "bench_slices", BENCH_WAY=way))
    whole, slices = found["whole"], found["slices"]
    yield result(f"the job in slices at {name} [s]", slices["seconds"])
    yield result(
        f"the job in slices / in one transaction at {name}",
        slices["seconds"] / whole["seconds"],
        1.3,
    )
    yield result("longest wait of a writer, one transaction [s]", whole["wait"])
    yield result("longest wait of a writer, slices [s]", slices["wait"])
    yield result("transactions of the job", slices["commits"])
    yield result(f"memory of the process in slices at {name} [MB]", slices["memory"], 600)
