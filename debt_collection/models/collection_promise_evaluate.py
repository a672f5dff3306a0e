from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.promise import judge


class CollectionPromise(models.Model):
    """Promises judged by the money that really came (P3.5)."""

    _inherit = "collection.promise"

    is_late = fields.Boolean(
        "Paid Late", readonly=True, copy=False,
        help="The amount came after the grace was over: not kept.",
    )

    @api.model
    def _evaluate(self, as_of, companies=None):
        """Judge the open promises at the end of a day; tell of broken ones.

        :return: the promises that changed
        """
        domain = [("state", "=", "open")]
        if companies:
            domain.append(("company_id", "in", companies.ids))
        # The job works for everybody; payments may come from users without the role.
        return self.sudo().search(domain)._judge(as_of)

    def _judge(self, as_of, only_kept=False):
        """Judge these promises by the cash received up to a day, inclusive.

        :param only_kept: leave those open that are not kept: the night judges them
        """
        received = self._get_received(as_of)
        changed = self.browse()
        for promise in self.filtered(lambda promise: promise.state == "open"):
            policy = promise.case_id.policy_id or self.env["collection.policy"]._get_default(
                promise.company_id
            )
            currency = promise.currency_id
            amount = received.get(promise.id, 0)
            state = judge(
                Decimal(str(promise.amount)),
                Decimal(str(currency.round(amount))),
                promise.date_promised,
                as_of,
                Decimal(str(policy.promise_tolerance)),
                policy.promise_grace_days,
                Decimal(str(currency.rounding)),
            )
            if only_kept and state != "kept":
                state = "open"
            vals = {}
            if currency.compare_amounts(promise.kept_amount, amount):
                vals["kept_amount"] = amount
            if state != "open":
                vals["state"] = state
                changed |= promise
            if vals:
                promise.write(vals)
        changed.filtered(lambda promise: promise.state in ("partial", "broken"))._on_broken(as_of)
        return changed

    def _judge_on_payment(self):
        """See at once whether the payment that has just arrived keeps a promise."""
        # Whoever posts the payment need not have a right on the promises.
        promises_sudo = self.sudo().filtered(lambda promise: promise.state == "open")
        for company, promises in promises_sudo.grouped("company_id").items():
            promises._judge(company._get_collection_today(), only_kept=True)

    def _get_received(self, as_of):
        """By promise id, the cash that came for the case's items while the promise ran.

        Cash is what a payment or a bank statement brought, at the amount booked on the item;
        credit notes, write-offs and exchange differences are none. It counts from the day of
        the promise to its last day of grace, on items that were due by then.
        """
        self.env["account.partial.reconcile"].flush_model()
        self.env["account.move.line"].flush_model()
        self.env["account.move"].flush_model()
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT promise.id, SUM(partial.amount * %(share)s)
                  FROM collection_promise promise
                  JOIN collection_case opened ON opened.id = promise.case_id
             LEFT JOIN collection_policy policy ON policy.id = COALESCE(opened.policy_id,
                       (SELECT collection_policy_id FROM res_company
                         WHERE id = promise.company_id))
                  JOIN account_move_line line ON line.collection_case_id = promise.case_id
                  JOIN account_partial_reconcile partial ON partial.debit_move_id = line.id
                   AND partial.company_id = promise.company_id
                  JOIN account_move_line counterpart ON counterpart.id = partial.credit_move_id
                  JOIN account_move source ON source.id = counterpart.move_id
                  JOIN account_journal journal ON journal.id = source.journal_id
             LEFT JOIN account_payment payment ON payment.id = source.origin_payment_id
                 WHERE promise.id = ANY(%(promises)s)
                   AND partial.max_date >= promise.date_made
                   AND partial.max_date <= LEAST(%(as_of)s,
                       promise.date_promised + COALESCE(policy.promise_grace_days, 3))
                   AND (source.origin_payment_id IS NOT NULL
                        OR source.statement_line_id IS NOT NULL)
              GROUP BY promise.id
                """,
                share=self._get_cash_share_sql(),
                promises=self.ids,
                as_of=as_of,
            )
        )
        return dict(rows)

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

    def _on_broken(self, as_of):
        """The chase resumes: a to-do for the collector, after two in a row also a step more."""
        for promise in self:
            case = promise.case_id
            if case.is_closed:
                continue
            case.activity_schedule(
                "debt_collection.mail_activity_type_phone",
                date_deadline=as_of,
                summary=self.env._("Broken promise: %(promise)s", promise=promise.display_name),
                user_id=case._get_responsible("collector").id,
            )
            if promise._is_second_broken():
                case._tell_manager(
                    self.env._(
                        "Two promises in a row were broken, the last one: %(promise)s. The next"
                        " stage's step is scheduled.",
                        promise=promise.display_name,
                    )
                )
                case._advance_to_next_stage(as_of)

    def _is_second_broken(self):
        """Whether the promise judged before this one was not kept either."""
        self.ensure_one()
        judged = self.case_id.promise_ids.filtered(
            lambda promise: promise.state in ("kept", "partial", "broken") and promise != self
        ).sorted(lambda promise: (promise.date_promised, promise.id))
        return bool(judged) and judged[-1].state != "kept"
