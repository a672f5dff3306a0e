from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, formatLang

from .collection_position import NAMES


class CollectionCase(models.Model):
    """What the customer owes, from ``collection.position``, and how much credit is left.

    The limit is Odoo's own, where the company uses limits; there is none otherwise.
    """

    _inherit = "collection.case"

    position_ids = fields.One2many("collection.position", "case_id", readonly=True)
    # In company currency, from `collection.position`; `_touch_positions` asks for them again.
    amount_overdue = fields.Monetary(compute="_compute_position", store=True)
    amount_promised = fields.Monetary(
        "Promised", compute="_compute_position", store=True,
        help="What of open promises has not come yet, at most what is left to collect.",
    )
    amount_disputed = fields.Monetary("Disputed", compute="_compute_position", store=True)
    amount_planned = fields.Monetary("In a Plan", compute="_compute_position", store=True)
    amount_on_its_way = fields.Monetary(
        "On Its Way", compute="_compute_position", store=True,
        help="Payments that are registered or begun online and wait for the bank, as far as they"
        " cover what is overdue.",
    )
    amount_credit = fields.Monetary(
        "Covered by Credits", compute="_compute_position", store=True,
        help="Unmatched payments and credit notes, as far as they cover what is overdue.",
    )
    amount_to_collect = fields.Monetary(
        "To Collect",
        compute="_compute_position",
        store=True,
        help="Overdue, less what is disputed, in a plan, on its way, covered by credits or"
        " promised; never below zero.",
    )
    amount_unapplied = fields.Monetary(
        "Unapplied Credits",
        compute="_compute_position",
        store=True,
        help="Payments and credit notes of the customer that are not matched yet.",
    )
    collection_state = fields.Selection(
        [
            ("none", "Nothing Overdue"),
            ("open", "Overdue"),
            ("promised", "Promised"),
            ("plan", "Payment Plan"),
            ("disputed", "Disputed"),
            ("legal", "Legal"),
        ],
        "Status",
        compute="_compute_collection_state",
        store=True,
    )

    credit_limit = fields.Monetary(
        compute="_compute_credit", compute_sudo=True, help="As set on the customer or the company."
    )
    credit_left = fields.Monetary(
        compute="_compute_credit",
        compute_sudo=True,
        help="The limit less all that the customer owes, overdue or not, and has ordered.",
    )

    def _compute_position(self):
        """What the customers owe, as of today; depends on what ``_touch_positions`` is told."""
        stored = self.filtered(lambda case: isinstance(case.id, int))
        position_model = self.env["collection.position"]
        for company, cases in stored.grouped("company_id").items():
            position_model._refresh(
                company, company._get_collection_today(), cases.partner_id.ids
            )
        figures = {
            row["case_id"]: row
            for row in self.env.execute_query_dict(
                SQL("SELECT * FROM (%s) total WHERE case_id = ANY(%s)",
                    position_model._get_amounts_sql(), stored.ids)
            )
        }
        for case in self:
            amounts = figures.get(case.id, {})
            for name in NAMES:
                case[name] = amounts.get(name, 0) if case in stored else case._origin[name]

    def _touch_positions(self):
        """What these cases owe may have changed: it is added up anew before anybody reads it.

        A promise brings at most what is still open of its items, so that is asked for again, too.
        What a company's debts leave of its credits helps its branches: their cases follow.
        """
        self |= self._get_branch_cases()
        # Whoever's entry is the reason need not have a right on promises.
        promises_sudo = self.sudo().promise_ids.filtered(lambda promise: promise.state == "open")
        self.env.add_to_compute(promises_sudo._fields["amount_left"], promises_sudo)
        for name in (*NAMES, "collection_state"):
            self.env.add_to_compute(self._fields[name], self)
        self.env["res.partner"].invalidate_model(
            ["collection_state", "collection_amount_overdue"], flush=False
        )

    def _get_branch_cases(self):
        """Open cases of the same customers in companies of the same root."""
        # A branch's figures follow whoever may see its case.
        companies_sudo = self.sudo().company_id
        if not any(company.parent_id or company.child_ids for company in companies_sudo):
            return self.browse()
        found = self.sudo().search([
            ("partner_id", "in", self.sudo().partner_id.ids), ("stage", "!=", "closed"),
            ("company_id", "child_of", companies_sudo.root_id.ids),
        ])
        return found.with_env(self.env)

    def _get_positions(self):
        """The rows of these cases by currency, as of now."""
        self.flush_recordset(NAMES)
        return self.env["collection.position"].search([("case_id", "in", self.ids)])

    def _get_asked(self):
        """What is to be collected now: list of tuples of currency and amount above zero."""
        self.ensure_one()
        return [
            (position.currency_id, position.amount_to_collect)
            # What the customer owes is no secret to who may see the case.
            for position in self.sudo()._get_positions().sorted(lambda row: row.currency_id.name)
            if position.currency_id.compare_amounts(position.amount_to_collect, 0) > 0
        ]

    def _describe_asked(self):
        """What is to be collected, in words for the customer: each currency's own amount."""
        self.ensure_one()
        return " + ".join(
            formatLang(self.env, amount, currency_obj=currency)
            for currency, amount in self._get_asked()
        ) or formatLang(self.env, 0, currency_obj=self.currency_id)

    def _get_uncovered(self):
        """What is overdue and covered neither by credits nor by money on its way."""
        self.ensure_one()
        return self.currency_id.round(
            self.amount_overdue - self.amount_on_its_way - self.amount_credit
        )

    def _get_to_collect(self, currency):
        """What is to be collected in a currency; in the company's, all of it."""
        self.ensure_one()
        if currency == self.currency_id:
            return self.amount_to_collect
        return sum(amount for own, amount in self._get_asked() if own == currency)

    @api.model
    def _touch_customers(self, partners, companies):
        """The same for the open cases of commercial partners in the families of companies.

        :return: these cases, as superuser
        """
        # Whoever posts a payment need not have a right on cases.
        case_sudo = self.sudo()
        if not partners:
            return case_sudo.browse()
        roots = companies.sudo().root_id
        cases_sudo = case_sudo.search([
            ("partner_id", "in", partners.ids), ("stage", "!=", "closed"),
        ]).filtered(lambda case: case.company_id.root_id in roots)
        cases_sudo._touch_positions()
        return cases_sudo

    @api.depends("stage", "amount_promised", "amount_disputed", "amount_planned")
    def _compute_collection_state(self):
        for case in self:
            if case.stage == "closed":
                case.collection_state = "none"
            elif case.stage == "legal":
                case.collection_state = "legal"
            elif case.amount_disputed:
                case.collection_state = "disputed"
            elif case.amount_planned:
                case.collection_state = "plan"
            elif case.amount_promised:
                case.collection_state = "promised"
            else:
                case.collection_state = "open"

    # How much of the customer's credit is used, and when the last letter went out.

    @api.depends("partner_id", "company_id")
    def _compute_credit(self):
        for company, cases in self.grouped("company_id").items():
            partners = cases.partner_id.with_company(company)  # read together, not one by one
            for case in cases:
                partner = case.partner_id.with_prefetch(partners.ids).with_company(company)
                limit = partner.credit_limit if company.account_use_credit_limit else 0
                case.credit_limit = limit
                # Confirmed orders count, where somebody sells: the field is of `account`.
                used = partner.credit + partner.credit_to_invoice if limit else 0
                case.credit_left = limit - used if limit else 0

    # Money of a case: payments registered and credits matched without leaving it (P2.4).

    def action_register_payment(self):
        """Odoo's own payment wizard for the overdue items of the case."""
        self.ensure_one()
        items = self.line_ids.filtered("collection_tier_id")
        if not items:
            raise UserError(
                self.env._("Nothing of the case %(case)s is open.", case=self.display_name)
            )
        return items.action_register_payment()

    @api.readonly
    def action_view_credits(self):
        """Payments and credit notes of the customer that are not matched yet."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "debt_collection.collection_credit_action"
            ),
            "domain": list(
                self.env["account.move.line"]._get_collection_credit_domain()
                & Domain("partner_id.commercial_partner_id", "in", self.partner_id.ids)
                & Domain("company_id", "parent_of", self.company_id.ids)
            ),
            "context": {},
        }

    def action_match_credits(self):
        """Choose credits and items to match with each other."""
        self.ensure_one()
        return self.env["collection.credit.match"]._get_action(self.partner_id, self.company_id)

    # A case's figures follow the ledger, and a case with nothing overdue left is closed.

    def _update_collection_figures(
        self, company, as_of, only_lines=None, only_cases=None, may_close=True,
    ):
        """Sum the overdue items into their cases; close those that are settled.

        :param as_of: the day that a case is closed on
        :param only_lines: ids of items, to look at their cases only
        :param only_cases: ids of cases, to look at them only
        :param may_close: whether cases without an overdue item are closed
        :return: tuple of the numbers of cases updated and closed
        """
        only = only_held = SQL()
        cases = only_cases
        if only_lines is not None:
            cases = self._get_ids_of_items("collection_case_id", only_lines)
        if cases is not None:
            only = SQL("AND opened.id = ANY(%s)", cases)
            only_held = SQL("AND line.collection_case_id = ANY(%s)", cases)
        rows = self.env.execute_query(
            SQL(
                """
                -- Cases and items are added up together, not joined: before a first run is analyzed
                -- the planner takes items of cases for few, and would read them once a case.
                WITH part AS (
                    SELECT line.collection_case_id AS case_id, line.collection_tier_id AS tier_id,
                           COALESCE(line.date_maturity, line.date) AS oldest
                      FROM account_move_line line
                     WHERE line.company_id = %(company)s AND line.collection_tier_id IS NOT NULL
                       %(only_held)s
                 UNION ALL
                    SELECT opened.id, NULL, NULL
                      FROM collection_case opened
                     WHERE opened.company_id = %(company)s AND opened.stage != 'closed'
                       %(only)s
                ),
                held AS (
                    SELECT case_id, tier_id, MIN(oldest) AS oldest
                      FROM part
                  GROUP BY case_id, tier_id
                ),
                total AS (
                    SELECT held.case_id AS id, MIN(held.oldest) AS oldest, COUNT(tier.id) AS tiers,
                           (ARRAY_AGG(tier.id ORDER BY tier.day_from DESC NULLS LAST))[1]
                               AS tier_id,
                           (ARRAY_AGG(tier.code ORDER BY tier.day_from DESC NULLS LAST))[1]
                               AS tier_code
                      FROM held
                 LEFT JOIN collection_tier tier ON tier.id = held.tier_id
                  GROUP BY held.case_id
                ),
                figure AS (
                    SELECT total.*,
                           -- Only of a case that nothing is overdue in: was there ever anything?
                           total.tiers = 0 AND (opened.tier_id IS NOT NULL OR EXISTS (
                               SELECT 1 FROM account_move_line past
                                WHERE past.collection_case_id = opened.id)) AS is_over
                      FROM total
                      JOIN collection_case opened ON opened.id = total.id
                       AND opened.company_id = %(company)s AND opened.stage != 'closed'
                )
                UPDATE collection_case opened
                   SET date_oldest_due = figure.oldest,
                       tier_id = figure.tier_id,
                       tier_code = figure.tier_code,
                       write_uid = %(uid)s, write_date = %(now)s
                  FROM figure
                 WHERE opened.id = figure.id
                   AND (opened.date_oldest_due IS DISTINCT FROM figure.oldest
                        OR opened.tier_id IS DISTINCT FROM figure.tier_id
                        OR opened.tier_code IS DISTINCT FROM figure.tier_code
                        OR figure.is_over)
             RETURNING opened.id,
                       CASE WHEN NOT figure.is_over THEN NULL
                            WHEN EXISTS (
                                SELECT 1 FROM account_move_line settled
                                 WHERE settled.collection_case_id = opened.id
                                   AND settled.reconciled) THEN CASE
                                WHEN %(written_off)s THEN 'written_off' ELSE 'paid' END
                            ELSE 'cancelled' END
                """,
                company=company.id,
                only=only,
                only_held=only_held,
                written_off=self._on_written_off() or SQL("FALSE"),
                uid=self.env.uid,
                now=self.env.cr.now(),
            )
        )
        # What was read before is old; nothing of it waits to be written.
        self.invalidate_model(
            ["date_oldest_due", "tier_id", "tier_code", "write_uid", "write_date"], flush=False
        )
        changed = {case_id for case_id, _reason in rows}
        changed |= self._write_positions(company, as_of, cases)
        over = defaultdict(list)
        for case_id, reason in rows:
            if reason and may_close:
                over[reason].append(case_id)
        for reason, case_ids in sorted(over.items()):
            self.browse(case_ids)._do_close(reason, as_of)
        if over:
            # The classification goes on in SQL, and forgets what it has read.
            self.flush_model()
        closed = sum(map(len, over.values()))
        return len(changed) - closed, closed

    def _write_positions(self, company, as_of, case_ids=None):
        """Write what customers of a company owe on their open cases, in one statement.

        :param case_ids: ids of the cases to look at; all when not given
        :return: set of the ids of cases whose amounts changed
        """
        partner_ids = None
        if case_ids is not None:
            partner_ids = self.browse(case_ids).partner_id.ids
            if not partner_ids:
                return set()
        position_model = self.env["collection.position"]
        position_model._refresh(company, as_of, partner_ids)
        columns = SQL(", ").join(SQL.identifier(name) for name in NAMES)
        only = SQL("AND case_.partner_id = ANY(%s)", partner_ids) if partner_ids else SQL()
        changed = {
            case_id for (case_id,) in self.env.execute_query(
                SQL(
                    """
                    WITH target AS MATERIALIZED (
                        SELECT case_.id, case_.stage, %(values)s
                          FROM collection_case case_
                     LEFT JOIN (%(amounts)s) total ON total.case_id = case_.id
                         WHERE case_.stage != 'closed' AND case_.company_id = ANY(%(family)s)
                           %(only)s
                    )
                    UPDATE collection_case case_
                       SET (%(columns)s) = (%(new)s),
                           collection_state = CASE
                               WHEN target.stage = 'legal' THEN 'legal'
                               WHEN target.amount_disputed > 0 THEN 'disputed'
                               WHEN target.amount_planned > 0 THEN 'plan'
                               WHEN target.amount_promised > 0 THEN 'promised'
                               ELSE 'open' END,
                           write_uid = %(uid)s, write_date = %(now)s
                      FROM target
                     WHERE case_.id = target.id AND (%(old)s) IS DISTINCT FROM (%(new)s)
                 RETURNING case_.id
                    """,
                    columns=columns,
                    amounts=position_model._get_amounts_sql(),
                    values=SQL(", ").join(
                        SQL("COALESCE(%s, 0) AS %s", SQL.identifier("total", name),
                            SQL.identifier(name))
                        for name in NAMES
                    ),
                    family=position_model._get_family(company).ids,
                    only=only,
                    new=SQL(", ").join(SQL.identifier("target", name) for name in NAMES),
                    old=SQL(", ").join(SQL.identifier("case_", name) for name in NAMES),
                    uid=self.env.uid,
                    now=self.env.cr.now(),
                )
            )
        }
        self.invalidate_model(
            [*NAMES, "collection_state", "write_uid", "write_date"], flush=False
        )
        return changed

    @api.model
    def _invalidate_classified(self):
        names = ["collection_tier_id", "collection_case_id"]
        self.env["account.move.line"].invalidate_model(names, flush=False)
        self.env["account.move"].invalidate_model(names, flush=False)
        self.env["res.partner"].invalidate_model(
            ["collection_case_ids", "collection_case_count", "collection_state",
             "collection_tier_id", "collection_amount_overdue"],
            flush=False,
        )
        self.invalidate_model(flush=False)

    @api.model
    def _get_figures_of_new(self):
        """The figures of a case that was just opened, by column: nothing is counted yet."""
        return {"collection_state": "open", **dict.fromkeys(NAMES, 0)}

    @api.model
    def _on_written_off(self):
        """Called for the SQL of whether a write-off settled the case ``opened`` last.

        Implemented in models/flow/collection_case.py.
        """
        return None
