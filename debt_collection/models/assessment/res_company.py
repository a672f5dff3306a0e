from odoo import api, fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        # Whoever makes a company need not have a right on targets.
        self.env["collection.target"].sudo()._make_examples(companies)
        return companies

    collection_assessment_day = fields.Integer(
        "Day of the Assessment", default=1,
        help="Day of the month on which the month before is assessed.",
    )
    collection_appeal_days = fields.Integer(
        "Days to Appeal", default=7,
        help="Days that a collector has to appeal before an assessment can be closed unseen.",
    )
    collection_recovery_method = fields.Selection(
        [
            ("all", "Of all that was overdue or became so"),
            ("opening", "Of what was overdue when the month began"),
            ("net", "Of all, without what credit notes took off"),
        ],
        "Recovery Rate",
        default="all",
        help="What the cash is held against in the indicator. The other rates stand beside it.",
    )
    _collection_assessment_day_range = models.Constraint(
        "CHECK(collection_assessment_day BETWEEN 1 AND 28)",
        "The day of the assessment is a day of the month, from 1 to 28.",
    )
    _collection_appeal_days_range = models.Constraint(
        "CHECK(collection_appeal_days >= 0)", "The days to appeal cannot be below zero."
    )

    collection_survey = fields.Boolean(
        "Ask Customers", help="Ask customers after contacts and payment how they were treated."
    )

