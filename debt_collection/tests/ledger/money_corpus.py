"""A made-up company's open invoices and bank lines, with what each line is for."""

import random
from datetime import date, timedelta

from ...tools.money_matching import Customer, Item, Receipt

TODAY = date(2026, 12, 2)
FIRST = (
    "Harbour", "Northern", "Silver", "Oak", "Bright", "Delta", "Summit", "River", "Castle", "Union",
    "Falcon", "Granite", "Maple", "Pioneer", "Stella", "Vogel", "Lindner", "Moreau", "Garcia",
    "Sunrise", "Atlas", "Beacon", "Cedar", "Dorado", "Ember", "Fjord", "Glacier", "Hanse",
)
SECOND = (
    "Tools", "Logistics", "Foods", "Textiles", "Machinery", "Printing", "Energy", "Optics",
    "Trading", "Packaging", "Interiors", "Chemicals", "Medical", "Builders", "Motors", "Systems",
)
FORMS = ("Ltd", "Limited", "GmbH", "Inc.", "S.A.", "LLC", "B.V.", "AG")
CHINESE = ("上海", "北京", "广州", "深圳", "杭州")
CHINESE_TRADE = ("明达", "华信", "东方", "宏远", "金桥", "瑞丰")


def make_customers(rng, count):
    """Customers with their names, some much alike; most with a known account."""
    names = [f"{one} {two} {rng.choice(FORMS)}" for one in FIRST for two in SECOND]
    rng.shuffle(names)
    chosen = names[:count - 24]
    chosen += [f"{place}{trade}贸易有限公司" for place in CHINESE for trade in CHINESE_TRADE][:20]
    # Subsidiaries: only a word tells them apart.
    chosen += [f"{name.rsplit(' ', 1)[0]} North {rng.choice(FORMS)}" for name in names[:4]]
    return [
        Customer(key, (name,), (f"DE{key:020d}",) if rng.random() < 0.5 else ())
        for key, name in enumerate(chosen, 1)
    ]


def make_items(rng, customers):
    """One to nine open invoices of each customer; some with a discount, some amounts alike."""
    items = []
    for customer in customers:
        for _number in range(rng.choice((1, 1, 2, 2, 3, 4, 5, 7, 9))):
            key = len(items) + 1
            amount = rng.choice((
                rng.randrange(2_000, 900_000), rng.randrange(20, 900) * 1000, 119_000, 250_000
            ))
            due = TODAY - timedelta(days=rng.randrange(-10, 120))
            has_discount = rng.random() < 0.2
            items.append(Item(
                key, customer.key, f"INV/2026/{key:05d}", amount, due,
                f"PO-{rng.randrange(10_000, 99_999)}" if rng.random() < 0.5 else "",
                round(amount * 0.02) if has_discount else 0,
                TODAY + timedelta(days=3) if has_discount else None,
            ))
    return items


def write_number(rng, item):
    """An invoice's number as payers write it."""
    tail = item.number.rsplit("/", 1)[1]
    return rng.choice((
        item.number, item.number.replace("/", "-"), item.number.replace("/", ""),
        item.number.lower(), f"invoice {item.number}", f"Rechnung {item.number}",
        item.number.replace("/", " "), f"inv 2026 {int(tail)}", f"Invoice no. {tail}",
        f"发票{item.number}",
    ))


def write_payer(rng, name):
    """A customer's name as banks tell it: in capitals, cut off, with a slip, or not at all."""
    way = rng.random()
    if way < 0.35:
        return name.upper()
    if way < 0.5:
        return name[:27]
    if way < 0.65 and " " in name:
        return name.rsplit(" ", 1)[0]
    if way < 0.75 and len(name) > 12:
        spot = rng.randrange(2, 8)
        return name[:spot] + name[spot + 1:]
    if way < 0.85:
        return ""
    return name


def make_corpus(seed=20261202, count=160):
    """Items, customers and pairs of a bank line with what is right: customer and items.

    ``None`` where no invoice is paid: nothing may be proposed as sure.
    """
    rng = random.Random(seed)
    customers = make_customers(rng, count)
    items = make_items(rng, customers)
    by_customer = {customer.key: [] for customer in customers}
    for item in items:
        by_customer[item.customer].append(item)
    lines = []

    def add(customer, few, amount, text, payer=None, account=None):
        known = customer.accounts[0] if customer and customer.accounts else ""
        lines.append((
            Receipt(
                len(lines) + 1, amount, TODAY, text,
                write_payer(rng, customer.names[0]) if payer is None else payer,
                (known if rng.random() < 0.7 else "") if account is None else account,
            ),
            (customer.key, frozenset(item.key for item in few)) if few else None,
        ))

    for customer in customers:
        mine = by_customer[customer.key]
        for _number in range(4):
            few = sorted(rng.sample(mine, rng.randrange(1, min(len(mine), 4) + 1)))
            total = sum(item.amount for item in few)
            numbers = ", ".join(write_number(rng, item) for item in few)
            way = rng.randrange(11)
            if way < 4:
                add(customer, few, total, numbers)
            elif way == 4:
                # No number, but payer or account.
                add(customer, few[:1], few[0].amount, "payment thank you", customer.names[0])
            elif way == 5:
                add(customer, mine, sum(item.amount for item in mine), "all open invoices",
                    customer.names[0].upper())
            elif way == 6 and few[0].discount:
                add(customer, few[:1], few[0].amount - few[0].discount,
                    write_number(rng, few[0]) + " less 2%")
            elif way == 7:
                add(customer, few, total - min(rng.randrange(500, 2500), total // 25), numbers)
            elif way == 8:
                add(customer, few, total + rng.choice((-3, -1, 2, 4)), numbers)
            elif way == 9:
                # Somebody of the same group pays and names the invoice.
                add(customer, few, total, ", ".join(item.number for item in few),
                    "Group Treasury Services", "NL00PAYMENTFACTORY")
            elif few[0].reference:
                add(customer, few[:1], few[0].amount, f"your invoice for {few[0].reference}")
            else:
                add(customer, few, total, numbers, customer.names[0])
    for number in range(80):
        add(None, (), rng.choice(items).amount if number % 2 else rng.randrange(1000, 500_000),
            rng.choice(("tax refund 2026", "loan 004711", "Refund supplier RE 88231", "interest",
                        "salary return", "insurance claim 2026/00017", "Kaution", "工资退回")),
            rng.choice(("Tax Office", "First Bank", "Insurance Mutual", "Miller, John", "")), "")
    return items, customers, lines
