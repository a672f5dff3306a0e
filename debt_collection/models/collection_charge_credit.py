from odoo import Command, models


class CollectionCharge(models.Model):
    """Credit notes over debit notes: a charge that is waived, or was posted by mistake."""

    _inherit = "collection.charge"

    def _get_reversible_states(self):
        return ("posted", "waiving")

    def _do_undo(self, date):
        """Credit what is left of the debit note; its days can be charged again."""
        self._check_last_charge()
        return self._credit(date, self.env._("Charged by mistake"), self._get_amount_left())

    def _credit(self, date, reason, amount):
        """A credit note on just that day, matched with the debit note; return it.

        :param amount: how much of the charge, without tax
        """
        self.ensure_one()
        debit_note = self.move_id
        self._check_posting_date(
            date, debit_note.journal_id, bool(debit_note.amount_tax), field="date_undo"
        )
        self._check_not_before(date, debit_note)
        vals = {
            "date": date,
            "invoice_date": date,
            "invoice_date_due": date,
            "is_collection_charge": True,
            "ref": self.env._(
                "%(reason)s: %(debit_note)s", reason=reason, debit_note=debit_note.name
            ),
        }
        if not self.currency_id.compare_amounts(amount, self.amount_total):
            return debit_note._reverse_moves([vals], cancel=True)
        return self._credit_part(vals, reason, amount)

    def _credit_part(self, vals, reason, amount):
        """A credit note over a part, with the account and taxes that the debit note has."""
        debit_note = self.move_id
        charged = debit_note.invoice_line_ids[0]
        refund = self.env["account.move"].with_company(self.company_id).create({
            **vals,
            "move_type": "out_refund",
            "journal_id": debit_note.journal_id.id,
            "partner_id": debit_note.partner_id.id,
            "currency_id": debit_note.currency_id.id,
            "reversed_entry_id": debit_note.id,
            "invoice_payment_term_id": False,
            "invoice_line_ids": [Command.create({
                "name": reason,
                "product_id": charged.product_id.id,
                "account_id": charged.account_id.id,
                "quantity": 1,
                "price_unit": amount,
                "tax_ids": [Command.set(charged.tax_ids.ids)],
                "analytic_distribution": charged.analytic_distribution,
            })],
        })
        if not self.currency_id.compare_amounts(amount, self._get_amount_left()):
            self._fit_tax(refund)
        refund._post(soft=False)
        accounts = debit_note.line_ids | refund.line_ids
        accounts.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
            and not line.reconciled
        ).reconcile()
        return refund

    def _fit_tax(self, refund):
        """Let the last part take the cents that the taxes of the parts were rounded by."""
        earlier = self.move_id.reversal_move_ids.filtered(lambda move: move.state == "posted")
        rest = self.move_id.amount_total - sum(earlier.mapped("amount_total"))
        cents = self.currency_id.round(rest - refund.amount_total)
        tax_line = refund.line_ids.filtered(lambda line: line.display_type == "tax")[:1]
        if cents and tax_line:
            refund.write({"line_ids": [
                Command.update(tax_line.id, {"amount_currency": tax_line.amount_currency + cents})
            ]})
