from odoo import Command, api, fields, models
from odoo.exceptions import AccessError

from ...models.posting.res_company import ACCOUNT_TYPES, PURPOSES, TOGETHER
from ...tools.chart_accounts import Account, find, free_code, neighbour

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
    "collection_charge_account_id": (
        "default_cash_difference_income_account_id",
        "income_account_id",
    ),
}
# A debt's loss and its allowance's change stand together, whichever the chart has.
BESIDE = {
    "collection_bad_debt_account_id": "collection_impairment_account_id",
    "collection_impairment_account_id": "collection_bad_debt_account_id",
}


class CollectionAccountingSetup(models.TransientModel):
    """Proposes the journals and accounts for the results of collection, and checks them (P2.4).

    What the company has chosen stays. For the rest the chart's own accounts are proposed, told
    by the names their localisation gave them, then by type and name; where it has none, a new
    one is made. The accountant decides.
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
    charge_journal_id = fields.Many2one(
        "account.journal", "Late Charge Journal", compute="_compute_charge_journal_id",
        store=True, readonly=False, check_company=True, domain="[('type', '=', 'sale')]",
    )
    is_new_charge_journal = fields.Boolean(
        "Make a Late Charge Journal", compute="_compute_charge_journal_id", store=True,
        readonly=False,
    )

    charge_tax_ids = fields.Many2many(
        "account.tax", "collection_accounting_setup_charge_tax_rel", string="Tax on Late Charges",
        compute="_compute_charge_tax_ids", store=True, readonly=False, check_company=True,
        domain="[('type_tax_use', '=', 'sale')]",
    )
    charge_tax_note = fields.Text("The Law Says", compute="_compute_charge_tax_note")

    @api.depends("company_id")
    def _compute_charge_tax_ids(self):
        """What is chosen, else the usual tax where the law taxes late charges, else none."""
        for setup in self:
            # The company's settings, for who may open this form.
            company_sudo = setup.company_id.sudo()
            law = setup._get_charge_tax_law()
            setup.charge_tax_ids = company_sudo.collection_charge_tax_ids or (
                company_sudo.account_sale_tax_id
                if law and not law.is_none else self.env["account.tax"]
            )

    def _get_charge_tax_law(self):
        self.ensure_one()
        return self.env["collection.country.law"]._find_tax_law(
            "charge_tax", self.company_id, self.company_id._get_collection_today()
        )

    @api.depends("company_id", "charge_tax_ids")
    @api.depends_context("lang")
    def _compute_charge_tax_note(self):
        for setup in self:
            law = setup._get_charge_tax_law()
            words = (
                law._get_words_cited() if law
                else law._get_words_unknown_tax(setup.company_id)
            )
            if law and law.is_none and setup.charge_tax_ids:
                words += "\n" + self.env._("A tax is chosen all the same.")
            elif law and not law.is_none and not setup.charge_tax_ids:
                words += "\n" + self.env._("No tax is chosen all the same.")
            setup.charge_tax_note = words

    @api.depends("company_id")
    def _compute_journal_id(self):
        for setup in self:
            # The company's settings, for who may open this form.
            setup.journal_id = setup.company_id.sudo().collection_journal_id
            setup.is_new_journal = not setup.journal_id

    @api.depends("company_id")
    def _compute_charge_journal_id(self):
        for setup in self:
            # The company's settings, for who may open this form.
            setup.charge_journal_id = setup.company_id.sudo().collection_charge_journal_id
            setup.is_new_charge_journal = not setup.charge_journal_id

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
            "collection_charge_account_id": self.env._("Late Charges"),
            "collection_vat_relief_account_id": self.env._("Tax Relief on Bad Debts"),
        }

    @api.model
    def _prepare_proposals(self, company):
        """For each setting what is chosen, else the chart's own account, else a new one."""
        company = company.sudo()
        charts, accounts = self._get_charts(company), self._get_chart_accounts(company)
        names, codes = self._get_names(), self._get_codes(company)
        chosen = {setting: company[setting].id for setting in ACCOUNT_TYPES if company[setting]}
        for setting, purpose in PURPOSES.items():
            if setting not in chosen:
                free = self._get_free_accounts(setting, accounts, chosen)
                if account := find(purpose, free, charts):
                    chosen[setting] = account.key
        proposals = []
        for sequence, setting in enumerate(ACCOUNT_TYPES):
            vals = {"sequence": sequence, "setting": setting, "account_id": chosen.get(setting)}
            if setting not in chosen and setting not in PURPOSES:
                vals["account_id"] = self._get_sale_tax_account(company).id
            elif setting not in chosen:
                code = free_code(
                    self._get_neighbour_code(company, setting, accounts, chosen), codes
                )
                codes.add(code)
                vals.update(is_new=True, code=code, name=names[setting])
            proposals.append(vals)
        return proposals

    @api.model
    def _get_free_accounts(self, setting, accounts, chosen):
        """The accounts that no other setting has that cannot be served together with this."""
        taken = {
            key for other, key in chosen.items() if {setting, other} not in TOGETHER
        }
        return [account for account in accounts if account.key not in taken]

    @api.model
    def _get_charts(self, company):
        """Codes of the company's chart and of those it builds on, its own first."""
        template = self.env["account.chart.template"]
        code = company.root_id.chart_template
        return template._get_parent_template(code) if code else []

    @api.model
    def _get_chart_accounts(self, company):
        """The company's accounts as the rules for charts know them."""
        accounts_sudo = self.env["account.account"].sudo().with_company(company).search(
            [("company_ids", "parent_of", company.id)]
        )
        data_sudo = self.env["ir.model.data"].sudo().search_fetch(
            [("module", "=", "account"), ("model", "=", "account.account"),
             ("res_id", "in", accounts_sudo.ids)],
            ["name", "res_id"],
        )
        # `account.<company>_<name in the localisation>`
        identifiers = {data.res_id: data.name.partition("_")[2] for data in data_sudo}
        names = {account.id: [] for account in accounts_sudo}
        for code, _name in self.env["res.lang"].get_installed():
            for account in accounts_sudo.with_context(lang=code):
                names[account.id].append(account.name)
        return [
            Account(
                account.id, identifiers.get(account.id, ""), account.code or "",
                tuple(dict.fromkeys(names[account.id])), account.account_type,
            )
            for account in accounts_sudo
        ]

    @api.model
    def _get_codes(self, company):
        """All codes in use, those of archived accounts too."""
        accounts_sudo = self.env["account.account"].sudo().with_company(company)
        return set(
            accounts_sudo.with_context(active_test=False)
            .search([("company_ids", "parent_of", company.id)])
            .mapped("code")
        )

    @api.model
    def _get_sale_tax_account(self, company):
        """The account that the company's tax on sales goes to, if it has one that fits."""
        accounts = company.account_sale_tax_id.invoice_repartition_line_ids.account_id
        return accounts.filtered(
            lambda account: account.account_type
            in ACCOUNT_TYPES["collection_vat_relief_account_id"]
        )[:1]

    @api.model
    def _get_neighbour_code(self, company, setting, accounts, chosen):
        """The code of the account that a new one for a setting stands beside."""
        company_account = self.env["account.account"].sudo().with_company(company)
        if setting == "collection_allowance_account_id":
            # An allowance stands beside the receivables it is for.
            key = self.env["ir.default"].sudo()._get(
                "res.partner", "property_account_receivable_id", company_id=company.root_id.id
            )
        else:
            key = chosen.get(BESIDE.get(setting)) or next(
                (
                    company[name].id for name in NEIGHBOURS[setting]
                    if company[name].account_type in ACCOUNT_TYPES[setting]
                ),
                None,
            )
        found = key and company_account.browse(key).exists().code
        if not found:
            beside = neighbour(PURPOSES[setting], accounts)
            found = beside and beside.code
        return found or "1000"

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
        accounts = {line.setting: line._get_account() for line in self.line_ids}
        vals = {setting: account.id for setting, account in accounts.items()}
        vals["collection_journal_id"] = self._get_journal().id
        vals["collection_charge_journal_id"] = self._get_charge_journal(
            accounts.get("collection_charge_account_id")
        ).id
        vals["collection_charge_tax_ids"] = [Command.set(self.charge_tax_ids.ids)]
        company_sudo.write(vals)

    def _get_journal(self):
        self.ensure_one()
        if self.journal_id or not self.is_new_journal:
            return self.journal_id
        return self._make_journal({
            "name": self.env._("Collections"),
            "type": "general",
            "code": self._get_free_journal_code("COLL"),
            "show_on_dashboard": False,
        })

    def _get_charge_journal(self, account):
        """The journal of debit notes for late charges; made only with an account of theirs."""
        self.ensure_one()
        if self.charge_journal_id or not self.is_new_charge_journal or not account:
            return self.charge_journal_id
        return self._make_journal({
            "name": self.env._("Late Charges"),
            "type": "sale",
            "code": self._get_free_journal_code("LCHG"),
            "default_account_id": account.id,
            "show_on_dashboard": False,
        })

    def _make_journal(self, vals):
        # Who sets up collections need not be an accountant; the right to is checked before.
        journals_sudo = self.env["account.journal"].sudo().with_company(self.company_id)
        return journals_sudo.create({**vals, "company_id": self.company_id.id})

    def _get_free_journal_code(self, wanted):
        """A short code that no journal of the company has."""
        journals_sudo = self.env["account.journal"].sudo().with_context(active_test=False)
        used = set(
            journals_sudo.search([("company_id", "=", self.company_id.id)]).mapped("code")
        )
        return next(
            code for code in (wanted, *(f"{wanted[:3]}{number}" for number in range(1, 100)))
            if code not in used
        )

    @api.model
    def _set_up(self, companies):
        """Take every proposal for companies, as a script or demo data would."""
        for company in companies:
            setup = self.with_company(company).create({"company_id": company.id})
            setup._check_can_apply()
            setup._do_apply()

