from odoo import api, fields, models
from odoo.exceptions import UserError

from .collection_approval import SEALED_DECISION


class CollectionErasure(models.Model):
    """A person asks to be forgotten: one person takes it down, a manager approves it (P1.4)."""

    _name = "collection.erasure"
    _description = "Erasure of Personal Data"
    _inherit = ["collection.mixin", "mail.thread", "collection.approval"]
    _order = "id desc"

    partner_id = fields.Many2one(
        "res.partner", "Person", required=True, ondelete="restrict", index=True,
        domain=[("is_company", "=", False)],
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    reason = fields.Text(
        required=True, help="Who asked for it and when, or why the data is not needed any more."
    )
    contact_count = fields.Integer("Contacts Erased", readonly=True, copy=False)
    item_count = fields.Integer("List Items Erased", readonly=True, copy=False)
    is_partner_cleared = fields.Boolean(
        "Person's Record Cleared", readonly=True, copy=False,
        help="Not as long as accounting law asks for name and address.",
    )
    kept_text = fields.Text(
        "What Stays", readonly=True, copy=False,
        help="What accounting law asks for of the person, until when, and for which entries.",
    )

    _sealed_fields = (
        "partner_id", "company_id", "contact_count", "item_count", "is_partner_cleared",
        *SEALED_DECISION,
    )
    _sealed_personal = ("reason",)
    _people_create = {"partner_id", "company_id"}
    _people_write = {"draft": {"reason"}}

    @api.depends("partner_id")
    def _compute_display_name(self):
        for erasure in self:
            erasure.display_name = self.env._("Erasure of %s", erasure.partner_id.display_name)

    def _check_complete(self):
        # What speaks against it may be in a case that the user does not see.
        seals_sudo = self.env["collection.seal"].sudo()
        for erasure in self:
            if not erasure.reason.strip():
                raise UserError(self.env._("Write down who asked for the erasure, and when."))
            seals_sudo._check_can_anonymise(erasure.partner_id)

    def _after_approve(self):
        for erasure in self:
            done = self.env["collection.seal"]._anonymise_person(erasure.partner_id)
            # The result is written by the step alone.
            erasure.sudo().write({
                "contact_count": done["contacts"],
                "item_count": done["items"],
                "is_partner_cleared": done["partner"],
                "kept_text": done["kept"],
            })

