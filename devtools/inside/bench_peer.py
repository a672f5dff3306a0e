# ruff: noqa: F821
"""In Odoo's shell: OCA's credit control, one run over the ledger; write `BENCH_RESULT`."""

import json
import os
import time

from odoo import fields

companies = env["res.company"].search([])
env = env(context={**env.context, "allowed_company_ids": companies.ids})
policy = env["credit.control.policy"].search([("do_nothing", "=", False)], limit=1)
policy.write(
    {
        "company_id": False,
        "account_ids": env["account.account"].search([("account_type", "=", "asset_receivable")]),
    }
)
runs = []
for company in companies:
    company.credit_policy_id = policy
    runs.append(
        env["credit.control.run"]
        .with_company(company)
        .create(
            {
                "date": fields.Date.context_today(env.user),
                "company_id": company.id,
                "policy_ids": [(6, 0, policy.ids)],
            }
        )
    )
env.cr.commit()
queries, start = env.cr.sql_log_count, time.monotonic()
for run in runs:
    run.generate_credit_lines()
    env.cr.commit()
seconds = time.monotonic() - start
lines = env["credit.control.line"].search_count([])
if not lines:
    raise SystemExit("the peer's run made no line: look at its set-up")
with open(os.environ["BENCH_RESULT"], "w") as output:
    json.dump(
        {"seconds": seconds, "queries": env.cr.sql_log_count - queries, "lines": lines}, output
    )
