# ruff: noqa: F821
"""In Odoo's shell: a manager, customers with overdue items, and one confidential case."""

from odoo import Command

from devtools.seeding import add_invoices, add_user

env.company.partner_id.tz = "UTC"
manager = add_user(env, "manager", env.company, "manager")
partners = env["res.partner"].create([{"name": f"Customer {n}"} for n in range(3)])
add_invoices(env.company, [(partner, (50, 1000)) for partner in partners])
env["collection.case"]._classify()
cases = env["collection.case"].search([], order="id")
for case in cases:
    case._portal_ensure_token()
cases[0].write({"is_confidential": True, "confidential_user_ids": [Command.link(manager.id)]})
env.cr.commit()
