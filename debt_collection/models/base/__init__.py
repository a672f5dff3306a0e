"""What all rooms use: the mixin of our models, a company's day and language, jobs in slices.

Models: ``collection.mixin`` (guards of our models), ``collection.kept`` (guards of our fields on
models of Odoo's), ``collection.locked`` (one person at a time),
``collection.law.source`` (where a value of the law comes from), ``collection.country.law``,
``collection.work`` (long work in the background).
Entry points: ``res.company._get_collection_today``, ``_get_collection_working_days``,
``_run_collection_job``; ``ir.cron._run_collection_slices``.
Uses: Odoo alone.
"""

from . import collection_guard  # isort: skip
from . import plausible_values  # isort: skip
from . import collection_locked  # isort: skip
from . import collection_mixin  # isort: skip
from . import collection_kept  # isort: skip
from . import collection_law_source  # isort: skip
from . import collection_country_law  # isort: skip
from . import collection_opening  # isort: skip
from . import collection_work  # isort: skip

from . import ir_actions_report  # isort: skip
from . import ir_cron  # isort: skip
from . import ir_cron_progress  # isort: skip
from . import res_company  # isort: skip
from . import res_currency  # isort: skip
from . import res_partner  # isort: skip
