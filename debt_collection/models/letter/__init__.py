"""Letters to customers: drafts, approval, sending, delivery, templates, runs (P3.4, P4.1).

Models: ``collection.letter`` with lines and totals, ``collection.letter.template``,
``collection.channel`` and one model for each channel.
Entry points: ``_draft_letters``, ``action_approve``, ``action_send``, ``_send_slice``.
Uses: the rooms up to chase.
"""

from . import collection_letter_part  # isort: skip
from . import collection_channel  # isort: skip
from . import collection_channel_email  # isort: skip
from . import collection_channel_hand  # isort: skip
from . import collection_channel_other  # isort: skip
from . import collection_channel_post  # isort: skip
from . import collection_letter_copies  # isort: skip
from . import collection_letter_words  # isort: skip
from . import collection_letter_delivery  # isort: skip
from . import collection_letter_file  # isort: skip
from . import collection_letter_ledger  # isort: skip
from . import collection_letter_release  # isort: skip
from . import collection_letter_reminder  # isort: skip
from . import collection_letter_service  # isort: skip
from . import collection_letter  # isort: skip
from . import collection_letter_line  # isort: skip
from . import collection_letter_template  # isort: skip
from . import collection_letter_total  # isort: skip
from . import collection_policy_statement  # isort: skip

from . import account_move_line  # isort: skip
from . import collection_activity  # isort: skip
from . import collection_case  # isort: skip
from . import collection_case_step  # isort: skip
from . import collection_letter_sending  # isort: skip
from . import collection_policy  # isort: skip
from . import collection_policy_step  # isort: skip
from . import ir_actions_report  # isort: skip
from . import mail_mail  # isort: skip
from . import res_company  # isort: skip
from . import res_partner  # isort: skip
