from . import collection_dashboard_report
