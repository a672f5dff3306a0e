"""`./dev bench`: what the add-on costs, as ratios measured within one run.

A floor is what no design can beat: one UPDATE that sets a tier on the same lines. Each ratio
is the median of several rounds, so that a busy machine does not decide.
"""

from functools import partial

from . import bench_ledger
from .bench_assess import measure_assessment
from .bench_classify import measure_classify, measure_size
from .bench_peer import measure_peer, measure_peer_night
from .bench_people import (
    measure_dashboard,
    measure_escalation,
    measure_letters,
    measure_posting,
    measure_presence,
    measure_screens,
)
from .bench_slices import measure_slices
from .messages import say, write_report

SIZES = {"20k": 100, "200k": 1_000, "1m": 5_000}
"""Times that each of the seed invoices is there."""

NIGHTS = {500: 12, 5_000: 8}
"""Customers that share the ledger, and how much faster than the peer we want to be."""


def run_bench(size, report=None, peer=False, only=None):
    """Measure, print a table, and return 1 if a bound is missed.

    :param size: a key of SIZES; above 20k the classification is measured at both sizes
    :param report: path of a file for the results as JSON: a list of name, value, bound, ok
    :param peer: run OCA's credit control on the same ledger as well
    :param only: a part of the names of the measurements to take, None for all
    """
    results = []
    for name, measurement in measurements(size, peer).items():
        if only and only not in name:
            continue
        for line in measurement():
            results.append(line)
            print_line(line)
    bench_ledger.drop_all()
    if report:
        write_report(report, results)
    return int(not all(line["ok"] for line in results))


def measurements(size, peer):
    """Return the functions that measure, by name; each yields lines of the table."""
    chosen = {"classify": lambda: measure_classify(SIZES["20k"])}
    if size != "20k":
        chosen["classify at size"] = lambda: measure_size(SIZES["20k"], SIZES[size], size)
    if peer:
        chosen["peer"] = lambda: measure_peer(SIZES["20k"])
        for customers, bound in NIGHTS.items():
            chosen[f"night of {customers}"] = partial(
                measure_peer_night, SIZES[size], customers, bound
            )
    chosen["slices"] = lambda: measure_slices(SIZES[size], size)
    chosen["presence"] = measure_presence
    chosen["escalate"] = measure_escalation
    chosen["screens"] = measure_screens
    chosen["letters"] = measure_letters
    chosen["dashboard"] = lambda: measure_dashboard(SIZES[size])
    if size != "20k":
        chosen["assessment"] = measure_assessment
    chosen["posting"] = measure_posting
    return chosen


def print_line(line):
    """Print one line of the table."""
    bound = "" if line["bound"] is None else f"{line['direction']} {line['bound']:g}"
    verdict = "" if line["bound"] is None else "ok" if line["ok"] else "MISSED"
    say(f"{line['name']:<62} {line['value']:>12,.2f} {bound:>10}  {verdict}")
