"""Figures for managers and finance: dashboard, forecast, overdue list, month ends, reports.

Models: ``collection.dashboard``, ``collection.overdue.list``, ``collection.ageing.report``,
``collection.cash.forecast``, ``collection.payment.outlook``, ``collection.cash.outlook``,
``collection.cash.week``, ``collection.lateness``,
``collection.progress.report`` and the SQL views behind them.
Entry points: ``collection.overdue.list._generate(as_of)``, ``collection.cash.forecast``.
Uses: the rooms up to assessment.
"""

from . import collection_action_result  # isort: skip
from . import collection_ageing_report  # isort: skip
from . import collection_ageing_snapshot  # isort: skip
from . import collection_cash_forecast  # isort: skip
from . import collection_cash_outlook  # isort: skip
from . import collection_cash_outlook_line  # isort: skip
from . import collection_cash_report  # isort: skip
from . import collection_cash_week  # isort: skip
from . import collection_dashboard_outlook  # isort: skip
from . import collection_dashboard  # isort: skip
from . import collection_lateness  # isort: skip
from . import collection_outlook_agreement  # isort: skip
from . import collection_outlook_backtest  # isort: skip
from . import collection_outlook_ledger  # isort: skip
from . import collection_overdue_list  # isort: skip
from . import collection_overdue_list_line  # isort: skip
from . import collection_payment_habit  # isort: skip
from . import collection_payment_outlook  # isort: skip
from . import collection_progress_report  # isort: skip
from . import collection_progress_report_line  # isort: skip
from . import collection_progress_report_tier  # isort: skip
from . import collection_roll_rate  # isort: skip

from . import collection_cash_forecast_outlook  # isort: skip
from . import collection_dashboard_figures  # isort: skip

from . import account_move  # isort: skip
from . import res_company  # isort: skip
from . import res_partner  # isort: skip
