from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.letter import collection_letter
from ..letter.letter_common import LetterCommon


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionWork(LetterCommon):
    """Long work goes on by itself, part by part, as who asked; they are told what came of it."""

    def setUp(self):
        super().setUp()
        self.startPatcher(patch.object(collection_letter, "MOST_AT_ONCE", 2))
        self.startPatcher(patch.object(collection_letter, "WORK_SLICE", 1))
        self.letters = self.env["collection.letter"].union(*(
            self._letter(case=self._case(self._customer(number))) for number in range(3)
        )).with_user(self.collector)

    def _customer(self, number):
        partner = self.partner_a.copy({"name": f"Customer {number}", "email": "c@c.example"})
        partner.collector_id = self.collector
        self._overdue_invoice(10, 100.0 + number, partner=partner)
        self._classify()
        return partner

    def _begin(self):
        action = self.letters.action_approve_selected()
        work = self.env["collection.work"].sudo().search([], limit=1, order="id desc")
        return action, work

    def _run_job(self):
        with self.enter_registry_test_mode():
            self.assertIs(
                self.env.ref("debt_collection.cron_work").method_direct_trigger(), True
            )
        self.env.invalidate_all()

    def test_many_letters_are_approved_in_the_background(self):
        action, work = self._begin()
        self.assertEqual(action["tag"], "display_notification")
        self.assertEqual(set(self.letters.mapped("state")), {"draft"})
        self.assertRecordValues(work, [{
            "user_id": self.collector.id, "state": "waiting", "total": 3, "done": 0,
        }])
        news = work.with_user(self.collector).sudo(False)._get_own_news()
        self.assertEqual([row["total"] for row in news], [3])
        self.assertFalse(work.with_user(self.manager).sudo(False)._get_own_news())
        self._run_job()
        self.assertEqual(set(self.letters.mapped("state")), {"approved"})
        self.assertEqual(self.letters.approved_by_id, self.collector)
        self.assertRecordValues(work, [{"state": "done", "done": 3, "progress": 100}])
        self.assertIn("3 letters", work.message)
        opened = work.with_user(self.collector).sudo(False).action_open()
        self.assertEqual(opened["res_model"], "collection.letter")
        self._run_job()
        self.assertEqual(work.done, 3)

    def test_few_are_approved_at_once(self):
        self.assertIs(self.letters[:2].action_approve_selected(), True)
        self.assertEqual(set(self.letters[:2].mapped("state")), {"approved"})

    def test_cut_off_it_goes_on_with_what_is_left(self):
        _action, work = self._begin()
        self.letters[0].action_approve()
        number = self.letters[0].name
        work.write({"state": "running", "done": 2})
        self._run_job()
        self.assertEqual(self.letters[0].name, number)
        self.assertEqual(set(self.letters.mapped("state")), {"approved"})
        self.assertEqual(work.done, 3)

    def test_a_failure_is_told(self):
        _action, work = self._begin()
        self.letters[1].sudo().template_id = False
        self._run_job()
        self.assertEqual(work.state, "failed")
        self.assertIn("Choose a template", work.message)
        self.assertEqual(self.letters[0].state, "approved", "What was done stays done.")

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")
    def test_nobody_makes_work_by_hand(self):
        _action, work = self._begin()
        with self.assertRaises(AccessError), self.cr.savepoint():
            work.with_user(self.collector).sudo(False).create({
                "name": "x", "user_id": self.manager.id, "company_id": self.env.company.id,
                "model": "res.users", "method": "unlink",
            })
        with self.assertRaises(AccessError), self.cr.savepoint():
            work.with_user(self.collector).sudo(False).write({"method": "_work_x"})
        with self.assertRaises(AccessError), self.cr.savepoint():
            work.with_user(self.manager).sudo(False).action_cancel()
        work.method = "unlink"
        self._run_job()
        self.assertEqual(work.state, "failed")
        self.assertTrue(self.letters.exists())

    def test_stopped(self):
        _action, work = self._begin()
        work.with_user(self.collector).sudo(False).action_cancel()
        self._run_job()
        self.assertEqual(work.state, "cancelled")
        self.assertEqual(set(self.letters.mapped("state")), {"draft"})
        with self.assertRaises(UserError):
            work.with_user(self.collector).sudo(False).action_cancel()
