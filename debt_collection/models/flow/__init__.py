"""What follows from what: the only room that knows all others.

Lower rooms declare hooks (``_on_*``) and say when they are called; the lists here implement them,
once each. The night stands here too: ``collection.case._run_night(company, as_of)``.
Uses: all other rooms.
"""

from . import collection_mixin  # isort: skip
from . import account_move  # isort: skip
from . import account_move_line  # isort: skip
from . import account_partial_reconcile  # isort: skip
from . import account_payment  # isort: skip
from . import base_partner_merge_automatic_wizard  # isort: skip
from . import collection_activity  # isort: skip
from . import collection_agreement  # isort: skip
from . import collection_approval_item  # isort: skip
from . import collection_archiving  # isort: skip
from . import collection_case  # isort: skip
from . import collection_case_night  # isort: skip
from . import collection_case_step  # isort: skip
from . import collection_dispute  # isort: skip
from . import collection_letter  # isort: skip
from . import collection_letter_line  # isort: skip
from . import collection_letter_template  # isort: skip
from . import collection_plan  # isort: skip
from . import collection_policy  # isort: skip
from . import collection_policy_step  # isort: skip
from . import collection_promise  # isort: skip
from . import collection_reply  # isort: skip
from . import collection_seal  # isort: skip
from . import collection_writeoff  # isort: skip
from . import mail_activity  # isort: skip
from . import mail_thread  # isort: skip
from . import res_partner  # isort: skip
