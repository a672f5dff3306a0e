from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date, formatLang

from ...tools.working_days import nth_working_day
from ..base.collection_guard import with_ours

# What may still change on a resolved dispute.
# What an owner who is no collector answers with.


class CollectionDispute(models.Model):
    """Items of a case that the customer contests, in full or in part.

    Amounts are in the company's currency. While open, the contested amount is not chased;
    the items keep their due dates and stay in every ageing. An item is in one open dispute
    at most, so that nothing is left out twice.
    """

    _name = "collection.dispute"
    _description = "Collection Dispute"
    _inherit = [
        "collection.mixin", "collection.agreement", "mail.thread", "mail.activity.mixin",
    ]
    _order = "date_open desc, id desc"
    _check_company_auto = True

    case_id = fields.Many2one(
        "collection.case", required=True, ondelete="restrict", index=True, check_company=True
    )
    company_id = fields.Many2one(related="case_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(
        related="case_id.partner_id", string="Customer", store=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id", store=True)
    line_ids = fields.Many2many(
        "account.move.line",
        "collection_dispute_move_line_rel",
        "dispute_id",
        "line_id",
        "Disputed Items",
        domain="[('collection_case_id', '=', case_id), ('reconciled', '=', False)]",
        check_company=True,
        copy=False,
    )
    amount = fields.Monetary(
        "Disputed Amount",
        compute="_compute_amount",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        copy=False,
        help="At most what is still open on the contested items when it is entered.",
    )
    reason_id = fields.Many2one(
        "collection.dispute.reason", "Dispute Reason", ondelete="restrict", index=True
    )
    reason = fields.Text("What Is Disputed", required=True)
    user_id = fields.Many2one(
        "res.users",
        "Owner",
        required=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
        index=True,
        help="Who sees to it that the dispute is settled.",
    )
    state = fields.Selection(
        [("open", "Open"), ("resolved", "Resolved")],
        required=True,
        default="open",
        index=True,
        copy=False,
    )
    resolution = fields.Selection(
        [
            ("valid", "Customer Is Right"),
            ("invalid", "Customer Is Wrong"),
            ("settled", "Settled by Agreement"),
        ],
        copy=False,
    )
    resolution_note = fields.Text(copy=False)
    date_open = fields.Date(
        "Raised On", required=True, default=fields.Date.context_today, copy=False
    )
    date_resolved = fields.Date("Resolved On", readonly=True, copy=False)

    department = fields.Selection(
        [
            ("sales", "Sales"),
            ("logistics", "Logistics"),
            ("finance", "Finance"),
            ("other", "Other"),
        ],
        compute="_compute_department",
        store=True,
        readonly=False,
        precompute=True,
        help="Where the dispute is looked into.",
    )
    date_deadline = fields.Date(
        "Answer By", compute="_compute_date_deadline", store=True, readonly=False,
        precompute=True, help="Last day to answer, inclusive; the policy's working days.",
    )
    is_reminded = fields.Boolean(readonly=True, copy=False)
    can_resolve = fields.Boolean(compute="_compute_can_resolve")
    items_text = fields.Text(
        "Items", compute="_compute_items_text", compute_sudo=True,
        help="The contested documents, for an owner without rights on accounting.",
    )
    _people_first_state = "open"
    _people_create = {"case_id"}
    _people_roles = {
        # Who is no collector only answers own disputes (P1.4).
        **dict.fromkeys(
            ("line_ids", "amount", "reason_id", "reason", "user_id", "date_open", "department",
             "date_deadline"),
            "collector",
        ),
    }
    _people_write = {
        "open": {
            "line_ids", "amount", "reason_id", "reason", "user_id", "date_open", "department",
            "date_deadline", "resolution", "resolution_note",
        },
    }

    @api.depends("user_id")
    @api.depends_context("uid")
    def _compute_can_resolve(self):
        """Whether the signed-in user answers: its owner, or a collector of the case."""
        for dispute in self:
            dispute.can_resolve = not dispute.id or dispute.has_access("write")

    @api.depends("line_ids")
    def _compute_amount(self):
        for dispute in self:
            dispute.amount = sum(dispute.line_ids.mapped("amount_residual"))

    @api.depends("case_id", "amount", "currency_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for dispute in self:
            amount = formatLang(self.env, dispute.amount, currency_obj=dispute.currency_id)
            # The owner of a dispute need not see its case.
            case_sudo = dispute.sudo().case_id
            dispute.display_name = f"{case_sudo.display_name or ''} {amount}".strip()

    @api.constrains("case_id", "line_ids")
    def _check_lines(self):
        """The items are of the case, and each is in no other open dispute."""
        for dispute in self.filtered(lambda dispute: dispute.state == "open"):
            if not dispute.line_ids:
                raise ValidationError(
                    self.env._(
                        "Choose the invoices that %(customer)s disputes.",
                        customer=dispute.partner_id.display_name,
                    )
                )
            foreign = dispute.line_ids.filtered(
                lambda line, case=dispute.case_id: line.collection_case_id != case
            )
            if foreign:
                raise ValidationError(
                    self.env._(
                        "These items are not part of the case: %(items)s",
                        items=", ".join(foreign.mapped("display_name")),
                    )
                )
            others = self.search(
                [
                    ("state", "=", "open"),
                    ("id", "!=", dispute.id),
                    ("line_ids", "in", dispute.line_ids.ids),
                ]
            )
            if others:
                raise ValidationError(
                    self.env._(
                        "These items are in an open dispute already: %(items)s",
                        items=", ".join(
                            (others.line_ids & dispute.line_ids).mapped("display_name")
                        ),
                    )
                )

    @api.constrains("case_id", "line_ids", "amount")
    def _check_amount(self):
        for dispute in self.filtered(lambda dispute: dispute.state == "open"):
            currency = dispute.currency_id
            if currency.compare_amounts(dispute.amount, 0) <= 0:
                raise ValidationError(
                    self.env._("The disputed amount must be more than zero.")
                )
            residual = sum(dispute.line_ids.mapped("amount_residual"))
            if currency.compare_amounts(dispute.amount, residual) > 0:
                raise ValidationError(
                    self.env._(
                        "Only %(open)s of these items is still open; %(amount)s cannot be"
                        " disputed.",
                        open=formatLang(self.env, residual, currency_obj=currency),
                        amount=formatLang(self.env, dispute.amount, currency_obj=currency),
                    )
                )

    @api.constrains("state", "resolution", "date_resolved")
    def _check_resolved(self):
        for dispute in self.filtered(lambda dispute: dispute.state == "resolved"):
            if not dispute.resolution or not dispute.date_resolved:
                raise ValidationError(
                    self.env._("Choose how the dispute ended, then press Resolve.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        disputes = super().create(vals_list)
        disputes.filtered(lambda dispute: dispute.state == "open")._ask_owner()
        return disputes

    def write(self, vals):
        """Of a resolved dispute nothing changes; a new owner or deadline is asked for anew."""
        asks_anew = "date_deadline" in vals or "user_id" in vals
        if asks_anew:
            vals = with_ours(vals, is_reminded=False)
        result = super().write(vals)
        if vals.get("state") == "resolved":
            self._follow_resolution()
        if asks_anew:
            for dispute in self.filtered(lambda dispute: dispute.state == "open"):
                dispute._end_to_dos()
                dispute._ask_owner()
        return result

    def action_resolve(self):
        """Close these disputes today, in each company's own date; needs a resolution."""
        for dispute in self.filtered(lambda dispute: dispute.state == "open"):
            today = dispute.company_id._get_collection_today()
            dispute.write(with_ours({}, state="resolved", date_resolved=today))

    def action_take_back(self):
        """Remove open disputes that the user recorded a moment ago by mistake."""
        self._check_can_take_back()
        if any(dispute.state != "open" for dispute in self):
            raise UserError(self.env._("A resolved dispute is kept as it is."))
        self._end_to_dos()
        # Nobody deletes disputes; one entered by mistake was checked above.
        self.sudo().unlink()

    # A dispute's owner, in whatever department: the to-do, its deadline, the reminder.

    @api.depends("reason_id")
    def _compute_department(self):
        for dispute in self:
            dispute.department = dispute.reason_id.department or dispute.department or False

    @api.depends("date_open", "case_id")
    def _compute_date_deadline(self):
        for dispute in self:
            company = dispute.company_id or dispute.case_id.company_id
            if not company or not dispute.date_open:
                dispute.date_deadline = dispute.date_deadline or False
                continue
            days = dispute._get_policy().dispute_days
            working_days = company._get_collection_working_days(
                dispute.date_open, fields.Date.add(dispute.date_open, days=3 * days + 60)
            )
            dispute.date_deadline = (
                nth_working_day(working_days, dispute.date_open, days)
                if days else dispute.date_open
            )

    @api.depends("line_ids")
    def _compute_items_text(self):
        for dispute in self:
            dispute.items_text = "\n".join(dispute.line_ids.move_id.mapped("name"))

    def _get_policy(self):
        """The policy of the dispute's case."""
        self.ensure_one()
        # The owner of a dispute need not see its case.
        return self.sudo().case_id._get_policy()

    def _ask_owner(self):
        """A to-do for the owner, to answer by the deadline."""
        for dispute in self:
            dispute.activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=dispute.date_deadline,
                summary=dispute.env._("Answer the dispute of %(customer)s",
                                      customer=dispute.partner_id.name),
                user_id=dispute.user_id.id,
            )

    def _end_to_dos(self):
        # A to-do can be another person's; who ends the dispute ends it.
        self.sudo().activity_ids.unlink()

    @api.model
    def _remind_late(self, as_of, companies):
        """Remind the owners of disputes that were to be answered before a day, once.

        :return: the disputes whose owners were reminded
        """
        # The job works for everybody, on disputes of every collector.
        late_sudo = self.sudo().search([
            ("state", "=", "open"), ("is_reminded", "=", False),
            ("date_deadline", "<", as_of), ("company_id", "in", companies.ids),
        ])
        for dispute in late_sudo:
            people = dispute.user_id | dispute.case_id._get_responsible("collector")
            dispute.message_notify(
                partner_ids=people.partner_id.ids,
                subject=self.env._("A dispute waits for its answer"),
                body=self.env._(
                    "The dispute of %(customer)s was to be answered by %(date)s. Owner:"
                    " %(owner)s.",
                    customer=dispute.partner_id.name,
                    date=format_date(self.env, dispute.date_deadline),
                    owner=dispute.user_id.name,
                ),
            )
        late_sudo.write({"is_reminded": True})
        return late_sudo

    # What follows from the answer: a credit note asked of finance, or the chase again.

    def _follow_resolution(self):
        """End the owner's to-do, note the result on the case, and ask for what follows."""
        self._end_to_dos()
        for dispute in self:
            # The owner has no right on the case, but the answer belongs to it.
            case_sudo = dispute.sudo().case_id
            label = dict(self._fields["resolution"]._description_selection(self.env))
            case_sudo.message_post(
                body=self.env._(
                    "Dispute of %(amount)s resolved by %(user)s: %(resolution)s. %(note)s",
                    amount=dispute._format_amount(),
                    user=self.env.user.name,
                    resolution=label[dispute.resolution],
                    note=dispute.resolution_note or "",
                ),
                author_id=self.env.user.partner_id.id,
            )
            if case_sudo.is_closed:
                continue
            if dispute.resolution == "valid":
                dispute._ask_for_credit_note(case_sudo)
            elif dispute.resolution == "invalid":
                case_sudo._ask_for_call(
                    self.env._(
                        "Dispute rejected: %(amount)s is to be paid",
                        amount=dispute._format_amount(),
                    ),
                    dispute.date_resolved,
                )

    def _ask_for_credit_note(self, case_sudo):
        """A to-do on the case for the finance contact; finance alone posts (P2.4)."""
        self.ensure_one()
        finance = self._get_policy().finance_user_id
        finance = finance and finance._get_collection_substitute()
        case_sudo.activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=self.date_resolved,
            summary=self.env._(
                "Credit note of %(amount)s for %(items)s",
                amount=self._format_amount(),
                # The invoices that the dispute is about, for its owner in any department.
                items=", ".join(self.sudo().line_ids.move_id.mapped("name")),
            ),
            note=self.resolution_note or False,
            user_id=(finance or case_sudo._get_responsible("collector")).id,
        )

    def _format_amount(self):
        self.ensure_one()
        return formatLang(self.env, self.amount, currency_obj=self.currency_id)

    def action_credit_note(self):
        """Open Odoo's own credit note for the contested invoices that are still open."""
        self.ensure_one()
        invoices = self.line_ids.move_id.filtered(
            lambda move: move.move_type == "out_invoice" and move.state == "posted"
        )
        if self.resolution != "valid" or not invoices:
            raise UserError(
                self.env._(
                    "A credit note is made for invoices whose dispute was resolved in favour of"
                    " the customer."
                )
            )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "account.action_view_account_move_reversal"
        )
        action["context"] = {
            "active_model": "account.move",
            "active_ids": invoices.ids,
            "default_reason": self.reason_id.name or self.reason,
        }
        return action

