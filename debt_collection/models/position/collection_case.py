from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL


class CollectionCase(models.Model):
    """How much of the customer's credit is used, and when the last letter went out.

    The limit is Odoo's own, where the company uses limits; there is none otherwise.
    """

    _inherit = "collection.case"

    amount_promised = fields.Monetary("Promised", compute="_compute_amount_promised", store=True)
    amount_disputed = fields.Monetary("Disputed", compute="_compute_amount_disputed", store=True)
    amount_to_collect = fields.Monetary(
        "To Collect",
        compute="_compute_amount_to_collect",
        store=True,
        help="Overdue, less what is promised, disputed or in a plan; never below zero.",
    )
    amount_unapplied = fields.Monetary(
        "Unapplied Credits",
        compute="_compute_amount_unapplied",
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
        help="The limit less all that the customer owes, overdue or not.",
    )

    amount_planned = fields.Monetary("In a Plan", compute="_compute_amount_planned", store=True)

    @api.depends("promise_ids.state", "promise_ids.amount")
    def _compute_amount_promised(self):
        for case in self:
            case.amount_promised = sum(
                case.promise_ids.filtered(lambda promise: promise.state == "open").mapped("amount")
            )

    @api.depends("dispute_ids.state", "dispute_ids.amount")
    def _compute_amount_disputed(self):
        """What is still open of the disputed amounts; payments ask for it again."""
        for case in self:
            case.amount_disputed = sum(
                min(dispute.amount, sum(dispute.line_ids.mapped("amount_residual")))
                for dispute in case.dispute_ids
                if dispute.state == "open"
            )

    @api.depends("partner_id", "company_id", "amount_overdue")
    def _compute_amount_unapplied(self):
        """Open payments and credit notes of the customer that no item was settled with yet."""
        # A collector sees the items of own cases only, but needs to know of credits.
        groups = self.env["account.move.line"].sudo()._read_group(
            [
                ("partner_id.commercial_partner_id", "in", self.partner_id.ids),
                ("company_id", "in", self.company_id.ids),
                ("account_id.account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
                ("amount_residual", "<", 0),
            ],
            ["company_id", "partner_id"],
            ["amount_residual:sum"],
        )
        credits = {}
        for company, partner, amount in groups:
            key = (company, partner.commercial_partner_id)
            credits[key] = credits.get(key, 0) - amount
        for case in self:
            case.amount_unapplied = credits.get((case.company_id, case.partner_id), 0)

    @api.depends("amount_overdue", "amount_promised", "amount_disputed", "amount_planned")
    def _compute_amount_to_collect(self):
        """The classification repeats this formula in SQL (``_update_collection_figures``)."""
        for case in self:
            case.amount_to_collect = max(
                case.amount_overdue
                - case.amount_promised
                - case.amount_disputed
                - case.amount_planned,
                0,
            )

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
                case.credit_left = limit - partner.credit if limit else 0

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
                & Domain("partner_id", "child_of", self.partner_id.ids)
                & Domain("company_id", "=", self.company_id.id)
            ),
            "context": {},
        }

    def action_match_credits(self):
        """Choose credits and items to match with each other."""
        self.ensure_one()
        return self.env["collection.credit.match"]._get_action(self.partner_id, self.company_id)

    @api.depends("plan_ids.state", "plan_ids.item_ids", "dispute_ids.state", "dispute_ids.amount")
    def _compute_amount_planned(self):
        """What is still open of the items of a performing plan; payments ask for it again.

        What is contested of them counts as disputed, only the rest as planned.
        """
        for case in self:
            items = case.plan_ids.filtered(lambda plan: plan.state == "performing").item_ids
            planned = sum(items.mapped("amount_residual"))
            for dispute in case.dispute_ids.filtered(lambda dispute: dispute.state == "open"):
                both = sum((dispute.line_ids & items).mapped("amount_residual"))
                planned -= min(dispute.amount, both)
            case.amount_planned = planned

    # A case's figures follow the ledger, and a case with nothing overdue left is closed.

    def _update_collection_figures(self, company, as_of, only_lines=None):
        """Sum the overdue items into their cases; close those that are settled.

        :param as_of: the day that a case is closed on
        :param only_lines: ids of items, to look at their cases only
        :return: tuple of the numbers of cases updated and closed
        """
        only = only_held = SQL()
        if only_lines is not None:
            cases = self._get_ids_of_items("collection_case_id", only_lines)
            only = SQL("AND opened.id = ANY(%s)", cases)
            only_held = SQL("AND line.collection_case_id = ANY(%s)", cases)
        rows = self.env.execute_query(
            SQL(
                """
                -- Cases and items are added up together, not joined: before a first run is analyzed
                -- the planner takes items of cases for few, and would read them once a case.
                WITH part AS (
                    SELECT line.collection_case_id AS case_id, line.collection_tier_id AS tier_id,
                           line.amount_residual AS overdue, line.date_maturity AS oldest
                      FROM account_move_line line
                     WHERE line.company_id = %(company)s AND line.collection_tier_id IS NOT NULL
                       %(only_held)s
                 UNION ALL
                    SELECT opened.id, NULL, 0, NULL
                      FROM collection_case opened
                     WHERE opened.company_id = %(company)s AND opened.stage != 'closed'
                       %(only)s
                ),
                held AS (
                    SELECT case_id, tier_id, SUM(overdue) AS overdue, MIN(oldest) AS oldest
                      FROM part
                  GROUP BY case_id, tier_id
                ),
                total AS (
                    SELECT held.case_id AS id, SUM(held.overdue) AS overdue,
                           MIN(held.oldest) AS oldest, COUNT(tier.id) AS tiers,
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
                   SET amount_overdue = figure.overdue,
                       date_oldest_due = figure.oldest,
                       tier_id = figure.tier_id,
                       tier_code = figure.tier_code,
                       amount_to_collect = GREATEST(figure.overdue
                           - COALESCE(opened.amount_promised, 0)
                           - COALESCE(opened.amount_disputed, 0)
                           - COALESCE(opened.amount_planned, 0), 0),
                       write_uid = %(uid)s, write_date = %(now)s
                  FROM figure
                 WHERE opened.id = figure.id
                   AND (opened.amount_overdue IS DISTINCT FROM figure.overdue
                        OR opened.date_oldest_due IS DISTINCT FROM figure.oldest
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
            ["amount_overdue", "date_oldest_due", "tier_id", "tier_code", "amount_to_collect",
             "write_uid", "write_date"],
            flush=False,
        )
        over = defaultdict(list)
        for case_id, reason in rows:
            if reason:
                over[reason].append(case_id)
        for reason, case_ids in sorted(over.items()):
            self.browse(case_ids)._do_close(reason, as_of)
        if over:
            # The classification goes on in SQL, and forgets what it has read.
            self.flush_model()
        closed = sum(map(len, over.values()))
        return len(rows) - closed, closed

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
        return {
            "collection_state": "open",
            "amount_promised": 0,
            "amount_disputed": 0,
            "amount_to_collect": 0,
        }

    @api.model
    def _on_written_off(self):
        """Called for the SQL of whether a write-off settled the case ``opened`` last.

        Implemented in models/flow/collection_case.py.
        """
        return None
