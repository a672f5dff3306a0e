from odoo import fields, models


class ResCompany(models.Model):
    """Where the results of collection are posted: accounts are settings, never looked up (P2.4)."""

    _inherit = "res.company"

    collection_journal_id = fields.Many2one(
        "account.journal",
        domain="[('type', '=', 'general')]",
        check_company=True,
        help="Write-offs, recoveries and provisions are posted here.",
    )
    collection_charge_journal_id = fields.Many2one(
        "account.journal",
        "Late Charge Journal",
        domain="[('type', '=', 'sale')]",
        check_company=True,
        help="Debit notes for late charges are posted here.",
    )
    collection_charge_account_id = fields.Many2one(
        "account.account",
        "Late Charge Income",
        domain="[('account_type', 'in', ('income', 'income_other'))]",
        check_company=True,
    )
    collection_charge_product_id = fields.Many2one(
        "product.product", "Late Charge Product", check_company=True
    )
    collection_charge_tax_ids = fields.Many2many(
        "account.tax",
        "collection_company_charge_tax_rel",
        string="Tax on Late Charges",
        domain="[('type_tax_use', '=', 'sale')]",
        check_company=True,
    )
    collection_bad_debt_account_id = fields.Many2one(
        "account.account",
        "Bad Debt Expense",
        domain="[('account_type', '=', 'expense')]",
        check_company=True,
    )
    collection_allowance_account_id = fields.Many2one(
        "account.account",
        "Allowance for Doubtful Debts",
        domain="[('account_type', 'in', ('asset_current', 'asset_non_current'))]",
        check_company=True,
        help="Shown with its credit balance beside the receivables it stands against.",
    )
    collection_impairment_account_id = fields.Many2one(
        "account.account",
        "Impairment Expense",
        domain="[('account_type', '=', 'expense')]",
        check_company=True,
    )
    collection_recovery_account_id = fields.Many2one(
        "account.account",
        "Recoveries of Written-off Debts",
        check_company=True,
    )
    collection_vat_relief_account_id = fields.Many2one(
        "account.account",
        "Tax Relief on Bad Debts",
        check_company=True,
        help="Takes the tax part of a written-off debt where the law gives it back.",
    )
