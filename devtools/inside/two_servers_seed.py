# ruff: noqa: F821
"""In Odoo's shell: two companies with customers for a night's jobs, mail to `SEED_SMTP_PORT`.

Of `SEED_CUSTOMERS` customers each has, in each company, overdue items, a paid one, one that falls
due in three days, and a letter that is released.
"""

import os
from datetime import timedelta

from odoo import fields

from devtools.seeding import add_company, add_invoices, add_mail_server

count = int(os.environ["SEED_CUSTOMERS"])
today = fields.Date.context_today(env.user)
first = env.company
first.email = "books@company.example"
second = add_company(env, "Second Company", email="two@company.example")
add_mail_server(env, int(os.environ["SEED_SMTP_PORT"]))
partners = env["res.partner"].create(
    [
        {"name": f"Customer {n}", "email": f"c{n:03}@customer.example", "street": "1 Road"}
        for n in range(count)
    ]
)
env["collection.policy"].search([]).reminder_days_before = 3
env["collection.contact.rule"].search([]).active = False

for company in first | second:
    company.write({"collection_provision_auto": True, "collection_survey": True})
    env["res.partner.bank"].create(
        {"acc_number": f"GB33BUKB2020155555555{company.id}", "partner_id": company.partner_id.id}
    )
    moves = add_invoices(
        company,
        [(partner, (days, 100 + days)) for partner in partners for days in (5, 40, 100, 45, -3)],
    )
    env["account.payment.register"].with_company(company).with_context(
        active_model="account.move", active_ids=moves[3::5].ids
    ).create({"payment_date": today, "group_payment": False})._create_payments()
    env["collection.case"]._classify(companies=company)
    cases = env["collection.case"].search([("company_id", "=", company.id)])
    letters = (
        env["collection.letter"]
        .with_company(company)
        ._draft_letters(
            company,
            [{"partner": case.partner_id, "kind": "reminder", "case": case} for case in cases],
            today,
        )
    )
    letters.channel = "email"
    letters.date_deadline = today + timedelta(days=10)
    letters.sudo().write({"released_by_id": env.uid, "date_released": fields.Datetime.now()})
# The night begins with nothing classified: the jobs do all of it.
env["ir.cron"].search([]).write({"nextcall": fields.Datetime.now() + timedelta(days=1)})
env.cr.commit()
