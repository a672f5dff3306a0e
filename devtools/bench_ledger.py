"""Databases to measure on: seed invoices posted through Odoo, copied by `odoo populate`."""

from .databases import clone, drop, get_template
from .installed import new_database
from .messages import step
from .odoo_process import run_inside, run_odoo
from .paths import STATE
from .postgres import sql

SEED = 240
"""Seed invoices; 200 of them are open, the others paid."""

SEEDED, MEASURED, PLAIN = "bench_seeded", "bench", "bench_plain"
"""Databases: with the seed invoices, the one measured on, and one without our add-ons."""

CASES = 10_000
"""Customers of the database for escalation and screens, half of them in each company."""

LAST_DAY_OF_A_BAND = """
    UPDATE account_move_line line SET date_maturity = CURRENT_DATE - 30 * (1 + id / 30 % 2)
     WHERE line.display_type = 'payment_term' AND line.id % 30 = 0
"""
"""One item in thirty changes its tier the next day: the copies' dates are spread by chance."""

_made = set()


def make_ledger(copies):
    """Return a database with each seed invoice so many times, made once in a run."""
    name = f"bench_{copies}"
    if name not in _made:
        make_seed()
        with step(f"{copies} times each invoice"):
            clone(SEEDED, name)
            _made.add(name)
            run_odoo(
                *("populate", "-d", name, "--models=account.move", f"--factors={copies - 1}"),
                log="bench-populate",
                timeout=7200,
            )
            sql(name, LAST_DAY_OF_A_BAND)
            vacuum(name)
    return name


def make_seed():
    """Make the database with the seed invoices, once in a run."""
    if SEEDED in _made:
        return
    new_database(SEEDED)
    _made.add(SEEDED)
    with step(f"{SEED} invoices"):
        run_inside(SEEDED, "bench_seed", log="bench-seed", env={"BENCH_SEED": str(SEED)})


def make_customers():
    """Return a database with an overdue invoice for each of many customers of two companies."""
    name = "bench_cases"
    if name not in _made:
        make_seed()
        with step(f"{CASES} customers"):
            clone(SEEDED, name)
            _made.add(name)
            factor = CASES // 200 - 1
            run_odoo(
                *("populate", "-d", name, "--models=account.move", f"--factors={factor}"),
                log="bench-populate",
            )
            run_inside(name, "bench_customers", log="bench-customers")
            vacuum(name)
    return name


def make_spread(copies, customers):
    """Return the ledger of so many copies, its open items shared out among customers."""
    name = f"bench_{copies}_{customers}"
    if name not in _made:
        ledger = make_ledger(copies)
        with step(f"{customers} customers"):
            clone(ledger, name)
            _made.add(name)
            run_inside(
                name, "bench_spread", log="bench-spread", env={"BENCH_CUSTOMERS": str(customers)}
            )
            vacuum(name)
    return name


def make_plain(seeded=False):
    """Return a database like `./dev new` makes, but without our add-ons.

    :param seeded: with the seed invoices
    """
    clone(get_template(), PLAIN)
    _made.add(PLAIN)
    if seeded:
        with step(f"{SEED} invoices without us"):
            run_inside(PLAIN, "bench_seed", log="bench-seed", env={"BENCH_SEED": str(SEED)})
    return PLAIN


def fresh_copy(name):
    """Return a copy of a database, for measurements that change it."""
    clone(name, MEASURED)
    _made.add(MEASURED)
    return MEASURED


def vacuum(name):
    """Give the planner its statistics, as autovacuum would have by night."""
    sql(name, *(f"VACUUM ANALYZE {table}" for table in ("account_move", "account_move_line")))


def measure(database, script, **env):
    """Run a script of `devtools/inside/` on a database and return what it wrote as text."""
    target = STATE / "bench.json"
    target.unlink(missing_ok=True)
    variables = {name: str(value) for name, value in env.items()}
    run_inside(
        database, script, log=script, env={"BENCH_RESULT": str(target), **variables}, timeout=7200
    )
    return target.read_text()


def drop_all():
    """Drop the databases that were made."""
    for name in sorted(_made):
        drop(name)
    _made.clear()
