from odoo import api, fields, models
from odoo.tools import SQL


class CollectionAgreementItem(models.Model):
    """What was open of an item when a promise or plan was made.

    Cash that settles it afterwards counts for the agreement, whatever its booking date; what had
    settled it before does not, also when it is undone and matched again. Nobody types these rows.
    """

    _name = "collection.agreement.item"
    _description = "Item of a Promise or Plan"
    _inherit = "collection.mixin"
    _order = "id"
    _rec_name = "line_id"

    promise_id = fields.Many2one(
        "collection.promise", readonly=True, ondelete="cascade", index="btree_not_null"
    )
    plan_id = fields.Many2one(
        "collection.plan", readonly=True, ondelete="cascade", index="btree_not_null"
    )
    line_id = fields.Many2one(
        "account.move.line", "Item", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(
        "res.currency", required=True, readonly=True, help="That of the promise or plan."
    )
    amount = fields.Monetary(
        "Open Then", readonly=True, help="What was open when the promise or plan was made."
    )
    settled = fields.Json(
        "Paid Before", readonly=True, help="What had come before, by the id of its journal item."
    )
    amount_open = fields.Monetary(
        "Open Now", compute="_compute_amount_open", compute_sudo=True,
        help="What is open of the item, in the currency of the promise or plan.",
    )
    _one_agreement = models.Constraint(
        "CHECK(num_nonnulls(promise_id, plan_id) = 1)",
        "An item is remembered for one promise or one plan.",
    )

    @api.depends(
        "line_id.amount_residual", "line_id.amount_residual_currency", "line_id.parent_state",
        "line_id.reconciled", "currency_id",
    )
    def _compute_amount_open(self):
        for item in self:
            line = item.line_id
            left = (
                line.amount_residual_currency if line.currency_id == item.currency_id
                else line.amount_residual
            )
            is_open = line.parent_state == "posted" and not line.reconciled
            item.amount_open = max(left, 0) if is_open else 0

    # What is remembered, in one statement for any number of promises or plans.

    @api.model
    def _remember(self, name, candidates):
        """Remember what is open of some items for promises or plans; what was known goes.

        An agreement in company currency counts items in any currency, at the rate they were
        booked at; one in another currency only items in that.

        :param name: ``promise_id`` or ``plan_id``
        :param candidates: query of ``agreement_id currency_id date_from line_id``; payments
            before ``date_from`` came before, and all of those matched now where it is empty
        """
        cash = self.env["collection.cash"]
        cash._flush_cash()
        self.flush_model()
        self.env.cr.execute(SQL(
            """
            WITH candidate AS MATERIALIZED (
                SELECT wanted.agreement_id, wanted.currency_id AS agreed_currency_id,
                       wanted.date_from, line.id, line.company_id, line.balance,
                       line.amount_currency, line.currency_id, line.company_currency_id,
                       line.currency_id = wanted.currency_id AS is_same
                  FROM (%(candidates)s) wanted
                  JOIN account_move_line line ON line.id = wanted.line_id
                  JOIN account_account account ON account.id = line.account_id
                   AND account.account_type = 'asset_receivable'
                 WHERE line.parent_state = 'posted' AND line.balance > 0
                   AND line.amount_currency > 0
                   AND wanted.currency_id IN (line.currency_id, line.company_currency_id)
            ),
            settlement AS MATERIALIZED (%(rows)s),
            dropped AS (
                DELETE FROM collection_agreement_item
                 WHERE %(name)s IN (SELECT agreement_id FROM (%(candidates)s) wanted)
            )
            INSERT INTO collection_agreement_item (
                   %(name)s, line_id, company_id, currency_id, amount, settled,
                   create_uid, create_date, write_uid, write_date)
            SELECT item.agreement_id, item.id, item.company_id, item.agreed_currency_id,
                   CASE WHEN item.is_same THEN item.amount_currency ELSE item.balance END
                       - COALESCE(before.amount, 0),
                   COALESCE(before.cash, '{}'), %(uid)s, %(now)s, %(uid)s, %(now)s
              FROM candidate item
        CROSS JOIN LATERAL (
                   SELECT SUM(part.amount) AS amount,
                          jsonb_object_agg(part.line_id, part.cash)
                              FILTER (WHERE part.cash > 0) AS cash
                     FROM (SELECT settlement.line_id, SUM(figure.amount) AS amount,
                                  SUM(figure.amount) FILTER (WHERE settlement.kind = 'cash')
                                      AS cash
                             FROM settlement
                       CROSS JOIN LATERAL (
                                  SELECT CASE WHEN item.is_same THEN settlement.amount_currency
                                              ELSE settlement.amount END AS amount) figure
                            WHERE settlement.item_id = item.id
                              AND (item.date_from IS NULL OR settlement.date < item.date_from)
                         GROUP BY settlement.line_id) part) before
             WHERE CASE WHEN item.is_same THEN item.amount_currency ELSE item.balance END
                   > COALESCE(before.amount, 0)
          ORDER BY item.agreement_id, item.id
            """,
            candidates=candidates,
            rows=cash._get_rows_sql(SQL(
                "SELECT DISTINCT id, balance, amount_currency, currency_id, company_currency_id"
                " FROM candidate"
            )),
            name=SQL.identifier(name),
            uid=self.env.uid,
            now=self.env.cr.now(),
        ))
        self.invalidate_model(flush=False)

    # What came since.

    @api.model
    def _get_received(self, name, spans):
        """The cash that settled remembered items since, in one statement.

        :param name: ``promise_id`` or ``plan_id``
        :param spans: list of tuples ``agreement id, last day`` of payments, inclusive
        :return: dict of amounts in the agreement's currency by its id; none came: not in it
        """
        if not spans:
            return {}
        cash = self.env["collection.cash"]
        cash._flush_cash()
        self.flush_model()
        ids, ends = (list(values) for values in zip(*spans, strict=True))
        return dict(self.env.execute_query(SQL(
            """
            WITH remembered AS MATERIALIZED (
                SELECT item.%(name)s AS agreement_id, item.id, item.line_id, item.settled,
                       span.date_to, line.currency_id = item.currency_id AS is_same
                  FROM unnest(%(ids)s::int[], %(ends)s::date[]) span (agreement_id, date_to)
                  JOIN collection_agreement_item item ON item.%(name)s = span.agreement_id
                  JOIN account_move_line line ON line.id = item.line_id
            ),
            cash AS MATERIALIZED (%(rows)s)
            SELECT came.agreement_id, SUM(came.amount)
              FROM (SELECT remembered.agreement_id,
                           SUM(CASE WHEN remembered.is_same THEN cash.amount_currency
                                    ELSE cash.amount END)
                           - COALESCE((remembered.settled->>(cash.line_id::text))::numeric, 0)
                               AS amount
                      FROM remembered
                      JOIN cash ON cash.item_id = remembered.line_id AND cash.kind = 'cash'
                       AND cash.date <= remembered.date_to
                  GROUP BY remembered.agreement_id, remembered.id, remembered.settled,
                           cash.line_id) came
             WHERE came.amount > 0
          GROUP BY came.agreement_id
            """,
            name=SQL.identifier(name),
            ids=ids,
            ends=ends,
            rows=cash._get_rows_sql(cash._get_items_sql(
                SQL("line.id IN (SELECT line_id FROM remembered)")
            )),
        )))

    @api.model
    def _judge_items(self, lines):
        """Judge again what rests on some items: something was matched with them, or undone."""
        # Whoever posts a payment need not have a right on promises.
        items_sudo = self.sudo().search([("line_id", "in", lines.ids)])
        items_sudo.promise_id._judge_on_payment()
        items_sudo.plan_id._judge_on_payment()
