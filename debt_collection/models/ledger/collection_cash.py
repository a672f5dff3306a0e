from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

MONEY_JOURNALS = ("bank", "cash", "credit")
"""Types of journals whose entries are money: bank, cash, credit card."""


class CollectionCash(models.AbstractModel):
    """What is cash: the one definition that everything asks which counts money (P5.1).

    A payment, a bank statement line, or an entry in a bank, cash or card journal. Credit notes,
    write-offs, exchange differences and offsets settle an item, too, and are none. A payment of
    980 registered with 20 written off settles 1,000: 980 are cash, 20 are a write-off, and each
    matched part has its share of both.
    """

    _name = "collection.cash"
    _description = "What Is Cash"

    @api.model
    def _flush_cash(self):
        """Write what waits, so that the statements below see it."""
        for name in ("account.partial.reconcile", "account.move.line", "account.move",
                     "account.payment", "account.journal", "account.account"):
            self.env[name].flush_model()

    @api.model
    def _get_rows_sql(self, items):
        """Rows of what settled some items, split into cash and the rest.

        Columns ``partial_id item_id line_id name date kind amount amount_currency``: ``line_id``
        the credit that settled, ``name`` its entry; ``amount`` in company currency at the rate
        that the item was booked at, ``amount_currency`` in the item's currency. Kinds: ``cash``,
        ``credit_note``, ``offset`` (moved to other receivables or payables), ``write_off``
        (everything else). Exchange differences are no rows. Amounts are above zero; a partial
        of two kinds is two rows.

        :param items: query of receivable debits with the columns of ``_get_settled_sql``
        """
        return self._get_split_sql(self._get_settled_sql(items))

    @api.model
    def _get_settled_sql(self, items):
        """Rows of what settled some items, whatever it was; exchange differences left out.

        Columns ``partial_id item_id line_id date amount amount_currency digits
        currency_digits``.

        :param items: query with the columns ``id balance amount_currency currency_id
            company_currency_id`` of receivable debits
        """
        return SQL(
            """
            SELECT partial.id AS partial_id, item.id AS item_id,
                   partial.credit_move_id AS line_id, partial.max_date AS date,
                   ROUND(partial.debit_amount_currency * item.balance / item.amount_currency,
                         company_currency.decimal_places) AS amount,
                   partial.debit_amount_currency AS amount_currency,
                   company_currency.decimal_places AS digits,
                   currency.decimal_places AS currency_digits
              FROM (%(items)s) item
              JOIN res_currency company_currency ON company_currency.id = item.company_currency_id
              JOIN res_currency currency ON currency.id = item.currency_id
              JOIN account_partial_reconcile partial ON partial.debit_move_id = item.id
             WHERE partial.debit_amount_currency > 0 AND item.amount_currency > 0
               AND NOT EXISTS (
                   SELECT 1 FROM account_move_line other
                     JOIN account_partial_reconcile origin
                       ON origin.exchange_move_id = other.move_id
                    WHERE other.id = partial.credit_move_id)
            """,
            items=items,
        )

    @api.model
    def _get_split_sql(self, settled):
        """Split rows of ``_get_settled_sql`` into those of ``_get_rows_sql``."""
        return SQL(
            """
            WITH settled_part AS MATERIALIZED (%(settled)s),
            source AS MATERIALIZED (%(sources)s)
            SELECT part.partial_id, part.item_id, part.line_id, source.name, part.date,
                   share.kind, share.amount, share.amount_currency
              FROM settled_part part
              JOIN source ON source.line_id = part.line_id
        CROSS JOIN LATERAL (
                   SELECT ROUND(part.amount * source.cash, part.digits) AS amount,
                          ROUND(part.amount_currency * source.cash, part.currency_digits)
                              AS amount_currency) money
        CROSS JOIN LATERAL (VALUES
                   ('cash', money.amount, money.amount_currency),
                   (source.rest_kind, part.amount - money.amount,
                    part.amount_currency - money.amount_currency)
                   ) share (kind, amount, amount_currency)
             WHERE share.amount != 0 OR share.amount_currency != 0
            """,
            settled=settled,
            sources=self._get_sources_sql(SQL("SELECT line_id FROM settled_part")),
        )

    @api.model
    def _get_sources_sql(self, credits):
        """How much of some credits on receivables is cash, and what the rest is.

        Columns ``line_id name cash rest_kind``; ``cash`` is a share from 0 to 1: what the entry
        has on the bank's accounts, or on the one for payments under way, of what it settles.

        :param credits: query of the ids of credits
        """
        return SQL(
            """
            SELECT credit.id AS line_id, entry.name,
                   CASE WHEN NOT entry.is_money THEN 0
                        ELSE LEAST(1, GREATEST(0, COALESCE(
                             entry.money / NULLIF(entry.settled, 0),
                             CASE WHEN entry.is_payment OR NOT entry.is_result THEN 1 ELSE 0 END)))
                        END AS cash,
                   CASE WHEN entry.move_type IN ('out_refund', 'in_refund') THEN 'credit_note'
                        WHEN entry.is_offset AND NOT entry.is_money THEN 'offset'
                        ELSE 'write_off' END AS rest_kind
              FROM account_move_line credit
              JOIN (SELECT move.id AS move_id, settling.account_id, move.name, move.move_type,
                           %(is_money)s AS is_money,
                           move.origin_payment_id IS NOT NULL
                               OR move.statement_line_id IS NOT NULL AS is_payment,
                           SUM(part.balance) FILTER (
                               WHERE part.account_id IN (
                                   journal.default_account_id, journal.suspense_account_id,
                                   payment.outstanding_account_id)
                               OR account.account_type = 'asset_cash') AS money,
                           -SUM(part.balance) FILTER (
                               WHERE part.account_id = settling.account_id) AS settled,
                           BOOL_AND(account.account_type IN (
                               'asset_receivable', 'liability_payable')) AS is_offset,
                           BOOL_AND(account.account_type LIKE 'income%%'
                                    OR account.account_type LIKE 'expense%%') FILTER (
                               WHERE part.account_id != settling.account_id) IS TRUE AS is_result
                      FROM (SELECT DISTINCT line.move_id, line.account_id
                              FROM account_move_line line
                             WHERE line.id IN (%(credits)s)) settling
                      JOIN account_move move ON move.id = settling.move_id
                      JOIN account_journal journal ON journal.id = move.journal_id
                 LEFT JOIN account_payment payment ON payment.id = move.origin_payment_id
                      JOIN account_move_line part ON part.move_id = move.id
                      JOIN account_account account ON account.id = part.account_id
                  GROUP BY move.id, settling.account_id, journal.id) entry
                ON entry.move_id = credit.move_id AND entry.account_id = credit.account_id
             WHERE credit.id IN (%(credits)s)
            """,
            is_money=self._get_is_money_sql(),
            credits=credits,
        )

    @api.model
    def _get_is_money_sql(self):
        """Whether the entry ``move`` in ``journal`` brought money, in whole or in part."""
        return SQL(
            """(move.move_type NOT IN ('out_refund', 'in_refund', 'out_invoice', 'in_invoice')
                AND (move.origin_payment_id IS NOT NULL OR move.statement_line_id IS NOT NULL
                     OR journal.type IN %s))""",
            MONEY_JOURNALS,
        )

    @api.model
    def _get_money_domain(self):
        """Journal items of entries that brought money, as a domain."""
        return Domain("move_id.move_type", "not in", ("out_refund", "in_refund")) & (
            Domain("move_id.origin_payment_id", "!=", False)
            | Domain("move_id.statement_line_id", "!=", False)
            | Domain("journal_id.type", "in", MONEY_JOURNALS)
        )

    @api.model
    def _get_items_sql(self, condition):
        """The query that the builders above take, of journal items ``line``."""
        return SQL(
            """SELECT line.id, line.balance, line.amount_currency, line.currency_id,
                      line.company_currency_id
                 FROM account_move_line line WHERE %s""",
            condition,
        )

    @api.model
    def _get_received(self, spans):
        """The cash that came for items within spans of time, in one statement.

        :param spans: list of tuples ``key line_ids date_from date_to``, dates inclusive
        :return: dict of amounts in company currency by key, without the keys that got none
        """
        pairs = [
            (key, line_id, start, end) for key, line_ids, start, end in spans
            for line_id in line_ids
        ]
        if not pairs:
            return {}
        self._flush_cash()
        keys, line_ids, starts, ends = (list(values) for values in zip(*pairs, strict=True))
        return dict(self.env.execute_query(SQL(
            """
            SELECT span.key, SUM(cash.amount)
              FROM unnest(%(keys)s::int[], %(lines)s::int[], %(starts)s::date[], %(ends)s::date[])
                   span (key, line_id, date_from, date_to)
              JOIN (%(rows)s) cash ON cash.item_id = span.line_id AND cash.kind = 'cash'
               AND cash.date BETWEEN span.date_from AND span.date_to
          GROUP BY span.key
            """,
            keys=keys, lines=line_ids, starts=starts, ends=ends,
            rows=self._get_rows_sql(self._get_items_sql(SQL("line.id = ANY(%s)", line_ids))),
        )))
