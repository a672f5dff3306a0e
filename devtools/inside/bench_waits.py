# ruff: noqa: F821
"""In Odoo's shell: the seconds that people wait for on a large ledger; write `BENCH_RESULT`.

One customer has 2,000 of the open items, and `BENCH_MOVEMENTS` of all when the statement is made.
"""

import json
import os
import resource
import time
from datetime import timedelta
from statistics import median

ROUNDS = 3
OPEN_ITEMS = 2_000
found = {}


def memory():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def timed(name, function, rounds=ROUNDS):
    """Note the median of several calls, each with an empty cache."""
    function()
    seconds = []
    for _round in range(rounds):
        env.invalidate_all()
        start = time.monotonic()
        function()
        seconds.append(time.monotonic() - start)
    found[name] = median(seconds)


def give(partner, domain, count):
    """Make so many invoices the customer's own."""
    moves = env["account.move"].search(domain, limit=count, order="id")
    env.cr.execute(
        """UPDATE account_move SET partner_id = %s, commercial_partner_id = %s
            WHERE id = ANY(%s)""",
        [partner.id, partner.id, moves.ids],
    )
    env.cr.execute(
        "UPDATE account_move_line SET partner_id = %s WHERE move_id = ANY(%s)",
        [partner.id, moves.ids],
    )
    env.invalidate_all()
    return len(moves)


company = env.company
today = company._get_collection_today()
partner = env["res.partner"].create({"name": "Large Customer", "email": "large@example.com"})
ours = [
    ("company_id", "=", company.id),
    ("move_type", "=", "out_invoice"),
    ("state", "=", "posted"),
]
found["items_of_customer"] = give(partner, [*ours, ("payment_state", "=", "not_paid")], OPEN_ITEMS)
env["collection.case"]._classify()
for owner in env["res.company"].search([]):
    cases = env["collection.case"].search([("company_id", "=", owner.id)])
    cases._choose_policies(owner)
    cases.write({"user_id": env.user.id})
env.flush_all()
env.cr.execute("ANALYZE account_move_line, account_move, collection_case, collection_position")
found["cases"] = env["collection.case"].search_count([("stage", "!=", "closed")])
found["items"] = env["account.move.line"].search_count([("collection_tier_id", "!=", False)])

desk = env["collection.desk"]
timed("worklist", desk.get_worklist)
case = env["collection.case"].search([("partner_id", "!=", partner.id)], limit=1)
timed("customer", lambda: desk.get_case(case.id))
large = env["collection.case"].search(
    [("partner_id", "=", partner.id), ("company_id", "=", company.id)]
)
timed("large customer", lambda: desk.get_case(large.id))
timed("dashboard", env["collection.dashboard"].get_dashboard)
timed(
    "approvals",
    lambda: env["collection.approval.item"].web_search_read(
        [], {"name": {}, "effect": {}}, limit=80
    ),
)
before = memory()
start = time.monotonic()
overdue = env["collection.overdue.list"]._generate(companies=company)
found["overdue list"] = time.monotonic() - start
found["lines"] = len(overdue.line_ids)
env.invalidate_all()
start = time.monotonic()
overdue._get_xlsx()
found["xlsx"] = time.monotonic() - start
found["xlsx memory"] = memory() - before
found["movements"] = give(partner, ours, int(os.environ["BENCH_MOVEMENTS"]))
timed(
    "statement",
    lambda: partner._get_collection_statement(today - timedelta(days=800), today, company),
    1,
)
env.cr.rollback()
with open(os.environ["BENCH_RESULT"], "w") as output:
    json.dump(found, output)
