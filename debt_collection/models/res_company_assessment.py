from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    collection_assessment_day = fields.Integer(
        "Day of the Assessment", default=1,
        help="Day of the month on which the month before is assessed (P5.2).",
    )
    collection_appeal_days = fields.Integer(
        "Days to Appeal", default=7,
        help="Days that a collector has to appeal before an assessment can be closed unseen.",
    )

    _collection_assessment_day_range = models.Constraint(
        "CHECK(collection_assessment_day BETWEEN 1 AND 28)",
        "The day of the assessment is a day of the month, from 1 to 28.",
    )
    _collection_appeal_days_range = models.Constraint(
        "CHECK(collection_appeal_days >= 0)", "The days to appeal cannot be below zero."
    )
