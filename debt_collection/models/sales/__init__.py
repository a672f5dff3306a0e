"""What sales and finance contribute and are told (P2.3, P2.4): tasks and notes, never the conversation (P1.4).

Models: ``collection.sales.task``.
Uses: the rooms up to portal.
"""

from . import collection_sales_task  # isort: skip

from . import collection_case  # isort: skip
