# ruff: noqa: F821
"""In Odoo's shell: the record is whole, and every approved legal action is sealed."""

result = env["collection.seal"]._verify(env.ref("base.main_company"))
assert result["ok"], result
actions = env["collection.legal.action"].search([("approved_by_id", "!=", False)])
assert actions and all(actions.mapped("seal"))
