from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain


class CollectionCreditMatch(models.TransientModel):
    """Matches a customer's open credits with open items, the oldest first (P2.4)."""

    _name = "collection.credit.match"
    _description = "Match Credits of a Customer"
    _inherit = "collection.mixin"
    _check_company_auto = True

    partner_id = fields.Many2one("res.partner", "Customer", required=True, readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    credit_ids = fields.Many2many(
        "account.move.line", "collection_credit_match_credit_rel", string="Credits",
    )
    item_ids = fields.Many2many(
        "account.move.line", "collection_credit_match_item_rel", string="Open Invoices",
        check_company=True,
    )
    pair_ids = fields.One2many("collection.credit.match.pair", "match_id", "Proposed Pairs")
    amount_credits = fields.Monetary("Unmatched Credits", compute="_compute_amounts")
    amount_items = fields.Monetary("Open Items", compute="_compute_amounts")

    @api.depends("credit_ids", "item_ids")
    def _compute_amounts(self):
        for match in self:
            match.amount_credits = -sum(match.credit_ids.mapped("amount_residual"))
            match.amount_items = sum(match.item_ids.mapped("amount_residual"))

    @api.model
    def _get_action(self, partner, company, credits=None):
        """The wizard with all open credits, or some of them, and all items due of a customer."""
        lines = self.env["account.move.line"]
        of_customer = Domain("partner_id.commercial_partner_id", "in", partner.ids)
        if credits is None:
            # A branch's items are matched with credits of its parents, too, as Odoo offers it.
            credits = lines.search(
                lines._get_collection_credit_domain() & of_customer
                & Domain("company_id", "parent_of", company.ids)
            )
        if not credits:
            raise UserError(
                self.env._("%(customer)s has no unmatched credits.", customer=partner.name)
            )
        items = lines.search(
            lines._get_collectable_domain()
            & of_customer
            & Domain("company_id", "=", company.id)
            & lines._get_due_domain("<=", company._get_collection_today())
        )
        match = self.create({
            "partner_id": partner.id,
            "company_id": company.id,
            "credit_ids": [Command.set(credits.ids)],
            "item_ids": [Command.set(items.ids)],
        })
        match.pair_ids = [
            Command.create(vals) for vals in match.pair_ids._prepare_pairs(credits, items)
        ]
        return match._get_records_action(name=self.env._("Match Credits"), target="new")

    def action_match(self):
        """Match the chosen credits with the chosen items; cases follow at once."""
        self.ensure_one()
        if not self.credit_ids or not self.item_ids:
            raise UserError(self.env._("Choose at least one credit and one item."))
        self._check_can_match(self.credit_ids, self.item_ids)
        self._do_match(self.credit_ids, self.item_ids)
        return {"type": "ir.actions.act_window_close"}

    def action_match_pairs(self):
        """Match each chosen pair by itself, and leave all else as it is."""
        self.ensure_one()
        pairs = self.pair_ids.filtered("is_chosen")
        if not pairs:
            raise UserError(
                self.env._("Tick the pairs to match, or match all credits with all items.")
            )
        self._check_can_match(pairs.credit_id, pairs.item_ids)
        for pair in pairs:
            self._do_match(pair.credit_id, pair.item_ids)
        return {"type": "ir.actions.act_window_close"}

    def _check_can_match(self, credits, items):
        """Raise unless finance matches lines of this customer that are open."""
        if not self.env.user.has_group("debt_collection.group_finance"):
            raise AccessError(self.env._("Only finance matches payments."))
        lines = credits + items
        lines.check_access("read")
        lines.lock_for_update(allow_referencing=True)
        lines.invalidate_recordset(["reconciled", "amount_residual"])
        # Branches post in their parent's books, whichever companies the user has open.
        parents_sudo = self.company_id.sudo().parent_ids
        for line in lines:
            if (
                line.reconciled
                or line.parent_state != "posted"
                or line.company_id not in parents_sudo
                or line.account_id.account_type != "asset_receivable"
                or line.partner_id.commercial_partner_id != self.partner_id.commercial_partner_id
                or (line.amount_residual > 0) != (line in items)
            ):
                raise UserError(
                    self.env._(
                        "%(line)s is not open or not of %(customer)s: choose again.",
                        line=line.move_id.name or line.name,
                        customer=self.partner_id.name,
                    )
                )

    def _do_match(self, credits, items):
        # Finance matches without being an accountant; only lines on the same account go together.
        credits_sudo = credits.sudo().grouped("account_id")
        items_sudo = items.sudo().grouped("account_id")
        plan = [
            lines + items_sudo[account]
            for account, lines in credits_sudo.items()
            if account in items_sudo
        ]
        if not plan:
            raise UserError(
                self.env._("The credits and the items are on different accounts.")
            )
        # Checked above; collectors match without being accountants.
        self.env["account.move.line"].sudo()._reconcile_plan(plan)

