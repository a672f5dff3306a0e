from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .collection_guard import is_uninstalling

STAGES = [
    ("new", "New"),
    ("preparation", "Preparation"),
    ("first", "First Collection"),
    ("midterm", "Mid-term Collection"),
    ("severe", "Severe"),
    ("legal", "Legal"),
    ("closed", "Closed"),
]


class CollectionCase(models.Model):
    """The effort to collect all overdue items of one customer in one company.

    At most one case per customer and company is open. Its overdue figures follow the
    ledger: the nightly classification and each reconciliation write them, people do not.
    """

    _name = "collection.case"
    _description = "Collection Case"
    _inherit = ["collection.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "priority desc, amount_to_collect desc, id"
    _rec_names_search = ["name", "partner_id.name", "partner_id.ref"]
    _check_company_auto = True

    name = fields.Char(readonly=True, copy=False, default="/")
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_phone = fields.Char(related="partner_id.phone")
    partner_email = fields.Char(related="partner_id.email")
    stage = fields.Selection(
        STAGES, default="new", required=True, tracking=True, copy=False, index=True,
        group_expand=True,
    )
    is_closed = fields.Boolean(compute="_compute_is_closed", search="_search_is_closed")
    close_reason = fields.Selection(
        [
            ("paid", "Paid"),
            ("written_off", "Written Off"),
            ("uncollectible", "Uncollectible"),
            ("cancelled", "Cancelled"),
        ],
        readonly=True,
        copy=False,
        tracking=True,
    )
    date_open = fields.Date("Opened On", default=fields.Date.context_today, readonly=True)
    date_closed = fields.Date("Closed On", readonly=True, copy=False)
    is_starred = fields.Boolean("Starred", copy=False)

    user_id = fields.Many2one("res.users", "Collector", tracking=True, index=True)
    manager_id = fields.Many2one("res.users", tracking=True)
    lead_id = fields.Many2one("res.users", "Task Force Lead", tracking=True)
    member_ids = fields.Many2many("res.users", string="Task Force")

    line_ids = fields.One2many("account.move.line", "collection_case_id", "Items", readonly=True)
    item_count = fields.Integer(compute="_compute_item_count")
    invoice_count = fields.Integer(compute="_compute_item_count")
    tier_amount_ids = fields.One2many("collection.case.tier.amount", "case_id", readonly=True)
    collection_activity_ids = fields.One2many("collection.activity", "case_id", "Contacts")
    promise_ids = fields.One2many("collection.promise", "case_id", "Promises")
    dispute_ids = fields.One2many("collection.dispute", "case_id", "Disputes")

    tier_id = fields.Many2one("collection.tier", "Worst Tier", readonly=True, copy=False)
    tier_code = fields.Char(related="tier_id.code", store=True)
    tier_color = fields.Integer(related="tier_id.color")
    date_oldest_due = fields.Date("Oldest Due Date", readonly=True, copy=False)
    days_overdue = fields.Integer(compute="_compute_days_overdue")
    amount_overdue = fields.Monetary("Overdue", readonly=True, copy=False)
    amount_promised = fields.Monetary("Promised", compute="_compute_amount_promised", store=True)
    amount_disputed = fields.Monetary("Disputed", compute="_compute_amount_disputed", store=True)
    amount_to_collect = fields.Monetary(
        "To Collect",
        compute="_compute_amount_to_collect",
        store=True,
        help="Overdue, less what is promised, disputed or in a plan; never below zero.",
    )
    amount_unapplied = fields.Monetary(
        "Unapplied Credits",
        compute="_compute_amount_unapplied",
        help="Payments and credit notes of the customer that are not matched yet.",
    )
    collection_state = fields.Selection(
        [
            ("none", "Nothing Overdue"),
            ("open", "Overdue"),
            ("promised", "Promised"),
            ("plan", "Payment Plan"),
            ("disputed", "Disputed"),
            ("legal", "Legal"),
        ],
        "Status",
        compute="_compute_collection_state",
        store=True,
    )
    next_action_date = fields.Date(
        "Next Action", compute="_compute_next_action_date", store=True, index=True
    )
    date_last_contact = fields.Datetime(
        "Last Contact", compute="_compute_date_last_contact", store=True
    )

    _one_open_case = models.UniqueIndex(
        "(partner_id, company_id) WHERE stage != 'closed'",
        "This customer already has an open case in this company.",
    )

    @api.depends("line_ids")
    def _compute_item_count(self):
        """Items of the case, paid ones included, and the invoices they belong to."""
        counts = {
            case: numbers
            for case, *numbers in self.env["account.move.line"]._read_group(
                [("collection_case_id", "in", self.ids)],
                ["collection_case_id"],
                ["__count", "move_id:count_distinct"],
            )
        }
        for case in self:
            case.item_count, case.invoice_count = counts.get(case, (0, 0))

    @api.depends("name", "partner_id")
    def _compute_display_name(self):
        for case in self:
            case.display_name = f"{case.name} – {case.partner_id.name or ''}"

    @api.depends("stage")
    def _compute_is_closed(self):
        for case in self:
            case.is_closed = case.stage == "closed"

    def _search_is_closed(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("stage", "=" if True in value else "!=", "closed")]

    @api.depends("date_oldest_due", "company_id")
    def _compute_days_overdue(self):
        todays = {company: company._get_collection_today() for company in self.company_id}
        for case in self:
            due = case.date_oldest_due
            case.days_overdue = max((todays[case.company_id] - due).days, 0) if due else 0

    @api.depends("promise_ids.state", "promise_ids.amount")
    def _compute_amount_promised(self):
        for case in self:
            case.amount_promised = sum(
                case.promise_ids.filtered(lambda promise: promise.state == "open").mapped("amount")
            )

    @api.depends("dispute_ids.state", "dispute_ids.amount")
    def _compute_amount_disputed(self):
        """What is still open of the disputed amounts; payments ask for it again."""
        for case in self:
            case.amount_disputed = sum(
                min(dispute.amount, sum(dispute.line_ids.mapped("amount_residual")))
                for dispute in case.dispute_ids
                if dispute.state == "open"
            )

    @api.depends("partner_id", "company_id", "amount_overdue")
    def _compute_amount_unapplied(self):
        """Open payments and credit notes of the customer that no item was settled with yet."""
        # A collector sees the items of own cases only, but needs to know of credits.
        groups = self.env["account.move.line"].sudo()._read_group(
            [
                ("partner_id.commercial_partner_id", "in", self.partner_id.ids),
                ("company_id", "in", self.company_id.ids),
                ("account_id.account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
                ("amount_residual", "<", 0),
            ],
            ["company_id", "partner_id"],
            ["amount_residual:sum"],
        )
        credits = {}
        for company, partner, amount in groups:
            key = (company, partner.commercial_partner_id)
            credits[key] = credits.get(key, 0) - amount
        for case in self:
            case.amount_unapplied = credits.get((case.company_id, case.partner_id), 0)

    @api.depends("amount_overdue", "amount_promised", "amount_disputed", "amount_planned")
    def _compute_amount_to_collect(self):
        """The classification repeats this formula in SQL (``_update_collection_figures``)."""
        for case in self:
            case.amount_to_collect = max(
                case.amount_overdue
                - case.amount_promised
                - case.amount_disputed
                - case.amount_planned,
                0,
            )

    @api.depends("stage", "amount_promised", "amount_disputed", "amount_planned")
    def _compute_collection_state(self):
        for case in self:
            if case.stage == "closed":
                case.collection_state = "none"
            elif case.stage == "legal":
                case.collection_state = "legal"
            elif case.amount_disputed:
                case.collection_state = "disputed"
            elif case.amount_planned:
                case.collection_state = "plan"
            elif case.amount_promised:
                case.collection_state = "promised"
            else:
                case.collection_state = "open"

    @api.depends("activity_ids.date_deadline", "activity_ids.active")
    def _compute_next_action_date(self):
        for case in self:
            case.next_action_date = min(
                case.activity_ids.filtered("active").mapped("date_deadline"), default=False
            )

    @api.depends("collection_activity_ids.state", "collection_activity_ids.date")
    def _compute_date_last_contact(self):
        for case in self:
            contacts = case.collection_activity_ids.filtered(lambda c: c.state == "confirmed")
            case.date_last_contact = max(contacts.mapped("date"), default=False)

    @api.model_create_multi
    def create(self, vals_list):
        """A case opened by hand is that of the commercial partner, like all others."""
        vals_list = self._on_creating(vals_list)
        numbers = iter(self._next_case_numbers(len(vals_list)))
        for vals in vals_list:
            vals["name"] = next(numbers)
            partner = self.env["res.partner"].browse(vals.get("partner_id"))
            vals["partner_id"] = partner.commercial_partner_id.id
        # A case closed in this transaction must be so in the database before the next opens.
        self.flush_model(["stage"])
        cases = super().create(vals_list)
        cases._on_created()
        return cases

    def write(self, vals):
        """Whichever way the stage is written, closing and opening again are the same."""
        closed = reopened = self.browse()
        if "stage" in vals:
            were_closed = self.filtered("is_closed")
            if vals["stage"] == "closed":
                closed = self - were_closed
            else:
                reopened = were_closed
        self._on_writing(vals)
        result = super().write(vals)
        # How a case ended is no person's to type, so it is written past what guards that.
        for case_sudo in closed.sudo().filtered(lambda case: not case.date_closed):
            super(CollectionCase, case_sudo).write({
                "close_reason": case_sudo.close_reason or "cancelled",
                "date_closed": case_sudo.company_id._get_collection_today(),
            })
        if reopened:
            super(CollectionCase, reopened.sudo()).write(
                {"close_reason": False, "date_closed": False}
            )
        self._on_written(vals)
        # Whoever posts the payment that closes a case need not have a right on it.
        if closed:
            closed.sudo()._on_closed()
        if reopened:
            reopened.sudo()._on_reopened()
        return result

    def _on_creating(self, vals_list):
        """Called before cases are created by the ORM; raises for what may not be.

        :return: the values to create them with
        """
        return vals_list

    def _on_created(self):
        """Called for cases that the ORM has just created."""

    def _on_writing(self, vals):
        """Called before these cases are written; raises for what may not be."""

    def _on_written(self, vals):
        """Called after these cases were written."""

    def _on_closed(self):
        """Called once, as superuser, for cases that were just closed, whoever closed them."""

    def _on_reopened(self):
        """Called once, as superuser, for closed cases that were just opened again."""

    @api.ondelete(at_uninstall=True)
    def _unlink_except_worked(self):
        if is_uninstalling(self):
            return
        for case in self:
            if case.collection_activity_ids or case.promise_ids or case.line_ids:
                raise UserError(
                    self.env._(
                        "The case %(case)s has a history and cannot be deleted; close it instead.",
                        case=case.display_name,
                    )
                )

    @api.readonly
    def action_view_items(self):
        """The receivable items of the case, paid ones included."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "debt_collection.collection_overdue_item_action"
            ),
            "domain": [("collection_case_id", "=", self.id)],
            "context": {},
        }

    @api.readonly
    def action_view_invoices(self):
        """The invoices that the items of the case belong to."""
        self.ensure_one()
        return self.line_ids.move_id._get_records_action(name=self.env._("Invoices"))

    def _check_role_to_close(self):
        if not self.env.user.has_group("debt_collection.group_manager"):
            raise AccessError(
                self.env._("Only a collection manager closes a case by hand or opens it again.")
            )

    def _check_close_or_reopen(self, vals):
        """Raise unless a manager writes a stage that closes these cases or opens them again."""
        if "stage" in vals and not self.env.su:
            if vals["stage"] == "closed" or any(case.is_closed for case in self):
                self._check_role_to_close()

    def _check_can_close(self):
        if not self.env.su:
            self._check_role_to_close()
        for case in self:
            if case.is_closed:
                raise UserError(
                    self.env._("The case %(case)s is closed already.", case=case.display_name)
                )

    def action_close(self):
        """Close by hand, as cancelled; overdue items open a new case in the next run."""
        self._check_can_close()
        self._do_close("cancelled")

    def _do_close(self, reason, date=None):
        """Close these cases.

        :param reason: a key of ``close_reason``
        :param date: the day that they are closed on; each company's own today by default
        """
        self.check_access("write")
        # Checked above; how a case ended is written by the steps alone.
        for company, cases_sudo in self.sudo().grouped("company_id").items():
            cases_sudo.write({
                "stage": "closed",
                "close_reason": reason,
                "date_closed": date or company._get_collection_today(),
            })

    def action_reopen(self):
        """Work on a closed case again, with what is overdue now."""
        if not self.env.su:
            self._check_role_to_close()
            self.check_access("write")
        for case in self:
            if not case.is_closed:
                raise UserError(
                    self.env._("The case %(case)s is open already.", case=case.display_name)
                )
        # Checked above, as for closing.
        self.sudo().write({"stage": "new"})

    def _remove_to_dos(self):
        """All to-dos of these cases go, whoever has them."""
        self.env["mail.activity"].sudo().search(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)]
        ).unlink()
