# ruff: noqa: F821
"""In Odoo's shell: eight people for the database of a night, and drafts for them to approve.

Prints what there is to do as JSON, the last line: cases, plans and invoices by company.
"""

import json

from devtools.seeding import add_user

ROLES = {"finance": 3, "collector": 3, "manager": 2}
companies = env["res.company"].search([], order="id")
collectors = []
for role, count in ROLES.items():
    groups = ["account.group_account_invoice"] if role == "finance" else []
    for number in range(count):
        user = add_user(env, f"{role}-{number}", companies, role, groups=groups)
        if role == "collector":
            collectors.append(user)
work = []
for company in companies:
    cases = env["collection.case"].search([("company_id", "=", company.id)], order="id")
    plans = env["collection.plan"]
    for number, case in enumerate(cases):
        case.user_id = collectors[number % len(collectors)]
        plan = env["collection.plan"].with_company(company).create({"case_id": case.id})
        # Others pay meanwhile: a plan over all that is owed would be over too much by then.
        plan.amount = plan.amount / 2
        plan.action_generate()
        plans += plan
    invoices = env["account.move"].search(
        [("company_id", "=", company.id), ("collection_case_id", "in", cases.ids)], order="id"
    )
    work.append(
        {
            "company": company.id,
            "cases": {user.login: own.ids for user, own in cases.grouped("user_id").items()},
            "plans": plans.ids,
            "invoices": {invoice.id: invoice.amount_residual for invoice in invoices},
        }
    )
env.cr.commit()
print(json.dumps(work))
