"""What people wait for: the escalation, the screens, and the posting of invoices."""

import json
from statistics import median

from .bench_ledger import (
    fresh_copy,
    make_customers,
    make_ledger,
    make_plain,
    make_spread,
    measure,
)
from .bench_result import result
from .installed import new_database
from .messages import step
from .odoo_process import serving

ROUNDS = 5
WAITING_CUSTOMERS = 5_000
"""Customers of each of two companies on the ledger on which people wait."""
SCREENS = (
    ("customer list of 80", "res.partner", "list", 1),
    ("customer form", "res.partner", "form", 2),
    ("invoice list of 80", "account.move", "list", 3),
    ("case kanban of 80", "collection.case", "kanban", 25),
    ("worklist of 80", "collection.case", "list", 25),
)
"""Screens with their bound on queries: more than without us, or in all for our own models."""


def measure_escalation():
    """Yield what a night over many cases costs."""
    database = fresh_copy(make_customers())
    with step("escalation"):
        found = json.loads(measure(database, "bench_escalate"))
    yield result("cases escalated", found["cases"])
    yield result("queries per case of the escalation", found["queries"] / found["cases"], 12)
    yield result("seconds of the escalation", found["seconds"])
    yield result("memory gained from the first half to the last [MB]", found["growth"], 20)
    yield result("steps made by a second escalation", found["again"], 0)


def measure_screens():
    """Yield the queries of screens with many cases."""
    database = fresh_copy(make_customers())
    with step("screens"):
        with_us = json.loads(measure(database, "bench_screens", BENCH_SCREENS=json.dumps(SCREENS)))
        own = [screen for screen in SCREENS if screen[1].startswith("collection.")]
        core = [screen for screen in SCREENS if screen not in own]
        plain = make_plain(seeded=True)
        without = json.loads(measure(plain, "bench_screens", BENCH_SCREENS=json.dumps(core)))
    for name, _model, _view, bound in own:
        yield result(f"queries of the {name}", with_us[name], bound)
    for name, _model, _view, bound in core:
        yield result(
            f"queries of the {name} more than without us", with_us[name] - without[name], bound
        )


def measure_presence():
    """Yield what the add-ons cost a database where nobody uses them."""
    ours, plain = fresh_copy_of_new(), make_plain()
    with step("registry"):
        with_us = json.loads(measure(ours, "bench_registry"))
        without = json.loads(measure(plain, "bench_registry"))
    yield result(
        "loading the modules with us / without", with_us["seconds"] / without["seconds"], 2
    )
    yield result(
        "memory of a process more than without us [MB]", with_us["memory"] - without["memory"], 40
    )


def measure_letters():
    """Yield what a letter of a run costs against a letter printed alone."""
    database = fresh_copy(make_customers())
    with step("letters"), serving(database):
        found = json.loads(measure(database, "bench_letters"))
    yield result("letters printed in one run", found["letters"])
    yield result("seconds of one letter printed alone", found["single"])
    yield result("letters in one run / printed alone", found["together"] / found["single"], 0.25)


def measure_dashboard(copies):
    """Yield the server's time for the dashboard of a large ledger."""
    database = fresh_copy(make_ledger(copies))
    with step("dashboard"):
        found = json.loads(measure(database, "bench_dashboard"))
    yield result("open items of the company of the dashboard", found["items"])
    yield result("dashboard, server's time [s]", found["seconds"], 1)


WAITS = (
    ("worklist", "desk's worklist", 0.5),
    ("customer", "desk's customer", 0.5),
    ("large customer", "desk's customer with 2,000 open items", 1),
    ("approvals", "approvals inbox", 0.5),
    ("statement", "statement of a customer with 8,000 movements and more", 5),
    ("overdue list", "overdue list, made", None),
    ("xlsx", "overdue list as XLSX", 20),
    ("xlsx memory", "memory for that [MB]", 200),
)
"""What people wait for: key, words, bound in seconds of the server's time."""


def measure_waits(copies):
    """Yield the seconds that people wait for on a large ledger of many cases."""
    database = fresh_copy(make_spread(copies, WAITING_CUSTOMERS))
    with step("what people wait for"):
        found = json.loads(measure(database, "bench_waits", BENCH_MOVEMENTS=20_000))
    for key in ("cases", "items", "items_of_customer", "movements", "lines"):
        yield result(f"{key.replace('_', ' ')}, for what people wait for", found[key])
    for key, words, bound in WAITS:
        unit = "" if "[" in words else " [s]"
        yield result(f"{words}{unit}", found[key], bound)


def measure_posting():
    """Yield how much longer invoices and payments take with the add-on."""
    ours, plain = fresh_copy_of_new(), make_plain()
    ratios, queries = [], []
    with step("posting and paying"):
        for _round in range(ROUNDS):
            without = json.loads(measure(plain, "bench_posting"))
            with_us = json.loads(measure(ours, "bench_posting"))
            ratios.append(with_us["seconds"] / without["seconds"])
            queries.append((with_us["queries"] - without["queries"]) / with_us["documents"])
    yield result("posting and paying with us / without", median(ratios), 1.05)
    yield result("queries per document more than without us", median(queries), 2)


def fresh_copy_of_new():
    """Return a database with our add-ons and no invoices."""
    new_database("bench")
    return "bench"
