from odoo import models


class CalendarEvent(models.Model):
    _inherit = "calendar.event"

    def _get_activity_excluded_models(self):
        """The meetings of a task force are in the calendar; no to-do repeats each of them."""
        return super()._get_activity_excluded_models() + ["collection.task.force"]

