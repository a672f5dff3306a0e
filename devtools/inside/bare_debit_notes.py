# ruff: noqa: F821
"""In Odoo's shell, with `account_debit_note`: what debit notes for late charges are, as JSON."""

import json
import os
from datetime import timedelta
from pathlib import Path

from odoo import Command

company = env.ref("base.main_company")
company.collection_charge_journal_id.debit_sequence = True
asker, manager, finance = (
    env["res.users"].search([("login", "=", login)]) for login in ("asker", "manager", "finance1")
)
today = company._get_collection_today()
partner = env["res.partner"].create({"name": "Debit Notes"})


def make_invoice(days):
    move = env["account.move"].create(
        {
            "move_type": "out_invoice",
            "partner_id": partner.id,
            "invoice_date": today - timedelta(days=days + 30),
            "invoice_date_due": today - timedelta(days=days),
            "invoice_payment_term_id": False,
            "invoice_line_ids": [
                Command.create({"name": "Goods", "price_unit": 1000.0, "tax_ids": False})
            ],
        }
    )
    move.action_post()
    return move


def post_charge(moves, days_ago):
    env["collection.case"]._classify()
    items = moves.line_ids.filtered("collection_case_id")
    charge = (
        env["collection.charge"]
        .with_user(asker)
        .create(
            {
                "case_id": items.collection_case_id.id,
                "currency_id": items.currency_id.id,
                "date_to": today - timedelta(days=days_ago),
                "item_ids": [Command.set(items.ids)],
            }
        )
    )
    charge.action_request()
    charge.with_user(manager).action_approve()
    charge.with_user(finance).action_post()
    return charge.sudo()


first, second = make_invoice(100), make_invoice(90)
of_one, of_two = post_charge(first, 50), post_charge(first | second, 10)
# Odoo's own debit note over an invoice is a debt like any other: it bears late charges.
wizard = (
    env["account.debit.note"]
    .with_context(active_model="account.move", active_ids=first.ids)
    .create({"date": today - timedelta(days=80), "copy_lines": True})
)
own = env["account.move"].browse(wizard.create_debit()["res_id"])
own.write({"invoice_payment_term_id": False, "invoice_date_due": today - timedelta(days=60)})
own.action_post()
env["collection.case"]._classify()
note = of_one.move_id
items = (note | own).line_ids.filtered("date_maturity")
accrued = items._get_collection_charges(today + timedelta(days=400))
of_one.with_user(manager).write({"waive_reason": "Goodwill", "amount_to_waive": 1})
of_one.with_user(manager).action_waive()
of_one.with_user(finance).action_post_waiver()
Path(os.environ["RESULT"]).write_text(
    json.dumps(
        {
            "of one invoice": [
                note.debit_origin_id == first,
                note.name[:1],
                note.is_collection_charge,
            ],
            "of two invoices": [len(of_two.move_id.debit_origin_id), of_two.move_id.name[:1]],
            "on the invoice": note in first.debit_note_ids,
            "own": [own.is_collection_charge, own.debit_origin_id == first],
            "accrues": sorted(
                (move.is_collection_charge, any(line.id in accrued for line in move.line_ids))
                for move in note | own
            ),
            "credit note": of_one.refund_move_id.debit_origin_id.id,
        }
    )
)
