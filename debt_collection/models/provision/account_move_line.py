from odoo import models
from odoo.tools import SQL


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _get_collection_allowance(self, as_of=None):
        """What of the last posted provision still stands against each of these items (P2.4).

        What was written off against it since is used up: as its line says, and of an entry that
        somebody made by hand the share it has on the allowance account. A provision that was
        reversed stands until the reversal. One statement, whoever asks.

        :param date as_of: the day, inclusive; by default the company's today
        :return: dict of amounts above zero in company currency by id of the item, without the
            items that have none
        """
        if not self.ids:
            return {}
        for name in ("collection.provision", "collection.provision.item", "account.move.line",
                     "account.move", "account.partial.reconcile", "collection.writeoff.line"):
            self.env[name].flush_model()
        companies = self.company_id
        days = [as_of or company._get_collection_today() for company in companies]
        rows = self.env.execute_query(SQL(
            """
            WITH run AS (
                SELECT DISTINCT ON (provision.company_id) provision.*, today.day
                  FROM unnest(%(companies)s::int[], %(days)s::date[]) today (company_id, day)
                  JOIN collection_provision provision
                    ON provision.company_id = today.company_id
                 WHERE provision.state = 'posted'
              ORDER BY provision.company_id, provision.month DESC)
            SELECT item.move_line_id,
                   ROUND(item.amount - COALESCE(used.amount, 0), currency.decimal_places)
              FROM run
         LEFT JOIN account_move reversal ON reversal.id = run.reversal_move_id
              JOIN collection_provision_item item ON item.provision_id = run.id
               AND item.move_line_id = ANY(%(ids)s)
              JOIN res_currency currency ON currency.id = item.currency_id
        CROSS JOIN LATERAL (
            SELECT SUM(partial.amount * LEAST(1, GREATEST(0, COALESCE(
                       debt.amount_allowance / NULLIF(debt.amount_company, 0),
                       entry.allowance / entry.receivable)))) AS amount
              FROM account_partial_reconcile partial
              JOIN account_move_line other ON other.id = partial.credit_move_id
         LEFT JOIN collection_writeoff_line debt ON debt.id = other.collection_writeoff_line_id
              JOIN account_move source ON source.id = other.move_id
               AND source.move_type = 'entry'
               AND (source.date > run.date_exposure OR source.id > run.move_id)
        CROSS JOIN LATERAL (
            SELECT SUM(part.balance) FILTER (
                       WHERE part.account_id = run.allowance_account_id) AS allowance,
                   NULLIF(-SUM(part.balance) FILTER (
                       WHERE part.account_id = other.account_id), 0) AS receivable
              FROM account_move_line part WHERE part.move_id = source.id) entry
             WHERE partial.debit_move_id = item.move_line_id) used
             WHERE reversal.id IS NULL OR reversal.date > run.day
            """,
            companies=companies.ids,
            days=days,
            ids=self.ids,
        ))
        return {line_id: amount for line_id, amount in rows if amount > 0}

