"""`./dev bench`: what the add-on costs, as ratios measured within one run.

A floor is what no design can beat: one UPDATE that sets a tier on the same lines. Each ratio
is the median of several rounds, so that a busy machine does not decide.
"""

import json
import os
import platform
from functools import partial
from pathlib import Path
from statistics import median

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
    measure_waits,
)
from .bench_result import result
from .bench_slices import measure_slices
from .messages import say, write_report
from .postgres import sql

SIZES = {"20k": 100, "200k": 1_000, "1m": 5_000}
"""Times that each of the seed invoices is there."""

NIGHTS = {500: 12, 5_000: 8}
"""Customers that share the ledger, and how much faster than the peer we want to be."""


def run_bench(size, report=None, peer=False, only=None, runs=1, compare=None):
    """Measure, print a table, and return 1 if a bound is missed.

    :param size: a key of SIZES; above 20k the classification is measured at both sizes
    :param report: path of a file for the results as JSON: the machine, and a list of results
    :param peer: run OCA's credit control on the same ledger as well
    :param only: a part of the names of the measurements to take, None for all
    :param runs: times that everything is measured, each on ledgers made anew
    :param compare: path of an earlier report: what got slower since then is told
    """
    results = {}
    for _run in range(runs):
        for name, measurement in measurements(size, peer).items():
            if only and only not in name:
                continue
            for line in measurement():
                results.setdefault(line["name"], []).append(line)
                print_line(line)
        bench_ledger.drop_all()
    lines = [in_range(found) for found in results.values()]
    if runs > 1:
        say(f"\nThe median of {runs} runs, and the least and the most of them:")
        for line in lines:
            print_line(line)
    if report:
        write_report(report, {"machine": describe_machine(), "results": lines})
    if compare:
        say(f"\nAgainst {compare}:")
        for text in compare_with(json.loads(Path(compare).read_text())["results"], lines):
            say(text)
    return int(not all(line["ok"] for line in lines))


def in_range(found):
    """Return the median of a result's runs as one line of the table, with its range."""
    values = [line["value"] for line in found]
    line = result(found[0]["name"], median(values), found[0]["bound"], found[0]["direction"] == "≥")
    return {**line, "runs": len(values), "least": min(values), "most": max(values)}


def compare_with(before, now):
    """Yield a text for each result that is worse than in an earlier report, by more than chance.

    Worse is what lies outside the range of the earlier runs by a tenth, the way its bound goes.
    """
    known = {line["name"]: line for line in before}
    for line in now:
        earlier = known.get(line["name"])
        if earlier is None:
            continue
        if line["direction"] == "≥":
            is_worse = line["value"] < earlier["least"] * 0.9
        else:
            is_worse = line["value"] > earlier["most"] * 1.1
        if is_worse:
            yield f"worse: {line['name']}: {earlier['value']:,.2f} before, {line['value']:,.2f} now"


def describe_machine():
    """Return what kind of machine this is: processors, memory, versions."""
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return {
        "processors": os.cpu_count(),
        "memory [GB]": round(pages / 1024**3),
        "python": platform.python_version(),
        "postgresql": sql("postgres", "SHOW server_version")[0][0],
        "system": platform.platform(),
    }


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
    chosen["waits"] = lambda: measure_waits(SIZES[size])
    if size != "20k":
        chosen["assessment"] = measure_assessment
    chosen["posting"] = measure_posting
    return chosen


def print_line(line):
    """Print one line of the table."""
    if line.get("runs", 1) > 1:
        spread = f" {line['least']:,.2f}–{line['most']:,.2f}"
    else:
        spread = ""
    bound = "" if line["bound"] is None else f"{line['direction']} {line['bound']:g}"
    verdict = "" if line["bound"] is None else "ok" if line["ok"] else "MISSED"
    say(f"{line['name']:<62} {line['value']:>12,.2f} {bound:>10}  {verdict}{spread}")
