from odoo import api, models
from odoo.tools import SQL


class CollectionCase(models.Model):
    """The nightly classification: ledger → tiers → cases, set-based (P3.1).

    A company costs a fixed number of statements whatever its size, and only rows that
    change are written: running it again writes nothing.
    """

    _inherit = "collection.case"

    @api.model
    def _flush_for_classification(self):
        """Bring to the database whatever the statements below read."""
        for model in ("account.move", "account.move.line", "collection.case", "res.partner",
                      "collection.tier", "collection.policy", "account.account"):
            self.env[model].flush_model()

    @api.model
    def _get_ids_of_items(self, column, line_ids):
        """The ids that some items have in a column, each once."""
        query = SQL(
            "SELECT DISTINCT %(column)s FROM account_move_line"
            " WHERE id = ANY(%(ids)s) AND %(column)s IS NOT NULL",
            column=SQL.identifier(column),
            ids=list(line_ids),
        )
        return [found for (found,) in self.env.execute_query(query)]

    @api.model
    def _get_part_sql(self, table, column, ids):
        """The rows of a table for a slice, read by their numbers and in no other way.

        In a first run the planner takes rows with a tier for few, and would read all that
        earlier slices have written, once a slice (``OFFSET 0`` is what keeps it from that).
        """
        return SQL(
            "(SELECT * FROM %s WHERE %s = ANY(%s) OFFSET 0)",
            SQL.identifier(table), SQL.identifier(column), ids,
        )

    @api.model
    def _get_overdue_items_sql(self, company, as_of, line_ids=None):
        """Overdue items: ``id, move_id, commercial partner, tier_id, amount_residual``."""
        only = SQL("AND line.id = ANY(%s)", list(line_ids)) if line_ids is not None else SQL()
        return SQL(
            """
            SELECT line.id, line.move_id, partner.commercial_partner_id AS partner_id,
                   ladder.tier_id, line.amount_residual
              FROM account_move_line line
              JOIN (%(ladder)s) ladder (company_id, tier_id, code, day_from, day_to)
                ON ladder.company_id = line.company_id
               AND %(as_of)s - line.date_maturity >= ladder.day_from
               AND (ladder.day_to = 0 OR %(as_of)s - line.date_maturity <= ladder.day_to)
         LEFT JOIN res_partner partner ON partner.id = line.partner_id
             WHERE line.company_id = %(company)s
               AND line.account_id IN (SELECT id FROM account_account
                                        WHERE account_type = 'asset_receivable')
               AND line.reconciled IS NOT TRUE
               AND line.parent_state = 'posted'
               AND line.no_followup IS NOT TRUE
               AND line.amount_residual > 0
               AND line.date_maturity < %(as_of)s
               %(only)s
            """,
            ladder=self.env["account.move.line"]._get_collection_ladder_sql(company),
            as_of=as_of,
            company=company.id,
            only=only,
        )

    def _write_item_tiers(self, company, items, line_ids=None):
        """Tier and case on the items, and off those that are not overdue any more."""
        only, lines = SQL(), SQL("account_move_line")
        if line_ids is not None:
            only = SQL("AND line.id = ANY(%s)", list(line_ids))
            lines = self._get_part_sql("account_move_line", "id", list(line_ids))
        self.env.cr.execute(
            SQL(
                """
                WITH item AS MATERIALIZED (
                    SELECT item.id, item.tier_id, opened.id AS case_id
                      FROM (%(items)s) item
                 LEFT JOIN collection_case opened ON opened.partner_id = item.partner_id
                       AND opened.company_id = %(company)s AND opened.stage != 'closed'
                ),
                target AS (
                    SELECT id, tier_id, case_id FROM item
                     UNION ALL
                    SELECT line.id, NULL, line.collection_case_id
                      FROM %(lines)s line
                     WHERE line.company_id = %(company)s
                       AND line.collection_tier_id IS NOT NULL
                       AND NOT EXISTS (SELECT 1 FROM item WHERE item.id = line.id)
                )
                UPDATE account_move_line line
                   SET collection_tier_id = target.tier_id,
                       collection_case_id = target.case_id
                  FROM target
                 WHERE line.id = target.id
                   %(only)s
                   AND (line.collection_tier_id IS DISTINCT FROM target.tier_id
                        OR line.collection_case_id IS DISTINCT FROM target.case_id)
                """,
                items=items,
                company=company.id,
                lines=lines,
                only=only,
            )
        )
        return self.env.cr.rowcount

    def _write_invoice_tiers(self, company, line_ids=None):
        """The worst open tier, and its case, on the entries the items belong to."""
        only, lines, entries = SQL(), SQL("account_move_line"), SQL("account_move")
        if line_ids is not None:
            moves = self._get_ids_of_items("move_id", line_ids)
            only = SQL("AND move.id = ANY(%s)", moves)
            lines = self._get_part_sql("account_move_line", "move_id", moves)
            entries = self._get_part_sql("account_move", "id", moves)
        self.env.cr.execute(
            SQL(
                """
                WITH worst AS MATERIALIZED (
                    SELECT DISTINCT ON (line.move_id)
                           line.move_id, line.collection_tier_id, line.collection_case_id
                      FROM %(lines)s line
                      JOIN collection_tier tier ON tier.id = line.collection_tier_id
                     WHERE line.company_id = %(company)s
                  ORDER BY line.move_id, tier.day_from DESC
                ),
                target AS (
                    SELECT * FROM worst
                     UNION ALL
                    SELECT move.id, NULL, move.collection_case_id FROM %(entries)s move
                     WHERE move.company_id = %(company)s
                       AND move.collection_tier_id IS NOT NULL
                       AND NOT EXISTS (SELECT 1 FROM worst WHERE worst.move_id = move.id)
                )
                UPDATE account_move move
                   SET collection_tier_id = target.collection_tier_id,
                       collection_case_id = target.collection_case_id
                  FROM target
                 WHERE move.id = target.move_id
                   %(only)s
                   AND (move.collection_tier_id IS DISTINCT FROM target.collection_tier_id
                        OR move.collection_case_id IS DISTINCT FROM target.collection_case_id)
                """,
                company=company.id,
                lines=lines,
                entries=entries,
                only=only,
            )
        )
