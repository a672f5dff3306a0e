from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date, formatLang

from ..base.collection_guard import CHATTER_FIELDS, with_ours
from ..record.collection_approval import SEALED_DECISION

# What is kept beside the action, with rights of its own.
ANNEXES = {"document_ids", "consultation_ids", "check_ids", "cost_ids", "hearing_ids"}
RUNNING = ("approved", "letter", "filed", "hearing", "judgment", "enforcement")
OPEN = ("draft", "requested", "refused", *RUNNING)
# The dates that tell of old actions how far they went, which noted it nowhere else.
REACHED_BY = {"filed": "date_filed", "judgment": "judgment_date", "enforcement": "enforcement_date"}


class CollectionLegalAction(models.Model):
    """What counsel and the courts do about a case: the last means (P3.6, P4.1, P6.1).

    A collector prepares it, a manager asks or another manager approves; counsel is consulted
    before. No letter goes out and nothing is filed before the checklist is complete or waived.
    Amounts are in the company's currency.
    """

    _name = "collection.legal.action"
    _description = "Legal Action"
    _inherit = ["collection.mixin", "collection.approval", "mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _rec_names_search = ["name", "partner_id.name", "court_case_number"]
    _check_company_auto = True

    name = fields.Char(readonly=True, copy=False, default="/")
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("requested", "Waiting for Approval"),
            ("approved", "Approved"),
            ("letter", "Lawyer Letter"),
            ("filed", "Filed"),
            ("hearing", "Hearing"),
            ("judgment", "Judgment"),
            ("enforcement", "Enforcement"),
            ("closed", "Closed"),
            ("refused", "Refused"),
            ("cancelled", "Cancelled"),
        ]
    )
    state_reached = fields.Char(
        "Farthest State", readonly=True, copy=False, help="How far it went before it ended."
    )
    case_id = fields.Many2one(
        "collection.case", required=True, ondelete="restrict", index=True, check_company=True
    )
    company_id = fields.Many2one(related="case_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(
        related="case_id.partner_id", string="Customer", store=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id", store=True)
    case_stage = fields.Selection(related="case_id.stage", string="Stage of the Case")
    limitation_date = fields.Date(related="case_id.limitation_date", string="Limitation")
    user_id = fields.Many2one(
        "res.users", "Responsible", compute="_compute_user_id", store=True, readonly=False,
        precompute=True, domain="[('share', '=', False)]", tracking=True, index=True,
        help="Gets the to-dos of the deadlines.",
    )
    route = fields.Selection(
        [
            ("letter", "Lawyer Letter Only"),
            ("payment_order", "Payment Order"),
            ("court", "Lawsuit"),
            ("arbitration", "Arbitration"),
        ],
        required=True, default="court", tracking=True,
        help="A payment order is the court's summary way for debts that nobody contests.",
    )
    contract_kind = fields.Selection(
        [("sale", "Sale of Goods"), ("other", "Services and Others")],
        "Kind of Contract", default="sale",
        help="Which articles of the law the lawyer letter rests on.",
    )
    item_ids = fields.Many2many(
        "account.move.line", "collection_legal_action_item_rel", "action_id", "line_id",
        "Claimed Items", compute="_compute_item_ids", store=True, readonly=False, copy=False,
        domain="[('collection_case_id', '=', case_id), ('reconciled', '=', False)]",
    )
    amount_claimed = fields.Monetary(
        compute="_compute_amount_claimed", store=True, readonly=False, copy=False, tracking=True,
    )
    reason = fields.Text("Why Legal Means", help="What was tried, and why it is not enough.")
    law_firm_id = fields.Many2one(
        "res.partner", domain="[('is_law_firm', '=', True)]", tracking=True, ondelete="restrict",
        index="btree_not_null",
    )
    lawyer_ids = fields.Many2many(
        "res.partner", "collection_legal_action_lawyer_rel", "action_id", "lawyer_id", "Lawyers",
        domain="[('is_lawyer', '=', True), ('commercial_partner_id', '=', law_firm_id)]",
    )
    internal_counsel_id = fields.Many2one(
        "res.users", domain="[('share', '=', False)]", tracking=True, index="btree_not_null"
    )
    note = fields.Html()
    _amount = models.Constraint(
        "CHECK(amount_claimed IS NULL OR amount_claimed >= 0)", "Nothing negative is claimed."
    )

    check_ids = fields.One2many("collection.legal.check", "action_id", "Checklist")
    consultation_ids = fields.One2many(
        "collection.legal.consultation", "action_id", "Consultations"
    )
    hearing_ids = fields.One2many("collection.legal.hearing", "action_id", "Hearings")
    document_ids = fields.One2many("collection.legal.document", "action_id", "Documents")
    missing_count = fields.Integer("Missing", compute="_compute_missing_count")

    _sealed_fields = (
        "name", "case_id", "company_id", "route", "item_ids", "amount_claimed", *SEALED_DECISION,
    )
    _sealed_personal = ("reason",)

    date_closed = fields.Date("Closed On", readonly=True, copy=False)
    outcome = fields.Selection(
        [
            ("paid", "Paid in Full"),
            ("part", "Paid in Part"),
            ("settled", "Settled"),
            ("lost", "Lost"),
            ("withdrawn", "Withdrawn"),
            ("uncollectible", "Nothing to Collect"),
        ],
        copy=False, tracking=True,
    )
    outcome_note = fields.Text(copy=False)
    _people_create = {"case_id"}
    _people_write = {
        "draft": {"contract_kind", "route", "item_ids", "amount_claimed", "reason"},
        "*": {"document_ids", "consultation_ids", "check_ids", "hearing_ids"},
        OPEN: {
            "user_id", "law_firm_id", "lawyer_ids", "internal_counsel_id", "note", "outcome",
            "outcome_note",
        },
    }

    @api.depends("case_id")
    def _compute_user_id(self):
        for action in self:
            action.user_id = action.user_id or action.case_id.user_id or self.env.user

    @api.depends("case_id")
    def _compute_item_ids(self):
        """What is overdue in the case and not contested, as a proposal."""
        for action in self:
            contested = action.case_id.dispute_ids.filtered(
                lambda dispute: dispute.state == "open"
            ).line_ids
            action.item_ids = action.case_id.line_ids.filtered(
                lambda line: not line.reconciled and line.collection_tier_id
            ) - contested

    @api.depends("item_ids")
    def _compute_amount_claimed(self):
        for action in self:
            action.amount_claimed = sum(action.item_ids.mapped("amount_residual"))

    @api.depends("name", "case_id", "partner_id")
    def _compute_display_name(self):
        for action in self:
            action.display_name = f"{action.name} – {action.partner_id.name or ''}"

    @api.constrains("law_firm_id", "lawyer_ids")
    def _check_counsel(self):
        for action in self:
            if action.law_firm_id and not action.law_firm_id.is_law_firm:
                raise ValidationError(
                    self.env._(
                        "%(firm)s is not marked as a law firm.", firm=action.law_firm_id.name
                    )
                )
            for lawyer in action.lawyer_ids:
                if not lawyer.is_lawyer or lawyer.commercial_partner_id != action.law_firm_id:
                    raise ValidationError(
                        self.env._(
                            "%(lawyer)s is not a lawyer of %(firm)s.",
                            lawyer=lawyer.name,
                            firm=action.law_firm_id.name or self.env._("the law firm"),
                        )
                    )

    @api.constrains("case_id", "item_ids")
    def _check_items(self):
        for action in self:
            foreign = action.item_ids.filtered(
                lambda line, case=action.case_id: line.collection_case_id != case
            )
            if foreign:
                raise ValidationError(
                    self.env._(
                        "These items are not part of the case: %(items)s",
                        items=", ".join(foreign.mapped("display_name")),
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        # Numbers are the company's, whoever may read sequences.
        sequence = self.env["ir.sequence"].sudo()
        vals_list = [
            with_ours(vals, name=sequence.next_by_code(self._name) or "/") for vals in vals_list
        ]
        actions = super().create(vals_list)
        actions._add_checks()
        actions._plan_deadlines()
        return actions

    def write(self, vals):
        if not self.env.su:
            self._check_can_write(vals)
        result = super().write(vals)
        self._follow_deadlines(vals)
        return result

    def _check_can_write(self, vals):
        """Collectors prepare drafts; what was decided is taken on by managers."""
        if vals.keys() <= CHATTER_FIELDS | ANNEXES:
            return
        self._check_state(*OPEN)
        if not self.env.user.has_group("debt_collection.group_manager"):
            self._check_draft_of_collector()

    def _check_draft_of_collector(self):
        for action in self:
            if action.state not in ("draft", "refused"):
                raise ValidationError(
                    self.env._(
                        "“%(record)s” is no draft any more: a collection manager carries it on."
                        " Papers and questions to counsel can still be added.",
                        record=action.display_name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_decided(self):
        self._check_state("draft", "cancelled")

    def _format_amount(self, amount):
        self.ensure_one()
        return formatLang(self.env, amount, currency_obj=self.currency_id)

    @api.readonly
    def action_open_case(self):
        """Open the case that the action is about."""
        self.ensure_one()
        return self.case_id._get_records_action()

    # The gate before lawyer letters and courts: a checklist, complete or waived (P6.1).

    @api.depends("state", "check_ids.state")
    def _compute_missing_count(self):
        for action in self:
            is_before = action.state in ("draft", "requested", "approved", "letter")
            action.missing_count = len(action._get_missing()) if is_before else 0

    def _get_missing(self, purpose=None):
        """The lines that hold up the letter or the filing.

        :param purpose: ``letter``, ``filing``, or by default what the route leads to
        """
        self.ensure_one()
        purpose = purpose or ("letter" if self.route == "letter" else "filing")
        return self.check_ids.filtered(
            lambda check: check.state == "missing" and check.requirement_id[f"for_{purpose}"]
        )

    def _add_checks(self):
        """Put the requirements that are new on the checklists."""
        requirements = self.env["collection.legal.requirement"].search([("active", "=", True)])
        self.env["collection.legal.check"].create([
            {"action_id": action.id, "requirement_id": requirement.id}
            for action in self
            for requirement in requirements - action.check_ids.requirement_id
        ])

    def action_refresh_checks(self):
        """Add requirements that are new, and bring the limitation up to date."""
        for action in self:
            if action.state not in ("closed", "cancelled"):
                action._add_checks()
        self.case_id._refresh_limitation()

    def _check_gate(self, purpose):
        """Raise a ``UserError`` that lists what is missing.

        :param purpose: ``letter`` or ``filing``
        """
        self.case_id._refresh_limitation()
        self.check_ids.invalidate_recordset(["state", "answer"])
        for action in self:
            missing = action._get_missing(purpose)
            if missing:
                lines = "\n".join(
                    f"• {check.display_name}" + (f": {check.answer}" if check.answer else "")
                    for check in missing
                )
                raise UserError(
                    self.env._(
                        "“%(record)s” is not ready. Missing:\n%(missing)s\nAdd what is missing, or"
                        " let a manager waive it with a reason.",
                        record=action.display_name,
                        missing=lines,
                    )
                )

    def _note_checks(self, title):
        """Keep on the log how each requirement was met on the day it counted."""
        labels = dict(self.env["collection.legal.check"]._fields["state"]
                      ._description_selection(self.env))
        for action in self:
            rows = Markup().join(
                Markup("<li>%s: %s. %s</li>")
                % (check.display_name, labels[check.state], check.answer or "")
                for check in action.check_ids
            )
            action.message_post(body=Markup("<p>%s</p><ul>%s</ul>") % (title, rows))

    # The way of a legal action: asked for, approved by another, letter, court, money.

    def _check_complete(self):
        """Reason, items and counsel are named before anybody decides (P6.1)."""
        for action in self:
            missing = [
                words
                for words, is_there in [
                    (self.env._("why legal means are needed"), (action.reason or "").strip()),
                    (self.env._("the items that are claimed"), action.item_ids),
                    (
                        self.env._("counsel: a law firm or the internal counsel"),
                        action.law_firm_id or action.internal_counsel_id,
                    ),
                ]
                if not is_there
            ]
            if missing:
                raise UserError(
                    self.env._(
                        "Enter for “%(record)s” first: %(missing)s.",
                        record=action.display_name,
                        missing="; ".join(missing),
                    )
                )
            if action.currency_id.compare_amounts(action.amount_claimed, 0) <= 0:
                raise UserError(
                    self.env._(
                        "“%(record)s” claims nothing: enter the amount.",
                        record=action.display_name,
                    )
                )

    def _after_approve(self):
        """The case is at the legal stage from the approval on (P3.6)."""
        for case in self.case_id:
            if case.stage not in ("legal", "closed"):
                case.action_move_to_legal()

    def _check_can_proceed(self, *states):
        """Raise unless a manager carries on an action that is in one of these states."""
        self._check_role(
            "manager", self.env._("Only a collection manager carries on an approved legal action.")
        )
        self.check_access("write")
        self._check_state(*states)
        self._check_seals()

    def _require(self, *names):
        """Raise a ``UserError`` that names the first action with fields that are still empty."""
        for action in self:
            empty = [
                action._fields[name]._description_string(self.env)
                for name in names
                if not action[name]
            ]
            if empty:
                raise UserError(
                    self.env._(
                        "Enter for “%(record)s” first: %(fields)s.",
                        record=action.display_name,
                        fields=", ".join(empty),
                    )
                )

    def _set_state(self, state, **vals):
        if state in RUNNING:
            vals["state_reached"] = state
        # The steps alone write states, after their checks; see `collection.approval`.
        self.sudo().write({"state": state, **vals})

    def _has_reached(self, state):
        """Whether the action went as far as a state: a date that was only noted is no fact."""
        self.ensure_one()
        farthest = self.state if self.state in RUNNING else self.state_reached
        if farthest in RUNNING:
            return RUNNING.index(farthest) >= RUNNING.index(state)
        return self.state == "closed" and bool(self[REACHED_BY[state]])

    def action_file(self):
        """The claim is with the court: from now on its cash is counted, and limitation rests."""
        self._lock()
        self._check_can_file()
        for action in self:
            action._note_checks(self.env._("Filed with the checklist"))
            action._do_file()

    def _check_can_file(self):
        self._check_can_proceed("approved", "letter")
        self._require("court", "date_filed")
        for action in self:
            if action.route == "letter":
                raise UserError(
                    self.env._(
                        "“%(record)s” is for a lawyer letter only. A suit is another decision:"
                        " make a new legal action for it.",
                        record=action.display_name,
                    )
                )
            today = action.company_id._get_collection_today()
            if action.date_filed > today:
                raise UserError(
                    self.env._(
                        "“%(record)s” cannot have been filed on %(date)s, a day to come.",
                        record=action.display_name,
                        date=format_date(self.env, action.date_filed),
                    )
                )
        self._check_gate("filing")

    def _do_file(self):
        self.ensure_one()
        self._set_state("filed")
        contact = self.env["collection.activity"].create({
            "case_id": self.case_id.id,
            "date": min(
                fields.Datetime.to_datetime(self.date_filed).replace(hour=12),
                fields.Datetime.now(),
            ),
            "method": "legal",
            "outcome": "other",
            "limitation_event": "suit",
            "feedback": self.env._(
                "%(action)s: claim of %(amount)s filed with %(court)s.",
                action=self.name,
                amount=self._format_amount(self.amount_claimed),
                court=self.court,
            ),
        })
        contact.action_confirm()
        self.case_id._refresh_limitation()

    def action_hearing(self):
        """The court hears the claim."""
        self._lock()
        self._check_can_proceed("filed")
        self._set_state("hearing")

    def action_judgment(self):
        """The court has decided."""
        self._lock()
        self._check_can_proceed("filed", "hearing")
        self._require("judgment_date", "judgment_kind")
        for action in self.filtered(lambda action: action.judgment_kind != "lost"):
            action._require("judgment_amount")
        self._set_state("judgment")

    def action_enforce(self):
        """Enforcement of the decision is applied for."""
        self._lock()
        self._check_can_proceed("judgment")
        self._require("enforcement_date")
        for action in self:
            if action.judgment_kind == "lost":
                raise UserError(
                    self.env._("“%(record)s” was lost.", record=action.display_name)
                )
        self._set_state("enforcement")

    def action_close(self):
        """End the action with its outcome; what was recovered is kept as it is today."""
        self._lock()
        self._check_can_proceed("approved", "letter", "filed", "hearing", "judgment",
                                "enforcement")
        self._require("outcome")
        self._check_outcome()
        for action in self:
            action._set_state(
                "closed",
                date_closed=action.company_id._get_collection_today(),
                amount_recovered_final=action.amount_recovered,
            )
        # Whoever was asked to close it need not any more.
        self.sudo().activity_unlink(["mail.mail_activity_data_todo"])
        self._leave_legal_stage()

    def _check_outcome(self):
        """*Paid in full* needs the payments: money and credit notes on all that was claimed."""
        for action in self.filtered(lambda action: action.outcome == "paid"):
            # The books say it, whoever may open the items.
            items_sudo = action.sudo().item_ids
            still_open = items_sudo.filtered(
                lambda item: not item.reconciled
                and item.company_currency_id.compare_amounts(item.amount_residual, 0) > 0
            )
            if still_open or not items_sudo or not action._is_paid_by_cash():
                raise UserError(
                    self.env._(
                        "“%(record)s” is not paid in full: %(open)s of what was claimed is open,"
                        " and %(paid)s was received. Record the payments first, or choose"
                        " another outcome.",
                        record=action.display_name,
                        open=action._format_amount(sum(still_open.mapped("amount_residual"))),
                        paid=action._format_amount(action.amount_recovered),
                    )
                )

    def _is_paid_by_cash(self):
        """Whether money alone settled the claimed items since the claim was made.

        An item that was written off is not paid; one whose credit note reduced it is paid by the
        rest.
        """
        self.ensure_one()
        # The books say it, whoever may open the items; settings of the company.
        partials_sudo = self.sudo().item_ids.matched_credit_ids
        company_sudo = self.company_id.sudo()
        written_off = partials_sudo.credit_move_id.move_id.filtered(
            lambda move: move.move_type == "entry" and not (
                move.origin_payment_id or move.statement_line_id
                or move.journal_id.type in ("bank", "cash", "credit")
            ) and move.journal_id != company_sudo.currency_exchange_journal_id
        )
        return bool(partials_sudo) and not written_off

    def _check_can_cancel(self):
        """Collectors drop what nobody was asked for; all else a manager cancels."""
        if any(action.state not in ("draft", "refused") for action in self):
            self._check_role(
                "manager", self.env._("Only a collection manager cancels what was asked for.")
            )

    def _do_cancel(self):
        """Note that these were dropped; the cases of those that ran are chased again."""
        running = self.filtered("is_running")
        self._set_state("cancelled")
        running._leave_legal_stage()

    def _leave_legal_stage(self):
        """Without a running action an open case is chased again, at the stage of its worst item."""
        for case in self.case_id:
            if case.stage == "legal" and not case.legal_action_ids.filtered("is_running"):
                case.action_leave_legal()

