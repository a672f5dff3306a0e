# ruff: noqa: F821
"""In Odoo's shell: load the language `LANG_CODE` and let all users see it."""

import os

code = os.environ["LANG_CODE"]
lang = env["res.lang"].with_context(active_test=False).search([("code", "=", code)])
env["base.language.install"].create({"lang_ids": lang.ids, "overwrite": True}).lang_install()
env["res.users"].search([]).write({"lang": code})
env.cr.commit()
