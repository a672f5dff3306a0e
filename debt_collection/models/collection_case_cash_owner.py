from odoo import api, models
from odoo.tools import SQL


class CollectionCase(models.Model):
    """Whose cash it is: the one answer that every screen, report and assessment gives (P5.1).

    Cash on an overdue item belongs to who owned the customer's case on the day it came, as
    ``_get_money_sql`` of the assessment tells it; a later handover does not move it.
    """

    _inherit = "collection.case"

    @api.model
    def _get_cash_by_collector(self, company, first, stop):
        """Cash that came on overdue items within some days, in one statement.

        Who may see whose figures is for the caller to decide.

        :param date first: first day
        :param date stop: first day that does not count any more
        :return: dict of amounts in company currency by user id; ``None`` is the team's, ``False``
            what came while nobody owned the case
        """
        self.env.flush_all()
        rows = self.env.execute_query(SQL(
            "SELECT user_id, SUM(amount) FROM (%s) cash GROUP BY user_id",
            self._get_cash_rows_sql(company, first, stop),
        ))
        cash = {user_id: float(amount) for user_id, amount in rows}
        team = cash.setdefault(None, 0.0)
        owned = sum(amount for user_id, amount in cash.items() if user_id)
        cash[False] = company.currency_id.round(team - owned)
        return cash

    @api.model
    def _get_cash_rows_sql(self, company, first, stop):
        """The rows that ``_get_cash_by_collector`` sums: what each payment brought on each item.

        Columns as in ``_get_money_sql``; each row is there once for its collector, once without
        a user for the team.
        """
        # The rule is the assessment's; the ledger is read for figures, not shown.
        assessments_sudo = self.env["collection.assessment"].sudo()
        return SQL(
            "SELECT * FROM (%s) money WHERE kind = 'recovery' AND role = 'numerator'",
            assessments_sudo._get_money_sql(company, first, stop, settled_only=True),
        )
