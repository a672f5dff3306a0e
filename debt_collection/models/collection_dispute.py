from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import formatLang

from .collection_overdue_list import CHATTER_FIELDS

# What may still change on a resolved dispute.
KEPT_OPEN = {*CHATTER_FIELDS, "is_reminded"}


class CollectionDispute(models.Model):
    """Items of a case that the customer contests, in full or in part.

    Amounts are in the company's currency. While open, the contested amount is not chased;
    the items keep their due dates and stay in every ageing. An item is in one open dispute
    at most, so that nothing is left out twice.
    """

    _name = "collection.dispute"
    _description = "Collection Dispute"
    _inherit = ["collection.mixin", "mail.thread", "mail.activity.mixin"]
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
        "Contested Items",
        domain="[('collection_case_id', '=', case_id), ('reconciled', '=', False)]",
        check_company=True,
        copy=False,
    )
    amount = fields.Monetary(
        "Contested Amount",
        compute="_compute_amount",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        copy=False,
        help="At most what is still open on the contested items when it is entered.",
    )
    reason_id = fields.Many2one(
        "collection.dispute.reason", "Kind of Dispute", ondelete="restrict", index=True
    )
    reason = fields.Text("What Is Contested", required=True)
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
        "Opened On", required=True, default=fields.Date.context_today, copy=False
    )
    date_resolved = fields.Date("Resolved On", readonly=True, copy=False)

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
                raise ValidationError(self.env._("Choose the items that are contested."))
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
                    self.env._("The contested amount must be more than zero.")
                )
            residual = sum(dispute.line_ids.mapped("amount_residual"))
            if currency.compare_amounts(dispute.amount, residual) > 0:
                raise ValidationError(
                    self.env._(
                        "Only %(open)s of these items is still open; %(amount)s cannot be"
                        " contested.",
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
            vals = {"is_reminded": False, **vals}
        if not vals.keys() <= KEPT_OPEN and any(d.state == "resolved" for d in self):
            raise UserError(
                self.env._(
                    "A resolved dispute is kept as it is. Open a new one if the customer"
                    " contests the items again."
                )
            )
        self._check_can_write(vals)
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
            dispute.write({"state": "resolved", "date_resolved": today})
