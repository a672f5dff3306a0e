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

    def _get_amounts_to_write_off(self, besides=None):
        """What of each item can be asked for: open, and in no other request.

        :param besides: write-off whose own lines do not count
        :return: dict of amounts by item, in the item's currency, the oldest due first
        """
        domain = [("item_id", "in", self.ids), ("state", "in", ("requested", "approved"))]
        if besides:
            domain.append(("writeoff_id", "not in", besides.ids))
        # A request by somebody else counts, seen or not.
        asked = dict(
            self.env["collection.writeoff.line"].sudo()._read_group(
                domain, ["item_id"], ["amount:sum"]
            )
        )
        return {
            item: item.currency_id.round(
                item.amount_residual_currency - asked.get(item.sudo(), asked.get(item, 0))
            )
            for item in self.sorted(lambda item: (item.date_maturity or item.date, item.id))
        }

