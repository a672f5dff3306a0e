from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .charge_common import ChargeCommon


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionChargeAccess(ChargeCommon):
    """Who asks, who approves, who posts: three people, and nothing happens otherwise."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._use_terms("fixed")
        cls._invoice("2025-06-30", 36500)
        cls.case = cls._case()
        cls.users = {
            "sales": cls._role_user("charge_sales", "sales"),
            "collector": cls.collector,
            "stranger": cls._role_user("charge_stranger", "collector"),
            "manager": cls.manager,
            "finance": cls.finance,
            "portal": cls.env["res.users"].create({
                "name": "Portal", "login": "charge_portal",
                "group_ids": [Command.set(cls.env.ref("base.group_portal").ids)],
            }),
        }

    def test_who_asks(self):
        for role, allowed in [
            ("sales", False), ("collector", True), ("stranger", False), ("manager", True),
            ("finance", False), ("portal", False),
        ]:
            with self.subTest(role=role):
                charges = self.env["collection.charge"].with_user(self.users[role])
                vals = {
                    "case_id": self.case.id, "currency_id": self.case.currency_id.id,
                    "date_to": "2025-07-10", "item_ids": [Command.set(self.case.line_ids.ids)],
                }
                if allowed:
                    self.assertEqual(charges.create(vals).state, "draft")
                else:
                    with self.assertRaises(AccessError), self.cr.savepoint():
                        charges.create(vals)

    def test_who_does_what(self):
        """Each step by each role: the one that may, changes the state; the others nothing."""
        steps = [
            ("action_request", "draft", {"collector", "manager"}, "requested"),
            ("action_approve", "requested", {"manager"}, "approved"),
            ("action_post", "approved", {"finance"}, "posted"),
            ("action_undo", "posted", {"finance"}, "undone"),
            ("action_waive", "posted", {"manager"}, "waiving"),
            ("action_post_waiver", "waiving", {"finance"}, "waived"),
            ("action_keep", "waiving", {"manager"}, "posted"),
        ]
        for step, state, allowed, after in steps:
            for role, user in self.users.items():
                with self.subTest(step=step, role=role), self.cr.savepoint() as savepoint:
                    charge = self._charge(self.case, "2025-07-10")
                    self._bring_to(charge, state)
                    moves = self.env["account.move"].search_count([])
                    if role in allowed:
                        getattr(charge.with_user(user), step)()
                        self.assertEqual(charge.state, after)
                    else:
                        with self.assertRaises(UserError):
                            getattr(charge.with_user(user), step)()
                        self.assertEqual(charge.state, state)
                        self.assertEqual(self.env["account.move"].search_count([]), moves)
                    savepoint.rollback()
                    self.env.invalidate_all()

    def _bring_to(self, charge, state):
        if state != "draft":
            charge.action_request()
        if state not in ("draft", "requested"):
            charge.with_user(self.manager).action_approve()
        if state in ("posted", "waiving"):
            charge.with_user(self.finance).action_post()
            charge.with_user(self.manager).waive_reason = "Goodwill"
        if state == "waiving":
            charge.with_user(self.manager).action_waive()

    def test_nobody_approves_an_own_request(self):
        charge = self._charge(self.case, "2025-07-10").with_user(self.manager)
        charge.action_request()
        with self.assertRaisesRegex(UserError, "yourself"), self.cr.savepoint():
            charge.action_approve()
        self.assertEqual(charge.state, "requested")

    def test_nobody_credits_an_own_waiver(self):
        both = self._role_user("charge_both", "manager")
        both.group_ids |= self.env.ref("debt_collection.group_finance")
        charge = self._charge(self.case, "2025-07-10")
        self._post(charge)
        charge.with_user(both).waive_reason = "Goodwill"
        charge.with_user(both).action_waive()
        with self.assertRaisesRegex(UserError, "yourself"), self.cr.savepoint():
            charge.with_user(both).action_post_waiver()

    def test_states_are_not_written(self):
        charge = self._charge(self.case, "2025-07-10")
        for vals in ({"state": "posted"}, {"approved_by_id": self.manager.id},
                     {"waived_by_id": self.manager.id}, {"waive_reason": "Mine"}):
            with self.subTest(vals=vals), self.assertRaises(UserError), self.cr.savepoint():
                charge.with_user(self.manager).write(vals)
        self._approve(charge)
        with self.assertRaises(AccessError):
            charge.with_user(self.collector).date = "2025-07-15"

    def test_refused(self):
        charge = self._charge(self.case, "2025-07-10")
        charge.action_request()
        manager = charge.with_user(self.manager)
        with self.assertRaisesRegex(UserError, "why"), self.cr.savepoint():
            manager.action_refuse()
        manager.refuse_reason = "Talk to them first"
        manager.action_refuse()
        self.assertEqual(charge.state, "refused")
        # What was refused is not claimed any more.
        self.assertEqual(self._charge(self.case, "2025-07-10").amount_total, 100)

    def test_second_company(self):
        other = self.setup_other_company()["company"]
        charge = self._charge(self.case, "2025-07-10")
        for role in ("collector", "manager", "finance"):
            user = self._role_user(f"charge_other_{role}", role, other)
            with self.subTest(role=role):
                self.assertFalse(
                    self.env["collection.charge"].with_user(user).search([])
                )
                with self.assertRaises(AccessError):
                    charge.with_user(user).read(["amount_total"])
                for model in ("collection.charge.line", "collection.charge.segment"):
                    self.assertFalse(self.env[model].with_user(user).search([]))

    def test_terms_of_each_company(self):
        """A customer of two companies has the terms that each agreed with it."""
        other = self.setup_other_company()["company"]
        move = self._overdue_invoice(92, 36500, self.customer, other)
        item = self._receivable(move)
        self.assertEqual(item._get_collection_charges(self.TODAY), {})
        self.customer.with_company(other).collection_charge_terms_id = self._terms("fixed").copy(
            {"rate": 20}
        )
        self.assertEqual(item._get_collection_charges(self.TODAY)[item.id]["interest"], 1840)
        items = item | self.case.line_ids
        charges = items._get_collection_charges(self.TODAY)
        self.assertEqual(charges[self.case.line_ids.id]["interest"], 920)

    def test_posted_in_the_second_company(self):
        """Its own people, journal, account and currency."""
        data = self.setup_other_company()
        other = data["company"]
        journal = self.env["account.journal"].create({
            "name": "Late Charges", "code": "LATE", "type": "sale", "company_id": other.id,
        })
        other.write({
            "collection_charge_journal_id": journal.id,
            "collection_charge_account_id": data["default_account_revenue"].id,
        })
        other.collection_policy_id.charge_terms_id = self._terms("fixed")
        move = self._overdue_invoice(92, 36500, self.customer, other)
        self._classify(companies=other)
        users = {
            role: self._role_user(f"charge_second_{role}", role, other)
            for role in ("collector", "manager", "finance")
        }
        item = self._receivable(move)
        item.collection_case_id.user_id = users["collector"]
        charge = self.env["collection.charge"].with_user(users["collector"]).create({
            "case_id": item.collection_case_id.id, "currency_id": item.currency_id.id,
            "date_to": self.TODAY, "item_ids": [Command.set(item.ids)],
        })
        charge.action_request()
        charge.with_user(users["manager"]).action_approve()
        charge.with_user(users["finance"]).action_post()
        self.assertRecordValues(charge.sudo().move_id, [{
            "company_id": other.id, "journal_id": journal.id, "amount_total": 920,
            "currency_id": other.currency_id.id, "state": "posted",
        }])
