from odoo import api, fields, models


class AccountMove(models.Model):
    """When an open invoice is expected to be paid."""

    _inherit = "account.move"

    collection_expected = fields.Char(
        "Expected Payment", compute="_compute_collection_expected",
        help="The day by which it is as likely paid as not; eight times out of ten it is paid"
        " between the days in brackets.",
    )

    @api.depends("amount_residual", "state")
    @api.depends_context("lang")
    def _compute_collection_expected(self):
        # Who sees the invoice may know when it is expected.
        outlooks = self.env["collection.payment.outlook"].sudo().search(
            [("move_id", "in", self.ids)]
        ).grouped("move_id")
        for move in self:
            is_open = move.state == "posted" and move.amount_residual > 0
            found = outlooks.get(move)
            move.collection_expected = is_open and found and found._get_display_dates()
