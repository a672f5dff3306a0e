from odoo import api, models


class AccountAccount(models.Model):
    """Late charges say nothing about what a customer buys."""

    _inherit = "account.account"

    @api.model
    def _get_most_frequent_accounts_for_partner(
        self, company_id, partner_id, move_type, filter_never_user_accounts=False, limit=None
    ):
        """Without the account of late charges, which Odoo would propose for the next invoice."""
        account_ids = super()._get_most_frequent_accounts_for_partner(
            company_id, partner_id, move_type, filter_never_user_accounts, limit and limit + 1
        )
        company_sudo = self.env["res.company"].sudo().browse(company_id)
        account_sudo = company_sudo.collection_charge_account_id
        if account_sudo.id in account_ids and not self._is_collection_sales_account(
            company_sudo, account_sudo
        ):
            account_ids.remove(account_sudo.id)
        return account_ids[:limit]

    @api.model
    def _is_collection_sales_account(self, company_sudo, account_sudo):
        """Whether a company books its sales on the account of late charges, too."""
        return bool(self.env["account.journal"].sudo().search_count([
            ("company_id", "=", company_sudo.id),
            ("type", "=", "sale"),
            ("default_account_id", "=", account_sudo.id),
            ("id", "!=", company_sudo.collection_charge_journal_id.id),
        ], limit=1))

