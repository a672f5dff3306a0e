"""What finance posts (P2.4): the approval shared by charges, write-offs and provisions; accounts.

Models: ``collection.posting``, ``collection.accounting.setup``.
Entry points: ``action_request``, ``action_post`` of what is posted.
Uses: the rooms up to letter.
"""

from . import collection_posting  # isort: skip

from . import account_move  # isort: skip
from . import res_company  # isort: skip
