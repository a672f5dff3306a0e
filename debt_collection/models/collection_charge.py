from odoo import api, fields, models

# What this model inherits from is defined first, whatever the order of the package.
from . import collection_posting  # noqa: F401


class CollectionCharge(models.Model):
    """Late charges on items of a case: asked for, approved by another, posted by finance (P2.4).

    What was asked for is frozen, day by day: the same day of an item is never charged twice.
    A charge is in one currency, that of its invoices.
    """

    _name = "collection.charge"
    _description = "Late Charge"
    _inherit = ["collection.mixin", "collection.posting", "mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _rec_names_search = ["name", "partner_id.name"]
    _check_company_auto = True

    name = fields.Char(readonly=True, copy=False, default="/")
    case_id = fields.Many2one(
        "collection.case", required=True, index=True, ondelete="restrict", check_company=True
    )
    partner_id = fields.Many2one(related="case_id.partner_id", store=True, index=True)
    company_id = fields.Many2one(related="case_id.company_id", store=True, index=True)
    user_id = fields.Many2one(related="case_id.user_id", string="Collector")
    currency_id = fields.Many2one("res.currency", required=True)
    date_to = fields.Date(
        "Charge Up To", required=True, help="Last day that is charged, inclusive."
    )
    item_ids = fields.Many2many(
        "account.move.line",
        string="Items",
        domain="[('collection_case_id', '=', case_id), ('currency_id', '=', currency_id)]",
        help="Charges are taken on these items, as far as anything is due on them.",
    )
    line_ids = fields.One2many("collection.charge.line", "charge_id", "Charges", readonly=True)
    segment_ids = fields.One2many(
        "collection.charge.segment", "charge_id", "Calculation", readonly=True
    )
    amount_interest = fields.Monetary("Interest", compute="_compute_amounts", store=True)
    amount_fee = fields.Monetary("Fees", compute="_compute_amounts", store=True)
    amount_total = fields.Monetary("Total", compute="_compute_amounts", store=True)
    left_out = fields.Text("Not Charged", readonly=True, copy=False)
    move_id = fields.Many2one(string="Debit Note", ondelete="restrict")
    payment_state = fields.Selection(related="move_id.payment_state")

    @api.depends("line_ids.interest", "line_ids.fee")
    def _compute_amounts(self):
        sums = {
            charge.id: (interest, fee)
            for charge, interest, fee in self.env["collection.charge.line"]._read_group(
                [("charge_id", "in", self.ids)], ["charge_id"], ["interest:sum", "fee:sum"]
            )
        }
        for charge in self:
            charge.amount_interest, charge.amount_fee = sums.get(charge.id, (0, 0))
            charge.amount_total = charge.amount_interest + charge.amount_fee

    @api.depends("name", "partner_id")
    def _compute_display_name(self):
        for charge in self:
            charge.display_name = f"{charge.name} – {charge.partner_id.name or ''}"

    @api.model_create_multi
    def create(self, vals_list):
        self._check_begins_without_waiver(vals_list)
        for vals in vals_list:
            # Whoever asks for a charge need not have a right on sequences.
            vals["name"] = self.env["ir.sequence"].sudo().next_by_code(self._name) or "/"
        charges = super().create(vals_list)
        charges._check_items()
        charges._refresh_lines()
        return charges

    def write(self, vals):
        self._check_waiver_written(vals)
        self._check_date_written(vals)
        result = super().write(vals)
        if self._get_request_fields() & vals.keys():
            self._check_items()
            self._refresh_lines()
        if "state" in vals:
            # What is asked for is claimed in the database at once: whoever is second is told.
            self.env["collection.charge.line"].flush_model(["is_claimed"])
        return result

    def _get_request_fields(self):
        return {"case_id", "currency_id", "date_to", "item_ids"}

    def copy_data(self, default=None):
        """A copy asks for what is due on the same items now."""
        return [
            {**vals, "date_to": charge.company_id._get_collection_today()}
            for charge, vals in zip(self, super().copy_data(default), strict=True)
        ]
