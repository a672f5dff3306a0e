"""The nightly classification against its floor, at one size and at another."""

import json
from statistics import median

from .bench_ledger import fresh_copy, make_ledger, measure
from .bench_result import result
from .messages import step

ROUNDS = 3


def measure_rounds(copies, rounds):
    """Return what rounds of the job took, each on a fresh copy of the ledger."""
    ledger = make_ledger(copies)
    found = []
    for number in range(rounds):
        with step(f"classification, round {number + 1}"):
            found.append(json.loads(measure(fresh_copy(ledger), "bench_classify")))
    return found


def measure_classify(copies):
    """Yield the lines of the table on the classification."""
    rounds = measure_rounds(copies, ROUNDS)

    def middle(function):
        return median(function(found) for found in rounds)

    yield result("open items", rounds[0]["items"])
    yield result("one UPDATE that sets their tier [s]", middle(lambda found: found["floor"]))
    yield result("first run, cases opened / floor", middle(ratio("first")), 3)
    yield result("second run, nothing changed / floor", middle(ratio("second")), 0.5)
    yield result("rows written by the second run", max(f["second_rows"] for f in rounds), 0)
    yield result("items that change tier next day", rounds[0]["next_rows"])
    yield result("next day's run / floor", middle(ratio("next")), 0.6)
    yield result("queries of a first run", rounds[0]["first_queries"])


def measure_size(small, large, name):
    """Yield how time per item and the number of queries grow with the ledger."""
    before = measure_rounds(small, ROUNDS)
    after = measure_rounds(large, 1)[0]
    per_item = median(found["first"] / found["items"] for found in before)
    yield result(f"open items at {name}", after["items"])
    yield result(f"first run at {name} [s]", after["first"])
    yield result(f"first run at {name} / floor", after["first"] / after["floor"], 3)
    yield result(
        f"time per item at {name} / at 20k", after["first"] / after["items"] / per_item, 1.3
    )
    yield result(f"memory of the process at {name} [MB]", after["memory"], 600)
    yield result(
        f"queries at {name} more than at 20k",
        after["first_queries"] - before[0]["first_queries"],
        0,
    )


def ratio(name):
    """Return the function that divides a time by the floor of its round."""
    return lambda found: found[name] / found["floor"]
