from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

from ...tools.late_charge import RateTable


class CollectionRate(models.Model):
    """A reference rate that terms for late payment rest on, such as a central bank's."""

    _name = "collection.rate"
    _description = "Reference Rate"
    _inherit = ["collection.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "name, id"
    _rec_names_search = ["name", "code"]

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="Names the rate in imported files, e.g. ECB.")
    active = fields.Boolean(default=True)
    value_ids = fields.One2many("collection.rate.value", "rate_id", "Values")
    date_known_to = fields.Date(
        "Known Until",
        help="Last day for which the values are complete. For later days the last value is used"
        " with a warning, or nothing is charged, as the company sets, until somebody has looked"
        " up the rate. Empty: the last value holds until the next one.",
    )
    file_format = fields.Selection(
        [
            ("ecb", "European Central Bank"),
            ("boe", "Bank of England"),
            ("bundesbank", "Deutsche Bundesbank"),
            ("lpr", "National Interbank Funding Center (LPR, 1 Year)"),
        ],
        help="Whose published file its values can be imported from.",
    )
    percent_current = fields.Float(
        "Last Value (%)", digits=(9, 4), compute="_compute_current"
    )
    date_current = fields.Date("In Force Since", compute="_compute_current")
    source = fields.Text(help="Who publishes the rate, and where.")
    _code_unique = models.UniqueIndex("(code)", "Two reference rates cannot have one code.")
    _people_share = True
    _people_write = {
        "*": {"file_format", "name", "code", "active", "value_ids", "date_known_to", "source"},
    }

    @api.depends("value_ids.date_from", "value_ids.percent")
    def _compute_current(self):
        for rate in self:
            last = rate.value_ids.filtered("date_from").sorted("date_from")[-1:]
            rate.percent_current = last.percent
            rate.date_current = last.date_from

    def _get_tables(self, is_carried_on=False):
        """The pure table of each of these rates, by id.

        :param is_carried_on: the last value is used for days past the last known one
        """
        return {
            rate.id: RateTable(
                [(value.date_from, str(value.percent)) for value in rate.value_ids],
                rate.date_known_to or None,
                is_carried_on,
            )
            for rate in self
        }

    def _get_words_carried_on(self, day):
        """The warning that a value is used for a day for which nobody has looked it up."""
        self.ensure_one()
        return self.env._(
            "“%(rate)s” is known until %(known)s only: its last value, %(percent)s %%, is used"
            " from %(day)s on. Look it up before this leaves the house.",
            rate=self.name, known=format_date(self.env, self.date_known_to),
            percent=f"{self.percent_current:g}", day=format_date(self.env, day),
        )

    @api.model
    def _get_outdated_domain(self, as_of):
        return Domain("date_known_to", "!=", False) & Domain("date_known_to", "<", as_of)

    @api.model
    def _remind_outdated(self, company, as_of):
        """A to-do for finance for each rate that is used and not known to today, once."""
        # Whoever runs the night: the to-do is finance's.
        policy_sudo = self.env["collection.policy"].sudo()._get_default(company)
        user = policy_sudo.finance_user_id or policy_sudo.manager_id
        if not user:
            return
        policies_sudo = policy_sudo.search([("company_id", "in", [company.id, False])])
        rates_sudo = policies_sudo._get_charge_rates().filtered_domain(
            self._get_outdated_domain(as_of)
        )
        for rate_sudo in rates_sudo:
            mine = rate_sudo.activity_ids.filtered(lambda todo: todo.user_id == user)
            if not mine:
                rate_sudo.with_context(mail_activity_quick_update=True).activity_schedule(
                    "mail.mail_activity_data_todo",
                    date_deadline=as_of,
                    summary=self.env._(
                        "Look up “%(rate)s”: it is known until %(date)s only",
                        rate=rate_sudo.name,
                        date=format_date(self.env, rate_sudo.date_known_to),
                    ),
                    user_id=user.id,
                )

    def write(self, vals):
        """Nobody is asked any more to look up what is known by now."""
        result = super().write(vals)
        if "date_known_to" in vals:
            today = fields.Date.context_today(self)
            # To-dos of finance, whoever imported the file.
            self.sudo().filtered(
                lambda rate: not rate.date_known_to or rate.date_known_to >= today
            ).activity_unlink(["mail.mail_activity_data_todo"])
        return result
