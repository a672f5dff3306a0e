from odoo import fields, models
from odoo.exceptions import UserError


class CollectionStatement(models.TransientModel):
    """Asks for the period of a statement of account, and prints it (P3.3)."""

    _name = "collection.statement"
    _description = "Print a Statement of Account"
    _inherit = "collection.mixin"

    partner_id = fields.Many2one("res.partner", "Customer", required=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    date_from = fields.Date(
        "From", required=True,
        default=lambda self: fields.Date.subtract(fields.Date.context_today(self), months=3),
    )
    date_to = fields.Date("To", required=True, default=fields.Date.context_today)

    def _check_can_print(self):
        self.partner_id._check_collection_statement()
        for wizard in self:
            if wizard.date_from > wizard.date_to:
                raise UserError(self.env._("The statement's first day is after its last day."))

    def action_print(self):
        """The statement as a PDF."""
        self.ensure_one()
        self._check_can_print()
        action = self.env.ref("debt_collection.report_statement_action").report_action(
            self.partner_id.commercial_partner_id,
            data=self.partner_id._get_collection_statement_data(
                self.date_from, self.date_to, self.company_id
            ),
        )
        return {**action, "close_on_report_download": True}

    def action_download(self):
        """The statement as a spreadsheet."""
        self.ensure_one()
        self._check_can_print()
        partner = self.partner_id.commercial_partner_id
        return {
            "type": "ir.actions.act_url",
            "url": f"/debt_collection/statement/{partner.id}/xlsx?date_from={self.date_from}"
            f"&date_to={self.date_to}&company_id={self.company_id.id}",
            "target": "download",
        }

