# ruff: noqa: F821
"""In Odoo's shell: two companies with `SEED_CUSTOMERS` customers in all tiers, people, accounts."""

import os

from odoo import Command

from devtools.seeding import add_company, add_invoices, add_mail_server, add_user

count = int(os.environ["SEED_CUSTOMERS"])
# Files are kept outside of the database, as usual.
env["ir.config_parameter"].set_param("ir_attachment.location", "file")
env["ir.cron"].search([]).active = False
# A letter may be sent at any hour of any day: the clock of the tests is the machine's.
env["collection.contact.rule"].search([]).active = False
first = env.company
companies = first | add_company(env, "Second Company")
collector = add_user(env, "fault_collector", companies, "collector")
manager = add_user(env, "fault_manager", companies, "manager")
finance = add_user(
    env, "fault_finance", companies, "finance", groups=["account.group_account_invoice"]
)
add_mail_server(env, 1)
ACCOUNTS = {
    "collection_bad_debt_account_id": ("Bad Debts", "X6001", "expense"),
    "collection_allowance_account_id": ("Allowance", "X1001", "asset_current"),
    "collection_impairment_account_id": ("Impairment", "X6002", "expense"),
    "collection_recovery_account_id": ("Recoveries", "X7001", "income_other"),
}

for company in companies:
    company.email = f"books{company.id}@company.example"
    accounts = env["account.account"].with_company(company)
    for field, (name, code, kind) in ACCOUNTS.items():
        values = {"name": name, "code": code, "account_type": kind}
        company[field] = accounts.create({**values, "company_ids": [Command.set(company.ids)]})
    company.collection_journal_id = env["account.journal"].create(
        {"name": "Collections", "code": "COLL", "type": "general", "company_id": company.id}
    )
    company.collection_provision_auto = True
    env["collection.policy"]._get_default(company).write(
        {"user_id": collector.id, "manager_id": manager.id, "finance_user_id": finance.id}
    )
    partners = env["res.partner"].create(
        [
            {
                "name": f"Customer {company.id}-{number}",
                "email": f"c{company.id}-{number}@customer.example",
                "is_company": True,
                "street": "1 Road",
            }
            for number in range(count)
        ]
    )
    add_invoices(
        company,
        [
            (partner, (days, 500 + 7 * days))
            for number, partner in enumerate(partners)
            for days in (5 + 11 * number, 40 + 7 * number)
        ],
    )
env.cr.commit()
