from odoo import api, fields, models


class ResPartner(models.Model):
    """What was agreed with the customer on paying late, and what that amounts to."""

    _inherit = "res.partner"

    collection_charge_terms_id = fields.Many2one(
        "collection.charge.terms",
        "Late Charges",
        company_dependent=True,
        groups="debt_collection.group_collector,debt_collection.group_finance",
        help="Empty: the terms of the policy that the customer follows.",
    )
    collection_amount_charges = fields.Monetary(
        "Late Charges to Date",
        compute="_compute_collection_amount_charges",
        currency_field="collection_currency_id",
        groups="debt_collection.group_collector,debt_collection.group_finance",
        help="Accrued on the customer's open cases and not charged yet; not in the books.",
    )

    @api.depends_context("company")
    @api.depends("commercial_partner_id.collection_case_ids.stage")
    def _compute_collection_amount_charges(self):
        # A case's amount is told to whoever sees it: the rules on cases apply.
        cases = self.env["collection.case"].search([
            ("partner_id", "in", self.commercial_partner_id.ids),
            ("company_id", "=", self.env.company.id),
            ("stage", "!=", "closed"),
        ])
        amounts = {case.partner_id: case.amount_charges for case in cases}
        for partner in self:
            partner.collection_amount_charges = amounts.get(partner.commercial_partner_id, 0)
