from odoo import fields, models
from odoo.exceptions import UserError


class AccountMoveLine(models.Model):
    """Items as what is written off, and the entries that did it."""

    _inherit = "account.move.line"

    # Set on the credit of a write-off's entry: by it a case knows that it was not paid.
    collection_writeoff_line_id = fields.Many2one(
        "collection.writeoff.line", "Written-off Debt", readonly=True, copy=False,
        index="btree_not_null", ondelete="restrict",
    )

    def action_collection_write_off(self):
        """Ask for the write-off of the chosen items of one customer."""
        items = self.filtered(lambda line: line._is_collectable())
        if not items:
            raise UserError(self.env._("Choose open items of a customer to write off."))
        partners = items.partner_id.commercial_partner_id
        if len(partners) > 1 or len(items.company_id) > 1:
            raise UserError(
                self.env._(
                    "A write-off is for one customer: %(customers)s are chosen.",
                    customers=", ".join(partners.mapped("name")),
                )
            )
        return self.env["collection.writeoff"]._get_new_action(
            partners, items.company_id, items.collection_case_id[:1], items
        )
