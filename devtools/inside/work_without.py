# ruff: noqa: F821
"""In Odoo's shell: what people do in accounting and sales works without the add-ons."""

import io
import json
import zipfile

from odoo import Command
from odoo.exceptions import AccessError

partner = env["res.partner"].create({"name": "After"})
company = env.ref("base.main_company")
invoice = (
    env["account.move"]
    .with_company(company)
    .create(
        {
            "move_type": "out_invoice",
            "partner_id": partner.id,
            "invoice_line_ids": [Command.create({"name": "x", "price_unit": 10.0, "tax_ids": []})],
        }
    )
)
invoice.action_post()
env["account.payment.register"].with_context(
    active_model="account.move", active_ids=invoice.ids
).create({})._create_payments()
assert invoice.payment_state in ("paid", "in_payment"), invoice.payment_state
invoice.button_draft()
invoice.button_cancel()
order = env["sale.order"].create({"partner_id": partner.id})
for record in (partner, invoice, order, company, env["res.config.settings"].create({})):
    record.get_views([(False, "form"), (False, "list")])
env["ir.ui.menu"].load_menus(False)

kept = env["ir.attachment"].search([("name", "=like", "collection record %.zip")])
with zipfile.ZipFile(io.BytesIO(kept.raw)) as book:
    manifest = json.loads(book.read("manifest.json"))
    names = book.namelist()
    seals = json.loads(book.read(f"seals/{company.id}.json"))
head = manifest["heads"][str(company.id)]
assert seals[-1]["seal"] == head["seal"] and len(seals) == head["number"]
assert any(name.endswith("note.txt") for name in names), names
assert "tables/collection_activity.jsonl" in names
for login in ("record_collector", "record_manager"):
    user = env["res.users"].search([("login", "=", login)])
    try:
        kept.with_user(user).read(["raw"])
    except AccessError:
        continue
    raise AssertionError(f"{login} opens the kept record")
kept.with_user(env.ref("base.user_admin")).read(["raw"])
print(json.dumps(seals))
