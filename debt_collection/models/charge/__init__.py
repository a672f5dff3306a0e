"""Late charges (P4.2): terms, rates, requests, debit notes and their waiver.

Models: ``collection.charge`` with lines, ``collection.charge.terms``, ``collection.rate``.
Entry points: ``account.move.line._get_collection_charges``, ``collection.charge.action_request``.
Uses: the rooms up to posting.
"""

from . import collection_charge  # isort: skip
from . import collection_charge_fee  # isort: skip
from . import collection_charge_line  # isort: skip
from . import collection_charge_segment  # isort: skip
from . import collection_charge_terms  # isort: skip
from . import collection_rate  # isort: skip
from . import collection_rate_value  # isort: skip

from . import account_account  # isort: skip
from . import account_move  # isort: skip
from . import account_move_line  # isort: skip
from . import collection_case  # isort: skip
from . import collection_charge_waiver  # isort: skip
from . import collection_plan  # isort: skip
from . import collection_policy  # isort: skip
from . import res_company  # isort: skip
from . import res_partner  # isort: skip
