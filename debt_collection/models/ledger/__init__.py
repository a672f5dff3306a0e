"""The truth about receivables (P3.1): items, tiers, the ageing of any day, cash, the statement.

Models: ``collection.tier``, ``collection.cash``, ``collection.money``; parts of ``account.move``,
``account.move.line``, ``res.partner``.
Entry points: ``account.move.line._get_collection_ageing``, ``collection.cash._get_rows_sql``,
``res.partner._get_collection_statement``.
Uses: base, record.
"""

from . import collection_cash  # isort: skip
from . import collection_money  # isort: skip
from . import collection_tier  # isort: skip

from . import account_bank_statement_line  # isort: skip
from . import account_move  # isort: skip
from . import account_move_line  # isort: skip
from . import account_partial_reconcile  # isort: skip
from . import account_payment  # isort: skip
from . import res_company  # isort: skip
from . import res_partner  # isort: skip
