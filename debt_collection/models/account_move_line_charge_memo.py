from odoo import api, fields, models


class AccountMoveLine(models.Model):
    """Late charges as a memo on each item: they are in no book before they are posted."""

    _inherit = "account.move.line"

    collection_charge_total = fields.Monetary(
        "Late Charges",
        compute="_compute_collection_charge",
        currency_field="currency_id",
        help="Interest and fee accrued up to today and not charged yet; not in the books.",
    )
    collection_charge_per_day = fields.Monetary(
        "Interest a Day", compute="_compute_collection_charge", currency_field="currency_id"
    )
    collection_charged_to = fields.Date("Charged Up To", compute="_compute_collection_charge")
    collection_charge_note = fields.Char(
        "Why Not Charged", compute="_compute_collection_charge"
    )

    @api.depends("amount_residual_currency", "date_maturity", "parent_state", "partner_id")
    def _compute_collection_charge(self):
        nothing = {"total": 0, "per_day": 0, "charged_to": False, "missing": False}
        for company, lines in self.grouped("company_id").items():
            stored = lines.filtered(lambda line: isinstance(line.id, int))
            charges = (
                stored._get_collection_charges(company._get_collection_today()) if company else {}
            )
            for line in lines:
                charge = charges.get(line.id, nothing)
                line.collection_charge_total = charge["total"]
                line.collection_charge_per_day = charge["per_day"]
                line.collection_charged_to = charge["charged_to"]
                line.collection_charge_note = charge["missing"]
