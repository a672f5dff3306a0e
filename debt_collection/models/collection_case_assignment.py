from collections import Counter

from odoo import api, models
from odoo.tools import SQL

from ..tools.assignment import share_out


class CollectionCase(models.Model):
    """Who collects: new cases are shared out, and people may decide otherwise (P2.1)."""

    _inherit = "collection.case"

    @api.model
    def _share_out_new(self, company, policy, new, as_of):
        """The collectors of new cases; one statement, whatever their number.

        A customer's own collector comes first, then the one of the rota who carries least,
        then the policy's default collector.

        :param new: list of tuples of the amount overdue and the customer's own collector or None
        :return: list of user ids or None, in the order of ``new``
        """
        rota = policy._get_rota(as_of)
        by_amount = policy.load_measure == "amount"
        loads = dict.fromkeys(rota.ids, 0)
        if rota:
            loads |= dict(
                self.env.execute_query(
                    SQL(
                        """
                        SELECT user_id, CASE WHEN %(by_amount)s
                               THEN SUM(amount_to_collect) ELSE COUNT(*) END
                          FROM collection_case
                         WHERE company_id = %(company)s AND stage != 'closed'
                           AND user_id = ANY(%(users)s)
                      GROUP BY user_id
                        """,
                        by_amount=by_amount,
                        company=company.id,
                        users=rota.ids,
                    )
                )
            )
        own = Counter()
        for amount, user_id in new:
            own[user_id] += amount if by_amount else 1
        loads = {user_id: load + own[user_id] for user_id, load in loads.items()}
        shared = iter(share_out(
            [amount if by_amount else 1 for amount, user_id in new if not user_id], loads
        ))
        default = policy.user_id.id or None
        return [user_id or next(shared) or default for _amount, user_id in new]

    @api.model
    def _warn_of_departed(self, users):
        """Tell the managers whose open cases lost their collectors, once for each of these."""
        # Whoever archives a user need not have a right on cases.
        groups = self.sudo()._read_group(
            [("user_id", "in", users.ids), ("stage", "!=", "closed")],
            ["user_id", "company_id"],
            ["id:recordset"],
        )
        warnings = []
        for user, company, cases_sudo in groups:
            today = company._get_collection_today()
            for manager, own_sudo in cases_sudo.grouped(
                lambda case, today=today: case._get_responsible("manager", today)
            ).items():
                if manager:
                    warnings.append(own_sudo[0]._prepare_warning(
                        self.env._(
                            "%(user)s has left: give %(count)s cases to another collector",
                            user=user.name,
                            count=len(own_sudo),
                        ),
                        today,
                    ))
        # To-dos for the manager, on customers that the collector may not see.
        self.env["mail.activity"].sudo().create(warnings)

    def action_assign(self):
        """Give the chosen cases to a collector, many at once (P2.1)."""
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "debt_collection.collection_case_assign_action"
            ),
            "context": {"default_case_ids": self.ids},
        }
