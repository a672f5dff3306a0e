from odoo import fields, models
from odoo.exceptions import RedirectWarning, UserError

LEVELS = ("none", "warn", "block")


class SaleOrder(models.Model):
    """Orders of customers in arrears are confirmed knowingly, or not at all (P2.3).

    The policy warns or blocks. Whoever may override it gives a reason, which stays on the
    order; others ask the collection manager.
    """

    _name = "sale.order"
    _inherit = ["collection.kept", "sale.order"]

    collection_release = fields.Selection(
        [("warn", "Warning Read"), ("requested", "Release Asked For"), ("block", "Released")],
        "Release by Collections", readonly=True, copy=False,
        groups="debt_collection.group_sales",
    )
    collection_release_user_id = fields.Many2one(
        "res.users", "Released By", readonly=True, copy=False,
        groups="debt_collection.group_sales",
    )
    collection_release_reason = fields.Char(
        "Reason of the Release", readonly=True, copy=False, groups="debt_collection.group_sales"
    )
    collection_release_to_id = fields.Many2one(
        "res.users", "Asked To Release", readonly=True, copy=False,
        groups="debt_collection.group_sales",
    )

    def _get_collection_objections(self):
        """What speaks against confirming the order: list of pairs of level and words.

        Levels are ``warn`` and ``block``; what the policy is silent on is left out.
        """
        self.ensure_one()
        # The seller does not see the case that the answer comes from.
        order_sudo = self.sudo().with_company(self.company_id)
        partner = order_sudo._get_collection_payer()
        today = self.company_id._get_collection_today()
        case = self.env["collection.case"].sudo()._get_open(partner, self.company_id)
        policy = self.env["collection.policy"].sudo()._get_for(case, self.company_id)
        # The ladder holds, whoever may read it.
        ladder = self.env["collection.tier"].sudo()._get_ladder(self.company_id)
        # What came or is on its way is not held against anybody.
        is_open = bool(case) and case._get_uncovered() > 0
        found = [
            (policy.sale_hold, partner._is_on_collection_hold(today),
             self.env._("The customer is on hold.")),
            (policy.sale_legal, case.stage == "legal",
             self.env._("The customer's debts are with our legal advisers.")),
            (policy.sale_severe,
             is_open and bool(case.tier_id) and case.tier_id == ladder[-1:],
             self.env._("The customer's debts are long overdue.")),
            (policy.sale_overdue, is_open,
             self.env._("The customer has overdue invoices.")),
            (policy.sale_term, not order_sudo.payment_term_id,
             self.env._("The order has no payment term.")),
        ]
        return [(level, words) for level, holds, words in found if holds and level in LEVELS[1:]]

    def _get_collection_level(self):
        """The strictest level of the objections: ``none``, ``warn`` or ``block``."""
        levels = [level for level, _words in self._get_collection_objections()]
        return max(levels, key=LEVELS.index, default="none")

    def _is_collection_objected(self, heeded=LEVELS[1:]):
        """Whether the policy objects and nobody has decided on it.

        :param heeded: levels of objections that count
        """
        self.ensure_one()
        level = self._get_collection_level()
        released = self.sudo().collection_release
        released = released if released in LEVELS else "none"
        return level in heeded and LEVELS.index(released) < LEVELS.index(level)

    def action_confirm(self):
        """Ask for a decision first, where the policy objects to one of these orders.

        A block holds for everybody. A warning is for people: the button asks for it, and
        programs that confirm orders (an import, a web shop) are not stopped by one.

        :raises RedirectWarning: with the way to decide on it
        """
        heeded = LEVELS[1:] if self.env.context.get("collection_warn") else ("block",)
        for order in self.filtered(lambda order: order.state in ("draft", "sent")):
            if order._is_collection_objected(heeded):
                order._raise_collection_objections()
        return super().action_confirm()

    def _raise_collection_objections(self):
        self.ensure_one()
        words = "\n".join(words for _level, words in self._get_collection_objections())
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "debt_collection_sale.collection_sale_release_action"
        )
        raise RedirectWarning(
            self.env._("%(order)s: %(objections)s", order=self.name, objections=words),
            action["id"],
            self.env._("Decide"),
            {"default_order_id": self.id},
        )

    def _validate_order(self):
        """A customer who signs or pays learns nothing of a block: the salesperson decides."""
        objected = self.filtered(lambda order: order._is_collection_objected(("block",)))
        for order in objected:
            # The customer signed on the portal; the to-do is the salesperson's.
            order.sudo().activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("Signed by the customer; decide on overdue debts first"),
                user_id=(order.user_id or order.create_uid).id,
            )
        return super(SaleOrder, self - objected)._validate_order() if self - objected else None

    def _release(self, level, reason):
        """Note who let the order pass, and why; the caller has checked the right to."""
        self.ensure_one()
        # The order keeps who released it whatever rights that person has on orders.
        self.sudo().write({
            "collection_release": level,
            "collection_release_user_id": self.env.uid,
            "collection_release_reason": reason,
        })
        if level == "block":
            self.env["collection.decision"]._note(
                "order", self, "collection_release_reason", {self.id: self.amount_total},
            )
        # In its log, whatever rights that person has on it.
        self.sudo().message_post(
            body=self.env._(
                "%(user)s let this order pass in spite of overdue debts: %(reason)s",
                user=self.env.user.name, reason=reason or "–",
            ),
            subtype_xmlid="mail.mt_note",
        )

    def _can_override_collection(self):
        return self.env.user.has_group("debt_collection_sale.group_override")

    def action_collection_release(self):
        """Decide on an order whose release was asked for."""
        self.ensure_one()
        if not self._can_override_collection():
            raise UserError(self.env._("Only who may override the policy releases orders."))
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "debt_collection_sale.collection_sale_release_action"
            ),
            "context": {"default_order_id": self.id},
        }

    def action_view_collection_history(self):
        """The customer's invoices that are open or were late, one click from the order."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Invoices of %(customer)s", customer=self.partner_id.display_name),
            "res_model": "account.move",
            "view_mode": "list,form",
            "domain": [
                ("commercial_partner_id", "=", self._get_collection_payer().id),
                ("move_type", "in", ("out_invoice", "out_refund")),
                ("state", "=", "posted"),
                ("company_id", "=", self.company_id.id),
            ],
            "context": {"create": False},
        }
