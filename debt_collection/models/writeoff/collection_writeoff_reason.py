from odoo import fields, models


class CollectionWriteoffReason(models.Model):
    """Why a debt is given up in the books, and what the file must hold for it (P6.3)."""

    _name = "collection.writeoff.reason"
    _description = "Reason for a Write-off"
    _inherit = "collection.mixin"
    _order = "sequence, id"

    name = fields.Char("Reason", required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    is_evidence_required = fields.Boolean(
        "Evidence Required", help="A paper is attached before the write-off is asked for."
    )
    is_note_required = fields.Boolean("Explanation Required")
    is_followed = fields.Boolean(
        "Still Followed", default=True,
        help="The debt is written off in the books, but is still claimed from the customer.",
    )
    _code_unique = models.UniqueIndex("(code)", "Each reason has a code of its own.")
    _people_share = True
    _people_write = {
        "*": {
            "name", "code", "sequence", "active", "is_evidence_required", "is_note_required",
            "is_followed",
        },
    }

