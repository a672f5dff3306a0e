from odoo import models


class CollectionCase(models.Model):
    """The charge sheet in the case file: late charges that a manager approved (P6.1)."""

    _inherit = "collection.case"

    def _add_charges(self, bundle):
        charges = self.charge_ids.filtered(
            lambda charge: charge.state in ("approved", "posted", "waiving")
        ).sorted("id")
        if charges:
            bundle.add("", "08 Late Charges.xlsx", self._get_charges_xlsx(charges))

    def _get_charges_xlsx(self, charges):
        """Each item's late charges, with period, days, interest and fee, and what was let go."""
        columns = [
            (self.env._("Request"), "text", 16), (self.env._("State"), "text", 16),
            (self.env._("Document"), "text", 20), (self.env._("Due Date"), "date", 12),
            (self.env._("From"), "date", 12), (self.env._("To"), "date", 12),
            (self.env._("Days"), "number", 8), (self.env._("Currency"), "text", 9),
            (self.env._("Interest"), "money", 15), (self.env._("Fee"), "money", 12),
            (self.env._("Terms"), "text", 40), (self.env._("Debit Note"), "text", 20),
            (self.env._("Waived of the Debit Note"), "money", 15),
        ]
        rows = [
            (
                charge.name, self._label(charge, "state"), line.move_id.name,
                line.date_due or None, line.date_from or None, line.date_to or None, line.days,
                line.currency_id.name, line.interest, line.fee,
                line.terms_id.display_name or "", charge.move_id.name or "",
                # Once for a charge: columns are summed up.
                charge.amount_waived if line == charge.line_ids[0] else 0,
            )
            for charge in charges
            for line in charge.line_ids
        ]
        return self._get_table_xlsx(self.env._("Late Charges"), columns, rows)
