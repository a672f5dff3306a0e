from decimal import Decimal

from odoo import api, fields, models

FIGURES = [
    ("matrix", "Matrix"),
    ("specific", "Specific"),
]


class CollectionProvisionLine(models.Model):
    """A bucket of a provision: exposure times rate, frozen with the rate it was made with."""

    _name = "collection.provision.line"
    _inherit = ["collection.mixin"]
    _description = "Bucket of a Provision"
    _order = "provision_id, sequence, id"

    provision_id = fields.Many2one(
        "collection.provision", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="provision_id.company_id", store=True, index=True)
    currency_id = fields.Many2one("res.currency", required=True)
    sequence = fields.Integer()
    name = fields.Char("Bucket", required=True)
    kind = fields.Selection(FIGURES, required=True, default="matrix")
    tier_id = fields.Many2one("collection.tier", ondelete="set null")
    segment_id = fields.Many2one("res.partner.category", ondelete="set null")
    specific_id = fields.Many2one("collection.provision.specific", ondelete="restrict")
    exposure = fields.Monetary()
    numerator = fields.Float(digits=(16, 6))
    denominator = fields.Float(digits=(16, 6))
    percent = fields.Float(
        "Rate (%)", digits=(16, 6), compute="_compute_percent", store=True, aggregator=None
    )
    amount = fields.Monetary("Allowance")
    item_count = fields.Integer("Items")

    @api.depends("numerator", "denominator")
    def _compute_percent(self):
        for line in self:
            line.percent = 100 * line.numerator / line.denominator if line.denominator else 0.0

    @api.readonly
    @api.readonly
    def action_view_items(self):
        """The items of the bucket."""
        self.ensure_one()
        action = self.provision_id.action_view_items()
        return {**action, "domain": [("line_id", "=", self.id)], "display_name": self.name}

    def _get_rate(self):
        """The exact rate: numerator and denominator."""
        self.ensure_one()
        return (
            Decimal(str(round(self.numerator, 6))), Decimal(str(round(self.denominator, 6)))
        )


class CollectionProvisionShare(models.Model):
    """A customer's share in a provision, and what changed since the provision before."""

    _name = "collection.provision.share"
    _inherit = ["collection.mixin"]
    _description = "Customer's Share in a Provision"
    _order = "provision_id desc, amount desc, id"
    _rec_name = "partner_id"

    provision_id = fields.Many2one(
        "collection.provision", required=True, index=True, ondelete="cascade"
    )
    state = fields.Selection(related="provision_id.state")
    month = fields.Date(related="provision_id.month", store=True)
    company_id = fields.Many2one("res.company", required=True, index=True)
    currency_id = fields.Many2one("res.currency", required=True)
    partner_id = fields.Many2one(
        "res.partner", "Customer", index="btree_not_null", ondelete="restrict"
    )
    exposure = fields.Monetary()
    exposure_overdue = fields.Monetary("Overdue")
    amount = fields.Monetary("Allowance")
    amount_previous = fields.Monetary("Month Before")
    change = fields.Monetary()

    @api.readonly
    @api.readonly
    def action_view_items(self):
        """The items of the customer."""
        self.ensure_one()
        action = self.provision_id.action_view_items()
        return {
            **action,
            "domain": [
                ("provision_id", "=", self.provision_id.id),
                ("partner_id", "=", self.partner_id.id),
            ],
            "display_name": self.display_name,
        }


class CollectionProvisionItem(models.Model):
    """What of an allowance stands against one receivable item."""

    _name = "collection.provision.item"
    _inherit = ["collection.mixin"]
    _description = "Item of a Provision"
    _order = "provision_id desc, amount desc, id"
    _rec_name = "move_id"

    provision_id = fields.Many2one(
        "collection.provision", required=True, index=True, ondelete="cascade"
    )
    line_id = fields.Many2one(
        "collection.provision.line", "Bucket", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, index=True)
    currency_id = fields.Many2one("res.currency", required=True)
    partner_id = fields.Many2one("res.partner", "Customer", ondelete="restrict")
    move_line_id = fields.Many2one(
        "account.move.line", "Journal Item", index="btree_not_null", ondelete="set null"
    )
    move_id = fields.Many2one(related="move_line_id.move_id", string="Entry")
    date_due = fields.Date("Due Date")
    days_overdue = fields.Integer(aggregator="max")
    exposure = fields.Monetary()
    amount = fields.Monetary("Allowance")
