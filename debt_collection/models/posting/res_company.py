from odoo import api, fields, models
from odoo.exceptions import ValidationError

RECEIVABLE_SIDE = ("asset_current", "asset_non_current")
INCOME = ("income", "income_other")
# Types that an account may have, by the setting that names it; never codes or names, which
# differ from chart to chart.
ACCOUNT_TYPES = {
    "collection_bad_debt_account_id": ("expense",),
    "collection_allowance_account_id": RECEIVABLE_SIDE,
    "collection_impairment_account_id": ("expense",),
    "collection_recovery_account_id": INCOME,
    "collection_vat_relief_account_id": (
        "liability_current", "liability_non_current", *RECEIVABLE_SIDE, "asset_prepayments",
    ),
}
OPTIONAL = {"collection_vat_relief_account_id"}


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

    # Whether the chosen accounts and journal are fit for what is posted to them.

    @api.constrains("collection_journal_id", "currency_exchange_journal_id")
    def _check_collection_journal(self):
        for company in self:
            journal = company.collection_journal_id
            if journal and journal == company.currency_exchange_journal_id:
                raise ValidationError(
                    self.env._(
                        "“%(journal)s” is for exchange differences: choose another journal for"
                        " the results of collection.",
                        journal=journal.display_name,
                    )
                )

    def _get_collection_accounting_problems(self):
        """What is wrong with the company's journal and accounts, by the setting's name.

        :return: dict of texts; a setting that is in order is missing
        """
        self.ensure_one()
        problems = {}
        if text := self._get_collection_journal_problem(self.collection_journal_id):
            problems["collection_journal_id"] = text
        for name in ACCOUNT_TYPES:
            if text := self._get_collection_account_problem(name, self[name]):
                problems[name] = text
        return problems

    def _get_collection_journal_problem(self, journal):
        """Why a journal is not fit for write-offs, recoveries and provisions; else ``False``."""
        self.ensure_one()
        if not journal:
            return self.env._("Not chosen: nothing can be posted.")
        if not journal.active:
            return self.env._("The journal is archived.")
        if journal.type != "general":
            return self.env._("The journal is not one for miscellaneous entries.")
        if journal.company_id not in self.parent_ids:
            return self.env._("The journal belongs to another company.")
        if journal.currency_id and journal.currency_id != self.currency_id:
            return self.env._("The journal is in another currency than the company.")
        if journal in (self.currency_exchange_journal_id, self.tax_cash_basis_journal_id):
            return self.env._("Odoo posts its own entries in this journal: choose another.")
        return False

    def _get_collection_account_problem(self, name, account):
        """Why an account is not fit for a setting; else ``False``."""
        self.ensure_one()
        if not account:
            return False if name in OPTIONAL else self.env._("Not chosen.")
        if not account.active:
            return self.env._("The account is archived.")
        if not account.company_ids & self.parent_ids:
            return self.env._("The account belongs to another company.")
        if account.account_type not in ACCOUNT_TYPES[name]:
            labels = dict(account._fields["account_type"]._description_selection(self.env))
            return self.env._(
                "The account is of the type “%(is)s”; it should be “%(wanted)s”.",
                **{
                    "is": labels[account.account_type],
                    "wanted": labels[ACCOUNT_TYPES[name][0]],
                },
            )
        if account.currency_id and account.currency_id != self.currency_id:
            return self.env._("The account is in another currency than the company.")
        twin = next(
            (other for other in ACCOUNT_TYPES if other != name and self[other] == account), None
        )
        if twin and {name, twin} != {
            "collection_bad_debt_account_id", "collection_impairment_account_id"
        }:
            return self.env._("The account is chosen for another purpose, too.")
        return False

