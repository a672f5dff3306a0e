# ruff: noqa: F821
"""In Odoo's shell: post `BENCH_SEED` invoices in two companies and two currencies.

The first sixth are paid, some of the others in part. They are due from a month ahead to two
years ago.
"""

import os
from datetime import timedelta

from odoo import Command, fields

from devtools.seeding import add_company

count = int(os.environ["BENCH_SEED"])
paid, today = count // 6, fields.Date.context_today(env.user)
company = env.company
second = add_company(env, "Second Company")
euro = env.ref("base.EUR")
euro.active = True
env["res.currency.rate"].create(
    [
        {"name": "2000-01-01", "rate": 0.9, "currency_id": euro.id, "company_id": owner.id}
        for owner in company | second
    ]
)
partners = env["res.partner"].create([{"name": f"Customer {n}"} for n in range(count // 4)])
product = env["product.product"].create({"name": "Goods", "list_price": 100})

for owner, numbers in ((company, range(0, count, 2)), (second, range(1, count, 2))):
    moves = (
        env["account.move"]
        .with_company(owner)
        .create(
            [
                {
                    "move_type": "out_invoice",
                    "company_id": owner.id,
                    "partner_id": partners[n % len(partners)].id,
                    "currency_id": euro.id if n % 10 < 2 else owner.currency_id.id,
                    "invoice_date": today - timedelta(days=760),
                    "invoice_date_due": today - timedelta(days=n * 760 // count - 30),
                    "invoice_payment_term_id": False,
                    "invoice_line_ids": [
                        Command.create(
                            {"product_id": product.id, "price_unit": 100 + n, "tax_ids": False}
                        )
                    ],
                }
                for n in numbers
            ]
        )
    )
    moves.action_post()
    for number, move in zip(numbers, moves, strict=True):
        share = 1 if number < paid else 0.4 if number % 7 == 0 else 0
        if share:
            env["account.payment.register"].with_company(owner).with_context(
                active_model="account.move", active_ids=move.ids
            ).create(
                {
                    "payment_date": today,
                    "amount": round(move.amount_total * share, 2),
                    "payment_difference_handling": "open",
                }
            )._create_payments()
env.cr.commit()
