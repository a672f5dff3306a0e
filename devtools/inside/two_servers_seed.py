# ruff: noqa: F821
"""In Odoo's shell: two companies with customers for a night's jobs, mail to `SEED_SMTP_PORT`.

Of `SEED_CUSTOMERS` customers each has, in each company, overdue items, a paid one, one that falls
due in three days, and a letter that is released.
"""

import os
from datetime import timedelta

from odoo import Command, fields

count = int(os.environ["SEED_CUSTOMERS"])
today = fields.Date.context_today(env.user)
first = env.company
first.partner_id.write({"tz": "UTC", "email": "books@company.example"})
second = env["res.company"].create(
    {"name": "Second Company", "currency_id": first.currency_id.id, "email": "two@company.example"}
)
second.partner_id.tz = "UTC"
env.user.company_ids = [Command.link(second.id)]
env["account.chart.template"].try_loading("generic_coa", company=second, install_demo=False)
env["ir.mail_server"].search([]).active = False
env["ir.mail_server"].create(
    {
        "name": "Loopback",
        "smtp_host": "127.0.0.1",
        "smtp_port": int(os.environ["SEED_SMTP_PORT"]),
        "smtp_encryption": "none",
        "smtp_authentication": "login",
    }
)
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
    moves = (
        env["account.move"]
        .with_company(company)
        .create(
            [
                {
                    "move_type": "out_invoice",
                    "company_id": company.id,
                    "partner_id": partner.id,
                    "invoice_date": today - timedelta(days=days + 30),
                    "invoice_date_due": today - timedelta(days=days),
                    "invoice_payment_term_id": False,
                    "invoice_line_ids": [
                        Command.create(
                            {"name": "Goods", "price_unit": 100 + days, "tax_ids": False}
                        )
                    ],
                }
                for partner in partners
                for days in (5, 40, 100, 45, -3)
            ]
        )
    )
    moves.action_post()
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
