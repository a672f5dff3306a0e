from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import format_date

# Runs that stand for their month.
LIVE = ("draft", "requested", "approved", "posted")


class CollectionProvision(models.Model):
    """What a company sets aside for doubtful debts at the end of a month (P2.4, IFRS 9).

    Finance computes it from the ledger of the month's last day, a manager approves it, finance
    posts it: the entry takes the allowance account to what is required. What was asked for is
    frozen: buckets, rates, customers and items keep the figures they were approved with.
    """

    _name = "collection.provision"
    _inherit = ["collection.mixin", "collection.posting", "mail.thread", "mail.activity.mixin"]
    _description = "Monthly Provision"
    _order = "month desc, company_id, id desc"
    _check_company_auto = True

    name = fields.Char(compute="_compute_name", store=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    month = fields.Date(
        required=True, index=True, default=lambda self: self._get_month_before(
            self.env.company._get_collection_today()
        ),
        copy=False, help="Any day of the month.",
    )
    date_exposure = fields.Date(
        "As Of", compute="_compute_date_exposure", store=True,
        help="Last day of the month: the ledger of this day counts.",
    )
    date = fields.Date(help="Day of the entry; empty: the last day of the month.")
    auto_reverse = fields.Boolean(
        "Reverse Next Month", compute="_compute_auto_reverse", store=True, readonly=False,
        precompute=True, help="Reversed on the first day of the month after the entry.",
    )
    note = fields.Text()
    line_ids = fields.One2many("collection.provision.line", "provision_id", "Buckets")
    share_ids = fields.One2many("collection.provision.share", "provision_id", "Customers")
    item_ids = fields.One2many("collection.provision.item", "provision_id", "Items")
    date_computed = fields.Datetime("Computed On", readonly=True, copy=False)
    amount_exposure = fields.Monetary("Exposure", readonly=True, copy=False)
    amount_credit = fields.Monetary(
        "Unmatched Credits", readonly=True, copy=False,
        help="Payments and credit notes without an invoice: with the exposure they are the"
        " balance of the receivables. They only lessen the exposure where the settings say so.",
    )
    amount_required = fields.Monetary("Required Allowance", readonly=True, copy=False)
    previous_id = fields.Many2one("collection.provision", "Compared With", readonly=True,
                                  copy=False)
    amount_previous = fields.Monetary(related="previous_id.amount_required", string="Month Before")
    amount_balance = fields.Monetary(
        "Allowance Before", compute="_compute_amount_entry",
        help="Credit balance of the allowance account on the day of the entry.",
    )
    amount_entry = fields.Monetary(
        "Amount of the Entry", compute="_compute_amount_entry",
        help="Required less what the account holds: above zero an expense, below a release.",
    )
    balance_posted = fields.Monetary(readonly=True, copy=False)
    entry_posted = fields.Monetary("Posted Amount", readonly=True, copy=False)
    allowance_account_id = fields.Many2one("account.account", readonly=True, copy=False)
    reversal_move_id = fields.Many2one(
        "account.move", "Entry of the Reversal", readonly=True, copy=False, index="btree_not_null"
    )

    _one_live = models.UniqueIndex(
        "(company_id, month) WHERE state NOT IN ('refused', 'cancelled', 'undone')",
        "There is one provision per month and company.",
    )

    @api.model
    def _get_month_before(self, today):
        """First day of the month before the one that a day is in."""
        return today.replace(day=1) - relativedelta(months=1)

    @api.depends("month")
    def _compute_name(self):
        for provision in self:
            provision.name = self.env._(
                "Provision %(month)s", month=f"{provision.month:%Y-%m}" if provision.month else ""
            )

    @api.depends("month")
    def _compute_date_exposure(self):
        for provision in self:
            provision.date_exposure = provision.month and provision.month + relativedelta(day=31)

    @api.depends("company_id")
    def _compute_auto_reverse(self):
        for provision in self:
            # A setting of the company, whoever prepares.
            provision.auto_reverse = provision.company_id.sudo().collection_provision_reverse

    @api.depends("state", "amount_required", "date", "date_exposure", "balance_posted",
                 "entry_posted", "company_id")
    def _compute_amount_entry(self):
        for provision in self:
            if provision.state in ("posted", "undone"):
                balance, entry = provision.balance_posted, provision.entry_posted
            else:
                balance = provision._get_allowance_balance(provision._get_posting_date())
                entry = provision.amount_required - balance
            provision.amount_balance, provision.amount_entry = balance, entry

    @api.constrains("date", "month")
    def _check_date(self):
        for provision in self:
            if provision.date and provision.date < provision.date_exposure:
                raise ValidationError(
                    self.env._(
                        "“%(name)s” is about the end of the month: its accounting date cannot be"
                        " before %(day)s.",
                        name=provision.name, day=format_date(self.env, provision.date_exposure),
                    )
                )

    def _normalize_month(self, vals):
        if vals.get("month"):
            return {**vals, "month": fields.Date.to_date(vals["month"]).replace(day=1)}
        return vals

    @api.model_create_multi
    def create(self, vals_list):
        # A run that was cancelled just now makes room for another one of its month.
        self.flush_model(["state", "month", "company_id"])
        return super().create([self._normalize_month(vals) for vals in vals_list])

    def write(self, vals):
        if not self.env.su and self._get_request_fields() & vals.keys():
            self._check_preparer()
        if {"month", "company_id"} & vals.keys():
            # Figures of another month or company are none of this one.
            self.sudo()._clear_figures()
        return super().write(self._normalize_month(vals))

    def _get_request_fields(self):
        return {"company_id", "month", "date", "auto_reverse"}

    def _check_preparer(self):
        if not (self.env.su or self.env.user.has_group("debt_collection.group_finance")):
            raise AccessError(self.env._("Only finance prepares provisions."))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        self._check_state("draft", "cancelled")

    def action_compute(self):
        """Compute the buckets of these drafts from the ledger of their day."""
        self._lock()
        self._check_preparer()
        self.check_access("write")
        self._check_state("draft")
        for provision in self:
            # Finance provides for the whole ledger; nobody types the figures.
            provision.sudo()._do_compute()

    def _check_complete(self):
        self._check_preparer()
        for provision in self:
            provision._check_accounts()
            if provision.date_exposure >= provision.company_id._get_collection_today():
                raise UserError(
                    self.env._(
                        "“%(name)s” can be asked for when its month is over.", name=provision.name
                    )
                )
            # The ledger decides, whoever may open its items.
            if not provision.date_computed or not provision.sudo()._is_up_to_date():
                raise UserError(
                    self.env._(
                        "The ledger of %(day)s is not what “%(name)s” was computed from: compute"
                        " it again and look at the figures before you ask for approval.",
                        name=provision.name, day=format_date(self.env, provision.date_exposure),
                    )
                )

    def _after_request(self):
        """Where the company wants no approval, what was asked for is final and can be posted."""
        self.activity_unlink(["mail.mail_activity_data_todo"])
        # Whether it takes a second person is the company's decision, not the user's.
        self.sudo().filtered(
            lambda provision: not provision.company_id.collection_provision_approval
        ).write({"state": "approved"})
        self.filtered(lambda provision: provision.state == "approved")._seal()

    def _get_file_name(self):
        self.ensure_one()
        return f"{self.name} {self.company_id.name}".replace("/", "-")

    def action_print(self):
        """The provision as PDF."""
        return self.env.ref("debt_collection.report_provision_action").report_action(self)

    def action_export_xlsx(self):
        """The provision as spreadsheet."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/debt_collection/provision/{self.id}/xlsx",
            "target": "download",
        }

    @api.readonly
    def action_view_items(self):
        """The items that the provision is made of."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "debt_collection.collection_provision_item_action"
            ),
            "domain": [("provision_id", "=", self.id)],
            "display_name": self.env._("Items of %(name)s", name=self.name),
        }
