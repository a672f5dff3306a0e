from odoo import api, fields, models

from ...tools.late_charge import RateTable


class CollectionRate(models.Model):
    """A reference rate that terms for late payment rest on, such as a central bank's."""

    _name = "collection.rate"
    _description = "Reference Rate"
    _inherit = "collection.mixin"
    _order = "name, id"
    _rec_names_search = ["name", "code"]

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="Names the rate in imported files, e.g. ECB.")
    active = fields.Boolean(default=True)
    value_ids = fields.One2many("collection.rate.value", "rate_id", "Values")
    date_known_to = fields.Date(
        "Known Until",
        help="Last day for which the values are complete. Nothing is charged for later days"
        " before somebody has looked up the rate and moved this day on. Empty: the last value"
        " holds until the next one.",
    )
    percent_current = fields.Float(
        "Last Value (%)", digits=(9, 4), compute="_compute_current"
    )
    date_current = fields.Date("In Force Since", compute="_compute_current")
    source = fields.Text(help="Who publishes the rate, and where.")
    _code_unique = models.UniqueIndex("(code)", "Two reference rates cannot have one code.")
    _people_share = True
    _people_write = {"*": {"name", "code", "active", "value_ids", "date_known_to", "source"}}

    @api.depends("value_ids.date_from", "value_ids.percent")
    def _compute_current(self):
        for rate in self:
            last = rate.value_ids.filtered("date_from").sorted("date_from")[-1:]
            rate.percent_current = last.percent
            rate.date_current = last.date_from

    def _get_tables(self):
        """The pure table of each of these rates, by id."""
        return {
            rate.id: RateTable(
                [(value.date_from, str(value.percent)) for value in rate.value_ids],
                rate.date_known_to or None,
            )
            for rate in self
        }

