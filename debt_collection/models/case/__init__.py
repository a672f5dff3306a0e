"""The effort to collect all overdue items of one customer: opening, owners, confidentiality.

Models: ``collection.case``, ``collection.case.assignment.period``, ``collection.decision``,
``collection.trial``.
Entry points: ``collection.case._classify`` (P3.1), ``_get_open``, ``action_close``; hooks
``_on_closed`` and ``_on_reopened`` say what else has to follow, in the room flow.
Uses: base, record, ledger, policy.
"""

from . import collection_access_log  # isort: skip
from . import collection_case  # isort: skip
from . import collection_case_assignment_period  # isort: skip
from . import collection_case_tier_amount  # isort: skip
from . import collection_decision  # isort: skip
from . import collection_trial  # isort: skip

from . import account_move  # isort: skip
from . import account_move_line  # isort: skip
from . import collection_case_classify  # isort: skip
from . import collection_policy  # isort: skip
from . import mail_message  # isort: skip
from . import res_partner  # isort: skip
from . import res_users  # isort: skip
