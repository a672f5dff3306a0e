from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import formatLang

from .collection_overdue_list import CHATTER_FIELDS

# What is asked for and decided by another person.
REQUEST_FIELDS = {"case_id", "route", "item_ids", "amount_claimed", "reason"}
# What the steps of an action write, and nobody by hand.
STEP_FIELDS = {"date_letter", "date_closed", "amount_recovered_final"}
# What is kept beside the action, with rights of its own.
ANNEXES = {"document_ids", "consultation_ids", "check_ids", "cost_ids", "hearing_ids"}
RUNNING = ("approved", "letter", "filed", "hearing", "judgment", "enforcement")


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
        if not self.env.su and any(STEP_FIELDS & vals.keys() for vals in vals_list):
            raise ValidationError(self._get_words_steps_only())
        for vals in vals_list:
            # Numbers are the company's, whoever may read sequences.
            vals["name"] = self.env["ir.sequence"].sudo().next_by_code(self._name) or "/"
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
        if STEP_FIELDS & vals.keys():
            raise ValidationError(self._get_words_steps_only())
        if vals.keys() <= CHATTER_FIELDS | ANNEXES:
            return
        self._check_state("draft", "requested", "refused", *RUNNING)
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

    def _get_request_fields(self):
        return REQUEST_FIELDS

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
