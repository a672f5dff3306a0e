"""What a customer owes, as one answer: overdue, disputed, planned, promised, credits, to collect.

Figures on ``collection.case`` and ``res.partner``, per currency.
Uses: the rooms up to agreement.
"""

from . import account_move_line  # isort: skip
from . import collection_case  # isort: skip
from . import res_partner  # isort: skip
