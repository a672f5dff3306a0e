"""The written policy as data: policies, their steps and conditions.

Models: ``collection.policy``, ``collection.policy.step``.
Entry points: ``collection.policy._get_for``, ``_get_default``, ``_get_ranked``.
Uses: base, ledger.
"""

from . import collection_policy  # isort: skip
from . import collection_policy_step  # isort: skip

from . import res_company  # isort: skip
from . import res_partner  # isort: skip
