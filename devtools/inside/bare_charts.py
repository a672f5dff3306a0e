# ruff: noqa: F821
"""In Odoo's shell, with `l10n_us` and `l10n_cn`: results posted on each of `CHARTS`, as JSON.

The set-up proposes the accounts; then a debt is provided for and written off.
"""

import json
import os
from datetime import timedelta
from pathlib import Path

from dateutil.relativedelta import relativedelta

from odoo import Command

from devtools.seeding import add_user

ACCOUNTS = (
    "collection_allowance_account_id",
    "collection_impairment_account_id",
    "collection_bad_debt_account_id",
)
country_of = {"generic_coa": "base.us", "cn": "base.cn", "cn_large_bis": "base.cn"}


def try_chart(chart):
    """What is wrong after the set-up, and what stands on the accounts at the end."""
    company = env["res.company"].create(
        {"name": f"On {chart}", "country_id": env.ref(country_of[chart]).id}
    )
    env.user.company_ids |= company
    env["account.chart.template"].try_loading(chart, company=company, install_demo=False)
    finance = add_user(
        env, f"finance_{chart}", company, "finance", groups=["account.group_account_manager"]
    )
    asker, manager = (
        add_user(env, f"{name}_{chart}", company, "manager") for name in ("asker", "manager")
    )
    before = len(company._get_collection_accounting_problems())
    setup = env["collection.accounting.setup"].with_user(finance).with_company(company)
    setup.create({"company_id": company.id}).action_apply()
    today = company._get_collection_today()
    month = today.replace(day=1) - relativedelta(months=1)
    due = month - timedelta(days=100)
    move = (
        env["account.move"]
        .with_company(company)
        .create(
            {
                "move_type": "out_invoice",
                "partner_id": env["res.partner"].create({"name": f"Customer {chart}"}).id,
                "invoice_date": due,
                "invoice_date_due": due,
                "invoice_payment_term_id": False,
                "invoice_line_ids": [
                    Command.create({"name": "Goods", "price_unit": 1000.0, "tax_ids": False})
                ],
            }
        )
    )
    move.action_post()
    env["collection.case"]._classify(companies=company)
    item = move.line_ids.filtered("date_maturity")
    provision = env["collection.provision"].with_user(finance).with_company(company)
    provision = provision.create({"company_id": company.id, "month": month})
    provision.action_compute()
    provision.action_request()
    provision.with_user(manager).action_approve()
    provision.action_post()
    writeoff = env["collection.writeoff"].with_user(asker).with_company(company)
    writeoff = writeoff.create(
        {
            "partner_id": move.partner_id.id,
            "company_id": company.id,
            "reason_id": env.ref("debt_collection.writeoff_reason_statute_barred").id,
            "line_ids": [Command.create({"item_id": item.id, "amount": 1000.0})],
        }
    )
    writeoff.action_request()
    writeoff.with_user(manager).action_approve()
    writeoff.with_user(finance).action_post()
    lines = env["account.move.line"].search(
        [("company_id", "=", company.id), ("parent_state", "=", "posted")]
    )
    balances = [
        sum(lines.filtered(lambda line, a=company[name]: line.account_id == a).mapped("balance"))
        for name in ACCOUNTS
    ]
    return {
        "problems before": before,
        "problems": company._get_collection_accounting_problems(),
        "required": provision.amount_required,
        "balances": [company.currency_id.round(balance) for balance in balances],
        "open": item.amount_residual,
    }


results = {chart: try_chart(chart) for chart in os.environ["CHARTS"].split(",")}
Path(os.environ["RESULT"]).write_text(json.dumps(results, default=str))
