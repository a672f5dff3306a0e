"""Counsel and court (P3.6, P6.1): limitation, legal actions, lawyer letters, the case file.

Models: ``collection.legal.action`` and its annexes, ``collection.limitation``,
``collection.limitation.rule``, ``collection.case.export``.
Entry points: ``collection.limitation._update``, ``collection.case.action_export_file``.
Uses: the rooms up to provision.
"""

from . import collection_case_export  # isort: skip
from . import collection_legal_action  # isort: skip
from . import collection_legal_annex  # isort: skip
from . import collection_legal_check  # isort: skip
from . import collection_legal_consultation  # isort: skip
from . import collection_legal_cost  # isort: skip
from . import collection_legal_document  # isort: skip
from . import collection_legal_hearing  # isort: skip
from . import collection_legal_requirement  # isort: skip
from . import collection_limitation  # isort: skip
from . import collection_limitation_rule  # isort: skip

from . import collection_case  # isort: skip
from . import collection_case_file  # isort: skip
from . import collection_legal_action_court  # isort: skip
from . import collection_letter  # isort: skip
from . import collection_letter_template  # isort: skip
from . import ir_module_module  # isort: skip
from . import mail_activity  # isort: skip
from . import res_partner  # isort: skip
