from odoo import fields, models


class ResCompany(models.Model):
    """How the company makes its monthly provision (P2.4)."""

    _inherit = "res.company"

    collection_provision_auto = fields.Boolean(
        "Prepare Provisions Each Month",
        help="At the beginning of a month finance gets the draft for the month before.",
    )
    collection_provision_reverse = fields.Boolean(
        "Reverse Provisions",
        help="Each month's entry is reversed on the first day of the next month.",
    )
    collection_provision_segments = fields.Boolean(
        "Loss Rates by Customer Tag",
        help="Customers with a tag that has loss rates of its own get those.",
    )
    collection_provision_set_off = fields.Boolean(
        "Set Credits Off",
        help="A customer's unmatched payments and credit notes lessen what is provided for, the"
        " longest overdue items first.",
    )
    collection_provision_approval = fields.Boolean(
        "Provisions Need Approval", default=True,
        help="A collection manager approves each month's provision before finance posts it.",
    )

