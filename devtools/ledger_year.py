"""A year of invoices, and what customers do about each: plain values, without Odoo."""

import csv
import random
from collections import namedtuple
from datetime import date, timedelta

Invoice = namedtuple("Invoice", "number customer issued due amount settled habit")
"""`settled` is the day of the last payment, or None; `habit` is one of `HABITS`."""

Event = namedtuple("Event", "day action invoice values")

HABITS = (
    "late", "part", "promise_kept", "promise_broken", "promise_part", "plan_kept", "plan_broken",
    "dispute_valid", "dispute_invalid", "hold", "bounced", "credit", "never",
)  # fmt: skip

SEED = 20
CUSTOMERS = 40
FIRST, LAST = date(2012, 1, 1), date(2012, 12, 31)


def made_up_invoices():
    """Return the invoices of forty customers; the same ones every time."""
    chance = random.Random(SEED)
    invoices = []
    for customer in range(CUSTOMERS):
        habit = HABITS[customer % len(HABITS)]
        for month in range(12):
            if chance.random() > 0.4:
                continue
            issued = date(2012, month + 1, chance.randint(1, 28))
            due = issued + timedelta(days=chance.choice((14, 30)))
            late = chance.choice((-3, 0, 6, 18, 33, 47, 70))
            invoices.append(
                Invoice(
                    len(invoices),
                    f"Customer {customer:02}",
                    issued,
                    due,
                    round(chance.uniform(80, 9000), 2),
                    None if habit == "never" else due + timedelta(days=late),
                    # One in three does what everybody does: pay, more or less in time.
                    habit if late > 0 or habit == "never" else "late",
                )
            )
    return invoices


def read_invoices(path):
    """Return the first year's invoices of a CSV; who pays late does something about it.

    Its columns `invoice_ref customer_name invoice_date due_date amount settled_date disputed`
    are read.
    """
    with path.open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    rows.sort(key=lambda row: (row["invoice_date"], row["invoice_ref"]))
    first = date.fromisoformat(rows[0]["invoice_date"])
    invoices, late = [], 0
    for row in rows:
        issued, due = (date.fromisoformat(row[name]) for name in ("invoice_date", "due_date"))
        if issued > first + timedelta(days=365):
            break
        settled = date.fromisoformat(row["settled_date"]) if row["settled_date"] else None
        habit = "late"
        if settled is None or settled > due + timedelta(days=7):
            late += 1
            disputed = row["disputed"] == "1"
            habit = "dispute_invalid" if disputed else HABITS[late % (len(HABITS) - 1)]
        invoices.append(
            Invoice(
                len(invoices),
                row["customer_name"],
                issued,
                due,
                float(row["amount"]),
                settled,
                habit,
            )
        )
    return invoices


def events_of(invoice):
    """Return what happens about an invoice, in the order of the days."""
    events = []

    def add(after, action, **values):
        events.append(Event(invoice.due + timedelta(days=after), action, invoice, values))

    late = (invoice.settled - invoice.due).days if invoice.settled else None
    habit = invoice.habit
    add((invoice.issued - invoice.due).days, "issue")
    if habit == "part":
        add(6, "pay", share=0.4)
        add(15, "pay", share=0.3)
    elif habit in ("promise_kept", "promise_part", "promise_broken"):
        add(8, "promise", days=7)
        if habit == "promise_kept":
            add(14, "pay", share=1)
            late = None
        elif habit == "promise_part":
            add(14, "pay", share=0.5)
        else:
            add(27, "promise", days=4)
            late = max(late or 0, 45)
    elif habit in ("plan_kept", "plan_broken"):
        add(9, "plan")
        for number in range(3 if habit == "plan_kept" else 1):
            add(15 + 14 * number, "pay", share=1 / (3 - number), of="rest")
        late = None if habit == "plan_kept" else max(late or 0, 75)
    elif habit == "dispute_valid":
        add(5, "dispute", share=1)
        add(20, "resolve", resolution="valid")
        add(24, "credit_note")
        late = None
    elif habit == "dispute_invalid":
        add(5, "dispute", share=0.5)
        add(22, "resolve", resolution="invalid")
        late = max(late or 0, 30)
    elif habit == "hold":
        add(6, "hold", days=14)
        late = max(late or 0, 33)
    elif habit == "bounced":
        add(5, "pay", share=1)
        add(12, "bounce")
        late = max(late or 0, 40)
    elif habit == "credit":
        add(3, "receive", share=0.3)
        add(18, "match")
    if habit not in ("late", "never"):
        add(7, "call")
    if late is not None:
        add(late, "pay", share=1, of="rest")
    return sorted(events, key=lambda event: event.day)
