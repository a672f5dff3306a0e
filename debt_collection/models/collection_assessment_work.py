from odoo import api, models
from odoo.tools import SQL


class CollectionAssessment(models.Model):
    """The work of a month by who did it: contacts, promises, customers' answers (P5.1).

    Rows as those of the money, one statement for all collectors; each counts once for its
    collector and once for the team.
    """

    _inherit = "collection.assessment"

    @api.model
    def _get_work_sql(self, company, first, stop, today):
        """Rows of what was due and done in a month, columns as in ``_get_money_sql``.

        :param date today: what is due later is not late yet, in a month that still runs
        """
        return SQL(
            """
            SELECT holder.user_id, work.kind, work.role, work.model, work.res_id,
                   NULL::int AS item_id, work.partner_id, work.name, work.date, work.amount,
                   NULL::varchar AS tier_code
              FROM (%s) work
        CROSS JOIN LATERAL (SELECT work.user_id UNION SELECT NULL) holder (user_id)
            """,
            SQL(" UNION ALL ").join([
                self._get_step_rows_sql(company, first, stop, today),
                self._get_answer_rows_sql(company, first, stop),
                self._get_promise_rows_sql(company, first, stop),
                self._get_contact_rows_sql(company, first, stop),
                self._get_recovered_rows_sql(company, first, stop),
            ]),
        )

    @api.model
    def _get_step_rows_sql(self, company, first, stop, today):
        """Scheduled contacts by their deadline; late unless they were done by it.

        Left out: what the customer's payment, a contact rule or a pause made needless, and what
        was never asked of anybody because collection began late.
        """
        return SQL(
            """
            SELECT step.user_id, 'timeliness' AS kind, role.name AS role,
                   'collection.case.step' AS model, step.id AS res_id, owned.partner_id,
                   owned.name, step.date_deadline AS date, 1::numeric AS amount
              FROM collection_case_step step
              JOIN collection_case owned ON owned.id = step.case_id
              JOIN (VALUES ('denominator'), ('numerator')) role (name)
                ON role.name = 'denominator'
                OR (step.state = 'done' AND step.date_done <= step.date_deadline)
             WHERE owned.company_id = %(company)s
               AND step.date_deadline >= %(first)s AND step.date_deadline < %(stop)s
               AND (step.state = 'done'
                    OR (step.state = 'planned' AND step.date_deadline < %(today)s)
                    OR (step.state = 'cancelled'
                        AND COALESCE(step.cancel_reason, 'other') = 'other'))
            """,
            company=company.id, first=first, stop=stop, today=today,
        )

    @api.model
    def _get_answer_rows_sql(self, company, first, stop):
        """Answers of the customers themselves, and those of four or five of five."""
        return SQL(
            """
            SELECT rated.id AS user_id, 'satisfaction', role.name, 'rating.rating', answer.id,
                   owned.partner_id, owned.name, given.date, 1::numeric
              FROM rating_rating answer
              JOIN collection_case owned ON owned.id = answer.res_id
         LEFT JOIN (SELECT partner_id, MIN(id) AS id FROM res_users GROUP BY partner_id) rated
                ON rated.partner_id = answer.rated_partner_id
        CROSS JOIN LATERAL (
                   SELECT (COALESCE(answer.rated_on, answer.write_date)
                           AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s)::date) given (date)
              JOIN (VALUES ('denominator'), ('numerator')) role (name)
                ON role.name = 'denominator' OR answer.rating >= 4
             WHERE answer.res_model = 'collection.case' AND answer.consumed
               AND answer.rating >= 1
               AND EXISTS (SELECT 1 FROM res_partner customer
                            WHERE customer.id = answer.partner_id
                              AND customer.commercial_partner_id = owned.partner_id)
               AND owned.company_id = %(company)s
               AND given.date >= %(first)s AND given.date < %(stop)s
            """,
            company=company.id, first=first, stop=stop, tz=company._get_collection_tz(),
        )

    @api.model
    def _get_promise_rows_sql(self, company, first, stop):
        """Promises for a day of the month that were judged; open, superseded ones do not count."""
        return SQL(
            """
            SELECT promise.user_id, figure.kind, figure.role, 'collection.promise', promise.id,
                   promise.partner_id, owned.name, promise.date_promised, figure.amount
              FROM collection_promise promise
              JOIN collection_case owned ON owned.id = promise.case_id
        CROSS JOIN LATERAL (VALUES
                   ('promise_count', 'denominator', 1::numeric),
                   ('promise_count', 'numerator',
                    CASE WHEN promise.state = 'kept' THEN 1 ELSE 0 END),
                   ('promise_value', 'denominator', promise.amount),
                   ('promise_value', 'numerator', LEAST(promise.kept_amount, promise.amount))
                   ) figure (kind, role, amount)
             WHERE promise.company_id = %(company)s
               AND promise.state IN ('kept', 'partial', 'broken')
               AND promise.date_promised >= %(first)s AND promise.date_promised < %(stop)s
               AND (figure.role = 'denominator' OR figure.amount > 0)
            """,
            company=company.id, first=first, stop=stop,
        )

    @api.model
    def _get_contact_rows_sql(self, company, first, stop):
        """Calls and visits, those that reached whom they were meant for, and late records.

        A contact that was corrected counts as its correction says. Timeliness goes by the day
        that a contact says of itself: how many were recorded later than the next day stands
        beside it.
        """
        return SQL(
            """
            SELECT contact.user_id, figure.kind, figure.role, 'collection.activity', contact.id,
                   contact.partner_id, owned.name, made.date, 1::numeric
              FROM collection_activity contact
              JOIN collection_case owned ON owned.id = contact.case_id
        CROSS JOIN LATERAL (
                   SELECT (contact.date AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s)::date,
                          (contact.create_date AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s)::date
                   ) made (date, recorded)
        CROSS JOIN LATERAL (
                   SELECT contact.direction = 'outbound' AND contact.method IN ('phone', 'visit')
                   ) attempt (made)
              JOIN (VALUES ('right_party', 'denominator'), ('right_party', 'numerator'),
                           ('recorded_late', 'denominator'), ('recorded_late', 'numerator')
                   ) figure (kind, role)
                ON CASE figure.kind || figure.role
                   WHEN 'right_partydenominator' THEN attempt.made
                   WHEN 'right_partynumerator' THEN attempt.made AND contact.outcome
                        IN ('reached', 'promised', 'disputed', 'refused')
                   WHEN 'recorded_latenumerator' THEN made.recorded > made.date + 1
                   ELSE TRUE END
             WHERE contact.company_id = %(company)s AND contact.state = 'confirmed'
               AND contact.is_opening IS NOT TRUE
               AND made.date >= %(first)s AND made.date < %(stop)s
               AND NOT EXISTS (SELECT 1 FROM collection_activity correction
                                WHERE correction.corrects_id = contact.id
                                  AND correction.state = 'confirmed')
            """,
            company=company.id, first=first, stop=stop, tz=company._get_collection_tz(),
        )

    @api.model
    def _get_recovered_rows_sql(self, company, first, stop):
        """What came in on amounts written off before, for the team: never netted silently."""
        return SQL(
            """
            SELECT NULL::int, 'written_off_recovered', 'numerator', 'collection.recovery',
                   recovery.id, recovery.partner_id, recovery.name, entry.date,
                   recovery.amount_company
              FROM collection_recovery recovery
              JOIN account_move entry ON entry.id = recovery.move_id
             WHERE recovery.company_id = %(company)s AND recovery.state = 'posted'
               AND entry.date >= %(first)s AND entry.date < %(stop)s
            """,
            company=company.id, first=first, stop=stop,
        )
