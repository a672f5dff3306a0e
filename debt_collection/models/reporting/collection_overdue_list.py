import xlsxwriter
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date, split_every

from ...tools.list_day import list_day
from ...tools.spreadsheet import HEAD_HEIGHT, add_formats, open_book, write_cell
from ..base.collection_guard import CHATTER_FIELDS, is_uninstalling, with_ours

PART = 1_000
"""Lines of a list that are in memory at a time while it is written to a file."""


class CollectionOverdueList(models.Model):
    """Finance's monthly list of overdue receivables, frozen from the ledger (P3.2).

    A draft is made from the ledger on its day, reviewed by finance and signed off. From
    then on nothing changes it, whatever happens in the ledger.
    """

    _name = "collection.overdue.list"
    _description = "Overdue List"
    _inherit = [
        "collection.mixin", "mail.thread", "mail.activity.mixin", "collection.locked",
        "collection.sealed",
    ]
    _order = "date desc, company_id, id desc"
    _check_company_auto = True

    name = fields.Char(readonly=True, copy=False, default="/")
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date("As Of", required=True, readonly=True, index=True)
    state = fields.Selection(
        [("draft", "Draft"), ("signed", "Signed Off")],
        default="draft", required=True, readonly=True, copy=False, tracking=True,
    )
    signed_by = fields.Many2one("res.users", readonly=True, copy=False)
    date_signed = fields.Datetime("Signed On", readonly=True, copy=False)
    line_ids = fields.One2many("collection.overdue.list.line", "list_id", "Items", readonly=True)
    amount_total = fields.Monetary(compute="_compute_totals", store=True)
    item_count = fields.Integer("Items Overdue", compute="_compute_totals", store=True)
    partner_count = fields.Integer("Customers", compute="_compute_totals", store=True)
    _one_list_a_day = models.UniqueIndex(
        "(company_id, date)", "There is one overdue list per company and day."
    )

    active = fields.Boolean(default=True, copy=False)
    _sealed_when = [("state", "=", "signed")]
    _sealed_fields = (
        "name", "company_id", "date", "state", "signed_by", "date_signed", "amount_total",
        "item_count", "partner_count",
    )
    _sealed_lines = {
        "line_ids": (
            (
                "move_name", "date_invoice", "date_due", "currency_id", "amount_original",
                "amount_open", "amount_open_company", "days_overdue", "tier_name",
                "date_last_contact", "date_promised", "amount_promised",
            ),
            ("partner_name",),
        ),
    }
    _sealed_sums = {"amount_total": ("line_ids", ("amount_open_company",))}

    @api.depends("line_ids.amount_open_company")
    def _compute_totals(self):
        for overdue_list in self:
            lines = overdue_list.line_ids
            overdue_list.amount_total = sum(lines.mapped("amount_open_company"))
            overdue_list.item_count = len(lines)
            overdue_list.partner_count = len(
                {line.partner_id or line.partner_name for line in lines}
            )

    @api.model
    def _generate(self, as_of=None, companies=None):
        """Make the draft lists of a day, frozen from the ledger of that day.

        A draft of the same company and day is made anew; a signed list stays as it is.

        :param date as_of: the day, inclusive; by default each company's own today
        :param companies: the companies; the user's active ones when not given
        :return: the lists, one per company
        """
        lists = self.browse()
        for company in self.env.companies if companies is None else companies:
            day = fields.Date.to_date(as_of) or company._get_collection_today()
            overdue_list = self.search([("company_id", "=", company.id), ("date", "=", day)])
            if not overdue_list:
                overdue_list = self.create(with_ours(
                    {},
                    company_id=company.id,
                    date=day,
                    name=self.env["ir.sequence"].next_by_code("collection.overdue.list"),
                ))
                overdue_list._ask_finance()
            if overdue_list.state == "draft":
                overdue_list._freeze_lines()
            lists |= overdue_list
        return lists

    def _freeze_lines(self):
        """Replace the lines by what the ledger says of the list's day."""
        self.ensure_one()
        # Nobody writes lines by hand: they are what the ledger says.
        self_sudo = self.sudo()
        self_sudo.line_ids.unlink()
        self_sudo.flush_recordset()
        self_sudo.line_ids._insert_rows(self._prepare_lines_vals())
        self_sudo.invalidate_recordset(["line_ids"])
        self_sudo.modified(["line_ids"])

    def _ask_finance(self):
        """Give the draft to those who sign it: a to-do for each finance user."""
        group_sudo = self.env.ref("debt_collection.group_finance").sudo()
        for overdue_list in self:
            for user in group_sudo.all_user_ids.filtered(
                lambda user, company=overdue_list.company_id: user.active
                and company in user.company_ids
            ):
                overdue_list.activity_schedule(
                    "mail.mail_activity_data_todo",
                    user_id=user.id,
                    date_deadline=overdue_list.company_id._get_collection_today(),
                    summary=self.env._("Review and sign off the overdue list"),
                )

    def action_refresh(self):
        """Freeze a draft again, from the ledger as it is now."""
        self.check_access("write")
        self._check_draft()
        for overdue_list in self:
            overdue_list._freeze_lines()

    def _check_draft(self):
        for overdue_list in self:
            if overdue_list.state != "draft":
                raise UserError(
                    self.env._(
                        "The overdue list %(name)s is signed off and does not change any more."
                        " Make a list of another day instead.",
                        name=overdue_list.name,
                    )
                )

    def _check_can_sign(self):
        if not self.env.user.has_group("debt_collection.group_finance"):
            raise UserError(self.env._("Only finance signs off the overdue list."))
        self.check_access("write")
        self._check_draft()

    def action_sign(self):
        """Sign the lists off and send them to the collection department (P3.2).

        :raises UserError: when the user is not of finance, or a list is signed already
        """
        self._lock()
        self._check_can_sign()
        self._do_sign()

    def _do_sign(self):
        for overdue_list in self:
            # Checked above; nobody may write a signature as oneself.
            overdue_list.sudo().write({
                "signed_by": self.env.uid,
                "date_signed": fields.Datetime.now(),
                "state": "signed",
            })
            overdue_list.activity_ids.unlink()
            overdue_list._send_to_collection()
        self._seal()

    def _get_collection_users(self):
        """The company's collection managers and the collectors of the listed items."""
        self.ensure_one()
        managers_sudo = self.env.ref("debt_collection.group_manager").sudo().all_user_ids
        managers_sudo = managers_sudo.filtered(
            lambda user: user.active and self.company_id in user.company_ids
        )
        return managers_sudo | self.line_ids.user_id

    def _send_to_collection(self):
        """Send the list as spreadsheet and PDF to those who work it."""
        self.ensure_one()
        pdf, _kind = self.env["ir.actions.report"]._render_qweb_pdf(
            "debt_collection.report_overdue_list", self.ids
        )
        self.message_post(
            subtype_xmlid="mail.mt_note",
            partner_ids=self._get_collection_users().partner_id.ids,
            subject=self.env._("Overdue list of %(date)s", date=format_date(self.env, self.date)),
            body=self.env._(
                "%(user)s signed off the overdue list %(name)s: %(count)s items.",
                user=self.env.user.name,
                name=self.name,
                count=self.item_count,
            ),
            attachments=[
                (f"{self._get_file_name()}.xlsx", self._get_xlsx()),
                (f"{self._get_file_name()}.pdf", pdf),
            ],
        )

    def _get_lines_by_tier(self):
        """The lines grouped for printing, worst tier first: name, amount and lines."""
        self.ensure_one()
        return [
            {"name": name, "amount": sum(lines.mapped("amount_open_company")), "lines": lines}
            for name, lines in self.line_ids.grouped("tier_name").items()
        ]

    def _get_file_name(self):
        self.ensure_one()
        return f"{self.name} {self.date}".replace("/", "-")

    def write(self, vals):
        # A signed list may be put away, by an approved proposal.
        if set(vals) - CHATTER_FIELDS - ({"active"} if self.env.su else set()):
            self._check_draft()
        return super().write(vals)

    @api.ondelete(at_uninstall=True)
    def _unlink_except_signed(self):
        if is_uninstalling(self):
            return
        self._check_draft()

    def action_print(self):
        """The list as PDF."""
        return self.env.ref("debt_collection.report_overdue_list_action").report_action(self)

    def action_export_xlsx(self):
        """The list as spreadsheet."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/debt_collection/overdue_list/{self.id}/xlsx",
            "target": "download",
        }

    def _prepare_lines_vals(self):
        """Values of the list's lines, from the ageing of its day and the cases."""
        self.ensure_one()
        rows = [
            row
            for row in self.env["account.move.line"]._get_collection_ageing(
                self.date, self.company_id
            )
            if row["tier_code"]
        ]
        # Finance signs what the ledger says, whichever cases and entries they may open.
        lines_sudo = self.env["account.move.line"].sudo().browse(row["line_id"] for row in rows)
        lines_sudo.fetch(["move_id", "name", "amount_currency", "date_maturity", "invoice_date"])
        cases_sudo = self.env["collection.case"].sudo().search([
            ("partner_id", "in", [row["partner_id"] for row in rows if row["partner_id"]]),
            ("company_id", "=", self.company_id.id),
            ("stage", "!=", "closed"),
        ])
        case_by_partner = {case.partner_id.id: case for case in cases_sudo}
        tiers = {
            tier.code: self.company_id._in_collection_language(tier)
            for tier in self.env["collection.tier"]._get_ladder(self.company_id)
        }
        partners = self.env["res.partner"].browse({row["partner_id"] for row in rows} - {False})
        partners.fetch(["name"])
        return [
            self._prepare_line_vals(
                row,
                line_sudo,
                case_by_partner.get(row["partner_id"], cases_sudo.browse()),
                tiers[row["tier_code"]],
            )
            for row, line_sudo in zip(rows, lines_sudo, strict=True)
        ]

    def _prepare_line_vals(self, row, line_sudo, case_sudo, tier):
        """Values of one line, from a row of the ageing and the records behind it."""
        promise_sudo = case_sudo.promise_ids.filtered(lambda promise: promise.state == "open")[:1]
        move_sudo = line_sudo.move_id
        return {
            "list_id": self.id,
            "company_id": self.company_id.id,
            "partner_id": row["partner_id"],
            "partner_name": self.env["res.partner"].browse(row["partner_id"]).name,
            "move_line_id": row["line_id"],
            "move_name": move_sudo.name,
            "date_invoice": move_sudo.invoice_date or move_sudo.date,
            "date_due": line_sudo._get_collection_due(),
            "currency_id": row["currency_id"],
            "amount_original": line_sudo.amount_currency,
            "amount_open": row["residual_currency"],
            "amount_open_company": row["residual"],
            "days_overdue": row["days_overdue"],
            "tier_id": tier.id,
            "tier_name": tier.name,
            "user_id": (case_sudo.user_id or line_sudo.partner_id.collector_id).id,
            "salesperson_id": move_sudo.invoice_user_id.id,
            "date_last_contact": case_sudo.date_last_contact,
            "date_promised": promise_sudo.date_promised,
            "amount_promised": case_sudo.amount_promised,
        }

    @api.model
    def _cron_generate(self):
        """Make the month's draft in every company whose day has come (P3.2).

        A day missed because the server was down is caught up on the next run.
        """
        self.env["res.company"]._run_collection_job(
            lambda company: company._in_collection_language(self)._generate_when_due(
                company, company._get_collection_today()
            ),
            "the overdue list",
        )

    @api.model
    def _generate_when_due(self, company, today):
        """The list of the latest day that has come, if none was made since.

        Next month's day counts too: moved to the working day before, it may be in this month.
        """
        policy = self.env["collection.policy"]._get_default(company)
        days = [
            list_day(
                month.year, month.month, policy.collection_day,
                lambda date: bool(company._get_collection_working_days(date, date)),
            )
            for month in (today, today + relativedelta(months=1))
        ]
        come = max((day for day in days if day <= today), default=None)
        if come is None or self.search_count(
            [("company_id", "=", company.id), ("date", ">=", come), ("date", "<=", today)],
            limit=1,
        ):
            return self.browse()
        return self._generate(today, company)

    @api.model
    def _erase_name(self, partner_sudo):
        """Take a person's name off the lists of every company; return from how many items.

        The papers of those lists show the name: they go, and are printed anew when needed.
        """
        self.env.execute_query(
            SQL(
                """
                UPDATE collection_seal seal
                   SET personal = (seal.personal::jsonb - item.keys)::text
                  FROM (SELECT list_id, ARRAY_AGG('line_ids.' || id || '.partner_name') AS keys
                          FROM collection_overdue_list_line WHERE partner_id = %s
                      GROUP BY list_id) item
                 WHERE seal.model = 'collection.overdue.list' AND seal.res_id = item.list_id
             RETURNING seal.id
                """,
                partner_sudo.id,
            )
        )
        rows = self.env.execute_query(
            SQL(
                "UPDATE collection_overdue_list_line SET partner_name = NULL"
                " WHERE partner_id = %s RETURNING list_id", partner_sudo.id,
            )
        )
        self.env["collection.seal"]._erase_attachments(self._name, [row[0] for row in rows])
        return len(rows)

    def _get_xlsx_columns(self):
        """Columns of the spreadsheet: title, field of the line, kind, width in characters."""
        return [
            (self.env._("Customer"), "partner_name", "text", 32),
            (self.env._("Item"), "move_name", "text", 18),
            (self.env._("Invoice Date"), "date_invoice", "date", 12),
            (self.env._("Due Date"), "date_due", "date", 12),
            (self.env._("Currency"), "currency_id", "name", 9),
            (self.env._("Original Amount"), "amount_original", "money", 15),
            (self.env._("Open Amount"), "amount_open", "money", 15),
            (
                self.env._("Open in %(currency)s", currency=self.currency_id.name),
                "amount_open_company", "money", 15,
            ),
            (self.env._("Days Overdue"), "days_overdue", "number", 9),
            (self.env._("Tier"), "tier_name", "text", 11),
            (self.env._("Collector"), "user_id", "name", 20),
            (self.env._("Salesperson"), "salesperson_id", "name", 20),
            (self.env._("Last Contact"), "date_last_contact", "date", 12),
            (self.env._("Promised For"), "date_promised", "date", 12),
            (self.env._("Promised Amount"), "amount_promised", "money", 15),
        ]

    def _get_xlsx(self):
        """The list as an XLSX file: real dates and numbers, totals as formulas.

        :return: the file's bytes
        """
        self.ensure_one()
        output, book = open_book(is_long=True)
        sheet = book.add_worksheet(self.env._("Overdue List")[:31])
        formats = add_formats(book, self.currency_id.decimal_places)
        columns = self._get_xlsx_columns()
        sheet.write_string(0, 0, f"{self.company_id.name} – {self.env._('Overdue List')}",
                           formats["title"])
        sheet.write_string(1, 0, f"{self.name}, {self.env._('as of')} {self.date.isoformat()}")
        head = 3
        sheet.set_row(head, HEAD_HEIGHT)
        for column, (title, _field, _kind, width) in enumerate(columns):
            sheet.set_column(column, column, width)
            sheet.write_string(head, column, title, formats["head"])
        row = head
        for ids in split_every(PART, self.line_ids.ids):
            lines = self.line_ids.browse(ids)
            for line in lines:
                row += 1
                for column, (_title, field, kind, _width) in enumerate(columns):
                    value = line[field]
                    if kind == "name":
                        # Whoever reads the list reads the names on it, of colleagues elsewhere too.
                        kind, value = "text", value.sudo().display_name
                    write_cell(sheet, row, column, value, kind, formats)
            # A list of a hundred thousand items is not kept in memory.
            lines.invalidate_recordset(flush=False)
        sheet.freeze_panes(head + 1, 1)
        sheet.autofilter(head, 0, max(row, head + 1), len(columns) - 1)
        self._write_xlsx_totals(sheet, head + 1, max(row, head + 1), columns, formats)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(head)
        sheet.set_footer("&L&F&R&P / &N")
        book.close()
        return output.getvalue()

    def _write_xlsx_totals(self, sheet, first, last, columns, formats):
        """A total per tier in company currency and one of all, as formulas over the rows."""
        fields_ = [field for _title, field, _kind, _width in columns]
        tier, amount = (
            xlsxwriter.utility.xl_col_to_name(fields_.index(field))
            for field in ("tier_name", "amount_open_company")
        )
        tiers = f"${tier}${first + 1}:${tier}${last + 1}"
        amounts = f"${amount}${first + 1}:${amount}${last + 1}"
        label_column = fields_.index("amount_open_company") - 1
        # The tiers as listed, mildest first: the ladder may have changed since.
        groups = self._get_lines_by_tier()[::-1]
        for row, group in enumerate(groups, last + 2):
            sheet.write_string(row, label_column, group["name"], formats["bold"])
            sheet.write_formula(
                row, label_column + 1,
                f"=SUMIFS({amounts},{tiers},{xlsxwriter.utility.xl_col_to_name(label_column)}"
                f"{row + 1})",
                formats["money"], group["amount"],
            )
        row = last + 2 + len(groups)
        sheet.write_string(row, label_column, self.env._("Total"), formats["bold"])
        sheet.write_formula(
            row, label_column + 1, f"=SUM({amounts})", formats["money"], self.amount_total
        )

