# ruff: noqa: F821
"""In Odoo's shell: make `LANG_CODE` the language of users, the company, its country."""

import os

code = os.environ["LANG_CODE"]
lang = env["res.lang"].with_context(active_test=False).search([("code", "=", code)])
env["base.language.install"].create({"lang_ids": lang.ids, "overwrite": True}).lang_install()
env["res.users"].search([]).write({"lang": code})
env["res.company"].search([]).partner_id.write({"lang": code})
neighbours = env["res.partner"].search([("country_id.code", "=", code[-2:])])
neighbours.write({"lang": code})
drafts = env["collection.letter"].search(
    [("state", "=", "draft"), ("partner_id", "in", neighbours.ids)]
)
drafts.write({"lang": code})
drafts.action_refresh()
env.cr.commit()
env["collection.case"]._escalate()  # reasons are noted in the company's language
env.cr.commit()
