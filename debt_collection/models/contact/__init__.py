"""What was said to customers and by them (P3.7), and the rules it keeps to (P1.1, P1.2).

Models: ``collection.activity``, ``collection.contact.rule``, ``collection.word``,
``collection.guideline``, ``collection.reply``, ``collection.call.guide``, ``collection.reason``.
Entry points: ``collection.activity.action_confirm``, ``collection.case._get_contact_problems``.
Uses: the rooms up to case.
"""

from . import collection_activity  # isort: skip
from . import collection_call_guide  # isort: skip
from . import collection_contact_limit  # isort: skip
from . import collection_contact_rule  # isort: skip
from . import collection_guideline  # isort: skip
from . import collection_guideline_receipt  # isort: skip
from . import collection_reason  # isort: skip
from . import collection_reply  # isort: skip
from . import collection_word  # isort: skip

from . import collection_case  # isort: skip
from . import collection_policy_step  # isort: skip
from . import mail_activity_type  # isort: skip
from . import mail_message  # isort: skip
from . import mail_template  # isort: skip
from . import mail_thread  # isort: skip
from . import res_partner  # isort: skip
from . import res_users  # isort: skip
