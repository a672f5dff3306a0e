"""The record beyond doubt (P3.7, P6.3): seals and their verification, approval by two, erasure.

Models: ``collection.sealed``, ``collection.seal``, ``collection.approval``, ``collection.erasure``,
``collection.archiving``.
Entry points: ``_seal``, ``_verify``; ``action_request``, ``action_approve`` of what two decide.
Uses: base.
"""

from . import collection_sealed  # isort: skip
from . import collection_approval  # isort: skip
from . import collection_archiving  # isort: skip
from . import collection_erasure  # isort: skip
from . import collection_seal  # isort: skip

from . import collection_seal_erase  # isort: skip
from . import ir_attachment  # isort: skip
from . import res_company  # isort: skip
