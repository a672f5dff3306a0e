from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _get_collection_credit_domain(self):
        """Credits of customers that settle nothing yet."""
        return Domain([
            ("account_id.account_type", "=", "asset_receivable"),
            ("parent_state", "=", "posted"),
            ("reconciled", "=", False),
            ("amount_residual", "<", 0),
        ])

    def action_match_collection_credit(self):
        """Choose what these credits of one customer are matched with."""
        partners = self.partner_id.commercial_partner_id
        if len(partners) != 1 or len(self.company_id) != 1:
            raise UserError(self.env._("Choose credits of one customer."))
        return self.env["collection.credit.match"]._get_action(partners, self.company_id, self)

