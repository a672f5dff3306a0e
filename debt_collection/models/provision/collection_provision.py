from dateutil.relativedelta import relativedelta

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import format_date

from ...tools.provision import entry
from ...tools.spreadsheet import HEAD_HEIGHT, add_formats, open_book, write_cell
from ..base.collection_guard import OURS
from ..posting.collection_posting import CollectionPosting
from ..record.collection_approval import SEALED_DECISION

# Runs that stand for their month.
LIVE = ("draft", "requested", "approved", "posted")
MOST_AT_ONCE = 20_000
"""Open items of a ledger that is computed while the person waits."""


class CollectionProvision(models.Model):
    """What a company sets aside for doubtful debts at the end of a month (P2.4, IFRS 9).

    Finance computes it from the ledger of the month's last day, a manager approves it, finance
    posts it: the entry takes the allowance account to what is required. What was asked for is
    frozen: buckets, rates, customers and items keep the figures they were approved with.
    """

    _name = "collection.provision"
    _description = "Monthly Provision"
    _inherit = ["collection.mixin", "collection.posting", "mail.thread", "mail.activity.mixin"]
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

    _sealed_fields = (
        "company_id", "month", "date_exposure", "date", "auto_reverse", "amount_exposure",
        "amount_credit", "amount_required", *SEALED_DECISION,
    )
    _sealed_later = ("date",)
    _sealed_personal = ("note",)
    _sealed_lines = {
        "line_ids": (
            (
                "name", "kind", "currency_id", "exposure", "numerator", "denominator", "amount",
                "item_count",
            ),
            (),
        ),
    }
    _sealed_sums = {"amount_required": ("line_ids", ("amount",))}
    _sealed_once = (
        *CollectionPosting._sealed_once, "reversal_move_id", "balance_posted", "entry_posted",
        "allowance_account_id",
    )
    _people_create = {"company_id"}
    # The day of the entry is part of what is asked for: its balance is that of this day.
    _people_write = {"draft": {"month", "auto_reverse", "note", "date"}}

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
        if not self.env.su and {"month", "date", "auto_reverse"} & vals.keys():
            self._check_preparer()
        if "month" in vals:
            # Figures of another month or company are none of this one.
            self.sudo()._clear_figures()
        return super().write(self._normalize_month(vals))

    def _check_preparer(self):
        if not (self.env.su or self.env.user.has_group("debt_collection.group_finance")):
            raise AccessError(self.env._("Only finance prepares provisions."))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        self._check_state("draft", "cancelled")

    def action_compute(self):
        """Compute the buckets of these drafts from the ledger of their day.

        A large ledger is computed in the background, and the person is told when it is done.
        """
        self._lock()
        self._check_can_compute()
        if self._count_items() > MOST_AT_ONCE:
            return self.env["collection.work"]._start(
                self.env._("Computing %(names)s", names=", ".join(self.mapped("name"))),
                self, "_work_compute",
            )
        self._compute_drafts()
        return None

    def _count_items(self):
        """About how many items are open in the companies of these: what takes the time."""
        return self.env["account.move.line"].sudo().search_count(
            [
                ("company_id", "in", self.company_id.ids), ("parent_state", "=", "posted"),
                ("account_type", "=", "asset_receivable"), ("reconciled", "=", False),
            ],
            limit=MOST_AT_ONCE + 1,
        )

    def _work_compute(self):
        """Compute those of these that are still drafts; see ``collection.work``."""
        for provision in self.filtered(lambda provision: provision.state == "draft"):
            provision._lock()
            provision._check_can_compute()
            provision._compute_drafts()
            yield 1
        return {
            "message": self.env._(
                "%(names)s: the figures are there to look at.",
                names=", ".join(self.mapped("name")),
            ),
            "ids": self.ids,
        }

    def _check_can_compute(self):
        self._check_preparer()
        self.check_access("write")
        self._check_state("draft")

    def _compute_drafts(self):
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

    # The draft that finance gets at the beginning of each month.

    @api.model
    def _cron_prepare(self):
        """Prepare the month that ended in every company that wants it; late rather than never."""
        self.env["res.company"]._run_collection_job(
            lambda company: company._in_collection_language(self)._prepare_when_due(
                company, company._get_collection_today()
            ),
            "the monthly provision",
        )

    @api.model
    def _prepare_when_due(self, company, today):
        """The draft of the month before ``today``, unless there is one or a later one.

        :return: the new provision, if any
        """
        month = self._get_month_before(today)
        if not company.collection_provision_auto or self.search_count([
            ("company_id", "=", company.id), ("month", ">=", month), ("state", "in", LIVE),
        ], limit=1):
            return self.browse()
        provision = self._generate(month, company)
        provision._ask_finance(today)
        return provision

    @api.model
    def _generate(self, month, company):
        """A draft of a month, computed.

        :param date month: any day of the month
        """
        provision = self.create({"month": month, "company_id": company.id})
        # Nobody types the figures.
        provision.sudo()._do_compute()
        return provision

    def _ask_finance(self, today):
        """Give the draft to those who may ask for it: a to-do for each finance user."""
        group_sudo = self.env.ref("debt_collection.group_finance").sudo()
        for user in group_sudo.all_user_ids.filtered(
            lambda user: user.active and self.company_id in user.company_ids
        ):
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=user.id,
                date_deadline=today,
                summary=self.env._("Review the provision and ask for its approval"),
            )

    # The entry that takes the allowance account to what is required (P2.4).

    def _check_accounts(self):
        """Raise a ``UserError`` unless journal and accounts are chosen."""
        return [
            self._require_setting(name)
            for name in ("collection_journal_id", "collection_impairment_account_id",
                         "collection_allowance_account_id")
        ]

    def _get_posting_date(self):
        self.ensure_one()
        return self.date or self.date_exposure

    def _get_allowance_balance(self, date):
        """Credit balance of the company's allowance account in posted entries.

        :param date date: the day, inclusive
        """
        self.ensure_one()
        account_sudo = self.company_id.sudo().collection_allowance_account_id
        if not account_sudo or not date:
            return 0.0
        # The balance of an account, whichever of its entries the user may open.
        [[balance]] = self.env["account.move.line"].sudo()._read_group([
            ("account_id", "=", account_sudo.id),
            ("company_id", "=", self.company_id.id),
            ("parent_state", "=", "posted"),
            ("date", "<=", date),
        ], aggregates=["balance:sum"])
        return self.company_id.currency_id.round(-(balance or 0.0))

    def _check_postable(self):
        for provision in self:
            provision._check_no_later(
                self.env._(
                    "A later month than “%(name)s” is posted already: its entry counted on the"
                    " allowance as it stands. Undo the later one first.", name=provision.name,
                )
            )
            # The ledger decides, whoever may open its items.
            if provision.previous_id != provision.sudo()._get_previous():
                raise UserError(
                    self.env._(
                        "The month before changed after “%(name)s” was asked for. Cancel it and"
                        " compute it again.", name=provision.name,
                    )
                )

    def _check_no_later(self, words):
        # Whether there is a later one, whoever may see it.
        if self.sudo().search_count([
            ("company_id", "=", self.company_id.id),
            ("state", "=", "posted"),
            ("month", ">", self.month),
        ], limit=1):
            raise UserError(words)

    def _do_post(self, date):
        journal, impairment, account = self._check_accounts()
        self._check_posting_date(date, journal)
        currency = self.company_id.currency_id
        balance = self._get_allowance_balance(date)
        amount = currency.round(entry(self.amount_required, balance))
        self.write({
            "balance_posted": balance,
            "entry_posted": amount,
            "allowance_account_id": account.id,
        })
        if currency.is_zero(amount):
            return self.env["account.move"]
        move = self.env["account.move"].with_company(self.company_id).create({
            "move_type": "entry",
            "journal_id": journal.id,
            "date": date,
            "ref": self.name,
            "line_ids": [
                Command.create({"account_id": account_id, "name": self.name, "balance": value})
                for account_id, value in ((impairment.id, amount), (account.id, -amount))
            ],
        })
        move._post(soft=False)
        if self.auto_reverse:
            self.reversal_move_id = self._do_reverse(move, date + relativedelta(months=1, day=1))
        return move

    def _do_reverse(self, move, date, field="date"):
        """Post the opposite of an entry on a day in an open period.

        :param str field: where the user chooses that day
        """
        self._check_open_period(date, move.journal_id, field=field)
        reversal = move._reverse_moves([{
            "date": date, "ref": self.env._("Reversal: %(name)s", name=self.name),
        }])
        reversal._post(soft=False)
        return reversal

    def _do_undo(self, date):
        """Take the entry back on its own day, so that the month can be made anew.

        On the reversal date where one is chosen: it has to be where that day is locked. An
        automatic reversal is taken back as well, on its own day or that date if it is later.
        """
        self._check_no_later(
            self.env._(
                "A later month than “%(name)s” is posted already: undo that one first.",
                name=self.name,
            )
        )
        undoing = self.env["account.move"]
        for move in self.move_id | self.reversal_move_id:
            undoing |= self._do_reverse(
                move.with_context(collection_posting_undo=OURS),
                max(self.date_undo or move.date, move.date),
                field="date_undo",
            )
        return undoing[:1]

    def _get_xlsx_sheets(self):
        """Sheets: title, records, columns of title, field path, kind and width."""
        allowance = self.env._("Allowance")
        exposure = self.env._("Exposure")
        customer = self.env._("Customer")
        return [
            (self.env._("Buckets"), self.line_ids, [
                (self.env._("Bucket"), "name", "text", 40),
                (self.env._("Items"), "item_count", "number", 9),
                (exposure, "exposure", "money", 16),
                (self.env._("Rate (%)"), "percent", "percent", 12),
                (allowance, "amount", "money", 16),
            ]),
            (self.env._("Customers"), self.share_ids, [
                (customer, "partner_id.display_name", "text", 40),
                (exposure, "exposure", "money", 16),
                (self.env._("Overdue"), "exposure_overdue", "money", 16),
                (allowance, "amount", "money", 16),
                (self.env._("Month Before"), "amount_previous", "money", 16),
                (self.env._("Change"), "change", "money", 16),
            ]),
            (self.env._("Items"), self.item_ids, [
                (customer, "partner_id.display_name", "text", 40),
                (self.env._("Entry"), "move_id.name", "text", 20),
                (self.env._("Due Date"), "date_due", "date", 12),
                (self.env._("Days Overdue"), "days_overdue", "number", 9),
                (self.env._("Bucket"), "line_id.name", "text", 28),
                (exposure, "exposure", "money", 16),
                (allowance, "amount", "money", 16),
            ]),
        ]

    def _get_xlsx(self):
        """Buckets, customers and items as an XLSX file, totals as formulas.

        :return: the file's bytes
        """
        self.ensure_one()
        output, book = open_book()
        formats = add_formats(book, self.currency_id.decimal_places)
        formats["percent"] = book.add_format({"num_format": "0.000000"})
        # Who may read the provision reads the names in it.
        for title, records, columns in self.sudo()._get_xlsx_sheets():
            self._write_xlsx_sheet(book.add_worksheet(title[:31]), records, columns, formats)
        book.close()
        return output.getvalue()

    def _write_xlsx_sheet(self, sheet, records, columns, formats):
        sheet.write_string(0, 0, f"{self.company_id.name} – {self.name}", formats["title"])
        sheet.write_string(
            1, 0, f"{self.env._('as of')} {self.date_exposure}, {self.currency_id.name}"
        )
        head = 3
        sheet.set_row(head, HEAD_HEIGHT)
        for column, (title, _path, _kind, width) in enumerate(columns):
            sheet.set_column(column, column, width)
            sheet.write_string(head, column, title, formats["head"])
        row = head
        for row, record in enumerate(records, head + 1):
            for column, (_title, path, kind, _width) in enumerate(columns):
                *parents, name = path.split(".")
                owner = record[parents[0]] if parents else record
                value = owner[name]
                if kind == "percent":
                    sheet.write_number(row, column, value, formats[kind])
                else:
                    write_cell(sheet, row, column, value, kind, formats)
        last = max(row, head + 1)
        sheet.write_string(last + 1, 0, self.env._("Total"), formats["bold"])
        for column, (_title, path, kind, _width) in enumerate(columns):
            if kind == "money":
                letter = chr(ord("A") + column)
                sheet.write_formula(
                    last + 1, column, f"=SUM({letter}{head + 2}:{letter}{last + 1})",
                    formats["money"], sum(records.mapped(path)),
                )
        sheet.freeze_panes(head + 1, 1)
        sheet.autofilter(head, 0, last, len(columns) - 1)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(head)
        sheet.set_footer("&L&F&R&P / &N")

