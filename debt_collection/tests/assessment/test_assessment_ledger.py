import random
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

from freezegun import freeze_time

from odoo import Command
from odoo.tests import tagged
from odoo.tools import SQL

from ..base.large import has_large_form, size
from .assessment_common import AssessmentCommon

SEED = 20250631
CUSTOMERS, ITEMS, EVENTS = size(6, 9), size(45, 80), size(60, 100)
FIRST = date(2025, 1, 1)
MONTHS = [date(2025, number, 1) for number in range(1, 7)]
LAST = date(2025, 6, 30)


def tier_of(days):
    return "mild" if days <= 30 else "moderate" if days <= 60 else "severe"


class Recount:
    """The same figures counted item by item, from what was entered and not from the books.

    :param items: dicts of ``partner issued due amount``
    :param events: tuples ``day item kind amount cash``, ``cash`` the part that is money
    :param owners: lists of tuples ``user from to`` by partner, ``[from, to)``
    """

    def __init__(self, items, events, owners):
        self.items, self.events, self.owners = items, events, owners

    def _open(self, number, day):
        """What was left of an item when a day began."""
        return self.items[number]["amount"] - sum(
            amount for when, item, _kind, amount, _cash in self.events
            if item == number and when < day
        )

    def _spans(self, number, month, stop):
        """By collector and for the team (``None``), the days on which an item counts."""
        item = self.items[number]
        overdue = max(item["due"] + timedelta(days=1), item["issued"])
        spans = defaultdict(list)
        owned = [(None, month, stop)] + [
            (user, max(start, month), min(end, stop))
            for user, start, end in self.owners[item["partner"]]
        ]
        for user, start, end in owned:
            if max(start, overdue) < end:
                spans[user].append((max(start, overdue), end))
        return spans

    def month(self, month):
        """Sums by user and figure, and the team's cash by tier."""
        stop = (month + timedelta(days=31)).replace(day=1)
        sums, tiers = defaultdict(Decimal), defaultdict(Decimal)
        for number, item in enumerate(self.items):
            for user, spans in self._spans(number, month, stop).items():
                starts = [self._open(number, start) for start, _end in sorted(spans)]
                sums[user, "overdue"] += next((left for left in starts if left > 0), 0)
                for day, target, kind, amount, cash in self.events:
                    if target != number or not any(s <= day < e for s, e in spans):
                        continue
                    sums[user, "cash"] += cash
                    sums[user, kind] += amount - cash
                    if user is None and cash:
                        tiers[tier_of((day - item["due"]).days)] += cash
        return {key: value for key, value in sums.items() if value}, tiers


