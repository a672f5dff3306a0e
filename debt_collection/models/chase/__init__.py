"""Which step is due, what pauses it, and how urgent a case is (P3.3 to P3.6).

Models: ``collection.case.step``, ``collection.task.force``, ``collection.case.document``.
Entry points: ``collection.case._get_send_blocks``, ``_make_steps``, ``_simulate_steps``,
``_prioritise``.
Uses: the rooms up to position.
"""

from . import collection_case_document  # isort: skip
from . import collection_case_simulation  # isort: skip
from . import collection_case_risk  # isort: skip
from . import collection_case_step  # isort: skip
from . import collection_task_force  # isort: skip

from . import calendar_event  # isort: skip
from . import collection_activity  # isort: skip
from . import collection_case  # isort: skip
from . import collection_case_schedule  # isort: skip
from . import collection_policy  # isort: skip
from . import collection_policy_step  # isort: skip
from . import mail_activity  # isort: skip
from . import mail_mail  # isort: skip
