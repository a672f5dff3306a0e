from odoo import Command, api, fields, models
from odoo.exceptions import AccessError

from ...models.posting.res_company import ACCOUNT_TYPES, OPTIONAL

# The company's own accounts of the same kind, whose codes new ones follow.
NEIGHBOURS = {
    "collection_bad_debt_account_id": (
        "account_journal_early_pay_discount_loss_account_id",
        "default_cash_difference_expense_account_id",
        "expense_account_id",
    ),
    "collection_impairment_account_id": (
        "account_journal_early_pay_discount_loss_account_id",
        "default_cash_difference_expense_account_id",
        "expense_account_id",
    ),
    "collection_recovery_account_id": (
        "account_journal_early_pay_discount_gain_account_id",
        "default_cash_difference_income_account_id",
        "income_account_id",
    ),
}


class CollectionAccountingSetup(models.TransientModel):
    """Proposes the journal and accounts for the results of collection, and checks them (P2.4).

    What the company has chosen stays. For the rest the accountant chooses an account of the
    chart or lets one be made. Accounts are told by their type and by what the company uses
    them for, never by code or name, so that every chart will do.
    """

    _name = "collection.accounting.setup"
    _description = "Set Up Accounts for Collections"
    _inherit = "collection.mixin"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    line_ids = fields.One2many(
        "collection.accounting.setup.line", "setup_id",
        compute="_compute_line_ids", store=True, readonly=False,
    )
    journal_id = fields.Many2one(
        "account.journal", compute="_compute_journal_id", store=True, readonly=False,
        check_company=True, domain="[('type', '=', 'general')]",
    )
    is_new_journal = fields.Boolean(
        "Make a Journal", compute="_compute_journal_id", store=True, readonly=False
    )
    journal_problem = fields.Char("Finding", compute="_compute_journal_problem")

    @api.depends("company_id")
    def _compute_journal_id(self):
        for setup in self:
            # The company's settings, for who may open this form.
            setup.journal_id = setup.company_id.sudo().collection_journal_id
            setup.is_new_journal = not setup.journal_id

    @api.depends("journal_id", "is_new_journal")
    def _compute_journal_problem(self):
        for setup in self:
            setup.journal_problem = (
                False
                if setup.is_new_journal and not setup.journal_id
                # The company's settings, for who may open this form.
                else setup.company_id.sudo()._get_collection_journal_problem(setup.journal_id)
            )

    @api.depends("company_id")
    def _compute_line_ids(self):
        for setup in self:
            setup.line_ids = [Command.clear()] + [
                Command.create(vals) for vals in self._prepare_proposals(setup.company_id)
            ]

    @api.model
    def _get_names(self):
        """Names of the accounts that are made, by setting, in the user's language."""
        return {
            "collection_bad_debt_account_id": self.env._("Bad Debt Expense"),
            "collection_allowance_account_id": self.env._("Allowance for Doubtful Debts"),
            "collection_impairment_account_id": self.env._("Impairment of Receivables"),
            "collection_recovery_account_id": self.env._("Recoveries of Written-off Debts"),
            "collection_vat_relief_account_id": self.env._("Tax Relief on Bad Debts"),
        }

    @api.model
    def _prepare_proposals(self, company):
        """For each setting what is chosen, else a new account with the next free code."""
        company = company.sudo()
        names, taken, proposals = self._get_names(), set(), []
        for sequence, setting in enumerate(ACCOUNT_TYPES):
            account = company[setting]
            vals = {"sequence": sequence, "setting": setting, "account_id": account.id}
            if not account and setting in OPTIONAL:
                vals["account_id"] = self._get_sale_tax_account(company).id
            elif not account:
                code = self._get_free_code(company, setting, taken)
                taken.add(code)
                vals.update(is_new=True, code=code, name=names[setting])
            proposals.append(vals)
        return proposals

    @api.model
    def _get_sale_tax_account(self, company):
        """The account that the company's tax on sales goes to, if it has one that fits."""
        accounts = company.account_sale_tax_id.invoice_repartition_line_ids.account_id
        return accounts.filtered(
            lambda account: account.account_type
            in ACCOUNT_TYPES["collection_vat_relief_account_id"]
        )[:1]

    @api.model
    def _get_free_code(self, company, setting, taken):
        """The next free code after that of a neighbour of the same kind."""
        accounts_sudo = self.env["account.account"].sudo().with_company(company)
        kinds = ACCOUNT_TYPES[setting]
        neighbour = next(
            (
                company[name]
                for name in NEIGHBOURS.get(setting, ())
                if company[name].account_type in kinds
            ),
            None,
        ) or accounts_sudo.search(
            [
                ("company_ids", "parent_of", company.id),
                # An allowance stands beside the receivables.
                ("account_type", "in", ("asset_receivable",) if setting not in NEIGHBOURS
                 else kinds),
            ],
            order="id desc",
            limit=1,
        )
        code = neighbour.with_company(company).code or "1000"
        return accounts_sudo._search_new_account_code(code, {code, *taken})

    def action_apply(self):
        """Make what is to be made, and choose it all for the company."""
        self.ensure_one()
        self._check_can_apply()
        self._do_apply()
        return {"type": "ir.actions.act_window_close"}

    def _check_can_apply(self):
        if not self.env.user.has_group("account.group_account_manager") and not self.env.su:
            raise AccessError(
                self.env._("Only an administrator of accounting chooses accounts for Collections.")
            )
        self.company_id.check_access("read")

    def _do_apply(self):
        # An accountant need not have the right to change companies.
        company_sudo = self.company_id.sudo()
        vals = {line.setting: line._get_account().id for line in self.line_ids}
        vals["collection_journal_id"] = self._get_journal().id
        company_sudo.write(vals)

    def _get_journal(self):
        self.ensure_one()
        if self.journal_id or not self.is_new_journal:
            return self.journal_id
        # Who sets up collections need not be an accountant; the right to is checked before.
        journals_sudo = self.env["account.journal"].sudo().with_company(self.company_id)
        return journals_sudo.create({
            "name": self.env._("Collections"),
            "type": "general",
            "code": self._get_free_journal_code(),
            "company_id": self.company_id.id,
            "show_on_dashboard": False,
        })

    def _get_free_journal_code(self):
        """A short code that no journal of the company has."""
        journals_sudo = self.env["account.journal"].sudo().with_context(active_test=False)
        used = set(
            journals_sudo.search([("company_id", "=", self.company_id.id)]).mapped("code")
        )
        return next(
            code for code in ("COLL", *(f"COL{number}" for number in range(1, 1000)))
            if code not in used
        )

    @api.model
    def _set_up(self, companies):
        """Take every proposal for companies, as a script or demo data would."""
        for company in companies:
            setup = self.with_company(company).create({"company_id": company.id})
            setup._check_can_apply()
            setup._do_apply()

