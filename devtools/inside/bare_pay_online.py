# ruff: noqa: F821
"""In Odoo's shell, without `account_payment`: what is said of paying online, as JSON."""

import json
import os
from pathlib import Path

company = env.ref("base.main_company")
case = env["collection.case"].search([("stage", "!=", "closed")], limit=1)
partner = case.partner_id
today = company._get_collection_today()
letter = env["collection.letter"].create({"case_id": case.id, "kind": "reminder"})
letter._freeze(env.user)
pages = [
    env["ir.actions.report"]._render_qweb_html(
        "debt_collection.report_statement",
        partner.ids,
        data=partner._get_collection_statement_data(today.replace(month=1), today, company),
    )[0],
    env["ir.actions.report"]._render_qweb_html(
        "debt_collection.collection_letter_report", letter.ids
    )[0],
]
values = case._get_portal_values()
Path(os.environ["RESULT"]).write_text(
    json.dumps(
        {
            "is_installed": "payment.link.wizard" in env,
            "open_items": len(values["items"]),
            "payable": len(values["payable"]),
            "pay_url": partner._get_collection_pay_url(company),
            "letter": letter.pay_url or "",
            "pages": sum(b"Pay online" in page for page in pages),
            "xlsx": len(
                partner._get_collection_statement_xlsx(today.replace(month=1), today, company)
            ),
        }
    )
)
