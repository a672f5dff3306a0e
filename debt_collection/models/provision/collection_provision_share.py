from odoo import api, fields, models


class CollectionProvisionShare(models.Model):
    """A customer's share in a provision, and what changed since the provision before."""

    _name = "collection.provision.share"
    _description = "Customer's Share in a Provision"
    _inherit = "collection.mixin"
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

