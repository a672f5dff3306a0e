"""Debts given up in the books, and money that comes after all (P2.4, P5.1).

Models: ``collection.writeoff``, ``collection.recovery``, with their lines.
Entry points: ``action_request``, ``action_post``.
Uses: the rooms up to charge.
"""

from . import collection_recovery  # isort: skip
from . import collection_recovery_line  # isort: skip
from . import collection_writeoff  # isort: skip
from . import collection_writeoff_line  # isort: skip
from . import collection_writeoff_reason  # isort: skip

from . import account_move_line  # isort: skip
from . import collection_case  # isort: skip
from . import res_company  # isort: skip
