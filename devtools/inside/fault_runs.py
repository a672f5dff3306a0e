# ruff: noqa: F821
"""In Odoo's shell: break jobs as `FAULTS` says, run them again, and report as JSON.

`FAULT_ROOT` is the checkout, `FAULT_RESULT` the file of the report.
"""

import json
import os
import sys
from pathlib import Path

sys.path.insert(0, os.environ["FAULT_ROOT"])

from devtools.faults import report

database = env.cr.dbname
env.cr.rollback()
env.cr.close()
result = report.run(database, json.loads(os.environ["FAULTS"]))
Path(os.environ["FAULT_RESULT"]).write_text(json.dumps(result, indent=1))
sys.stdout.flush()
# The shell's cursor is closed: there is nothing to tidy up.
os._exit(0)
