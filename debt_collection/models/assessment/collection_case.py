from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL, split_every

BATCH = 100
LOOK_BACK = 3
"""Days that the job looks back, so that a night it missed asks nobody too late."""


class CollectionCase(models.Model):
    """Whose cash it is: the one answer that every screen, report and assessment gives (P5.1).

    Cash on an overdue item belongs to who owned the customer's case on the day it came, as
    ``_get_money_sql`` of the indicators tells it; a later handover does not move it.
    """

    _name = "collection.case"
    _inherit = ["rating.mixin", "collection.case"]

    date_survey = fields.Date("Last Asked On", readonly=True, copy=False)

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
        # The ledger is read for figures, not shown.
        indicator_sudo = self.env["collection.indicator"].sudo()
        return SQL(
            "SELECT * FROM (%s) money WHERE kind = 'recovery' AND role = 'numerator'",
            indicator_sudo._get_money_sql(company, first, stop, settled_only=True),
        )

    # Customers are asked how they were treated, and their answers count (P5.1).

    @api.model
    def _send_surveys_in_slices(self, company, as_of=None):
        """Ask the customers of a company who were spoken to or paid in the days before.

        In slices, whose sizes are yielded; who was asked is not found again. Nobody is asked
        before a person has started the chase.
        """
        if not (company.collection_survey and company.collection_is_started):
            return
        as_of = as_of or company._get_collection_today()
        # The job asks on behalf of everybody's cases.
        cases_sudo = self.sudo()._get_cases_to_survey(company, as_of)
        for ids in split_every(BATCH, cases_sudo.ids):
            cases_sudo.browse(ids)._ask_customers(as_of)
            yield len(ids)

    def _get_cases_to_survey(self, company, as_of):
        """One case for each customer to be asked on a day, the latest first, in one statement."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (asked.partner_id) asked.id
                  FROM collection_case asked
                  JOIN res_partner partner ON partner.id = asked.partner_id
                 WHERE asked.company_id = %(company)s
                   AND asked.user_id IS NOT NULL
                   AND asked.stage != 'legal'
                   AND (asked.is_opening IS NOT TRUE OR asked.stage != 'closed')
                   AND partner.collection_no_survey IS NOT TRUE
                   AND ((asked.close_reason = 'paid'
                         AND asked.date_closed >= %(start)s AND asked.date_closed < %(as_of)s)
                        OR EXISTS (
                        SELECT 1 FROM collection_activity contact
                         WHERE contact.case_id = asked.id AND contact.state = 'confirmed'
                           AND contact.is_opening IS NOT TRUE
                           AND contact.method IN ('phone', 'visit')
                           AND contact.outcome IN ('reached', 'promised', 'disputed', 'refused')
                           AND contact.date >= %(start)s::date AND contact.date < %(as_of)s::date))
                   AND NOT EXISTS (
                        SELECT 1 FROM collection_case other
                         WHERE other.partner_id = asked.partner_id
                           AND other.company_id = asked.company_id
                           AND other.date_survey > %(as_of)s::date - 30)
              ORDER BY asked.partner_id, asked.id DESC
                """,
                company=company.id, as_of=as_of, start=as_of - timedelta(days=LOOK_BACK),
            )
        )
        return self.browse(case_id for (case_id,) in rows).filtered(
            lambda case: case.partner_id._get_collection_contact().email
        )

    def _ask_customers(self, as_of):
        """Queue the e-mails; the answer counts for who is the collector now."""
        if not self:
            return
        for case in self:
            case.rating_ids.filtered(lambda rating: not rating.consumed).write({
                "rated_partner_id": case.user_id.partner_id.id,
            })
        self.env.ref("debt_collection.mail_template_survey")._send_collection_batch(
            self.ids
        )
        # The question is the policy's, whoever closes the case.
        self.sudo().write({"date_survey": as_of})

    def _get_survey(self):
        """The question that the customer was asked and has not answered yet (P5.1)."""
        self.ensure_one()
        # Nobody reads the token of a survey; that there is one is asked for the page alone.
        asked_sudo = self.sudo().rating_ids.filtered(
            lambda rating: not rating.consumed and rating.access_token
        )
        return asked_sudo[:1] if self.date_survey else asked_sudo.browse()

    @api.model
    def _cron_survey(self):
        self.env["res.company"]._run_collection_job(
            self._send_surveys_in_slices, "the customer survey"
        )

