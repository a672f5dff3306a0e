# ruff: noqa: F821
"""In Odoo's shell: post 100 invoices and pay them, one by one; write `BENCH_RESULT` as JSON."""

import json
import os
import time
from datetime import timedelta

from odoo import Command, fields

COUNT = 100
today = fields.Date.context_today(env.user)
partner = env["res.partner"].create({"name": "Customer"})
product = env["product.product"].create({"name": "Goods", "list_price": 100})
moves = env["account.move"].create(
    [
        {
            "move_type": "out_invoice",
            "partner_id": partner.id,
            "invoice_date": today - timedelta(days=n),
            "invoice_line_ids": [
                Command.create({"product_id": product.id, "price_unit": 100 + n, "tax_ids": False})
            ],
        }
        for n in range(COUNT + 5)
    ]
)
env.cr.commit()


def post_and_pay(move):
    move.action_post()
    env["account.payment.register"].with_context(
        active_model="account.move", active_ids=move.ids
    ).create({"payment_date": today})._create_payments()
    env.cr.commit()


for move in moves[:5]:  # warm caches
    post_and_pay(move)
queries, start = env.cr.sql_log_count, time.process_time()
wall = time.monotonic()
for move in moves[5:]:
    post_and_pay(move)
with open(os.environ["BENCH_RESULT"], "w") as output:
    json.dump(
        {
            "seconds": time.monotonic() - wall,
            "cpu": time.process_time() - start,
            "queries": env.cr.sql_log_count - queries,
            "documents": 2 * COUNT,
        },
        output,
    )
