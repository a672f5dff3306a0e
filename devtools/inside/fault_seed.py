# ruff: noqa: F821
"""In Odoo's shell: two companies with customers in all tiers, people of each role, accounts."""

import os
from datetime import timedelta

from odoo import Command, fields

count = int(os.environ.get("FAULT_CUSTOMERS", "12"))
today = fields.Date.context_today(env.user)
# Files are kept outside of the database, as usual.
env["ir.config_parameter"].set_param("ir_attachment.location", "file")
env["ir.cron"].search([]).active = False
# A letter may be sent at any hour of any day: the clock of the tests is the machine's.
env["collection.contact.rule"].search([]).active = False
company = env.company
company.partner_id.tz = "UTC"
second = env["res.company"].create({"name": "Second Company"})
env["account.chart.template"].try_loading("generic_coa", company=second, install_demo=False)
companies = company | second
env.user.company_ids = [Command.set(companies.ids)]


def add_user(login, *roles):
    """A user of both companies."""
    groups = [env.ref(f"debt_collection.group_{role}").id for role in roles]
    return env["res.users"].create(
        {
            "name": login,
            "login": login,
            "password": login,
            "email": f"{login}@company.example",
            "company_id": company.id,
            "company_ids": [Command.set(companies.ids)],
            "group_ids": [Command.set([env.ref("base.group_user").id, *groups])],
        }
    )


collector = add_user("fault_collector", "collector")
manager = add_user("fault_manager", "manager")
finance = add_user("fault_finance", "finance")
finance.group_ids += env.ref("account.group_account_invoice")
env["ir.mail_server"].create(
    {"name": "Sink", "smtp_host": "127.0.0.1", "smtp_port": 1, "smtp_encryption": "none"}
)
product = env["product.product"].create({"name": "Goods"})
for owner in companies:
    owner.email = f"books{owner.id}@company.example"
    accounts = (
        env["account.account"]
        .with_company(owner)
        .create(
            [
                {"name": name, "code": code, "account_type": kind,
                 "company_ids": [Command.set(owner.ids)]}
                for name, code, kind in (
                    ("Bad Debts", "X6001", "expense"),
                    ("Allowance", "X1001", "asset_current"),
                    ("Impairment", "X6002", "expense"),
                    ("Recoveries", "X7001", "income_other"),
                )
            ]
        )
    )  # fmt: skip
    journal = env["account.journal"].create(
        {"name": "Collections", "code": "COLL", "type": "general", "company_id": owner.id}
    )
    owner.write(
        {
            "collection_journal_id": journal.id,
            "collection_bad_debt_account_id": accounts[0].id,
            "collection_allowance_account_id": accounts[1].id,
            "collection_impairment_account_id": accounts[2].id,
            "collection_recovery_account_id": accounts[3].id,
            "collection_provision_auto": True,
        }
    )
    policy = env["collection.policy"]._get_default(owner)
    policy.write({"user_id": collector.id, "manager_id": manager.id, "finance_user_id": finance.id})
    moves = env["account.move"]
    for number in range(count):
        partner = env["res.partner"].create(
            {
                "name": f"Customer {owner.id}-{number}",
                "email": f"c{owner.id}-{number}@customer.example",
                "is_company": True,
                "street": "1 Road",
            }
        )
        for days in (5 + 11 * number, 40 + 7 * number):
            moves += (
                env["account.move"]
                .with_company(owner)
                .create(
                    {
                        "move_type": "out_invoice",
                        "company_id": owner.id,
                        "partner_id": partner.id,
                        "invoice_date": today - timedelta(days=days + 30),
                        "invoice_date_due": today - timedelta(days=days),
                        "invoice_payment_term_id": False,
                        "invoice_line_ids": [
                            Command.create(
                                {"product_id": product.id, "price_unit": 500 + 7 * days,
                                 "tax_ids": False}
                            )
                        ],
                    }
                )
            )  # fmt: skip
    moves.action_post()
env.cr.commit()
