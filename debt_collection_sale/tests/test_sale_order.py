from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged

from odoo.addons.debt_collection.tests.base.common import PreparedCompanies


@tagged("post_install", "-at_install", "debt_collection")
class TestSaleOrder(PreparedCompanies):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.company_data["company"]
        cls.salesperson = new_test_user(
            cls.env,
            login="collection_salesperson",
            groups="base.group_user,sales_team.group_sale_salesman_all_leads",
            company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
        )

    def _create_order(self, days_overdue=None):
        """An order of a new customer's contact; the customer has 100 due that long ago."""
        customer = self.env["res.partner"].create({"name": "Mill", "is_company": True})
        contact = self.env["res.partner"].create({"name": "Ann", "parent_id": customer.id})
        if days_overdue is not None:
            due = fields.Date.today() - timedelta(days=days_overdue)
            self._create_invoice_one_line(
                price_unit=100,
                tax_ids=[],
                partner_id=customer,
                invoice_date=due,
                invoice_date_due=due,
                invoice_payment_term_id=False,
                post=True,
            )
        return (
            self.env["sale.order"]
            .sudo()
            .create({"partner_id": contact.id, "company_id": self.company.id})
        )

    def test_confirmed_orders_use_the_credit(self):
        """What is ordered and not invoiced yet counts like what is owed."""
        order = self._create_order(10)
        self.env["collection.case"].sudo()._classify()
        customer = order.partner_id.commercial_partner_id
        case = customer.sudo().with_company(self.company).collection_case_ids
        self.company.sudo().account_use_credit_limit = True
        customer.sudo().with_company(self.company).credit_limit = 500
        order.write({"partner_invoice_id": customer.id, "order_line": [(0, 0, {
            "product_id": self.product_a.id, "product_uom_qty": 1, "price_unit": 150,
            "tax_ids": [],
        })]})
        self.env.invalidate_all()
        self.assertEqual(case.credit_left, 400)
        order.action_confirm()
        self.env.invalidate_all()
        self.assertEqual(case.credit_left, 250)

    def test_status_as_sales_see_it(self):
        cases = [
            # days overdue, state, tier, amount
            (None, "none", False, 0),
            (-10, "none", False, 0),
            (10, "open", "mild", 100),
            (45, "open", "moderate", 100),
            (90, "open", "severe", 100),
        ]
        orders = [self._create_order(days) for days, *_expected in cases]
        self.env["collection.case"].sudo()._classify()
        self.env.invalidate_all()
        for order, (days, state, tier, amount) in zip(orders, cases, strict=True):
            with self.subTest(days=days):
                seen = order.with_user(self.salesperson).with_context(
                    allowed_company_ids=self.company.ids
                )
                self.assertEqual(seen.collection_state, state)
                self.assertEqual(seen.collection_tier_id.sudo().code, tier)
                self.assertEqual(seen.collection_amount_overdue, amount)
                self.assertTrue(seen.collection_tier_id.display_name or not tier)

    def test_status_is_the_order_company_s(self):
        order = self._create_order(90)
        other = self.setup_other_company()["company"]
        self.env["collection.case"].sudo()._classify()
        self.env.invalidate_all()
        companies = (self.company | other).ids
        elsewhere = (
            order.sudo()
            .with_company(other)
            .create({"partner_id": order.partner_id.id, "company_id": other.id})
        )
        for active in (companies, companies[::-1]):
            seen = (order | elsewhere).sudo().with_context(allowed_company_ids=active)
            self.assertEqual(seen.mapped("collection_state"), ["open", "none"])

    def test_form_as_sales_see_it(self):
        order = self._create_order(90)
        self.env["collection.case"].sudo()._classify()
        self.env.invalidate_all()
        view = self.env.ref("sale.view_order_form")
        with Form(order.with_user(self.salesperson), view=view) as form:
            self.assertEqual(form.collection_state, "open")
            self.assertEqual(form.collection_amount_overdue, 100)

    def test_portal_sees_nothing(self):
        portal = new_test_user(self.env, login="collection_portal", groups="base.group_portal")
        readable = self.env["sale.order"].with_user(portal).fields_get()
        self.assertFalse([name for name in readable if name.startswith("collection_")])

    def test_orders_behind_invoices_are_read_by_whoever_reads_these(self):
        owner, other, finance = (
            new_test_user(
                self.env,
                login=f"order_{name}",
                groups=f"base.group_user,debt_collection.group_{role}",
                company_id=self.company.id,
                company_ids=[(6, 0, self.company.ids)],
            )
            for name, role in [
                ("owner", "collector"), ("other", "collector"), ("finance", "finance"),
            ]
        )
        self.partner_a.sudo().collector_id = owner
        invoiced, quotation = self.env["sale.order"].sudo().create([
            {
                "partner_id": self.partner_a.id,
                "company_id": self.company.id,
                "order_line": [(0, 0, {"product_id": self.product_a.id})],
            }
            for _order in range(2)
        ])
        due = fields.Date.today() - timedelta(days=40)
        invoice = self._create_invoice_one_line(
            price_unit=100, tax_ids=[], partner_id=self.partner_a, invoice_date=due,
            invoice_date_due=due, invoice_payment_term_id=False, post=True,
        )
        invoice.invoice_line_ids.sudo().sale_line_ids = invoiced.order_line
        self.env["collection.case"].sudo()._classify()
        self.env.invalidate_all()
        both = invoiced | quotation
        for user, expected in [(owner, invoiced), (other, both.browse()), (finance, invoiced)]:
            for records, visible in [
                (both, expected), (both.order_line, expected.order_line),
            ]:
                with self.subTest(user=user.login, model=records._name):
                    found = records.browse().with_user(user).search([("id", "in", records.ids)])
                    self.assertEqual(found.ids, visible.ids)
                    with self.assertRaises(AccessError):
                        records.with_user(user).write({"name": "mine"})
