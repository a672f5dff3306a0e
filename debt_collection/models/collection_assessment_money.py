from datetime import date

from odoo import api, models
from odoo.tools import SQL


class CollectionAssessment(models.Model):
    """The money of a month by who owned the customer's case, in one statement (P5.1).

    An item counts from the day after its due date. A collector's share begins with what is
    overdue when the case is taken over, or with what becomes overdue while it is owned; what
    settles the item while it is owned is the collector's. Amounts are at the booking rate.
    """

    _inherit = "collection.assessment"

    @api.model
    def _get_money_sql(self, company, first, stop, settled_only=False):
        """Rows of what was overdue and what settled it in a month.

        Columns ``user_id kind role model res_id item_id partner_id name date amount tier_code
        is_opening``; without a user for the team. ``is_opening``: of what was overdue when the
        month began, and held since. Kinds: ``recovery`` (numerator: cash, denominator: what was
        overdue), ``bad_debt``, ``credit_note``, ``offset``.

        :param date first: first day of the month
        :param date stop: first day that does not count any more
        :param settled_only: look only at items that something settled in the month, where what
            was overdue is not asked for
        """
        return SQL(
            """
            WITH ladder (company_id, tier_id, code, day_from, day_to) AS (%(ladder)s),
            item AS MATERIALIZED (%(items)s),
            settled AS MATERIALIZED (
                SELECT item.id AS item_id, partial.id, partial.max_date AS date,
                       partial.credit_move_id, partial.debit_amount_currency AS currency,
                       ROUND(partial.debit_amount_currency * item.balance / item.amount_currency,
                             %(digits)s) AS amount
                  FROM item
                  JOIN account_partial_reconcile partial ON partial.debit_move_id = item.id
                 WHERE partial.debit_amount_currency > 0 AND partial.max_date < %(stop)s
                   AND NOT EXISTS (
                       SELECT 1 FROM account_move_line other
                         JOIN account_partial_reconcile origin
                           ON origin.exchange_move_id = other.move_id
                        WHERE other.id = partial.credit_move_id)
            ),
            owner AS (%(owners)s),
            held AS MATERIALIZED (
                SELECT owner.user_id, item.id AS item_id, owner.date_to AS stop,
                       GREATEST(item.date_overdue, owner.date_from) AS start
                  FROM item
                  JOIN owner ON owner.partner_id = item.partner_id
                   AND item.date_overdue < owner.date_to
                 UNION ALL
                SELECT NULL, item.id, %(stop)s, GREATEST(item.date_overdue, %(first)s)
                  FROM item
            ),
            base AS (
                SELECT DISTINCT ON (held.user_id, held.item_id) held.user_id, held.item_id,
                       held.start,
                       ROUND((item.amount_currency - COALESCE(SUM(settled.currency), 0))
                             * item.balance / item.amount_currency, %(digits)s) AS amount
                  FROM held
                  JOIN item ON item.id = held.item_id
             LEFT JOIN settled ON settled.item_id = held.item_id AND settled.date < held.start
              GROUP BY held.user_id, held.item_id, held.start, item.amount_currency, item.balance
                HAVING item.amount_currency > COALESCE(SUM(settled.currency), 0)
              ORDER BY held.user_id, held.item_id, held.start
            ),
            taken AS MATERIALIZED (
                SELECT held.user_id, settled.*
                  FROM held
                  JOIN settled ON settled.item_id = held.item_id
                   AND settled.date >= held.start AND settled.date < held.stop
            ),
            source AS MATERIALIZED (%(sources)s),
            part AS (
                SELECT taken.user_id, share.kind, taken.item_id, taken.credit_move_id,
                       source.name, taken.date, share.amount
                  FROM taken
                  JOIN source ON source.line_id = taken.credit_move_id
            CROSS JOIN LATERAL (
                       SELECT ROUND(taken.amount * source.cash, %(digits)s) AS cash) money
            CROSS JOIN LATERAL (VALUES
                       ('recovery', money.cash),
                       (source.rest_kind, taken.amount - money.cash)) share (kind, amount)
                 WHERE share.amount != 0
            ),
            line AS (
                SELECT base.user_id, 'recovery' AS kind, 'denominator' AS role,
                       base.item_id AS res_id, base.item_id, NULL AS name, base.start AS date,
                       base.amount, base.start
                  FROM base WHERE base.amount > 0
                 UNION ALL
                SELECT part.user_id, part.kind, 'numerator', part.credit_move_id, part.item_id,
                       part.name, part.date, part.amount, base.start
                  FROM part
             LEFT JOIN base ON base.item_id = part.item_id
                   AND base.user_id IS NOT DISTINCT FROM part.user_id
            )
            SELECT line.user_id, line.kind, line.role, 'account.move.line' AS model, line.res_id,
                   line.item_id, item.partner_id,
                   CONCAT_WS(' ← ', item.name, line.name) AS name, line.date, line.amount,
                   ladder.code AS tier_code,
                   COALESCE(line.start = %(first)s AND item.date_overdue < %(first)s, FALSE)
                       AS is_opening
              FROM line
              JOIN item ON item.id = line.item_id
         LEFT JOIN ladder ON line.date - item.date_maturity >= ladder.day_from
               AND (ladder.day_to = 0 OR line.date - item.date_maturity <= ladder.day_to)
            """,
            ladder=self.env["account.move.line"]._get_collection_ladder_sql(company),
            items=self._get_money_items_sql(company, first, stop, settled_only),
            owners=self._get_owners_sql(company, first, stop),
            sources=self._get_money_sources_sql(),
            digits=company.currency_id.decimal_places,
            first=first,
            stop=stop,
        )

    @api.model
    def _get_money_items_sql(self, company, first, stop, settled_only):
        """Receivable items overdue in the month, but not those settled before it."""
        return SQL(
            """
            SELECT line.id, move.name, partner.commercial_partner_id AS partner_id,
                   line.date_maturity, line.balance, line.amount_currency,
                   GREATEST(line.date_maturity + 1, COALESCE(line.invoice_date, line.date))
                       AS date_overdue
              FROM account_move_line line
              JOIN account_move move ON move.id = line.move_id
         LEFT JOIN res_partner partner ON partner.id = line.partner_id
             WHERE line.company_id = %(company)s
               AND line.account_id IN (SELECT id FROM account_account
                                        WHERE account_type = 'asset_receivable')
               AND line.parent_state = 'posted'
               AND line.no_followup IS NOT TRUE
               AND line.balance > 0 AND line.amount_currency > 0
               AND line.date_maturity + 1 < %(stop)s
               AND COALESCE(line.invoice_date, line.date) < %(stop)s
               AND (%(open)s
                    OR line.id IN (SELECT partial.debit_move_id
                                     FROM account_partial_reconcile partial
                                    WHERE partial.company_id = %(company)s
                                      AND partial.max_date >= %(first)s
                                      AND partial.max_date < %(last)s))
            """,
            company=company.id, first=first, stop=stop,
            open=SQL("FALSE") if settled_only else SQL("line.reconciled IS NOT TRUE"),
            # What was settled later was open in the month.
            last=stop if settled_only else date.max,
        )

    @api.model
    def _get_owners_sql(self, company, first, stop):
        """Who owned which customers' cases on which days of the month, ``[from, to)``.

        A customer has one owner on a day: a new period ends the one before.
        """
        return SQL(
            """
            SELECT period.partner_id, period.user_id,
                   GREATEST(period.date_from, %(first)s) AS date_from,
                   LEAST(period.date_to, period.successor, %(stop)s) AS date_to
              FROM (SELECT partner_id, user_id, date_from, date_to,
                           LEAD(date_from) OVER (PARTITION BY partner_id ORDER BY date_from, id)
                               AS successor
                      FROM collection_case_assignment_period
                     WHERE company_id = %(company)s) period
             WHERE GREATEST(period.date_from, %(first)s)
                   < LEAST(period.date_to, period.successor, %(stop)s)
            """,
            company=company.id, first=first, stop=stop,
        )

    @api.model
    def _get_money_sources_sql(self):
        """What settled the items of ``taken``: how much of it is cash, and what the rest is.

        Cash is what a payment, a bank statement or an entry brought to the bank's accounts: a
        payment of 980 with 20 written off settles 1,000. Of the rest a credit note is one; a
        balance moved to other receivables or payables is an offset; everything else is written
        off.
        """
        return SQL(
            """
            SELECT counterpart.id AS line_id, entry.name,
                   CASE WHEN entry.move_type = 'out_refund' THEN 0
                        ELSE LEAST(1, GREATEST(0, COALESCE(
                             figure.money / NULLIF(figure.settled, 0),
                             CASE WHEN figure.is_payment THEN 1 ELSE 0 END))) END AS cash,
                   CASE WHEN entry.move_type = 'out_refund' THEN 'credit_note'
                        WHEN figure.is_offset AND NOT figure.is_payment THEN 'offset'
                        ELSE 'bad_debt' END AS rest_kind
              FROM account_move_line counterpart
              JOIN account_move entry ON entry.id = counterpart.move_id
              JOIN (SELECT entry.id AS move_id, settling.account_id,
                           entry.origin_payment_id IS NOT NULL
                               OR entry.statement_line_id IS NOT NULL AS is_payment,
                           SUM(part.balance) FILTER (WHERE part.account_id IN (
                                   CASE WHEN journal.type IN ('bank', 'cash', 'credit')
                                        THEN journal.default_account_id END,
                                   CASE WHEN journal.type IN ('bank', 'cash', 'credit')
                                        THEN journal.suspense_account_id END,
                                   payment.outstanding_account_id)
                               OR account.account_type = 'asset_cash') AS money,
                           -SUM(part.balance) FILTER (
                               WHERE part.account_id = settling.account_id) AS settled,
                           BOOL_AND(account.account_type
                                    IN ('asset_receivable', 'liability_payable')) AS is_offset
                      FROM (SELECT DISTINCT line.move_id, line.account_id
                              FROM account_move_line line
                             WHERE line.id IN (SELECT credit_move_id FROM taken)) settling
                      JOIN account_move entry ON entry.id = settling.move_id
                      JOIN account_journal journal ON journal.id = entry.journal_id
                 LEFT JOIN account_payment payment ON payment.id = entry.origin_payment_id
                      JOIN account_move_line part ON part.move_id = entry.id
                      JOIN account_account account ON account.id = part.account_id
                  GROUP BY entry.id, settling.account_id) figure
                ON figure.move_id = entry.id AND figure.account_id = counterpart.account_id
             WHERE counterpart.id IN (SELECT credit_move_id FROM taken)
            """
        )
