# ruff: noqa: F821
"""In Odoo's shell: what every company of a database says after our installation, as JSON.

A night runs for each, a new company and a branch join, and accounts are set up where there is
a chart.
"""

import json
import os
import re
from pathlib import Path

companies_ = env["res.company"]
before = {
    company.name: company.collection_policy_id.company_id == company
    for company in companies_.with_context(active_test=False).search([])
}
demo_cases = {
    company.name: count
    for company, count in env["collection.case"]._read_group([], ["company_id"], ["__count"])
}
main = env.ref("base.main_company")
companies_.create([{"name": "Later"}, {"name": "Later Branch", "parent_id": main.id}])
env.cr.execute("UPDATE res_company SET collection_policy_id = NULL WHERE name = 'Later'")
env.invalidate_all()
env["collection.case"]._classify()
env["collection.case"]._escalate()
problems, proposed, strange = {}, {}, {}


def shape(code):
    """A code as its chart writes codes: figures as 9."""
    return re.sub(r"\d", "9", code)


for company in companies_.search([("chart_template", "!=", False)]):
    env.user.company_ids |= company
    setups = env["collection.accounting.setup"].with_company(company)
    accounts = env["account.account"].with_company(company)
    proposals = setups._prepare_proposals(company)[:5]
    proposed[company.chart_template] = [
        vals["account_id"] and accounts.browse(vals["account_id"]).code or None
        for vals in proposals
    ]
    codes = accounts.search([("company_ids", "parent_of", company.id)]).mapped("code")
    shapes = {shape(code) for code in codes if code}
    strange[company.name] = [
        vals["code"] for vals in proposals if vals.get("code") and shape(vals["code"]) not in shapes
    ]
    setups._set_up(company)
    problems[company.name] = company._get_collection_accounting_problems()
found = {
    "policies": before,
    "cases": demo_cases,
    "problems": problems,
    "proposed": proposed,
    "strange codes": strange,
    "failures": env["ir.demo_failure"].search([]).mapped("error"),
}
Path(os.environ["RESULT"]).write_text(json.dumps(found, default=str))
