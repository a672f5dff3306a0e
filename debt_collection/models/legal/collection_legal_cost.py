from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CollectionLegalCost(models.Model):
    """What a legal action costs, with the vendor bill where there is one."""

    _name = "collection.legal.cost"
    _description = "Cost of a Legal Action"
    _inherit = ["collection.mixin", "collection.legal.annex"]
    _order = "date, id"

    kind = fields.Selection(
        [
            ("lawyer", "Lawyer's Fee"),
            ("court", "Court Fee"),
            ("preservation", "Preservation"),
            ("enforcement", "Enforcement"),
            ("evidence", "Evidence and Notary"),
            ("travel", "Travel"),
            ("other", "Other"),
        ],
        required=True, default="lawyer",
    )
    name = fields.Char("Description")
    date = fields.Date(required=True, default=fields.Date.context_today)
    amount = fields.Monetary(
        compute="_compute_amount", store=True, readonly=False, required=True, precompute=True
    )
    move_id = fields.Many2one(
        "account.move", "Vendor Bill", index="btree_not_null", check_company=True,
        domain="[('move_type', 'in', ('in_invoice', 'in_receipt'))]", ondelete="restrict",
        help="The bill counts once; its posted credit notes reduce the cost.",
    )
    _bill_once = models.UniqueIndex(
        "(move_id) WHERE move_id IS NOT NULL", "A vendor bill is one legal cost, not several."
    )
    is_claimed = fields.Boolean("Claimed Back", help="Claimed from the debtor with the suit.")
    _amount_positive = models.Constraint("CHECK(amount >= 0)", "A cost is not negative.")
    _people_create = {"action_id"}
    _people_write = {"*": {"kind", "name", "date", "amount", "move_id", "is_claimed"}}

    # The bill tells when it changes: to depend on its fields would cost a query for each of them
    # whenever anybody posts or pays anything.
    @api.depends("move_id")
    def _compute_amount(self):
        """The bill without tax that is got back, less its credit notes, in company currency."""
        for cost in self:
            # Whoever sees the action sees its costs, not the vendor's account.
            move_sudo = cost.move_id.sudo()
            if not move_sudo:
                cost.amount = cost.amount
                continue
            credited = sum(
                abs(refund.amount_untaxed_signed)
                for refund in move_sudo.reversal_move_ids
                if refund.state == "posted" and refund.move_type == "in_refund"
            )
            billed = 0 if move_sudo.state == "cancel" else abs(move_sudo.amount_untaxed_signed)
            cost.amount = max(billed - credited, 0)

    @api.model
    def _take_bills(self, moves):
        """Bring costs up to date with their vendor bills after these bills or refunds changed."""
        bills = moves | moves.reversed_entry_id
        self.search([("move_id", "in", bills.ids)])._compute_amount()

    @api.depends("kind", "name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for cost in self:
            cost.display_name = cost.name or kinds.get(cost.kind, "")

    @api.constrains("move_id")
    def _check_bill(self):
        for cost in self:
            # Of the bill, its kind alone is asked.
            if cost.move_id and cost.move_id.sudo().move_type not in ("in_invoice", "in_receipt"):
                raise ValidationError(
                    self.env._("Only a vendor bill is the paper of a legal cost.")
                )

