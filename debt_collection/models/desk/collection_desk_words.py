from babel.dates import format_skeleton

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools.misc import babel_locale_parse


class CollectionDeskWords(models.AbstractModel):
    """How the desk says days, choices and to-dos, and finds the case that it is about."""

    _name = "collection.desk.words"
    _description = "Words of the Desk"

    @api.model
    def _label(self, record, name):
        """What a choice of a record is called in the reader's language."""
        return dict(record._fields[name]._description_selection(self.env)).get(record[name], "")

    @api.model
    def _describe_to_do(self, to_do, today):
        name = to_do.activity_type_id.name or to_do.summary or self.env._("To-do")
        return f"{name} · {self._name_day(to_do.date_deadline, today)}"

    @api.model
    def _name_day(self, day, today):
        """A day as people say it: today, tomorrow, yesterday, else the day of the month."""
        distance = (day - today).days
        if abs(distance) <= 1:
            return {
                -1: self.env._("yesterday"),
                0: self.env._("today"),
                1: self.env._("tomorrow"),
            }[distance]
        locale = babel_locale_parse(self.env.lang or "en_US")
        skeleton = "MMMd" if day.year == today.year else "yMMMd"
        return format_skeleton(skeleton, day, locale=locale)

    @api.model
    def _get_case(self, case_id):
        return self.env["collection.case"].browse(case_id).exists() or self._raise_gone()

    @api.model
    def _raise_gone(self):
        raise UserError(self.env._("This case is not there any more. Choose another one."))
