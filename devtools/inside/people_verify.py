# ruff: noqa: F821
"""In Odoo's shell: every company's record is whole, and the cases show what the ledger says."""

for company in env["res.company"].search([]):
    result = env["collection.seal"]._verify(company)
    assert result["ok"] and result["count"], result
for case in env["collection.case"].search([("stage", "!=", "closed")]):
    items = case.line_ids.filtered("collection_tier_id")
    owed = sum(items.mapped("amount_residual"))
    assert not case.currency_id.compare_amounts(case.amount_overdue, owed), (case, owed)
