from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools.chart_accounts import INCOME, KINDS, OTHER_KINDS, RECEIVABLE_SIDE

PURPOSES = {
    "collection_bad_debt_account_id": "bad_debt",
    "collection_allowance_account_id": "allowance",
    "collection_impairment_account_id": "impairment",
    "collection_recovery_account_id": "recovery",
    "collection_charge_account_id": "charge",
}
# Types that an account should have, by the setting that names it.
ACCOUNT_TYPES = {
    **{setting: KINDS[purpose] for setting, purpose in PURPOSES.items()},
    "collection_vat_relief_account_id": (
        "liability_current", "liability_non_current", *RECEIVABLE_SIDE, "asset_prepayments",
    ),
}
# Types that charts of some countries use as well: taken, with a note.
OTHER_TYPES = {setting: OTHER_KINDS[purpose] for setting, purpose in PURPOSES.items()}
OPTIONAL = {"collection_vat_relief_account_id", "collection_charge_account_id"}
# Settings that one account can serve together.
TOGETHER = (
    {"collection_bad_debt_account_id", "collection_impairment_account_id"},
    {"collection_recovery_account_id", "collection_charge_account_id"},
)


def domain_of(setting):
    """The domain of the accounts that a setting takes."""
    return f"[('account_type', 'in', {(*ACCOUNT_TYPES[setting], *OTHER_TYPES.get(setting, ()))})]"


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
        domain=domain_of("collection_charge_account_id"),
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
        domain=domain_of("collection_bad_debt_account_id"),
        check_company=True,
    )
    collection_allowance_account_id = fields.Many2one(
        "account.account",
        "Allowance for Doubtful Debts",
        domain=domain_of("collection_allowance_account_id"),
        check_company=True,
        help="Shown with its credit balance beside the receivables it stands against.",
    )
    collection_impairment_account_id = fields.Many2one(
        "account.account",
        "Impairment Expense",
        domain=domain_of("collection_impairment_account_id"),
        check_company=True,
    )
    collection_recovery_account_id = fields.Many2one(
        "account.account",
        "Recoveries of Written-off Debts",
        domain=domain_of("collection_recovery_account_id"),
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
        if account.account_type not in (*ACCOUNT_TYPES[name], *OTHER_TYPES.get(name, ())):
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
            (
                other for other in ACCOUNT_TYPES
                if other != name and self[other] == account and {name, other} not in TOGETHER
            ),
            None,
        )
        if twin:
            return self.env._("The account is chosen for another purpose, too.")
        return False

    @api.model
    def _get_collection_account_note(self, name, account):
        """What to know of an account that is taken although its type is not the usual one."""
        kind = account.account_type
        if kind not in OTHER_TYPES.get(name, ()):
            return False
        if kind in INCOME:
            return self.env._("In this chart the loss reduces income.")
        if name == "collection_allowance_account_id":
            return self.env._("In this chart the allowance is shown among liabilities.")
        labels = dict(account._fields["account_type"]._description_selection(self.env))
        return self.env._("The account is of the type “%(type)s”.", type=labels[kind])
