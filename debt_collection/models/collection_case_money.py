from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class CollectionCase(models.Model):
    """Money of a case: payments registered and credits matched without leaving it (P2.4)."""

    _inherit = "collection.case"

    def action_register_payment(self):
        """Odoo's own payment wizard for the overdue items of the case."""
        self.ensure_one()
        items = self.line_ids.filtered("collection_tier_id")
        if not items:
            raise UserError(
                self.env._("Nothing of the case %(case)s is open.", case=self.display_name)
            )
        return items.action_register_payment()

    @api.readonly
    def action_view_credits(self):
        """Payments and credit notes of the customer that are not matched yet."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "debt_collection.collection_credit_action"
            ),
            "domain": list(
                self.env["account.move.line"]._get_collection_credit_domain()
                & Domain("partner_id", "child_of", self.partner_id.ids)
                & Domain("company_id", "=", self.company_id.id)
            ),
            "context": {},
        }

    def action_match_credits(self):
        """Choose credits and items to match with each other."""
        self.ensure_one()
        return self.env["collection.credit.match"]._get_action(self.partner_id, self.company_id)


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
