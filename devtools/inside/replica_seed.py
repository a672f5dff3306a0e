# ruff: noqa: F821
"""In Odoo's shell: a manager, customers with overdue items, and one confidential case."""

from datetime import timedelta

from odoo import Command, fields

today = fields.Date.context_today(env.user)
env.company.partner_id.tz = "UTC"
manager = env["res.users"].create(
    {
        "name": "Manager",
        "login": "manager",
        "password": "manager-manager",
        "group_ids": [
            Command.link(env.ref(name).id)
            for name in ("base.group_user", "debt_collection.group_manager")
        ],
    }
)
partners = env["res.partner"].create([{"name": f"Customer {n}"} for n in range(3)])
moves = env["account.move"].create(
    [
        {
            "move_type": "out_invoice",
            "partner_id": partner.id,
            "invoice_date": today - timedelta(days=80),
            "invoice_date_due": today - timedelta(days=50),
            "invoice_payment_term_id": False,
            "invoice_line_ids": [Command.create({"name": "Goods", "price_unit": 1000})],
        }
        for partner in partners
    ]
)
moves.action_post()
env["collection.case"]._classify()
cases = env["collection.case"].search([], order="id")
for case in cases:
    case._portal_ensure_token()
cases[0].write({"is_confidential": True, "confidential_user_ids": [Command.link(manager.id)]})
env.cr.commit()
