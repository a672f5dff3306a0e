from odoo.tests import HttpCase, tagged

from ..base.common import CollectionCommon

NINE_DIGITS = 123456789.0
# Who looks at which screen.
SCREENS = (
    ("collector", "/odoo/desk"),
    ("collector", "/odoo/my-day"),
    ("collector", "/odoo/action-debt_collection.collection_case_action_my"),
    ("manager", "/odoo/action-debt_collection.collection_case_action"),
    ("manager", "/odoo/action-debt_collection.collection_case_action?view_type=list"),
    ("manager", "/odoo/action-debt_collection.collection_dashboard_action"),
    ("manager", "/odoo/action-debt_collection.collection_partner_action"),
    ("manager", "/odoo/action-debt_collection.collection_promise_action"),
    ("manager", "/odoo/collection-approvals"),
    ("finance", "/odoo/action-debt_collection.collection_overdue_item_action"),
    ("finance", "/odoo/action-debt_collection.collection_invoice_action"),
    ("finance", "/odoo/action-debt_collection.collection_credit_action"),
)


@tagged("post_install", "-at_install", "debt_collection")
class TestWideAmountsTour(CollectionCommon, HttpCase):
    """Amounts of nine digits are whole on every screen, on a laptop and on a phone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {
            role: cls._role_user(f"wide_{role}", role)
            for role in ("collector", "manager", "finance")
        }
        customer = cls.env["res.partner"].create({
            "name": "A Customer with a Name That Is Longer Than Any Column of a List Can Show",
            "collector_id": cls.users["collector"].id, "phone": "+1 555 0100",
        })
        for days in (40, 100):
            cls._overdue_invoice(days, NINE_DIGITS, partner=customer)
        cls.env["account.payment"].create({
            "payment_type": "inbound", "partner_type": "customer", "partner_id": customer.id,
            "amount": NINE_DIGITS / 10, "date": cls.TODAY,
        }).action_post()
        cls._classify()
        cls.case = customer.collection_case_ids
        cls.env["collection.promise"].create({
            "case_id": cls.case.id, "amount": NINE_DIGITS,
            "date_promised": cls.env.company._get_collection_today(),
        })
        plan = cls.env["collection.plan"].sudo().create({"case_id": cls.case.id})
        plan.action_generate()

    def _look(self, role, path):
        self.start_tour(path, "debt_collection_uncut", login=self.users[role].login)

    def test_on_a_laptop(self):
        for role, path in SCREENS:
            with self.subTest(role=role, path=path):
                self._look(role, path)

    def test_on_a_phone(self):
        self.browser_size = "375x667"
        self.touch_enabled = True
        for role, path in SCREENS[:2] + SCREENS[3:4]:
            with self.subTest(role=role, path=path):
                self._look(role, path)

    def test_the_case(self):
        path = f"/odoo/action-debt_collection.collection_case_action/{self.case.id}"
        self._look("collector", path)
        self._look("finance", path)
