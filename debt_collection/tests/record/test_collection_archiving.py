from datetime import timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ..base.common import CollectionCommon


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionArchiving(CollectionCommon):
    """What is old is proposed, approved by a manager, and never goes by itself (P6.3)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.collector = cls._role_user("archive_collector", "collector")
        cls.manager = cls._role_user("archive_manager", "manager")
        cls.finance = cls._role_user("archive_finance", "finance")
        cls.company.collection_policy_id.manager_id = cls.manager
        cls.old, cls.held, cls.young = cls.env["collection.case"].create([
            {"partner_id": cls.env["res.partner"].create({"name": name}).id}
            for name in ("Old", "Held", "Young")
        ])
        (cls.old | cls.held | cls.young).action_close()
        (cls.old | cls.held).sudo().date_closed = "2010-05-05"
        cls.held.write({"legal_hold": True, "legal_hold_reason": "Suit"})
        cls.today = cls.company._get_collection_today()

    def _propose(self, days=0):
        return self.env["collection.archiving"]._propose(
            self.company, self.today + timedelta(days=days)
        )

    def test_proposal_is_approved(self):
        contact = self.env["collection.activity"].create({
            "case_id": self.old.id, "outcome": "reached", "feedback": "Talked",
            "state": "confirmed",
        })
        proposal = self._propose()
        self.assertRecordValues(proposal, [{
            "kind": "case", "state": "requested", "record_count": 1,
            "record_ids": self.old.ids,
        }])
        self.assertEqual(proposal.activity_ids.user_id, self.manager)
        self.assertFalse(self._propose(), "One proposal waits already.")
        self.assertTrue(self.old.active)
        for user in (self.collector, self.finance):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                proposal.with_user(user).action_approve()
        proposal.with_user(self.manager).action_approve()
        self.assertRecordValues(proposal, [{"state": "approved", "done_count": 1}])
        self.assertFalse(proposal.activity_ids)
        self.assertEqual(
            [case.active for case in (self.old, self.held, self.young)], [False, True, True]
        )
        self.assertTrue(contact.exists())
        self.assertEqual(self.env["collection.seal"]._verify(self.company)["problem"], "")
        self.assertFalse(self._propose(), "Archived cases are not proposed again.")

    def test_hold_that_began_after_the_proposal(self):
        proposal = self._propose()
        self.old.write({"legal_hold": True, "legal_hold_reason": "New suit"})
        proposal.with_user(self.manager).action_approve()
        self.assertEqual((proposal.done_count, self.old.active), (0, True))

    def test_refused_needs_a_reason(self):
        proposal = self._propose().with_user(self.manager)
        with self.assertRaisesRegex(UserError, "why"), self.cr.savepoint():
            proposal.action_refuse()
        proposal.refuse_reason = "Audit first"
        proposal.action_refuse()
        self.assertEqual((proposal.state, self.old.active), ("refused", True))

    def test_zero_years_keep_for_good(self):
        self.company.collection_keep_case_years = 0
        self.assertFalse(self._propose())

    def test_lists_and_logs(self):
        overdue_list = self.env["collection.overdue.list"]._generate("2012-01-31", self.company)
        overdue_list.with_user(self.finance).action_sign()
        log = self.env["collection.access.log"].sudo().create({
            "case_id": self.old.id, "user_id": self.manager.id, "date": "2012-01-31 10:00:00",
        })
        held_log = log.copy({"case_id": self.held.id, "date": log.date,
                             "user_id": self.manager.id})
        proposals = self._propose()
        self.assertEqual(set(proposals.mapped("kind")), {"case", "list", "log"})
        proposals.with_user(self.manager).action_approve()
        self.assertFalse(overdue_list.active)
        self.assertTrue(overdue_list.seal)
        self.assertEqual((log.exists(), held_log.exists()), (log.browse(), held_log))

    def test_only_by_proposal(self):
        attempts = [
            (UserError, lambda: self.old.with_user(self.manager).write({"active": False})),
            (AccessError,
             lambda: self.env["collection.archiving"].with_user(self.collector).search([])),
            (UserError, lambda: self.env["collection.archiving"].with_user(self.manager).create(
                {"kind": "case", "date_before": self.today})),
            (UserError, lambda: self._propose().with_user(self.manager).write(
                {"record_ids": self.young.ids})),
            (UserError, lambda: self.held.sudo().write({"active": False})),
            (ValidationError, lambda: self.held.write({"legal_hold_reason": " "})),
        ]
        for error, attempt in attempts:
            with self.assertRaises(error), self.cr.savepoint():
                attempt()
        self.held.user_id = self.collector
        with self.assertRaises(AccessError):
            self.held.with_user(self.collector).legal_hold = False