@tagged("post_install", "-at_install", "debt_collection")
class TestAssessmentLedger(AssessmentCommon):
    """Half a year of a made-up ledger, assessed and recounted by other means (P5.1)."""

    def setUp(self):
        super().setUp()
        self.dice = random.Random(SEED)
        self.team = [self.collector, self.other, self._role_user("ledger_third", "collector")]
        self.partners = [self._partner(f"Customer {number}") for number in range(CUSTOMERS)]
        self.items, self.events = [], []

    def _make_items(self):
        """Invoices due from half a year before to the end; each customer has an old one."""
        for number in range(ITEMS):
            partner = number % CUSTOMERS
            due = FIRST - timedelta(days=20) if number < CUSTOMERS else FIRST + timedelta(
                days=self.dice.randint(-150, 170))
            amount = Decimal(self.dice.randint(5_000, 900_000)) / 100
            move = self._invoice(due.isoformat(), float(amount), self.partners[partner])
            self.items.append({
                "partner": partner, "issued": due - timedelta(days=30), "due": due,
                "amount": amount, "move": move, "left": amount,
            })
        self._refresh_statistics()

    def _refresh_statistics(self):
        """Let PostgreSQL know of the rows, as autovacuum would: it never does inside one
        transaction, and plans payments' states as loops in loops.
        """
        self.env.flush_all()
        for table in ("account_move", "account_move_line", "account_payment",
                      "account_partial_reconcile"):
            self.env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))

    def _settle(self, number, day):
        item = self.items[number]
        kind = self.dice.choices(
            ["pay", "part", "short", "credit", "loss"], [40, 25, 12, 12, 11])[0]
        left = item["left"]
        amount = left if kind in ("pay", "short") else (left * 40 / 100).quantize(Decimal("0.01"))
        cash = {"pay": amount, "part": amount, "short": left - left // 50}.get(kind, Decimal(0))
        if not amount or (kind == "short" and amount == cash):
            return
        text = day.isoformat()
        if kind == "short":
            self._pay_on(
                item["move"], text, float(cash), payment_difference_handling="reconcile",
                writeoff_account_id=self.company_data["default_account_expense"].id,
            )
        elif kind == "credit":
            self._credit(item["move"], text, float(amount))
        elif kind == "loss":
            self._write_off(item["move"], text, float(amount))
        else:
            self._pay_on(item["move"], text, float(amount))
        item["left"] -= amount
        name = "credit_note" if kind == "credit" else "bad_debt"
        self.events.append((day, number, name, amount, cash))

    def _credit(self, invoice, day, amount):
        with freeze_time(f"{day} 10:00:00"):
            credit = self.env["account.move"].create({
                "move_type": "out_refund", "partner_id": invoice.partner_id.id,
                "invoice_date": day, "invoice_payment_term_id": False,
                "invoice_line_ids": [
                    Command.create({"name": "Return", "price_unit": amount, "tax_ids": []})
                ],
            })
            credit.action_post()
        (self._receivable(invoice) + self._receivable(credit)).reconcile()

    def _play(self):
        """Half a year in order: classified every third night, paid and handed over by chance."""
        self._make_items()
        for partner in self.partners:
            partner.with_company(self.company).collector_id = self.dice.choice(self.team)
        days = sorted(self.dice.choices(range((LAST - FIRST).days + 1), k=EVENTS))
        day = FIRST - timedelta(days=1)
        while day <= LAST:
            with freeze_time(f"{day} 08:00:00"):
                if day.day % 3 == 0 or day < FIRST:
                    self._classify(day)
                if day.day % 5 == 0:
                    cases = self.env["collection.case"].search([
                        ("stage", "!=", "closed"), ("company_id", "=", self.company.id)])
                    case = self.dice.choice(cases.sorted("id"))
                    case.user_id = self.dice.choice(self.team)
            for _event in range(days.count((day - FIRST).days)):
                number = self.dice.choice([
                    number for number, item in enumerate(self.items)
                    if item["left"] and item["issued"] <= day
                ])
                self._settle(number, day)
                if len(self.events) % 8 == 1:
                    self._refresh_statistics()
            day += timedelta(days=1)

    def _owners(self):
        """The periods that the add-on kept; a new one of a customer ends the one before."""
        owners = defaultdict(list)
        for number, partner in enumerate(self.partners):
            periods = self.env["collection.case.assignment.period"].search(
                [("partner_id", "=", partner.id)], order="date_from, id")
            for period, later in zip(periods, [*periods[1:], None], strict=True):
                ends = [end for end in (period.date_to, later and later.date_from) if end]
                owners[number].append((
                    period.user_id.id, period.date_from, min(ends) if ends else date.max))
        return owners

    @has_large_form
    def test_recounted(self):
        self._play()
        recount = Recount(self.items, self.events, self._owners())
        self.assertGreater(len(self.items), ITEMS * 3 // 4)
        self.assertGreater(len(self.events), EVENTS * 3 // 5)
        self.assertGreater(
            len(self.env["collection.case.assignment.period"].search([])), 2 * CUSTOMERS)
        for month in MONTHS:
            expected, tiers = recount.month(month)
            stop = (month + timedelta(days=31)).replace(day=1)
            rows = self.env.execute_query(SQL(
                """SELECT user_id, CASE WHEN kind != 'recovery' THEN kind
                                        WHEN role = 'numerator' THEN 'cash' ELSE 'overdue' END,
                          tier_code, SUM(amount)
                     FROM (%s) counted GROUP BY 1, 2, 3""",
                self.env["collection.indicator"]._get_money_sql(self.company, month, stop),
            ))
            found, found_tiers = defaultdict(Decimal), defaultdict(Decimal)
            for user_id, kind, tier, amount in rows:
                amount = Decimal(str(amount))
                found[user_id, kind] += amount
                if user_id is None and kind == "cash":
                    found_tiers[tier] += amount
            with self.subTest(month=month):
                self.assertEqual(dict(found), expected)
                self.assertEqual(dict(found_tiers), dict(tiers))
                self.assertGreater(expected[None, "cash"], 0)
