from odoo import fields, models


class CollectionActivity(models.Model):
    """Contacts that may start the limitation of the debts anew (P6.1)."""

    _inherit = "collection.activity"

    limitation_event = fields.Selection(
        [
            ("demand", "Demand Delivered"),
            ("acknowledgment", "Debt Acknowledged"),
            ("suit", "Claim Filed in Court"),
        ],
        "Counts for Limitation",
        copy=False,
        help="Where the law says so, the limitation of the case's debts starts anew on the day of"
        " the contact. Attach the proof: the receipt, the signed paper, the court's stamp.",
    )
