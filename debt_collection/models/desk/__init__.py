"""The day of a collector: the worklist, its progress, the workload of a team (P2.1, P2.2).

Models: ``collection.desk``, ``collection.load``; the worklist's part of ``collection.case``.
Entry points: ``collection.desk.get_worklist``, ``get_case``; ``collection.case.action_next_case``.
Uses: the rooms up to reporting.
"""

from . import collection_desk_words  # isort: skip
from . import collection_desk_case  # isort: skip
from . import collection_desk_timeline  # isort: skip
from . import collection_desk_letter  # isort: skip
from . import collection_desk  # isort: skip
from . import collection_desk_action  # isort: skip
from . import collection_load  # isort: skip

from . import collection_activity  # isort: skip
from . import collection_case  # isort: skip
from . import collection_tier  # isort: skip
from . import web_tour_tour  # isort: skip
