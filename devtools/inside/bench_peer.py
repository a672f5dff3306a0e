# ruff: noqa: F821
"""In Odoo's shell: OCA's credit control, one run over the ledger; write `BENCH_RESULT`."""

import json
import os
import time

from odoo import fields

policy = env["credit.control.policy"].search([], limit=1)
receivable = env["account.account"].search([("account_type", "=", "asset_receivable")])
policy.account_ids = receivable
env["res.partner"].search([]).write({"credit_policy_id": policy.id})
env.company.credit_policy_id = policy
run = env["credit.control.run"].create(
    {
        "date": fields.Date.context_today(env.user),
        "company_id": env.company.id,
        "policy_ids": [(6, 0, policy.ids)],
    }
)
env.cr.commit()
queries, start = env.cr.sql_log_count, time.monotonic()
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
