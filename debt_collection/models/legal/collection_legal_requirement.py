from odoo import api, fields, models
from odoo.exceptions import UserError


class CollectionLegalRequirement(models.Model):
    """What has to be there before a lawyer letter goes out or a claim is filed (P6.1).

    The codes of our own requirements are answered from the books where these can tell, see
    ``collection.legal.check``; others are ticked by hand.
    """

    _name = "collection.legal.requirement"
    _description = "Requirement of Legal Actions"
    _inherit = "collection.mixin"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(help="By which it is answered from the books; empty: by hand.")
    description = fields.Text(translate=True)
    sequence = fields.Integer(default=100)
    active = fields.Boolean(default=True)
    for_letter = fields.Boolean("For Lawyer Letters", default=True)
    for_filing = fields.Boolean(default=True)
    by_hand = fields.Boolean(
        "May Be Ticked", default=True, help="Otherwise only the books answer it."
    )
    days = fields.Integer(
        "More Than (Days)", help="Limitation: days that must be left, more than this number."
    )
    _code_unique = models.UniqueIndex(
        "(code) WHERE code IS NOT NULL", "A requirement has its code for itself."
    )
    _people_share = True
    _people_write = {
        "*": {
            "name", "code", "description", "sequence", "active", "for_letter", "for_filing",
            "by_hand", "days",
        },
    }

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        # Whether it is used anywhere, whoever may see where.
        used = self.env["collection.legal.check"].sudo().search(
            [("requirement_id", "in", self.ids)], limit=1
        )
        if used:
            raise UserError(
                self.env._(
                    "“%(requirement)s” is on the checklist of legal actions: archive it instead.",
                    requirement=used.requirement_id.name,
                )
            )

