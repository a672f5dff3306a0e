from odoo import api, models

from ...tools.client_input import as_day, whole_number


class CollectionDashboardReport(models.AbstractModel):
    """The dashboard on paper: the same figures as on the screen."""

    _name = "report.debt_collection.report_dashboard"
    _description = "Printed Collection Dashboard"

    @api.model
    def _get_report_values(self, docids, data=None):
        data = data or {}
        figures = self.env["collection.dashboard"].get_dashboard(
            as_day(data.get("date")), whole_number(data.get("currency_id"))
        )
        return {
            "docs": self.env.company,
            "company": self.env.company,
            "figures": figures,
            "currency": self.env["res.currency"].browse(figures["currency_id"]),
        }

