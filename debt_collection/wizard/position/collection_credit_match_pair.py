from odoo import api, fields, models
from odoo.fields import Command

from ...tools.money_matching import Customer, Item, Matcher, Receipt

OWN = "own"
"""Stands for an account that is the customer's: all credits of the dialog are."""
VAGUE = {"oldest", "part", "rest"}
"""Reasons that say for what money may be, not for what it is."""


class CollectionCreditMatchPair(models.TransientModel):
    """A credit and the invoices that it settles: same amount, or a number that it quotes."""

    _name = "collection.credit.match.pair"
    _description = "Proposed Pair of a Credit and Invoices"
    _inherit = "collection.mixin"

    match_id = fields.Many2one(
        "collection.credit.match", "Matching", required=True, ondelete="cascade"
    )
    is_chosen = fields.Boolean("Match")
    credit_id = fields.Many2one("account.move.line", "Credit Item", required=True, readonly=True)
    item_ids = fields.Many2many(
        "account.move.line", "collection_credit_match_pair_item_rel", string="Open Invoices",
        readonly=True,
    )
    credit_name = fields.Char("Credit", compute="_compute_names", compute_sudo=True)
    item_names = fields.Char("Invoices", compute="_compute_names", compute_sudo=True)
    currency_id = fields.Many2one(related="credit_id.currency_id")
    amount_credit = fields.Monetary("Unmatched", readonly=True)
    amount_items = fields.Monetary("Open", readonly=True)
    reason = fields.Char("Because", readonly=True)

    @api.depends("credit_id", "item_ids")
    def _compute_names(self):
        for pair in self:
            credit = pair.credit_id
            pair.credit_name = credit.move_id.name or credit.name
            pair.item_names = ", ".join(
                item.move_id.name or item.name or "" for item in pair.item_ids
            )

    @api.model
    def _prepare_pairs(self, credits, items):
        """Values of the pairs that some credits make with open items of the same customer.

        Only what says something is proposed: an amount that fits, a number or reference. Each
        item is in one pair.
        """
        vals_list = []
        # The numbers of entries say what belongs together, whoever may open them.
        credits_sudo, items_sudo = credits.sudo(), items.sudo()
        for (currency, account), same in credits_sudo.grouped(
            lambda line: (line.currency_id, line.account_id)
        ).items():
            left = items_sudo.filtered(
                lambda line: (line.currency_id, line.account_id) == (currency, account)  # noqa: B023
            )
            for credit in same.sorted(lambda line: (line.date, line.id)):
                vals = self._prepare_pair(credit, left, currency)
                if vals:
                    vals_list.append(vals)
                    left -= left.browse(vals["item_ids"][0][2])
        return vals_list

    @api.model
    def _prepare_pair(self, credit, items, currency):
        factor = 10 ** currency.decimal_places
        matcher = Matcher(
            [
                Item(
                    item.id, 0, item.move_id.name or "",
                    round(item.amount_residual_currency * factor),
                    item.date_maturity or item.date, item.move_id.ref or "",
                )
                for item in items
            ],
            [Customer(0, (), (OWN,))],
        )
        words = (credit.ref, credit.name, credit.move_id.ref, credit.move_id.payment_reference)
        found = matcher.propose(Receipt(
            credit.id, round(-credit.amount_residual_currency * factor), credit.date,
            " ".join(filter(None, words)), account=OWN,
        ))
        for proposal in found:
            codes = [code for code in proposal.why if code != "account"]
            if not VAGUE.issuperset(codes):
                paired = items.browse([key for key, _part in proposal.parts])
                return {
                    "is_chosen": proposal.is_sure,
                    "credit_id": credit.id,
                    "item_ids": [Command.set(paired.ids)],
                    "amount_credit": -credit.amount_residual_currency,
                    "amount_items": sum(paired.mapped("amount_residual_currency")),
                    "reason": self.env["collection.money"]._describe_reasons(codes),
                }
        return None
