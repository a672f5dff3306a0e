# ruff: noqa: F821
"""In Odoo's shell: a year of a ledger, night by night, and its content into `CONTENT_RESULT`.

`CONTENT_LEDGER` names a CSV of invoices, or is empty: then the year is made up.
"""

import os
from pathlib import Path

from devtools.content_reading import write_content
from devtools.ledger_replay import Replay
from devtools.ledger_year import made_up_invoices, read_invoices

file = os.environ["CONTENT_LEDGER"]
invoices = read_invoices(Path(file)) if file else made_up_invoices()
replay = Replay(env, every=int(os.environ["CONTENT_EVERY"]))

replay.run(invoices)
write_content(env, os.environ["CONTENT_RESULT"], replay.events)
