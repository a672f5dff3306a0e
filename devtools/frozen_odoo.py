"""Started in place of Odoo: the same, at the moment that `ODOO_CLOCK` names.

The clock runs on from there. PostgreSQL keeps its own time: what it notes is a time of day in a
table, and a content tells no times of day.
"""

import os

import freezegun

# Odoo's worker for live chat and psycopg2 wait by the machine's clock, not by this one.
freezegun.freeze_time(os.environ["ODOO_CLOCK"], tick=True).start()

import odoo.cli  # noqa: E402 - takes the frozen clock with it

odoo.cli.main()
