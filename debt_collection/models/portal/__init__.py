"""The customer's own page (P6.2): what is owed, and what customers enter there.

Models: ``collection.portal.request``.
Entry points: ``collection.case._get_portal_values``.
Uses: the rooms up to legal.
"""

from . import collection_portal_request  # isort: skip

from . import collection_case  # isort: skip
from . import collection_policy  # isort: skip
