from dataclasses import dataclass

from odoo import api, fields, models
from odoo.tools import SQL

# Columns in the item's currency; the same names with ``_company`` are in company currency.
NAMES = (
    "amount_overdue", "amount_disputed", "amount_planned", "amount_on_its_way", "amount_credit",
    "amount_promised", "amount_to_collect", "amount_unapplied",
)
COLUMNS = (*NAMES, *(f"{name}_company" for name in NAMES))


@dataclass
class Pot:
    """What can cover a customer's items in one currency, each at least zero."""

    credit: float = 0.0
    credit_company: float = 0.0
    on_its_way: float = 0.0
    nets: bool = True
    """Whether credits are set off, as the policy says."""

    @property
    def cover(self):
        return self.on_its_way + (self.credit if self.nets else 0.0)


class CollectionPosition(models.Model):
    """What a case's customer owes in one currency, as one answer (P3.1).

    Overdue, less what is disputed or in a performing plan, what is on its way, what unmatched
    payments and credit notes cover and what is promised, is to be collected. Each amount is taken
    off once, the oldest items first, and in each currency by its own amounts
    (``tools/position.py`` says the same in Python). Nothing else adds up what a customer owes.
    """

    _name = "collection.position"
    _description = "Position of a Customer"
    _inherit = "collection.mixin"
    _order = "case_id, currency_id"

    case_id = fields.Many2one(
        "collection.case", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    amount_overdue = fields.Monetary("Overdue", readonly=True)
    amount_disputed = fields.Monetary("Disputed", readonly=True)
    amount_planned = fields.Monetary("In a Plan", readonly=True)
    amount_on_its_way = fields.Monetary("On Its Way", readonly=True)
    amount_credit = fields.Monetary("Covered by Credits", readonly=True)
    amount_promised = fields.Monetary("Promised", readonly=True)
    amount_to_collect = fields.Monetary("To Collect", readonly=True)
    amount_unapplied = fields.Monetary("Unapplied Credits", readonly=True)
    amount_overdue_company = fields.Monetary(
        "Overdue (Company)", currency_field="company_currency_id", readonly=True
    )
    amount_disputed_company = fields.Monetary(
        "Disputed (Company)", currency_field="company_currency_id", readonly=True
    )
    amount_planned_company = fields.Monetary(
        "In a Plan (Company)", currency_field="company_currency_id", readonly=True
    )
    amount_on_its_way_company = fields.Monetary(
        "On Its Way (Company)", currency_field="company_currency_id", readonly=True
    )
    amount_credit_company = fields.Monetary(
        "Covered by Credits (Company)", currency_field="company_currency_id", readonly=True
    )
    amount_promised_company = fields.Monetary(
        "Promised (Company)", currency_field="company_currency_id", readonly=True
    )
    amount_to_collect_company = fields.Monetary(
        "To Collect (Company)", currency_field="company_currency_id", readonly=True
    )
    amount_unapplied_company = fields.Monetary(
        "Unapplied Credits (Company)", currency_field="company_currency_id", readonly=True
    )
    _once = models.UniqueIndex("(case_id, currency_id)", "A case has one position a currency.")

    @api.model
    def _flush_for_positions(self):
        """Bring to the database whatever ``_get_positions`` reads."""
        for model, names in {
            "account.move.line": (
                "account_id", "amount_residual", "amount_residual_currency", "collection_case_id",
                "collection_tier_id", "collection_excluded", "company_id", "currency_id", "date",
                "date_maturity", "no_followup", "parent_state", "partner_id", "payment_id",
                "reconciled", "statement_line_id",
            ),
            "account.move": ("state", "currency_id", "amount_residual"),
            "account.payment": (
                "amount", "company_id", "currency_id", "move_id", "partner_id", "payment_type",
                "partner_type", "state",
            ),
            "account.account": ("account_type",),
            "collection.case": ("company_id", "partner_id", "policy_id", "stage"),
            "collection.dispute": ("amount", "case_id", "state"),
            "collection.plan": ("case_id", "item_ids", "state"),
            "collection.policy": ("net_credits",),
            "collection.promise": ("amount_left", "case_id", "currency_id", "state"),
            "res.company": ("parent_id", "collection_chase_misc", "collection_policy_id"),
            "res.partner": ("commercial_partner_id",),
        }.items():
            self.env[model].flush_model(names)

    @api.model
    def _get_family(self, companies):
        """The companies with all branches of their roots, as superuser."""
        # A branch's credits and debts count whichever companies the user has switched on.
        return self.env["res.company"].sudo().with_context(active_test=False).search(
            [("id", "child_of", companies.sudo().root_id.ids)]
        )

    @api.model
    def _get_positions(self, companies, as_of, partner_ids=None):
        """What customers with an open case owe, added up anew; nothing is written.

        Overdue is what the classification put in a tier. Credits of a company's parents count
        for its branch, as Odoo offers them for matching there, once the parent's own debts are
        covered.

        :param companies: companies whose cases to look at
        :param date as_of: credits dated later are on their way
        :param partner_ids: ids of commercial partners to look at; all when not given
        :return: list of dicts ``case_id company_id currency_id`` and the names in ``COLUMNS``,
            one for each case and currency in which something is overdue or a credit is open
        """
        self._flush_for_positions()
        return self.env.execute_query_dict(
            self._get_positions_sql(companies, as_of, partner_ids)
        )

    @api.model
    def _get_on_its_way_sql(self, only_partners):
        """Money on its way: ``partner_id company_id currency_id amount`` a row.

        Payments that are registered and wait for the bank without an entry, as far as the
        invoices that they are for are still open. Add-ons that know of more extend this.
        """
        states = self.env["account.payment"]._valid_payment_states()
        return SQL(
            """
            SELECT partner.commercial_partner_id AS partner_id, payment.company_id,
                   COALESCE(linked.currency_id, payment.currency_id) AS currency_id,
                   CASE WHEN linked.currency_id IS NULL THEN payment.amount
                        WHEN linked.currency_id = payment.currency_id
                        THEN LEAST(payment.amount, linked.residual)
                        -- In another currency than the invoice's: it is for what is open of it.
                        ELSE linked.residual END AS amount
              FROM account_payment payment
              JOIN res_partner partner ON partner.id = payment.partner_id %(only)s
         LEFT JOIN LATERAL (
                    SELECT MIN(invoice.currency_id) AS currency_id,
                           GREATEST(SUM(invoice.amount_residual), 0) AS residual
                      FROM account_move__account_payment rel
                      JOIN account_move invoice ON invoice.id = rel.invoice_id
                       AND invoice.state = 'posted'
                     WHERE rel.payment_id = payment.id
                   ) linked ON TRUE
             WHERE payment.move_id IS NULL AND payment.payment_type = 'inbound'
               AND payment.partner_type = 'customer'
               AND (payment.state = 'in_process'
                    OR (linked.currency_id IS NOT NULL AND payment.state = ANY(%(states)s)))
            """,
            only=only_partners,
            states=states,
        )

    @api.model
    def _get_pots_sql(self, as_of, only_partners, company_ids=None):
        """Unmatched credits and money on its way: ``partner_id company_id currency_id way credit
        credit_company`` a row.

        What was paid out to the customer and is not matched yet takes from the credits that it
        refunds; it is no debt. What is excluded from the chase is no credit either.
        """
        of_companies = (
            SQL("AND line.company_id = ANY(%s)", company_ids) if company_ids else SQL()
        )
        return SQL(
            """
            SELECT partner_id, company_id, currency_id,
                   GREATEST(SUM(way), 0) AS way,
                   GREATEST(SUM(credit), 0) AS credit,
                   GREATEST(SUM(credit_company), 0) AS credit_company
              FROM (
                    SELECT partner.commercial_partner_id AS partner_id, line.company_id,
                           COALESCE(line.currency_id, line.company_currency_id) AS currency_id,
                           CASE WHEN line.date > %(as_of)s
                                THEN -line.amount_residual_currency ELSE 0 END AS way,
                           CASE WHEN line.date > %(as_of)s
                                THEN 0 ELSE -line.amount_residual_currency END AS credit,
                           CASE WHEN line.date > %(as_of)s
                                THEN 0 ELSE -line.amount_residual END AS credit_company
                      FROM account_move_line line
                      JOIN res_partner partner ON partner.id = line.partner_id %(only)s
                     WHERE line.account_id IN (SELECT id FROM account_account
                                                WHERE account_type = 'asset_receivable')
                       AND line.reconciled IS NOT TRUE AND line.parent_state = 'posted'
                       AND (line.amount_residual < 0
                            OR (line.amount_residual > 0 AND %(paid_out)s))
                       AND %(counts)s
                       %(of_companies)s
                 UNION ALL
                    SELECT partner_id, company_id, currency_id, amount, 0, 0
                      FROM (%(on_its_way)s) coming
                   ) part
          GROUP BY partner_id, company_id, currency_id
            """,
            as_of=as_of,
            only=only_partners,
            of_companies=of_companies,
            paid_out=self.env["account.move.line"]._get_paid_out_sql("line"),
            counts=self.env["account.move.line"]._get_chased_sql("line"),
            on_its_way=self._get_on_its_way_sql(only_partners),
        )

    @api.model
    def _get_chain_sql(self, companies, as_of, partner_ids=None):
        """``WITH`` and the tables ``opened pot helped``: each overdue item of an open case.

        ``helped`` has, in the item's currency, what is overdue and disputed of it, what is
        ``free`` of dispute and plan, and how much of that is ``covered`` by what is on its way
        (``way``) and by credits, the oldest items first.
        """
        family = self._get_family(companies)
        has_branches = len(family) > len(family.root_id)
        only = only_cases = SQL()
        if partner_ids is not None:
            only = SQL("AND partner.commercial_partner_id = ANY(%s)", list(partner_ids))
            only_cases = SQL("AND case_.partner_id = ANY(%s)", list(partner_ids))
        company_ids = family.ids
        return SQL(
            """
            WITH opened AS MATERIALIZED (
                SELECT case_.id, case_.partner_id, case_.company_id,
                       COALESCE(policy.net_credits, TRUE) AS nets,
                       company.currency_id AS company_currency_id,
                       company_currency.decimal_places AS company_digits,
                       split_part(company.parent_path, '/', 1)::int AS root_id
                  FROM collection_case case_
                  JOIN res_company company ON company.id = case_.company_id
                  JOIN res_currency company_currency ON company_currency.id = company.currency_id
                  -- Before its first night a case has no policy yet: the company's is meant.
             LEFT JOIN collection_policy policy
                    ON policy.id = COALESCE(case_.policy_id, company.collection_policy_id)
                 WHERE case_.company_id = ANY(%(companies)s) AND case_.stage != 'closed'
                   %(only_cases)s
            ),
            contested AS MATERIALIZED (%(contested)s),
            planned AS MATERIALIZED (%(planned)s),
            item AS (
                SELECT line.id, opened.id AS case_id, opened.partner_id, opened.company_id,
                       opened.root_id, opened.company_digits, opened.company_currency_id,
                       COALESCE(line.currency_id, line.company_currency_id) AS currency_id,
                       COALESCE(line.date_maturity, line.date) AS due,
                       line.amount_residual AS overdue_company,
                       line.amount_residual_currency AS overdue,
                       COALESCE(contested.amount, 0) AS disputed_company,
                       planned.line_id IS NOT NULL AS is_planned
                  FROM opened
                  JOIN account_move_line line ON line.collection_case_id = opened.id
                   AND line.collection_tier_id IS NOT NULL
                   AND line.reconciled IS NOT TRUE AND line.amount_residual > 0
                   AND line.parent_state = 'posted'
             LEFT JOIN contested ON contested.line_id = line.id
             LEFT JOIN planned ON planned.line_id = line.id AND planned.case_id = opened.id
            ),
            valued AS (
                SELECT item.*, currency.decimal_places AS digits,
                       CASE WHEN disputed_company >= overdue_company THEN overdue
                            ELSE ROUND(overdue * disputed_company / overdue_company,
                                       currency.decimal_places) END AS disputed
                  FROM item
                  JOIN res_currency currency ON currency.id = item.currency_id
            ),
            free AS (
                SELECT valued.*,
                       CASE WHEN is_planned THEN 0 ELSE overdue - disputed END AS free,
                       CASE WHEN is_planned THEN 0
                            ELSE overdue_company - disputed_company END AS free_company
                  FROM valued
            ),
            pot AS MATERIALIZED (
                SELECT pot.*, opened.id AS case_id, COALESCE(opened.nets, TRUE) AS nets,
                       split_part(company.parent_path, '/', 1)::int AS root_id
                  FROM (%(pots)s) pot
                  JOIN res_company company ON company.id = pot.company_id
             LEFT JOIN opened ON opened.partner_id = pot.partner_id
                   AND opened.company_id = pot.company_id
                 WHERE opened.id IS NOT NULL OR %(has_branches)s
            ),
            ranked AS (
                SELECT free.*, COALESCE(pot.way, 0) AS way_pot,
                       COALESCE(pot.way, 0)
                       + CASE WHEN pot.nets THEN pot.credit ELSE 0 END AS pot,
                       SUM(free.free) OVER (PARTITION BY free.case_id, free.currency_id
                                            ORDER BY free.due, free.id) - free.free AS before
                  FROM free
             LEFT JOIN pot ON pot.case_id = free.case_id
                   AND pot.currency_id = free.currency_id
            ),
            covered AS (
                SELECT ranked.*, LEAST(free, GREATEST(way_pot - before, 0)) AS way,
                       LEAST(free, GREATEST(pot - before, 0)) AS covered
                  FROM ranked
            ),
            %(of_parents)s
            """,
            companies=company_ids,
            only_cases=only_cases,
            contested=self._get_contested_sql(SQL(
                """SELECT dispute.id, dispute.case_id, dispute.amount
                     FROM opened
                     JOIN collection_dispute dispute ON dispute.case_id = opened.id
                      AND dispute.state = 'open'"""
            )),
            planned=self._get_planned_sql(SQL("SELECT id FROM opened")),
            pots=self._get_pots_sql(as_of, only, company_ids if partner_ids is None else None),
            has_branches=has_branches,
            of_parents=(
                self._get_parents_sql() if has_branches
                else SQL("helped AS (SELECT * FROM covered)")
            ),
        )

    @api.model
    def _get_contested_sql(self, disputes):
        """What some open disputes contest of each item, in company currency: ``line_id amount``.

        At most what is open of it, the oldest items first. What has moved to another case since
        is disputed in that one, if at all.

        :param disputes: query of ``id case_id amount``
        """
        return SQL(
            """
            SELECT line_id, LEAST(MAX(residual), SUM(GREATEST(amount - before, 0))) AS amount
              FROM (
                SELECT line.id AS line_id, dispute.amount, line.amount_residual AS residual,
                       SUM(line.amount_residual) OVER (
                           PARTITION BY dispute.id
                           ORDER BY COALESCE(line.date_maturity, line.date), line.id)
                       - line.amount_residual AS before
                  FROM (%s) dispute
                  JOIN collection_dispute_move_line_rel rel ON rel.dispute_id = dispute.id
                  JOIN account_move_line line ON line.id = rel.line_id
                   AND line.reconciled IS NOT TRUE AND line.amount_residual > 0
                   AND line.parent_state = 'posted'
                   AND COALESCE(line.collection_case_id, dispute.case_id) = dispute.case_id
              ) share
          GROUP BY line_id
            """,
            disputes,
        )

    @api.model
    def _get_planned_sql(self, cases):
        """The items that performing plans of some cases cover: ``line_id case_id``."""
        return SQL(
            """
            SELECT DISTINCT rel.line_id, plan.case_id
              FROM (%s) of_case
              JOIN collection_plan plan ON plan.case_id = of_case.id
               AND plan.state = 'performing'
              JOIN collection_plan_move_line_rel rel ON rel.plan_id = plan.id
            """,
            cases,
        )

    @api.model
    def _get_held(self, items):
        """What disputes and plans keep of items, overdue or not: letters ask for the rest.

        :return: dict of the disputed amounts in company currency by item's id, and the set of
            ids of the items that a performing plan covers
        """
        self._flush_for_positions()
        contested = dict(self.env.execute_query(SQL(
            "SELECT line_id, amount FROM (%s) contested WHERE line_id = ANY(%s)",
            self._get_contested_sql(SQL(
                """SELECT dispute.id, dispute.case_id, dispute.amount
                     FROM collection_dispute dispute
                    WHERE dispute.state = 'open' AND dispute.id IN (
                          SELECT dispute_id FROM collection_dispute_move_line_rel
                           WHERE line_id = ANY(%s))""",
                items.ids,
            )),
            items.ids,
        )))
        planned = {line_id for (line_id,) in self.env.execute_query(SQL(
            """SELECT planned.line_id FROM (%s) planned
                 JOIN account_move_line line ON line.id = planned.line_id
                  AND COALESCE(line.collection_case_id, planned.case_id) = planned.case_id
                WHERE line.id = ANY(%s)""",
            self._get_planned_sql(SQL(
                """SELECT DISTINCT plan.case_id AS id
                     FROM collection_plan_move_line_rel rel
                     JOIN collection_plan plan ON plan.id = rel.plan_id
                    WHERE rel.line_id = ANY(%s)""",
                items.ids,
            )),
            items.ids,
        ))}
        return {line_id: float(amount) for line_id, amount in contested.items()}, planned

    @api.model
    def _get_items_sql(self, companies, as_of, partner_ids=None):
        """The overdue items of open cases: ``id case_id company_id free covered``.

        What is neither disputed nor planned of each, and how much of that credits and money on
        its way cover. The chase follows what is left: an item that a credit covers is not
        chased, though it stays in every ageing.
        """
        return SQL(
            "%s SELECT id, case_id, company_id, free, covered FROM helped",
            self._get_chain_sql(companies, as_of, partner_ids),
        )

    @api.model
    def _get_positions_sql(self, companies, as_of, partner_ids=None):
        return SQL(
            """
            %(chain)s,
            rest AS (
                SELECT helped.*, free - covered AS rest, promise.amount AS promise,
                       promise_company.amount AS promise_company,
                       SUM(free - covered) OVER (PARTITION BY helped.case_id, helped.currency_id
                                                 ORDER BY due, helped.id)
                       - (free - covered) AS before_rest
                  FROM helped
             LEFT JOIN LATERAL (%(promised_own)s) promise ON TRUE
             LEFT JOIN LATERAL (%(promised_company)s) promise_company ON TRUE
            ),
            promised AS (
                SELECT rest.*,
                       LEAST(rest, GREATEST(COALESCE(promise, 0) - before_rest, 0)) AS promised
                  FROM rest
            ),
            promised_own AS (
                SELECT promised.*,
                       CASE WHEN free = 0 THEN 0
                            WHEN covered + promised >= free THEN free_company
                            ELSE ROUND(free_company * (covered + promised) / free,
                                       company_digits) END AS done_company,
                       COALESCE(promise_company, 0) - COALESCE(SUM(
                           CASE WHEN currency_id = company_currency_id THEN promised END
                       ) OVER (PARTITION BY case_id), 0) AS promise_left
                  FROM promised
            ),
            promised_more AS (
                SELECT promised_own.*,
                       CASE WHEN currency_id = company_currency_id THEN 0 ELSE
                           LEAST(free_company - done_company, GREATEST(promise_left - (
                               SUM(CASE WHEN currency_id = company_currency_id THEN 0
                                        ELSE free_company - done_company END)
                               OVER (PARTITION BY case_id ORDER BY due, id)
                               - (free_company - done_company)), 0))
                       END AS more_company
                  FROM promised_own
            ),
            settled AS (
                SELECT promised_more.*, promised + CASE
                           WHEN more_company = 0 THEN 0
                           WHEN more_company >= free_company - done_company
                           THEN rest - promised
                           ELSE ROUND((rest - promised) * more_company
                                      / (free_company - done_company), digits)
                       END AS promised_all
                  FROM promised_more
            ),
            final AS (
                SELECT settled.*,
                       CASE WHEN free = 0 THEN 0 WHEN way >= free THEN free_company
                            ELSE ROUND(free_company * way / free, company_digits)
                       END AS way_company,
                       CASE WHEN free = 0 THEN 0 WHEN covered >= free THEN free_company
                            ELSE ROUND(free_company * covered / free, company_digits)
                       END AS covered_company,
                       CASE WHEN free = 0 THEN 0
                            WHEN covered + promised_all >= free THEN free_company
                            ELSE ROUND(free_company * (covered + promised_all) / free,
                                       company_digits)
                       END AS all_company
                  FROM settled
            ),
            total AS (
                SELECT case_id, currency_id,
                       SUM(overdue) AS amount_overdue,
                       SUM(disputed) AS amount_disputed,
                       SUM(overdue - disputed - free) AS amount_planned,
                       SUM(way) AS amount_on_its_way,
                       SUM(covered - way) AS amount_credit,
                       SUM(promised_all) AS amount_promised,
                       SUM(free - covered - promised_all) AS amount_to_collect,
                       0 AS amount_unapplied,
                       SUM(overdue_company) AS amount_overdue_company,
                       SUM(disputed_company) AS amount_disputed_company,
                       SUM(overdue_company - disputed_company - free_company)
                           AS amount_planned_company,
                       SUM(way_company) AS amount_on_its_way_company,
                       SUM(covered_company - way_company) AS amount_credit_company,
                       SUM(all_company - covered_company) AS amount_promised_company,
                       SUM(CASE WHEN free = 0 THEN 0 ELSE free_company - all_company END)
                           AS amount_to_collect_company,
                       0 AS amount_unapplied_company
                  FROM final
              GROUP BY case_id, currency_id
             UNION ALL
                SELECT case_id, currency_id, 0, 0, 0, 0, 0, 0, 0, credit,
                       0, 0, 0, 0, 0, 0, 0, credit_company
                  FROM pot
                 WHERE case_id IS NOT NULL AND credit != 0
            )
            SELECT total.case_id, opened.company_id, total.currency_id, %(sums)s
              FROM total
              JOIN opened ON opened.id = total.case_id
          GROUP BY total.case_id, opened.company_id, total.currency_id
            """,
            chain=self._get_chain_sql(companies, as_of, partner_ids),
            promised_own=self._get_promised_sql(SQL("= helped.currency_id")),
            promised_company=self._get_promised_sql(SQL("= helped.company_currency_id")),
            sums=SQL(", ").join(
                SQL("SUM(%s) AS %s", SQL.identifier("total", name), SQL.identifier(name))
                for name in COLUMNS
            ),
        )

    @api.model
    def _get_promised_sql(self, of_currency):
        """What open promises of the case bring yet, in one currency."""
        return SQL(
            """SELECT SUM(GREATEST(promise.amount_left, 0)) AS amount
                 FROM collection_promise promise
                WHERE promise.case_id = helped.case_id AND promise.state = 'open'
                  AND promise.currency_id %s""",
            of_currency,
        )

    @api.model
    def _get_pots(self, company, partners):
        """Unmatched credits and money on its way that can cover what customers owe a company.

        A branch has what its parents' own overdue items leave, as Odoo offers it for matching.

        :param partners: commercial partners
        :return: dict by commercial partner's id of dicts by currency's id of ``Pot``
        """
        self._flush_for_positions()
        self.env["collection.case"].flush_model(list(NAMES))
        today = company._get_collection_today()
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT pot.partner_id, pot.currency_id, pot.way, pot.credit, pot.credit_company,
                       GREATEST(CASE WHEN pot.company_id = %(company)s THEN 0
                           ELSE COALESCE(own.amount_overdue - own.amount_disputed
                                         - own.amount_planned, 0) END, 0) AS needed,
                       COALESCE(policy.net_credits, TRUE) AS nets
                  FROM (%(pots)s) pot
             LEFT JOIN collection_case parent ON parent.partner_id = pot.partner_id
                   AND parent.company_id = pot.company_id AND parent.stage != 'closed'
             LEFT JOIN collection_position own ON own.case_id = parent.id
                   AND own.currency_id = pot.currency_id
             LEFT JOIN collection_case case_ ON case_.partner_id = pot.partner_id
                   AND case_.company_id = %(company)s AND case_.stage != 'closed'
                  JOIN res_company company ON company.id = %(company)s
             LEFT JOIN collection_policy policy
                    ON policy.id = COALESCE(case_.policy_id, company.collection_policy_id)
                 WHERE pot.company_id = ANY(%(companies)s)
                """,
                company=company.id,
                companies=company.sudo().parent_ids.ids,
                pots=self._get_pots_sql(
                    today, SQL("AND partner.commercial_partner_id = ANY(%s)", partners.ids)
                ),
            )
        )
        pots = {}
        for row in rows:
            of_partner = pots.setdefault(row["partner_id"], {})
            pot = of_partner.setdefault(row["currency_id"], Pot(nets=row["nets"]))
            way = max(row["way"] - row["needed"], 0)
            credit = max(row["credit"] - max(row["needed"] - row["way"], 0), 0)
            pot.on_its_way += float(way)
            pot.credit += float(credit)
            if row["credit"]:
                pot.credit_company += float(row["credit_company"] * credit / row["credit"])
        return pots

    @api.model
    def _get_parents_sql(self):
        """Credits of the root company that its own items leave help its branches' items."""
        return SQL(
            """
            spare AS (
                SELECT pot.partner_id, pot.root_id, pot.currency_id,
                       GREATEST(pot.way + CASE WHEN pot.nets THEN pot.credit ELSE 0 END
                                - COALESCE(own.free, 0), 0) AS amount
                  FROM pot
             LEFT JOIN (SELECT case_id, currency_id, SUM(free) AS free FROM free
                         GROUP BY case_id, currency_id) own
                    ON own.case_id = pot.case_id AND own.currency_id = pot.currency_id
                 WHERE pot.company_id = pot.root_id
            ),
            helped AS (
                SELECT covered.id, covered.case_id, covered.partner_id, covered.company_id,
                       covered.root_id, company_digits, company_currency_id, covered.currency_id,
                       due, overdue_company, overdue, disputed_company, digits, disputed, free,
                       free_company, way,
                       CASE WHEN company_id = covered.root_id THEN covered ELSE
                           covered + LEAST(free - covered, GREATEST(COALESCE(spare.amount, 0) - (
                               SUM(free - covered) OVER (
                                   PARTITION BY covered.partner_id, covered.root_id,
                                                covered.currency_id,
                                                company_id = covered.root_id
                                   ORDER BY due, covered.id)
                               - (free - covered)), 0))
                       END AS covered
                  FROM covered
             LEFT JOIN spare ON spare.partner_id = covered.partner_id
                   AND spare.root_id = covered.root_id
                   AND spare.currency_id = covered.currency_id
            )
            """
        )

    @api.model
    def _refresh(self, companies, as_of, partner_ids=None):
        """Write what ``_get_positions`` says where it differs."""
        self._flush_for_positions()
        names = [SQL.identifier(name) for name in ("company_id", *COLUMNS)]
        columns = SQL(", ").join(names)
        only = (
            SQL("AND case_.partner_id = ANY(%s)", list(partner_ids))
            if partner_ids is not None else SQL()
        )
        self.env.cr.execute(
            SQL(
                """
                WITH now AS MATERIALIZED (%(positions)s),
                gone AS (
                    DELETE FROM collection_position old
                     USING collection_case case_
                     WHERE case_.id = old.case_id AND case_.company_id = ANY(%(family)s)
                       %(only)s
                       AND NOT EXISTS (SELECT 1 FROM now WHERE now.case_id = old.case_id
                                          AND now.currency_id = old.currency_id)
                ),
                kept AS (
                    INSERT INTO collection_position (
                           case_id, currency_id, %(columns)s,
                           create_uid, write_uid, create_date, write_date)
                    SELECT case_id, currency_id, %(columns)s,
                           %(uid)s, %(uid)s, %(moment)s, %(moment)s
                      FROM now
                     WHERE NOT EXISTS (
                           SELECT 1 FROM collection_position same
                            WHERE same.case_id = now.case_id
                              AND same.currency_id = now.currency_id
                              AND (%(same)s) = (%(new)s))
                        ON CONFLICT (case_id, currency_id) DO UPDATE
                       SET (%(columns)s, write_date) = (%(excluded)s, %(moment)s)
                )
                SELECT 1
                """,
                positions=self._get_positions_sql(companies, as_of, partner_ids),
                family=self._get_family(companies).ids,
                only=only,
                columns=columns,
                same=self._get_row_sql("same"),
                new=self._get_row_sql("now"),
                excluded=self._get_row_sql("excluded"),
                uid=self.env.uid,
                moment=self.env.cr.now(),
            )
        )
        self.invalidate_model(flush=False)
        self.env["collection.case"].invalidate_model(["position_ids"], flush=False)

    @api.model
    def _get_amounts_sql(self):
        """``case_id`` and the names in ``NAMES``, all currencies together, as they are stored."""
        return SQL(
            "SELECT case_id, %s FROM collection_position GROUP BY case_id",
            SQL(", ").join(
                SQL("SUM(%s) AS %s", SQL.identifier(f"{name}_company"), SQL.identifier(name))
                for name in NAMES
            ),
        )

    @api.model
    def _get_row_sql(self, table):
        return SQL(", ").join(
            SQL.identifier(table, name) for name in ("company_id", *COLUMNS)
        )
