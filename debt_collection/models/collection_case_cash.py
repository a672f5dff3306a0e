from odoo import api, models
from odoo.tools import SQL


class CollectionCase(models.Model):
    """The money that came for a case: what payments and bank statements brought."""

    _inherit = "collection.case"

    @api.model
    def _get_cash_received(self, spans, items=None):
        """The cash that came for items within spans of time, in one statement.

        Credit notes, write-offs and exchange differences are no cash; foreign payments count
        at the amount booked on the item.

        :param spans: list of tuples ``key case_id date_from date_to``, dates inclusive
        :param items: ids of items by key, where not all items of the case count
        :return: dict of amounts in company currency by key, without the keys that got none
        """
        if not spans:
            return {}
        for name in ("account.partial.reconcile", "account.move.line", "account.move",
                     "account.payment", "account.journal"):
            self.env[name].flush_model()
        keys, case_ids, starts, ends = (list(values) for values in zip(*spans, strict=True))
        return dict(
            self.env.execute_query(
                SQL(
                    """
                    SELECT span.key, SUM(partial.amount * %(share)s)
                      FROM unnest(%(keys)s::int[], %(cases)s::int[], %(starts)s::date[],
                                  %(ends)s::date[]) span (key, case_id, date_from, date_to)
                      %(lines)s
                      JOIN account_partial_reconcile partial ON partial.debit_move_id = line.id
                       AND partial.company_id = line.company_id
                       AND partial.max_date BETWEEN span.date_from AND span.date_to
                      JOIN account_move_line counterpart
                        ON counterpart.id = partial.credit_move_id
                      JOIN account_move source ON source.id = counterpart.move_id
                      JOIN account_journal journal ON journal.id = source.journal_id
                 LEFT JOIN account_payment payment ON payment.id = source.origin_payment_id
                     WHERE source.origin_payment_id IS NOT NULL
                        OR source.statement_line_id IS NOT NULL
                  GROUP BY span.key
                    """,
                    share=self._get_cash_share_sql(),
                    lines=self._get_cash_lines_sql(items),
                    keys=keys,
                    cases=case_ids,
                    starts=starts,
                    ends=ends,
                )
            )
        )

    @api.model
    def _get_cash_lines_sql(self, items):
        """The items whose payments count: those of the span's case, or the ones named."""
        if items is None:
            return SQL("JOIN account_move_line line ON line.collection_case_id = span.case_id")
        pairs = [(key, line_id) for key, line_ids in items.items() for line_id in line_ids]
        return SQL(
            """JOIN unnest(%s::int[], %s::int[]) item (key, line_id) ON item.key = span.key
               JOIN account_move_line line ON line.id = item.line_id""",
            [key for key, _line_id in pairs],
            [line_id for _key, line_id in pairs],
        )

    @api.model
    def _get_cash_share_sql(self):
        """How much of what a payment settles is money, from 0 to 1.

        A payment of 980 registered with 20 written off settles 1,000. The money is what its
        entry has on the bank's account, or on the one for payments under way.
        """
        return SQL(
            """(SELECT LEAST(1, COALESCE(
                           ABS(SUM(part.balance) FILTER (WHERE part.account_id IN (
                               journal.default_account_id, journal.suspense_account_id,
                               payment.outstanding_account_id)))
                           / NULLIF(ABS(SUM(part.balance) FILTER (
                               WHERE part.account_id = counterpart.account_id)), 0), 1))
                  FROM account_move_line part WHERE part.move_id = source.id)"""
        )
