# ruff: noqa: F821
"""In Odoo's shell: break jobs as `FAULTS` says, run them again, and report as JSON.

`FAULT_RESULT` is the file of the report; `FAULT_CLUSTER`, if there, the folder of the PostgreSQL
server in use, which may be killed.
"""

import json
import os
import sys
from pathlib import Path

from devtools.clusters import Cluster
from devtools.faults.trials import run_trials
from devtools.postgres_server import Server

cluster = None
if folder := os.environ.get("FAULT_CLUSTER"):
    cluster = Cluster(Server(), Path(folder), int(os.environ["PGPORT"]))
database = env.cr.dbname
env.cr.rollback()
env.cr.close()
result = run_trials(database, json.loads(os.environ["FAULTS"]), cluster)
Path(os.environ["FAULT_RESULT"]).write_text(json.dumps(result, indent=1))
sys.stdout.flush()
# The shell's cursor is closed: there is nothing to tidy up.
os._exit(0)
