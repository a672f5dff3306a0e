from odoo import api, fields, models


class ResPartner(models.Model):
    """When a customer's open invoices are expected to be paid."""

    _inherit = "res.partner"

    collection_expected = fields.Char(
        "Expected Payment", compute="_compute_collection_expected",
        groups="debt_collection.group_collector,debt_collection.group_finance",
        help="The day by which half of the open amount is expected, and the earliest and latest"
        " days of its invoices.",
    )

    @api.depends_context("company", "lang")
    def _compute_collection_expected(self):
        # A collector sees the customers of others too, and their invoices' days with them.
        outlooks = self.env["collection.payment.outlook"].sudo().search([
            ("partner_id", "in", self.commercial_partner_id.ids),
            ("company_id", "=", self.env.company.id),
        ]).grouped("partner_id")
        for partner in self:
            found = outlooks.get(partner.commercial_partner_id)
            partner.collection_expected = found and found._get_display_dates()
