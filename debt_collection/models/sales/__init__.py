"""What sales and finance contribute and are told: tasks and notes, no conversation (P2.3, P2.4).

Models: ``collection.sales.task``.
Uses: the rooms up to portal.
"""

from . import collection_sales_task  # isort: skip

from . import collection_case  # isort: skip
