from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date


class CollectionLawSource(models.AbstractModel):
    """Where a value that the law sets comes from, from when to when it holds, and who looked.

    Law ages: a value that is not in force on a day is refused for that day, never used in
    silence. The values that come with the add-on are no legal advice: have counsel check.
    """

    _name = "collection.law.source"
    _description = "Source of a Value of the Law"

    law = fields.Char(help="The statute, by its own name.")
    article = fields.Char("Article or Section")
    date_valid_from = fields.Date("In Force From", help="First day, inclusive.")
    date_valid_to = fields.Date(
        "In Force Until", help="Last day, inclusive; empty: as far as known it holds on."
    )
    date_checked = fields.Date(
        "Checked On", help="When somebody last compared the value with the text of the law."
    )
    is_confirmed = fields.Boolean(
        "Compared with the Text", help="No: the value is from general knowledge."
    )
    source_note = fields.Text("Note on the Source", help="What was not compared, and why.")

    _validity = models.Constraint(
        "CHECK(date_valid_to IS NULL OR date_valid_from IS NULL"
        " OR date_valid_to >= date_valid_from)",
        "A law is in force from a day until a later one.",
    )
    _people_write = {
        "*": {
            "law", "article", "date_valid_from", "date_valid_to", "date_checked", "is_confirmed",
            "source_note",
        },
    }

    def _is_in_force(self, day):
        """Whether the value holds on a day, as far as its dates say."""
        self.ensure_one()
        return not (
            (self.date_valid_from and day < self.date_valid_from)
            or (self.date_valid_to and day > self.date_valid_to)
        )

    def _check_in_force(self, day):
        """Raise a ``UserError`` that names the law if the value does not hold on a day."""
        for record in self:
            if not record._is_in_force(day):
                raise UserError(record._get_words_not_in_force(day))

    def _get_words_not_in_force(self, day):
        self.ensure_one()
        return self.env._(
            "“%(record)s” is not in force on %(date)s: enter the law of that day, or choose"
            " another.",
            record=self.display_name, date=format_date(self.env, day),
        )

    def _get_source_words(self):
        """Law and article as they are cited."""
        self.ensure_one()
        return " ".join(filter(None, (self.law, self.article)))
