from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from .collection_guard import is_uninstalling

# What a signed list may still get: messages, followers, to-dos, a PDF kept with it.
CHATTER_FIELDS = {"message_follower_ids", "message_ids", "activity_ids",
                  "message_main_attachment_id"}
# What only the sign-off writes.
SIGNATURE_FIELDS = {"state", "signed_by", "date_signed"}


class CollectionOverdueList(models.Model):
    """Finance's monthly list of overdue receivables, frozen from the ledger (P3.2).

    A draft is made from the ledger on its day, reviewed by finance and signed off. From
    then on nothing changes it, whatever happens in the ledger.
    """

    _name = "collection.overdue.list"
    _description = "Overdue List"
    _inherit = ["collection.mixin", "mail.thread", "mail.activity.mixin", "collection.locked"]
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
                overdue_list = self.create({
                    "company_id": company.id,
                    "date": day,
                    "name": self.env["ir.sequence"].next_by_code("collection.overdue.list"),
                })
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
        self_sudo.line_ids.create(self._prepare_lines_vals())

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

    def _check_not_signing(self, vals):
        """A signature is given by signing off, not by writing its fields."""
        if not self.env.su and SIGNATURE_FIELDS & set(vals):
            raise UserError(
                self.env._("Sign the overdue list off with its button; its signature is not typed.")
            )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_not_signing(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_not_signing(vals)
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
