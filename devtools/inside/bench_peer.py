# ruff: noqa: F821
"""In Odoo's shell: OCA's credit control over the ledger, from lines to e-mails.

Writes `BENCH_RESULT` as JSON. `BENCH_LINES=1` stops after the lines.
"""

import json
import os

from odoo import fields

from devtools.timing import Timing

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
found = Timing(env)


def make_lines():
    for run in runs:
        run.generate_credit_lines()
        env.cr.commit()


def make_communications():
    """The communications of the lines, without regard to their channel."""
    communications = env["credit.control.communication"]
    for run in runs:
        run.set_to_ready_lines()
        communications |= communications._generate_comm_from_credit_lines(run.line_ids)
    return communications


found.take("lines", make_lines)
found["count"] = env["credit.control.line"].search_count([])
if not found["count"]:
    raise SystemExit("the peer's run made no line: look at its set-up")
if not os.environ.get("BENCH_LINES"):
    # The e-mails are prepared and wait in Odoo's queue, without the PDF as our own are measured.
    env.ref("account_credit_control.email_template_credit_control_base").report_template_ids = False
    communications = found.take("communications", make_communications)
    queued = communications.with_context(mail_notify_force_send=False)
    found.take("emails", queued._generate_emails)
    found["letters"] = len(communications)
with open(os.environ["BENCH_RESULT"], "w") as output:
    json.dump(found, output)
