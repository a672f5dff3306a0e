from odoo import Command, api, fields, models

from ...models.posting.res_company import ACCOUNT_TYPES, OTHER_TYPES, PURPOSES


class CollectionAccountingSetupLine(models.TransientModel):
    _name = "collection.accounting.setup.line"
    _description = "Account Proposed for Collections"
    _inherit = "collection.mixin"
    _order = "sequence, id"
    _check_company_auto = True

    setup_id = fields.Many2one("collection.accounting.setup", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="setup_id.company_id")
    sequence = fields.Integer()
    setting = fields.Selection(
        [
            ("collection_bad_debt_account_id", "Bad Debt Expense"),
            ("collection_allowance_account_id", "Allowance for Doubtful Debts"),
            ("collection_impairment_account_id", "Impairment Expense"),
            ("collection_recovery_account_id", "Recoveries of Written-off Debts"),
            ("collection_charge_account_id", "Late Charges"),
            ("collection_vat_relief_account_id", "Tax Relief on Bad Debts"),
        ],
        "For",
        required=True,
        readonly=True,
    )
    account_id = fields.Many2one("account.account", "Use This Account", check_company=True)
    is_new = fields.Boolean("Make One")
    code = fields.Char("New Code")
    name = fields.Char("New Name")
    problem = fields.Char("Finding", compute="_compute_problem")
    note = fields.Char(compute="_compute_problem")
    allowed_account_ids = fields.Many2many(
        "account.account", compute="_compute_allowed_account_ids"
    )

    @api.depends("setting", "company_id")
    def _compute_allowed_account_ids(self):
        for line in self:
            line.allowed_account_ids = self.env["account.account"].search([
                ("company_ids", "parent_of", line.company_id.ids),
                ("account_type", "in", (
                    *ACCOUNT_TYPES.get(line.setting, ()), *OTHER_TYPES.get(line.setting, ()),
                )),
            ])

    @api.depends("account_id", "is_new", "code", "setting")
    def _compute_problem(self):
        for line in self:
            # The company's settings, for who may open this form.
            company_sudo = line.company_id.sudo()
            line.note = company_sudo._get_collection_account_note(line.setting, line.account_id)
            if line.account_id or not line.is_new:
                line.problem = company_sudo._get_collection_account_problem(
                    line.setting, line.account_id
                )
            elif not line.code or not line.name:
                line.problem = self.env._("Give the new account a code and a name.")
            else:
                line.problem = False

    @api.onchange("account_id")
    def _onchange_account_id(self):
        self.is_new = not self.account_id and self.setting in PURPOSES

    def _get_account(self):
        """The account chosen, else the one made."""
        self.ensure_one()
        if self.account_id or not self.is_new:
            return self.account_id
        accounts_sudo = self.env["account.account"].sudo().with_company(self.company_id)
        return accounts_sudo.create({
            "name": self.name,
            "code": self.code,
            "account_type": ACCOUNT_TYPES[self.setting][0],
            "reconcile": False,
            "company_ids": [Command.set((self.company_id.parent_ids[:1] or self.company_id).ids)],
        })

