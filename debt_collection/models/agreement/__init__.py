"""What is agreed with the customer, or contested: promise, plan, dispute, hold (P3.5, P4.2).

Models: ``collection.promise``, ``collection.plan``, ``collection.dispute``; what was open when a
promise or plan was made is ``collection.agreement.item``.
Entry points: ``_evaluate(as_of)`` of promises and plans, ``collection.dispute.action_resolve``.
Uses: the rooms up to contact.
"""

from . import collection_agreement  # isort: skip
from . import collection_agreement_item  # isort: skip
from . import collection_dispute  # isort: skip
from . import collection_dispute_reason  # isort: skip
from . import collection_plan  # isort: skip
from . import collection_plan_line  # isort: skip
from . import collection_promise  # isort: skip

from . import collection_activity  # isort: skip
from . import collection_case  # isort: skip
from . import res_partner  # isort: skip
