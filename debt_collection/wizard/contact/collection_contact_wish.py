from odoo import api, fields, models

from ...models.contact.res_partner import CHANNEL_FIELDS

WISHES = [
    *CHANNEL_FIELDS.values(), "collection_cease_date", "collection_quiet_from",
    "collection_quiet_to", "collection_hours_agreed", "collection_tz",
]


class CollectionContactWish(models.TransientModel):
    """Takes down how the customer of a case wants to be contacted (P1.2).

    Collectors need no right on customers to respect what customers ask for.
    """

    _name = "collection.contact.wish"
    _description = "Wishes of a Customer"
    _inherit = "collection.mixin"

    case_id = fields.Many2one("collection.case", required=True)
    partner_id = fields.Many2one(related="case_id.partner_id")
    collection_no_phone = fields.Boolean("No Calls")
    collection_no_visit = fields.Boolean("No Visits")
    collection_no_sms = fields.Boolean("No Text Messages")
    collection_no_email = fields.Boolean("No E-Mails")
    collection_no_letter = fields.Boolean("No Letters")
    collection_cease_date = fields.Date("Cease Notice Of")
    collection_quiet_from = fields.Float("Not From")
    collection_quiet_to = fields.Float("Not To")
    collection_hours_agreed = fields.Boolean("Agreed to Any Hour")
    collection_tz = fields.Selection(
        lambda self: self.env["res.partner"]._fields["collection_tz"]._description_selection(
            self.env
        ),
        "Time Zone for Contacts",
    )

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        partner = self.env["collection.case"].browse(values.get("case_id")).partner_id
        values.update({name: partner[name] for name in WISHES if name in fields and partner})
        return values

    def action_apply(self):
        """Write the wishes on the customer, and note on the case what changed."""
        self.ensure_one()
        self.case_id.check_access("write")
        # Checked above: whoever works on the case takes down what its customer asks for.
        partner_sudo = self.case_id.sudo().partner_id
        changed = {
            name: self[name] for name in WISHES if self[name] != partner_sudo[name]
        }
        if changed:
            partner_sudo.write(changed)
            labels = [self._fields[name]._description_string(self.env) for name in changed]
            self.case_id.message_post(
                body=self.env._("The customer's wishes changed: %s", ", ".join(labels))
            )
        return {"type": "ir.actions.act_window_close"}

