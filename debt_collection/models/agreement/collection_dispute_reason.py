from odoo import fields, models

from ..contact.collection_reason import CAUSES


class CollectionDisputeReason(models.Model):
    """What kind of thing customers contest; kept as data, counted in the analysis."""

    _name = "collection.dispute.reason"
    _description = "Dispute Reason"
    _inherit = "collection.mixin"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    department = fields.Selection(
        "_get_departments", help="Who usually answers disputes of this kind."
    )
    cause = fields.Selection(
        CAUSES, "Our Doing",
        help="Unless the customer turns out wrong, lateness of disputed items counts as our doing.",
    )
    _people_share = True
    _people_write = {"*": {"name", "sequence", "active", "department", "cause"}}

    def _get_departments(self):
        field = self.env["collection.dispute"]._fields["department"]
        return field._description_selection(self.env)

