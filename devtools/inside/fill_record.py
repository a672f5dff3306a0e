# ruff: noqa: F821
"""In Odoo's shell: a day of work on the demo data, so that there is a record to keep."""

from datetime import timedelta

from odoo import Command

from devtools.seeding import add_user

company = env.ref("base.main_company")
today = company._get_collection_today()
env["collection.case"]._classify(today, company)
env["collection.case"]._escalate(today, company)
people = {
    role: add_user(env, f"record_{role}", company, role)
    for role in ("collector", "finance", "manager")
}
case = env["collection.case"].search(
    [("company_id", "=", company.id), ("stage", "!=", "closed"), ("is_confidential", "=", False)],
    order="amount_overdue desc",
    limit=1,
)
case.user_id = people["collector"]
paper = (
    env["ir.attachment"]
    .with_user(people["collector"])
    .create({"name": "note.txt", "raw": b"we pay"})
)
env["collection.activity"].with_user(people["collector"]).create(
    {
        "case_id": case.id,
        "outcome": "promised",
        "feedback": "Pays on Friday",
        "method": "other",
        "amount_promised": 10,
        "date_promised": today + timedelta(days=3),
        "state": "confirmed",
        "attachment_ids": [Command.link(paper.id)],
    }
)
overdue_list = env["collection.overdue.list"].search(
    [("company_id", "=", company.id), ("state", "=", "draft")], limit=1
) or env["collection.overdue.list"]._generate(today, company)
if overdue_list.state == "draft":
    overdue_list.with_user(people["finance"]).action_sign()
action = (
    env["collection.legal.action"]
    .with_user(people["collector"])
    .create(
        {
            "case_id": case.id,
            "reason": "All else failed",
            "internal_counsel_id": people["manager"].id,
        }
    )
)
action.action_request()
action.with_user(people["manager"]).action_approve()
result = env["collection.seal"]._verify(company)
assert result["ok"] and result["count"] >= 3, result
env.cr.commit()
