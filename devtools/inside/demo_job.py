# ruff: noqa: F821
"""In Odoo's shell: run the main job, write the overdue list, and report as JSON.

`DEMO_FOLDER` names the folder of the files: `result.json`, and the lists as XLSX and PDF.
"""

import json
import os
from collections import defaultdict
from pathlib import Path

from odoo import fields
from odoo.exceptions import AccessDenied

folder = Path(os.environ["DEMO_FOLDER"])
today = fields.Date.context_today(env.user)
counts = env["collection.case"]._classify()
env.cr.commit()

company = env.ref("base.main_company")
sums = defaultdict(lambda: [0, 0.0])
for item in env["account.move.line"]._get_collection_ageing(today, companies=company):
    bucket = sums[item["tier_code"] or ""]
    bucket[0] += 1
    bucket[1] += item["residual"]
names = {"": "not overdue"}
for tier in env["collection.tier"].search([], order="sequence"):
    names.setdefault(tier.code, tier.name)
tiers = [
    {
        "name": name,
        "items": sums[code][0],
        "amount": company.currency_id.round(sums[code][1]),
        "currency": company.currency_id.name,
    }
    for code, name in names.items()
]

files = []
lists = env["collection.overdue.list"]._generate()
env.cr.commit()  # wkhtmltopdf asks the server, which sees committed data only
for overdue_list in lists:
    stem = "overdue-list-" + overdue_list.display_name.replace("/", "-").replace(" ", "-")
    xlsx = folder / f"{stem}.xlsx"
    xlsx.write_bytes(overdue_list._get_xlsx())
    pdf = folder / f"{stem}.pdf"
    content, _kind = env["ir.actions.report"]._render_qweb_pdf(
        "debt_collection.report_overdue_list", overdue_list.ids
    )
    pdf.write_bytes(content)
    files += [str(xlsx), str(pdf)]


def has_login_as_password(user):
    """Tell whether a demo user's password is the login."""
    credential = {"type": "password", "login": user.login, "password": user.login}
    try:
        user.with_user(user)._check_credentials(credential, {"interactive": False})
    except AccessDenied:
        return False
    return True


ours = env["ir.model.data"].search(
    [("model", "=", "res.users"), ("module", "in", ("debt_collection", "debt_collection_sale"))]
)
users = env["res.users"].browse(ours.mapped("res_id")).exists() | env.ref("base.user_admin")
logins = [(user.login, user.login, user.name) for user in users if has_login_as_password(user)]

result = {
    "date": str(today),
    "company": company.name,
    "counts": counts,
    "tiers": tiers,
    "cases_open": env["collection.case"].search_count([("stage", "!=", "closed")]),
    "files": files,
    "logins": sorted(logins),
}
(folder / "result.json").write_text(json.dumps(result, indent=2))
env.cr.commit()
