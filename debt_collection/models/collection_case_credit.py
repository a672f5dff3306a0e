from odoo import api, fields, models


class CollectionCase(models.Model):
    """How much of the customer's credit is used, and when the last letter went out.

    The limit is Odoo's own, where the company uses limits; there is none otherwise.
    """

    _inherit = "collection.case"

    credit_limit = fields.Monetary(
        compute="_compute_credit", compute_sudo=True, help="As set on the customer or the company."
    )
    credit_left = fields.Monetary(
        compute="_compute_credit",
        compute_sudo=True,
        help="The limit less all that the customer owes, overdue or not.",
    )
    date_last_letter = fields.Date(
        "Last Letter",
        compute="_compute_date_last_letter",
        help="The last letter that went out, delivered or not.",
    )

    @api.depends("partner_id", "company_id")
    def _compute_credit(self):
        for company, cases in self.grouped("company_id").items():
            partners = cases.partner_id.with_company(company)  # read together, not one by one
            for case in cases:
                partner = case.partner_id.with_prefetch(partners.ids).with_company(company)
                limit = partner.credit_limit if company.account_use_credit_limit else 0
                case.credit_limit = limit
                case.credit_left = limit - partner.credit if limit else 0

    @api.depends("letter_ids.state")
    def _compute_date_last_letter(self):
        dates = dict(
            self.env["collection.letter"]._read_group(
                [("case_id", "in", self.ids), ("state", "in", ("sent", "delivered"))],
                ["case_id"],
                ["date:max"],
            )
        )
        for case in self:
            case.date_last_letter = dates.get(case._origin)
