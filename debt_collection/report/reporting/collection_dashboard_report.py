from odoo import api, models


class CollectionDashboardReport(models.AbstractModel):
    """The dashboard on paper: the same figures as on the screen."""

    _name = "report.debt_collection.report_dashboard"
    _description = "Printed Collection Dashboard"

    @api.model
    def _get_report_values(self, docids, data=None):
        data = data or {}
        figures = self.env["collection.dashboard"].get_dashboard(
            data.get("date"), data.get("currency_id")
        )
        return {
            "docs": self.env.company,
            "company": self.env.company,
            "figures": figures,
            "currency": self.env["res.currency"].browse(figures["currency_id"]),
        }

