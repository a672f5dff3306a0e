# ruff: noqa: F821
"""In Odoo's shell: the queries that opening `BENCH_SCREENS` takes, written as JSON.

What the web client asks for: the fields of the view, for the first 80 records or for one.
Odoo's own screens are opened by an accountant who sells, too; ours by the superuser.
"""

import json
import os

from lxml import etree


def specification(model, arch):
    """The fields that a view's client asks for, those of embedded lists included."""
    fields = {}
    for node in arch.iter("field"):
        if any(parent.tag == "field" for parent in node.iterancestors()):
            continue
        name = node.get("name")
        field = model._fields[name]
        fields[name] = {}
        if field.relational:
            fields[name] = {"fields": {"display_name": {}}}
            embedded = next((child for child in node if child.tag in ("list", "kanban")), None)
            if field.type in ("one2many", "many2many") and embedded is not None:
                inner = specification(env[field.comodel_name], embedded)
                fields[name] = {"fields": inner, "limit": 40}
    return fields


def make_accountant():
    """An accountant and salesperson, with the role of finance where we are installed."""
    names = (
        "account.group_account_user",
        "sales_team.group_sale_manager",
        "debt_collection.group_finance",
    )
    groups = [env.ref(name, raise_if_not_found=False) for name in names]
    companies = env["res.company"].search([])
    return (
        env["res.users"]
        .with_context(no_reset_password=True)
        .create(
            {
                "name": "Accountant",
                "login": "accountant",
                "company_id": companies[0].id,
                "company_ids": [(6, 0, companies.ids)],
                "group_ids": [(6, 0, [group.id for group in groups if group])],
            }
        )
    )


accountant = make_accountant()


def count(model_name, view_type):
    model = env[model_name]
    if not model_name.startswith("collection."):
        model = model.with_user(accountant)
    arch = etree.fromstring(model.get_views([(False, view_type)])["views"][view_type]["arch"])
    wanted = specification(model, arch)
    domain = [("move_type", "=", "out_invoice")] if model_name == "account.move" else []

    def load():
        if view_type == "form":
            model.search(domain, limit=1, order="id desc").web_read(wanted)
        else:
            model.web_search_read(domain, wanted, limit=80)

    load()
    env.invalidate_all()
    queries = env.cr.sql_log_count
    load()
    return env.cr.sql_log_count - queries


found = {
    name: count(model, view)
    for name, model, view, _bound in json.loads(os.environ["BENCH_SCREENS"])
}
with open(os.environ["BENCH_RESULT"], "w") as output:
    json.dump(found, output)
