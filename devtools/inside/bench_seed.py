# ruff: noqa: F821
"""In Odoo's shell: post `BENCH_SEED` invoices, due from a month ahead to two years ago."""

import os
from datetime import timedelta

from odoo import Command, fields

count = int(os.environ["BENCH_SEED"])
today = fields.Date.context_today(env.user)
partners = env["res.partner"].create([{"name": f"Customer {n}"} for n in range(count // 4)])
product = env["product.product"].create({"name": "Goods", "list_price": 100})
moves = env["account.move"].create(
    [
        {
            "move_type": "out_invoice",
            "partner_id": partners[n % len(partners)].id,
            "invoice_date": today - timedelta(days=760),
            "invoice_date_due": today - timedelta(days=n * 760 // count - 30),
            "invoice_payment_term_id": False,
            "invoice_line_ids": [
                Command.create({"product_id": product.id, "price_unit": 100 + n, "tax_ids": False})
            ],
        }
        for n in range(count)
    ]
)
moves.action_post()
env.cr.commit()
