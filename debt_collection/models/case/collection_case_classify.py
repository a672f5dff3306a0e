from odoo import api, models
from odoo.tools import SQL, split_every

SLICE = 5_000
"""Items whose rows are locked at a time: who posts or reconciles them waits half a second."""

AT_ONCE = 1_000_000
"""Items that one statement writes at most: their numbers are in its text."""


class CollectionCase(models.Model):
    """The nightly classification: ledger → tiers → cases, set-based (P3.1).

    A company costs a fixed number of statements whatever its size, up to a
    million items that change; only rows that change are written: running it again writes nothing.
    """

    _inherit = "collection.case"

    @api.model
    def _flush_for_classification(self):
        """Bring to the database whatever the statements below read."""
        for model in ("account.move", "account.move.line", "collection.case", "res.partner",
                      "collection.tier", "collection.policy", "account.account", "res.company"):
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
    def _get_items_table_sql(self, line_ids=None):
        """The ledger's items, or those with these numbers, which are read by number alone.

        Without ``OFFSET 0`` the planner may choose to read the whole ledger once a slice, as long
        as it has no statistics of it.
        """
        if line_ids is None:
            return SQL("account_move_line")
        return SQL(
            "(SELECT found.* FROM unnest(%s) part (id)"
            " JOIN account_move_line found ON found.id = part.id OFFSET 0)",
            list(line_ids),
        )

    @api.model
    def _get_overdue_sql(self, company, as_of):
        """The condition under which the item ``line`` is overdue, and chased, on a day."""
        lines = self.env["account.move.line"]
        return SQL(
            """
            line.company_id = %(company)s
            AND line.account_id IN (SELECT id FROM account_account
                                     WHERE account_type = 'asset_receivable')
            AND line.reconciled IS NOT TRUE
            AND line.parent_state = 'posted'
            AND %(chased)s
            AND NOT %(paid_out)s
            AND line.amount_residual > 0
            AND COALESCE(line.date_maturity, line.date) < %(as_of)s
            AND COALESCE(line.invoice_date, line.date) <= %(as_of)s
            """,
            as_of=as_of,
            chased=lines._get_chased_sql("line"),
            paid_out=lines._get_paid_out_sql("line"),
            company=company.id,
        )

    @api.model
    def _get_overdue_items_sql(self, company, as_of, line_ids=None):
        """Overdue items in a tier: their numbers, customers, the tier they have and should have."""
        return SQL(
            """
            SELECT line.id, line.move_id, partner.commercial_partner_id AS partner_id,
                   ladder.tier_id, line.amount_residual,
                   line.collection_tier_id AS old_tier_id, line.collection_case_id AS old_case_id
              FROM %(lines)s line
              JOIN (%(ladder)s) ladder (company_id, tier_id, code, day_from, day_to)
                ON ladder.company_id = line.company_id AND %(in_tier)s
         LEFT JOIN res_partner partner ON partner.id = line.partner_id
             WHERE %(overdue)s
            """,
            lines=self._get_items_table_sql(line_ids),
            ladder=self.env["account.move.line"]._get_collection_ladder_sql(company),
            in_tier=self._get_in_tier_sql(as_of),
            overdue=self._get_overdue_sql(company, as_of),
        )

    @api.model
    def _get_in_tier_sql(self, as_of):
        """The condition under which the item ``line`` falls into the tier ``ladder``."""
        return SQL(
            """%(as_of)s - COALESCE(line.date_maturity, line.date) >= ladder.day_from
               AND (ladder.day_to = 0
                    OR %(as_of)s - COALESCE(line.date_maturity, line.date) <= ladder.day_to)""",
            as_of=as_of,
        )

    @api.model
    def _get_misfiled_items(self, company, as_of, line_ids=None):
        """Items whose tier or case is not what it should be, customer by customer.

        :return: tuple of three lists of the same length: ids, tiers and cases as they should be;
            an item that is not overdue any more has no tier, and remembers its case
        """
        [(ids, tiers, cases)] = self.env.execute_query(
            SQL(
                """
                SELECT ARRAY_AGG(found.id ORDER BY found.partner_id, found.id),
                       ARRAY_AGG(found.tier_id ORDER BY found.partner_id, found.id),
                       ARRAY_AGG(found.case_id ORDER BY found.partner_id, found.id)
                  FROM (
                    SELECT item.id, item.partner_id, item.tier_id, opened.id AS case_id
                      FROM (%(items)s) item
                 LEFT JOIN collection_case opened ON opened.partner_id = item.partner_id
                       AND opened.company_id = %(company)s AND opened.stage != 'closed'
                     WHERE item.old_tier_id IS DISTINCT FROM item.tier_id
                        OR item.old_case_id IS DISTINCT FROM opened.id
                 UNION ALL
                    SELECT line.id, line.partner_id, NULL, line.collection_case_id
                      FROM %(lines)s line
                     WHERE line.company_id = %(company)s AND line.collection_tier_id IS NOT NULL
                       AND NOT (COALESCE(%(overdue)s, FALSE) AND EXISTS (
                            SELECT 1 FROM (%(ladder)s)
                                   ladder (company_id, tier_id, code, day_from, day_to)
                             WHERE ladder.company_id = line.company_id AND %(in_tier)s))
                  ) found
                """,
                items=self._get_overdue_items_sql(company, as_of, line_ids),
                company=company.id,
                lines=self._get_items_table_sql(line_ids),
                overdue=self._get_overdue_sql(company, as_of),
                ladder=self.env["account.move.line"]._get_collection_ladder_sql(company),
                in_tier=self._get_in_tier_sql(as_of),
            )
        )
        return ids or [], tiers or [], cases or []

    def _write_item_tiers(self, company, as_of, line_ids=None):
        """Tier and case on the items, and off those that are not overdue any more.

        What to write is listed first: of a list the planner knows how long it is, of what it has
        to find out it does not, and may then compare each item with each.

        :return: ids of the items written
        """
        found = self._get_misfiled_items(company, as_of, line_ids)
        parts = (split_every(AT_ONCE, part, list) for part in found)
        for part in zip(*parts, strict=True):
            self._write_tiers(company, *part)
        return found[0]

    def _write_tiers(self, company, ids, tiers, cases):
        """Write tiers and cases on items; what was settled since they were listed keeps none."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE account_move_line line
                   SET collection_tier_id = target.tier_id,
                       collection_case_id = target.case_id
                  FROM unnest(%(ids)s::int[], %(tiers)s::int[], %(cases)s::int[])
                       target (id, tier_id, case_id)
                 WHERE line.id = target.id AND line.company_id = %(company)s
                   AND (target.tier_id IS NULL
                        OR (line.reconciled IS NOT TRUE AND line.amount_residual > 0
                            AND line.parent_state = 'posted'))
                """,
                ids=list(ids),
                tiers=list(tiers),
                cases=list(cases),
                company=company.id,
            )
        )
