"""OCA's credit control on the same ledger, run by its own button."""

import json
from statistics import median

from .bench_classify import ROUNDS, measure_rounds
from .bench_ledger import fresh_copy, make_ledger, make_spread, measure
from .bench_result import result
from .messages import step
from .odoo_process import CONFIG, run_odoo
from .venv import get_packages

PEER = "odoo-addon-account-credit-control==19.0.*"


def measure_peer(copies):
    """Yield how many times as long the peer's run takes as ours."""
    ours = median(found["first"] for found in measure_rounds(copies, ROUNDS))
    database = fresh_copy(make_ledger(copies))
    with step("the peer's add-on"), peer_addons():
        run_odoo(
            *("-d", database, "-i", "account_credit_control", "--stop-after-init", "--no-http"),
            log="bench-peer",
        )
        theirs = json.loads(measure(database, "bench_peer", BENCH_LINES=1))
    yield result("the peer's lines [s]", theirs["lines"])
    yield result("the peer's queries", theirs["lines_queries"])
    yield result("the peer's lines / our first run", theirs["lines"] / ours)


def measure_peer_night(copies, customers, bound):
    """Yield how long both take from a ledger nobody looked at to letters and e-mails."""
    database = make_spread(copies, customers)
    with step(f"our night, {customers} customers"):
        ours = json.loads(measure(fresh_copy(database), "bench_night"))
    database = fresh_copy(database)
    with step(f"the peer's night, {customers} customers"), peer_addons():
        run_odoo(
            *("-d", database, "-i", "account_credit_control", "--stop-after-init", "--no-http"),
            log="bench-peer",
        )
        theirs = json.loads(measure(database, "bench_peer"))
    at = f"of {customers} customers"
    for name in ("classify", "escalate", "draft"):
        yield result(f"{name} {at} [s]", ours[name])
    yield result(f"letters drafted {at}", ours["letters"])
    yield result(f"items in them {at}", ours["items"])
    for name in ("lines", "communications", "emails"):
        yield result(f"the peer's {name} {at} [s]", theirs[name])
    yield result(f"the peer's letters {at}", theirs["letters"])
    mine = sum(ours[name] for name in ("classify", "escalate", "draft"))
    its = sum(theirs[name] for name in ("lines", "communications", "emails"))
    yield result(f"the peer's night / ours {at}", its / mine, bound, at_least=True)


class peer_addons:  # noqa: N801 - used like a function
    """Have the peer's add-on on Odoo's path for the duration."""

    def __enter__(self):
        folder = get_packages("peer", "odoo/addons/account_credit_control", "--no-deps", PEER)
        self.config = CONFIG.read_text()
        addons = folder / "odoo" / "addons"
        CONFIG.write_text(self.config.replace("addons_path = ", f"addons_path = {addons},"))

    def __exit__(self, *_error):
        CONFIG.write_text(self.config)
