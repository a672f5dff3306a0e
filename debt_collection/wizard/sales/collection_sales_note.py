from odoo import fields, models
from odoo.exceptions import UserError


class CollectionSalesNote(models.TransientModel):
    """Sales tell the collectors what they know of a customer, without seeing the log (P2.3)."""

    _name = "collection.sales.note"
    _description = "Note to Collections"
    _inherit = "collection.mixin"

    partner_id = fields.Many2one("res.partner", "Customer", required=True, readonly=True)
    text = fields.Text("What Collections Should Know", required=True)

    def action_send(self):
        """Put the note into the log of the customer's open case."""
        self.ensure_one()
        self.partner_id.check_access("read")
        # Sales have no right on cases; they add a note and read nothing.
        case_sudo = self.env["collection.case"].sudo()._get_open(
            self.partner_id.commercial_partner_id, self.env.company
        )
        if not case_sudo:
            raise UserError(
                self.env._(
                    "%(customer)s has no open case in %(company)s.",
                    customer=self.partner_id.display_name, company=self.env.company.name,
                )
            )
        responsible = case_sudo._get_responsible("collector")
        case_sudo.message_post(
            body=self.env._("Note by sales: %(text)s", text=self.text),
            author_id=self.env.user.partner_id.id,
            partner_ids=responsible.partner_id.ids,
            subtype_xmlid="mail.mt_note",
            message_type="comment",
        )
        return {"type": "ir.actions.act_window_close"}

