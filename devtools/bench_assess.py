"""What a month's assessment of many collectors costs on a large ledger."""

import json

from .bench_ledger import SEED, fresh_copy, make_ledger, measure
from .bench_result import result
from .messages import step

INVOICES = 100_000
"""Invoices of the company that is assessed; the ledger has two companies of that size."""


def measure_assessment():
    """Yield the time and the statements of one month of twenty collectors."""
    database = fresh_copy(make_ledger(2 * INVOICES // SEED + 1))
    with step("assessment"):
        found = json.loads(measure(database, "bench_assess"))
    yield result("invoices of the company that is assessed", found["invoices"])
    yield result("collectors assessed", found["collectors"], 20, at_least=True)
    yield result("cash of the month that is assessed", found["cash"], 1, at_least=True)
    yield result("assessment of a month, first time [s]", found["seconds"], 10)
    yield result("assessment of a month, renewed [s]", found["again"], 10)
    yield result("statements of the assessment renewed", found["queries"], 100)
