from odoo import api, models
from odoo.tools import SQL


class CollectionCase(models.Model):
    """Open cases: all of a company opened in one statement, numbered together (P3.1)."""

    _inherit = "collection.case"

    @api.model
    def _get_open(self, partner, company):
        """The open case of a customer in a company, empty if there is none.

        :param partner: the commercial entity
        """
        return self.search(
            [
                ("partner_id", "=", partner.id),
                ("company_id", "=", company.id),
                ("stage", "!=", "closed"),
            ],
            limit=1,
        )

    @api.model
    def _next_case_numbers(self, count):
        """``count`` names from the sequence of cases, in one statement."""
        sequence_sudo = self.env.ref("debt_collection.sequence_collection_case").sudo()
        if sequence_sudo.implementation != "standard" or sequence_sudo.use_date_range:
            return [sequence_sudo.next_by_id() for _number in range(count)]
        rows = self.env.execute_query(
            SQL(
                "SELECT nextval(%s) FROM generate_series(1, %s)",
                f"ir_sequence_{sequence_sudo.id:03d}",
                count,
            )
        )
        # As `get_next_char` does for one; the date is told once for all.
        prefix, suffix = sequence_sudo._get_prefix_suffix()
        return [f"{prefix}{number:0{sequence_sudo.padding}d}{suffix}" for (number,) in rows]

    def _open_cases(self, company, as_of, items):
        """Open a case for each customer with overdue items who has none."""
        new = self.env.execute_query(
            SQL(
                """
                SELECT item.partner_id, SUM(item.amount_residual), collector.id
                  FROM (%(items)s) item
                  JOIN res_partner partner ON partner.id = item.partner_id
             LEFT JOIN res_users collector ON collector.active
                   AND collector.id = (partner.collector_id->>%(company_key)s)::int
                 WHERE NOT EXISTS (
                       SELECT 1 FROM collection_case opened
                        WHERE opened.partner_id = item.partner_id
                          AND opened.company_id = %(company)s
                          AND opened.stage != 'closed')
              GROUP BY item.partner_id, collector.id
              ORDER BY item.partner_id
                """,
                items=items,
                company=company.id,
                company_key=str(company.id),
            )
        )
        if not new:
            return 0
        policy = self.env["collection.policy"]._get_default(company)
        users = self._share_out_new(company, policy, [row[1:] for row in new], as_of)
        return len(
            self.env.execute_query(
                SQL(
                    """
                    INSERT INTO collection_case (
                           name, active, partner_id, company_id, user_id, manager_id, stage,
                           priority,
                           cycle, date_open, collection_state, amount_overdue, amount_promised,
                           amount_disputed, amount_to_collect,
                           create_uid, write_uid, create_date, write_date)
                    SELECT numbered.name, TRUE, numbered.partner_id, %(company)s, numbered.user_id,
                           %(manager)s, 'new', 0, 1,
                           %(as_of)s, 'open', 0, 0, 0, 0,
                           %(uid)s, %(uid)s, %(now)s, %(now)s
                      FROM unnest(%(names)s, %(partners)s::int[], %(users)s::int[])
                           numbered (name, partner_id, user_id)
                        ON CONFLICT (partner_id, company_id) WHERE stage != 'closed' DO NOTHING
                 RETURNING id
                    """,
                    company=company.id,
                    manager=policy.manager_id.id or None,
                    as_of=as_of,
                    uid=self.env.uid,
                    now=self.env.cr.now(),
                    names=self._next_case_numbers(len(new)),
                    partners=[partner_id for partner_id, _amount, _user_id in new],
                    users=users,
                )
            )
        )

    @api.model
    def _analyze_cases(self):
        """Tell the planner of new cases.

        It would take the table for as small as before, and go through all cases for each item.
        Does not wait: whoever has the lock is at the same.
        """
        self.env.cr.execute(SQL("ANALYZE (SKIP_LOCKED) collection_case"))
