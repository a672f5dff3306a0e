"""What a customer owes, as one answer: overdue, disputed, planned, promised, credits, to collect.

Model: ``collection.position``, a row for each case and currency; figures on ``collection.case``
and ``res.partner`` are taken from it.
Entry points: ``collection.position._get_positions`` (the one place that adds up),
``collection.case._touch_positions`` (it may have changed), ``_write_positions`` (the night).
Uses: the rooms up to agreement.
"""

from . import collection_position  # isort: skip

from . import account_move_line  # isort: skip
from . import collection_case  # isort: skip
from . import collection_policy  # isort: skip
from . import res_partner  # isort: skip
