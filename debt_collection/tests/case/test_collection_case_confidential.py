from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..base.common import CollectionCommon


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionCaseConfidential(CollectionCommon):
    """Confidential cases are open to the people named, and each opening is noted (P1.4)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.collector = cls._role_user("secret_collector", "collector")
        cls.colleague = cls._role_user("secret_colleague", "collector")
        cls.manager = cls._role_user("secret_manager", "manager")
        cls.outsider = cls._role_user("secret_outsider", "manager")
        cls.finance = cls._role_user("secret_finance", "finance")
        invoices = cls._overdue_invoice(10) | cls._overdue_invoice(10, partner=cls.partner_b)
        cls._classify()
        cls.case, cls.plain = invoices.collection_case_id
        (cls.case | cls.plain).write({"user_id": cls.collector.id})
        cls.contact = cls.env["collection.activity"].create({
            "case_id": cls.case.id, "outcome": "reached", "feedback": "Talked",
            "state": "confirmed",
        })
        cls.case.with_user(cls.manager).is_confidential = True

    def _logs(self):
        return self.env["collection.access.log"].sudo().search([("case_id", "=", self.case.id)])

    def test_named_people_alone(self):
        self.assertEqual(self.case.sudo().confidential_user_ids, self.manager | self.collector)
        for user, sees in [
            (self.collector, True), (self.manager, True),
            (self.outsider, False), (self.finance, False), (self.colleague, False),
        ]:
            for record in (self.case, self.contact):
                with self.subTest(user=user.login, model=record._name):
                    found = record.with_user(user).search([("id", "=", record.id)])
                    self.assertEqual(bool(found), sees)
                    if not sees:
                        with self.assertRaises(AccessError):
                            record.with_user(user).read(["display_name"])
        self.assertTrue(self.plain.with_user(self.outsider).search([("id", "=", self.plain.id)]))

    def test_whoever_works_on_it_is_named(self):
        self.case.with_user(self.manager).user_id = self.colleague
        self.assertIn(self.colleague, self.case.sudo().confidential_user_ids)
        self.case.with_user(self.colleague).read(["name"])

    def test_who_is_not_named_follows_no_more(self):
        """A follower is sent what is written: of a confidential case, only those named are."""
        plan = self.env["collection.plan"].create({
            "case_id": self.plain.id, "date_first": self.env.company._get_collection_today(),
        })
        plan.message_subscribe(self.finance.partner_id.ids)
        people = self.collector | self.outsider | self.finance
        customer = self.plain.partner_id
        self.plain.sudo().message_subscribe([*people.partner_id.ids, customer.id])
        self.plain.with_user(self.manager).is_confidential = True
        followers = self.plain.sudo().message_partner_ids
        self.assertIn(self.collector.partner_id, followers)
        self.assertIn(customer, followers)
        self.assertFalse((self.outsider | self.finance).partner_id & followers)
        self.plain.sudo().message_subscribe(self.finance.partner_id.ids)
        self.plain.with_user(self.manager).confidential_user_ids += self.outsider
        self.assertNotIn(self.finance.partner_id, self.plain.sudo().message_partner_ids)
        self.assertFalse(plan.sudo().message_partner_ids & self.finance.partner_id)

    def test_what_belongs_to_it_is_confidential_as_well(self):
        """Every model that belongs to a case has the rule of confidential cases, or no reader."""
        users = [self.collector, self.manager, self.finance]
        # The ledger's own figures are of no case, and stay.
        ledger = {"collection.ageing.report"}
        for name, model in sorted(self.env.registry.items()):
            field = model._fields.get("case_id")
            if (
                not name.startswith("collection.") or name in ledger
                or model._abstract or model._transient
                or not field or not field.store or field.comodel_name != "collection.case"
                or not any(self.env[name].with_user(user).has_access("read") for user in users)
            ):
                continue
            rules = self.env["ir.rule"].sudo().search([
                ("model_id.model", "=", name), ("groups", "=", False),
            ])
            with self.subTest(model=name):
                self.assertTrue(any(
                    "is_confidential" in (rule.domain_force or "") for rule in rules
                ))

    def test_only_managers_decide(self):
        for vals in ({"is_confidential": False}, {"confidential_user_ids": [(5,)]}):
            with self.subTest(vals=vals), self.assertRaises(AccessError), self.cr.savepoint():
                self.case.with_user(self.collector).write(vals)

    def test_opening_is_noted(self):
        before = len(self._logs())
        self.case.with_user(self.collector).web_read({"name": {}})
        self.case.sudo().web_read({"name": {}})
        self.plain.with_user(self.collector).web_read({"name": {}})
        (self.case | self.plain).with_user(self.collector).web_read({"name": {}})
        logs = self._logs()
        self.assertEqual(len(logs) - before, 1)
        self.assertEqual(logs[:1].user_id, self.collector)
        for user in (self.collector, self.manager):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                logs.with_user(user).unlink()
        self.assertFalse(
            self.env["collection.access.log"].with_user(self.outsider).search([])
        )

    def test_every_way_to_read_is_noted(self):
        """In a list, a search, a file or messages; not what shows number and customer alone."""
        both = (self.case | self.plain).with_user(self.collector)
        domain = [("id", "in", both.ids)]
        self.case.sudo().message_post(body="A secret")
        message = self.case.sudo().message_ids[:1].with_user(self.collector)
        self.collector.sudo().group_ids += self.env.ref("base.group_allow_export")
        for name, call, count in (
            ("list", lambda: both.web_read({"amount_overdue": {}}), 1),
            ("search", lambda: both.web_search_read(domain, {"stage": {}}), 1),
            ("search_read", lambda: both.search_read(domain, ["stage"]), 1),
            ("file", lambda: both.export_data(["amount_overdue"]), 1),
            ("messages", lambda: message.read(["body"]), 1),
            ("thread", lambda: message.browse()._message_fetch(
                [], thread=self.case.with_user(self.collector)), 1),
            ("names", lambda: both.web_search_read(domain, {"name": {}, "partner_id": {}}), 0),
            ("message dates", lambda: message.read(["date"]), 0),
        ):
            with self.subTest(way=name):
                before = len(self._logs())
                call()
                self.assertEqual(len(self._logs()) - before, count)

    def test_lists_cost_nothing(self):
        counts = []
        for cases in (self.plain, self.case | self.plain):
            cases = cases.with_user(self.collector)
            cases.web_read({"name": {}})
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            cases.web_read({"name": {}})
            counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])
