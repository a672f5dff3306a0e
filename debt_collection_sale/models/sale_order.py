from odoo import api, fields, models


class SaleOrder(models.Model):
    """The collection status of the order's customer in the order's company (P2.3)."""

    _inherit = "sale.order"

    # compute_sudo: salespeople see the status without access to the case behind it; the
    # group keeps it from portal customers, who can read their orders (P1.4).
    collection_state = fields.Selection(
        lambda self: self.env["res.partner"]
        ._fields["collection_state"]
        ._description_selection(self.env),
        "Collection Status",
        compute="_compute_collection_status",
        compute_sudo=True,
        groups="debt_collection.group_sales",
    )
    collection_tier_id = fields.Many2one(
        "collection.tier",
        compute="_compute_collection_status",
        compute_sudo=True,
        groups="debt_collection.group_sales",
    )
    collection_amount_overdue = fields.Monetary(
        "Customer Overdue",
        compute="_compute_collection_status",
        compute_sudo=True,
        currency_field="collection_currency_id",
        groups="debt_collection.group_sales",
        help="Overdue of the customer in the company of the order, in that company's currency.",
    )
    collection_currency_id = fields.Many2one(
        related="company_id.currency_id",
        string="Company Currency",
        groups="debt_collection.group_sales",
    )

    @api.depends(
        "company_id", "partner_id.commercial_partner_id",
        "partner_invoice_id.commercial_partner_id",
    )
    def _compute_collection_status(self):
        for company, orders in self.grouped("company_id").items():
            # The company of the order, whichever companies the user has switched on.
            orders_sudo = orders.with_company(company or self.env.company)
            for order, order_sudo in zip(orders, orders_sudo, strict=True):
                partner_sudo = order_sudo._get_collection_payer()
                order.collection_state = partner_sudo.collection_state or "none"
                order.collection_tier_id = partner_sudo.collection_tier_id
                order.collection_amount_overdue = partner_sudo.collection_amount_overdue

    def _get_collection_payer(self):
        """The customer who pays the order, and whose arrears count for it."""
        self.ensure_one()
        return (self.partner_invoice_id or self.partner_id).commercial_partner_id
