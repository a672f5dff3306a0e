from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResPartner(models.Model):
    """Law firms and the lawyers named in letters and suits (P3.6)."""

    _inherit = "res.partner"

    is_law_firm = fields.Boolean("Law Firm", help="May be instructed in legal actions.")
    is_lawyer = fields.Boolean(
        "Lawyer", help="A contact of a law firm who may be named in letters and suits."
    )
    lawyer_licence = fields.Char(
        "Licence Number", help="The lawyer's or the firm's number with the bar or the authority."
    )

    collection_limitation_rule_id = fields.Many2one(
        "collection.limitation.rule", "Limitation Law", company_dependent=True, copy=False,
        groups="debt_collection.group_collector,debt_collection.group_finance",
        help="The law that the customer's debts are under; empty: that of the customer's"
        " country, else of the company's.",
    )
    _collection_people = dict.fromkeys(
        ("is_law_firm", "is_lawyer", "lawyer_licence", "collection_limitation_rule_id"),
        ("collector",),
    )

    @api.constrains("is_law_firm", "is_lawyer", "is_company", "parent_id")
    def _check_lawyer(self):
        """A law firm is a company, and a lawyer is a person who belongs to one."""
        for partner in self:
            if partner.is_law_firm and not partner.is_company:
                raise ValidationError(
                    self.env._(
                        "%(partner)s is a person: make it a company to mark it as a law firm,"
                        " or mark it as a lawyer.",
                        partner=partner.display_name,
                    )
                )
            if partner.is_lawyer and (
                partner.is_company or not partner.commercial_partner_id.is_law_firm
            ):
                raise ValidationError(
                    self.env._(
                        "%(partner)s is marked as a lawyer, but is not a contact of a law firm."
                        " Choose the law firm as their company first.",
                        partner=partner.display_name,
                    )
                )
            if not partner.is_law_firm:
                lawyers = partner.child_ids.filtered("is_lawyer")
                if lawyers:
                    raise ValidationError(
                        self.env._(
                            "%(partner)s has lawyers (%(lawyers)s) and stays a law firm.",
                            partner=partner.display_name,
                            lawyers=", ".join(lawyers.mapped("name")),
                        )
                    )

