# ruff: noqa: F821
"""In Odoo's shell: a night on the demo data, and its content into `CONTENT_RESULT`."""

import os

from odoo import fields

from devtools.content_reading import write_content
from devtools.nights import run_night

day = fields.Date.add(fields.Date.today(), days=1)
for company in env["res.company"].search([], order="id"):
    run_night(env, company, day)
env.cr.commit()
write_content(env, os.environ["CONTENT_RESULT"])
