from odoo import api, fields, models


class ResConfigSettings(models.TransientModel):
    """Where the results of collection are posted, and whether that is in order (P2.4)."""

    _inherit = "res.config.settings"

    collection_journal_id = fields.Many2one(
        related="company_id.collection_journal_id", readonly=False
    )
    collection_bad_debt_account_id = fields.Many2one(
        related="company_id.collection_bad_debt_account_id", readonly=False
    )
    collection_allowance_account_id = fields.Many2one(
        related="company_id.collection_allowance_account_id", readonly=False
    )
    collection_impairment_account_id = fields.Many2one(
        related="company_id.collection_impairment_account_id", readonly=False
    )
    collection_recovery_account_id = fields.Many2one(
        related="company_id.collection_recovery_account_id", readonly=False
    )
    collection_vat_relief_account_id = fields.Many2one(
        related="company_id.collection_vat_relief_account_id", readonly=False
    )
    collection_writeoff_limit = fields.Monetary(
        related="company_id.collection_writeoff_limit", readonly=False,
        currency_field="currency_id",
    )
    collection_recovery_mode = fields.Selection(
        related="company_id.collection_recovery_mode", readonly=False
    )
    collection_accounting_problems = fields.Text(
        compute="_compute_collection_accounting_problems"
    )

    @api.depends("company_id", "collection_journal_id", "collection_bad_debt_account_id",
                 "collection_allowance_account_id", "collection_impairment_account_id",
                 "collection_recovery_account_id", "collection_vat_relief_account_id")
    def _compute_collection_accounting_problems(self):
        for settings in self:
            company = settings.company_id
            settings.collection_accounting_problems = "\n".join(
                f"{company._fields[name].get_description(self.env, ['string'])['string']}: {text}"
                for name, text in company._get_collection_accounting_problems().items()
            )
