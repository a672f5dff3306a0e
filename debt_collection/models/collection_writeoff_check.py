from odoo import models
from odoo.exceptions import UserError
from odoo.tools import formatLang


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

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


class CollectionWriteoff(models.Model):
    """What must be true of a write-off before it is asked for, approved and posted."""

    _inherit = "collection.writeoff"

    def _check_complete(self):
        for writeoff in self:
            writeoff._check_items()
            writeoff._check_evidence()
        # The worth of a part follows the item: take it as it is now.
        self.sudo().line_ids._compute_amount_company()

    def _check_approvable(self):
        for writeoff in self:
            writeoff._check_items()

    def _check_can_redraft(self):
        """What was approved is sealed: cancel it, and ask for it anew."""
        self._check_state("requested", "refused")

    def _check_evidence(self):
        """Raise a ``UserError`` if the reason asks for a paper or words that are missing."""
        self.ensure_one()
        if self.reason_id.is_evidence_required and not self.attachment_ids:
            raise UserError(
                self.env._(
                    "Attach the evidence to “%(record)s”: “%(reason)s” needs a paper.",
                    record=self.display_name,
                    reason=self.reason_id.name,
                )
            )
        if self.reason_id.is_note_required and not (self.note or "").strip():
            raise UserError(
                self.env._(
                    "Explain “%(record)s”: “%(reason)s” alone does not say why.",
                    record=self.display_name,
                    reason=self.reason_id.name,
                )
            )

    def _check_items(self):
        """Raise a ``UserError`` if an item cannot be written off, or not that much of it."""
        self.ensure_one()
        if not self.line_ids:
            raise UserError(
                self.env._("“%(record)s” names no items to write off.", record=self.display_name)
            )
        # Whoever asks or approves is told of all items, those of other collectors, too.
        items_sudo = self.sudo().line_ids.item_id
        items_sudo.invalidate_recordset(["amount_residual", "amount_residual_currency"])
        left = items_sudo._get_amounts_to_write_off(besides=self)
        for line in self.sudo().line_ids:
            item = line.item_id
            name = item.move_id.name or item.name
            if (
                item.company_id != self.company_id
                or item.partner_id.commercial_partner_id
                # Whose debt it is, of a write-off that the user may see.
                != self.sudo().partner_id.commercial_partner_id
            ):
                raise UserError(
                    self.env._(
                        "%(item)s is no debt of %(customer)s in this company.",
                        item=name,
                        # Whose debt it is, of a write-off that the user may see.
                        customer=self.sudo().partner_id.name,
                    )
                )
            if item.parent_state != "posted" or item.account_id.account_type != "asset_receivable":
                raise UserError(
                    self.env._("%(item)s is not a posted debt of the customer.", item=name)
                )
            if item.currency_id.compare_amounts(line.amount, left[item]) > 0:
                raise UserError(
                    self.env._(
                        "%(amount)s of %(item)s cannot be written off: %(left)s are open and not"
                        " in another request.",
                        amount=formatLang(self.env, line.amount, currency_obj=item.currency_id),
                        item=name,
                        left=formatLang(
                            self.env, max(left[item], 0), currency_obj=item.currency_id
                        ),
                    )
                )
