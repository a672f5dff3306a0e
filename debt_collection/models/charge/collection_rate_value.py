from odoo import api, fields, models


class CollectionRateValue(models.Model):
    """What a reference rate is from a day on, until its next value."""

    _name = "collection.rate.value"
    _description = "Value of a Reference Rate"
    _inherit = ["collection.mixin", "collection.law.source"]
    _order = "rate_id, date_from desc"
    _rec_name = "date_from"

    rate_id = fields.Many2one(
        "collection.rate", "Reference Rate", required=True, index=True, ondelete="cascade"
    )
    date_from = fields.Date("From", required=True, help="First day on which it is in force.")
    percent = fields.Float("Percent a Year", required=True, digits=(9, 4))
    _one_a_day = models.UniqueIndex(
        "(rate_id, date_from)", "A reference rate has one value from a day on."
    )
    _percent_range = models.Constraint(
        "CHECK(percent BETWEEN -100 AND 1000)",
        "A reference rate is a percentage: write 3.15 for 3.15 %.",
    )
    _people_create = {"rate_id"}
    _people_write = {"*": {"date_from", "percent"}}

    @api.model
    @api.readonly
    def get_import_templates(self):
        """The file that Odoo's import offers for download."""
        return [{
            "label": self.env._("Import Template for Reference Rates"),
            "template": "/debt_collection/static/import/collection_rate_value.csv",
        }]

