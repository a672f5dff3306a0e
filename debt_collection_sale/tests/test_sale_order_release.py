from datetime import timedelta

from lxml import etree

from odoo.exceptions import AccessError, RedirectWarning, UserError
from odoo.tests import new_test_user, tagged

from odoo.addons.debt_collection.tests.base.common import CollectionCommon


@tagged("post_install", "-at_install", "debt_collection")
class TestSaleOrderRelease(CollectionCommon):
    """Orders of customers in arrears: warned, blocked, asked for, released (P2.3)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.now = cls.env.company._get_collection_today()
        cls.policy = cls.env.company.collection_policy_id
        cls.manager = cls._role_user("release_manager", "manager")
        cls.policy.manager_id = cls.manager
        cls.seller = new_test_user(
            cls.env, "release_seller",
            groups="base.group_user,sales_team.group_sale_salesman_all_leads",
            company_id=cls.env.company.id, company_ids=[(6, 0, cls.env.company.ids)],
        )
        cls.term = cls.env.ref("account.account_payment_term_30days")

    def _order(self, days=None, **vals):
        """An order whose customer has 100 overdue by so many days."""
        customer = self.env["res.partner"].create({"name": "Buyer"})
        if days:
            self._overdue_invoice(
                0, 100.0, partner=customer, invoice_date=self.now - timedelta(days=days),
                invoice_date_due=self.now - timedelta(days=days),
            )
            self._classify(self.now)
        return self.env["sale.order"].sudo().create({
            "partner_id": customer.id,
            "payment_term_id": self.term.id,
            "user_id": self.seller.id,
            "order_line": [(0, 0, {"product_id": self.product_a.id})],
            **vals,
        }).with_user(self.seller).sudo(False)

    def _wizard(self, order, user, reason=False):
        return self.env["collection.sale.release"].with_user(user).create(
            {"order_id": order.id, "reason": reason}
        )

    def test_levels(self):
        hold = {
            "collection_hold": True, "collection_hold_reason": "Asked by the owner",
            "collection_hold_until": self.now,
        }
        table = [
            # days overdue, policy, partner, order, level
            (None, {}, {}, {}, "none"),
            (10, {}, {}, {}, "none"),
            (45, {}, {}, {}, "none"),
            (90, {}, {}, {}, "block"),
            (90, {"sale_severe": "warn"}, {}, {}, "warn"),
            (90, {"sale_severe": "none"}, {}, {}, "none"),
            (10, {"sale_overdue": "warn"}, {}, {}, "warn"),
            (90, {"sale_overdue": "warn"}, {}, {}, "block"),
            (None, {}, hold, {}, "block"),
            (None, {"sale_hold": "none"}, hold, {}, "none"),
            (None, {}, {**hold, "collection_hold_until": self.now - timedelta(days=1)}, {},
             "none"),
            (None, {}, {}, {"payment_term_id": False}, "warn"),
            (None, {"sale_term": "none"}, {}, {"payment_term_id": False}, "none"),
        ]
        defaults = {
            "sale_hold": "block", "sale_legal": "block", "sale_severe": "block",
            "sale_overdue": "none", "sale_term": "warn",
        }
        for days, policy, partner, vals, level in table:
            with self.subTest(days=days, policy=policy, partner=partner, order=vals):
                self.policy.write({**defaults, **policy})
                order = self._order(days, **vals)
                order.sudo().partner_id.write(partner)
                self.assertEqual(order._get_collection_level(), level)
                button = order.with_context(collection_warn=True)
                if level != "none":
                    with self.assertRaises(RedirectWarning):
                        button.action_confirm()
                    self.assertEqual(order.state, "draft")
                if level == "block":
                    with self.assertRaises(RedirectWarning):
                        order.action_confirm()
                    self.assertEqual(order.state, "draft")
                else:
                    order.action_confirm()
                    self.assertEqual(order.state, "sale", "a program is not stopped by a warning")

    def test_who_pays_is_who_is_looked_at(self):
        """An order invoiced to a payer in arrears is warned of or stopped as the payer's own."""
        self.policy.sale_overdue = "warn"
        for days, level in ((10, "warn"), (90, "block")):
            with self.subTest(days=days):
                payer = self._order(days).sudo().partner_id
                order = self._order(partner_invoice_id=payer.id)
                self.assertEqual(order.collection_state, "open")
                self.assertEqual(order._get_collection_level(), level)
                with self.assertRaises(RedirectWarning):
                    order.with_context(collection_warn=True).action_confirm()
        # Arrears of who only receives the goods count for the orders that they pay.
        order = self._order(90, partner_invoice_id=self.partner_b.id)
        self.assertEqual((order.collection_state, order._get_collection_level()), ("none", "none"))

    def test_what_came_is_held_against_nobody(self):
        self.policy.sale_overdue = "warn"
        order = self._order(90)
        self._overdue_invoice(
            0, 100.0, partner=order.sudo().partner_id, move_type="out_refund",
            invoice_date=self.now,
        )
        self.assertEqual(order._get_collection_level(), "none")

    def test_button_asks_for_warnings(self):
        arch = etree.fromstring(
            self.env["sale.order"].get_view(self.env.ref("sale.view_order_form").id)["arch"]
        )
        buttons = arch.xpath("//header//button[@name='action_confirm']")
        self.assertEqual(len(buttons), 2)
        for button in buttons:
            self.assertIn("collection_warn", button.get("context"))

    def test_legal_blocks(self):
        order = self._order(10)
        case = self.env["collection.case"].sudo().search(
            [("partner_id", "=", order.sudo().partner_id.id)]
        )
        case.stage = "legal"
        self.assertEqual(order._get_collection_level(), "block")

    def test_warning_is_read(self):
        order = self._order(None, payment_term_id=False)
        self._wizard(order, self.seller).action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.collection_release_user_id, self.seller)

    def test_block_is_overridden_with_a_reason_only(self):
        order = self._order(90)
        with self.assertRaises(UserError):
            self._wizard(order, self.seller, "Please").action_confirm()
        self.seller.sudo().group_ids |= self.env.ref("debt_collection_sale.group_override")
        with self.assertRaises(UserError):
            self._wizard(order, self.seller, " ").action_confirm()
        self._wizard(order, self.seller, "Paid today").action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.collection_release_reason, "Paid today")
        self.assertTrue(any("Paid today" in body for body in order.message_ids.mapped("body")))

    def test_manager_is_asked_and_releases(self):
        order = self._order(90)
        seen = order.with_user(self.manager)
        with self.assertRaises(AccessError):
            seen.read(["name"])
        self._wizard(order, self.seller, "A good customer").action_ask()
        to_do = order.sudo().activity_ids.filtered(lambda a: a.user_id == self.manager)
        self.assertIn("A good customer", to_do.summary)
        self.assertEqual(seen.read(["name"])[0]["name"], order.name)
        with self.assertRaises(AccessError):
            seen.write({"note": "mine"})
        with self.assertRaises(RedirectWarning):
            order.action_confirm()
        self._wizard(order, self.manager, "Half is paid").action_confirm()
        self.assertEqual(order.state, "draft", "the salesperson confirms it")
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_release_cannot_be_written_over_rpc(self):
        order = self._order(90)
        with self.assertRaises(UserError):
            order.write({"collection_release": "block"})
        with self.assertRaises(UserError):
            order.copy({"collection_release": "block"})

    def test_customer_signs_and_learns_nothing(self):
        order = self._order(90)
        order.sudo()._validate_order()
        self.assertEqual(order.state, "draft")
        self.assertIn("Signed by the customer", order.activity_ids.mapped("summary")[0])

    def test_history_is_one_click_away(self):
        order = self._order(90)
        action = order.action_view_collection_history()
        found = self.env["account.move"].sudo().search(action["domain"])
        self.assertEqual(found.amount_total, 100.0)
