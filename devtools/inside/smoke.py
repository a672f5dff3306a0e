# ruff: noqa: F821
"""In Odoo's shell: a first day with the add-on: overdue invoice, case, letter, every screen.

Says what was done in one line; writes nothing.
"""

from datetime import timedelta

from lxml import etree

company = env.ref("base.main_company")
today = company._get_collection_today()
groups = env.ref("debt_collection.group_manager") | env.ref("debt_collection.group_finance")
user = (
    env["res.users"]
    .with_context(no_reset_password=True)
    .create(
        {
            "name": "Smoke",
            "login": "smoke",
            "company_id": company.id,
            "company_ids": [(6, 0, company.ids)],
            "group_ids": [(6, 0, (groups | env.ref("account.group_account_invoice")).ids)],
        }
    )
)
customer = env["res.partner"].create({"name": "Smoke Ltd", "email": "smoke@example.com"})
invoice = env["account.move"].create(
    {
        "move_type": "out_invoice",
        "partner_id": customer.id,
        "invoice_date": today - timedelta(days=60),
        "invoice_date_due": today - timedelta(days=40),
        "invoice_payment_term_id": False,
        "invoice_line_ids": [(0, 0, {"name": "Goods", "price_unit": 100, "tax_ids": []})],
    }
)
invoice.action_post()
env["collection.case"]._classify()
env["collection.case"]._escalate()
case = invoice.collection_case_id.with_user(user)
assert case.amount_overdue == invoice.amount_residual, case.amount_overdue
assert case._get_portal_values()["items"] == invoice.line_ids.filtered("date_maturity")

screens = 0
names = env["ir.model.data"].search(
    [
        ("module", "=like", "debt_collection%"),
        ("model", "=", "ir.actions.act_window"),
    ]
)
for action in env["ir.actions.act_window"].browse(names.mapped("res_id")):
    model = env[action.res_model].with_user(user)
    if not model.has_access("read"):
        continue
    chosen = {view.view_mode: view.view_id.id for view in action.view_ids}
    if action.view_id:
        chosen.setdefault(action.view_id.type, action.view_id.id)
    modes = [mode.strip() for mode in action.view_mode.split(",")]
    views = model.get_views([(chosen.get(mode, False), mode) for mode in modes], {"toolbar": True})
    screens += len(views["views"])
    if not model._transient and model._auto:
        model.web_search_read([], {"display_name": {}}, limit=5)

# What our lists show can be read by our roles alone, whatever fields other modules add to them.
people = (
    env["res.users"]
    .with_context(no_reset_password=True)
    .create(
        [
            {
                "name": role,
                "login": f"smoke_{role}",
                "company_id": company.id,
                "company_ids": [(6, 0, company.ids)],
                "group_ids": [(6, 0, env.ref(f"debt_collection.group_{role}").ids)],
            }
            for role in ("collector", "finance", "manager")
        ]
    )
)
case.sudo().user_id = people[0]
lists = 0
for person in people:
    for action in env["ir.actions.act_window"].browse(names.mapped("res_id")):
        model = env[action.res_model].with_user(person)
        if model._transient or not model.has_access("read") or "list" not in action.view_mode:
            continue
        chosen = {view.view_mode: view.view_id.id for view in action.view_ids}
        view_id = chosen.get("list") or (
            action.view_id.id if action.view_id.type == "list" else False
        )
        arch = etree.fromstring(model.get_views([(view_id, "list")])["views"]["list"]["arch"])
        shown = [node.get("name") for node in arch.iterchildren("field")]
        found = model.web_search_read([], {name: {} for name in shown}, limit=5)
        lists += bool(found["records"])
assert lists > 10, lists

# Odoo looks at each view again as it does when its module is updated.
env["ir.ui.view"].with_context(load_all_views=True).search(
    [
        ("model", "in", ["res.partner", "account.move", "sale.order", "collection.case"]),
    ]
)._check_xml()
case.action_close()
assert case.is_closed
print(f"smoke: {screens} screens")
env.cr.rollback()
