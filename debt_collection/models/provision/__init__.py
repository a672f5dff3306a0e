"""What is set aside for doubtful debts at a month's end (IFRS 9).

Models: ``collection.provision``, ``collection.provision.specific``, ``collection.loss.rate``.
Entry points: ``collection.provision.action_compute``, ``action_post``.
Uses: the rooms up to writeoff.
"""

from . import collection_loss_rate  # isort: skip
from . import collection_provision  # isort: skip
from . import collection_provision_item  # isort: skip
from . import collection_provision_line  # isort: skip
from . import collection_provision_share  # isort: skip
from . import collection_provision_specific  # isort: skip

from . import account_move_line  # isort: skip
from . import collection_provision_figures  # isort: skip
from . import res_company  # isort: skip
