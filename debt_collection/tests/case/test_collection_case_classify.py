from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..base.common import CollectionCommon


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionCaseClassify(CollectionCommon):
    def test_one_case_for_a_customer_and_its_contacts(self):
        contact = self.env["res.partner"].create({"name": "Desk", "parent_id": self.partner_a.id})
        first, second = self._overdue_invoice(5), self._overdue_invoice(40, partner=contact)
        counts = self._classify()
        self.assertEqual(counts, {"lines": 2, "opened": 1, "updated": 1, "closed": 0})
        case = first.collection_case_id
        self.assertEqual(second.collection_case_id, case)
        self.assertRecordValues(case, [{
            "partner_id": self.partner_a.id, "amount_overdue": 200.0, "tier_code": "moderate",
            "date_open": self.TODAY,
        }])

    def test_second_run_writes_nothing(self):
        for days in (5, 40, 70, -5):
            self._overdue_invoice(days)
        self._classify()
        before = self._row_versions()
        self.assertEqual(
            self._classify(), {"lines": 0, "opened": 0, "updated": 0, "closed": 0}
        )
        self.assertEqual(self._row_versions(), before)

    def test_time_moves_items_up_the_ladder(self):
        move = self._overdue_invoice(1)
        for as_of, tier in [
            ("2025-09-29", False), ("2025-09-30", "mild"), ("2025-10-29", "mild"),
            ("2025-10-30", "moderate"), ("2025-11-28", "moderate"), ("2025-11-29", "severe"),
        ]:
            with self.subTest(as_of=as_of):
                self._classify(as_of)
                self.assertEqual(move.collection_tier_id.code, tier)
        self.assertEqual(move.collection_case_id.tier_code, "severe")

    def test_payment_closes_and_its_undoing_reopens_at_once(self):
        move = self._overdue_invoice(40)
        self._classify()
        case = move.collection_case_id
        self._pay(move, amount=30.0)
        self.assertRecordValues(case, [{"stage": "new", "amount_overdue": 70.0}])
        self._pay(move, amount=70.0)
        self.assertRecordValues(
            case, [{"stage": "closed", "close_reason": "paid", "amount_overdue": 0.0}]
        )
        self.assertFalse(move.collection_tier_id)
        self.assertEqual(move.collection_case_id, case, "The item remembers who chased it.")
        move.line_ids.remove_move_reconcile()
        self.assertTrue(move.collection_tier_id)
        reopened = move.collection_case_id
        self.assertNotEqual(reopened, case)
        self.assertRecordValues(reopened, [{"stage": "new", "amount_overdue": 100.0}])

    def test_reversal_and_reset_to_draft_show_at_once(self):
        reversed_move, drafted = self._overdue_invoice(40), self._overdue_invoice(50)
        self._classify()
        case = drafted.collection_case_id
        reversal = self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=reversed_move.ids
        ).create({"journal_id": reversed_move.journal_id.id, "date": self.TODAY})
        reversal.refund_moves()
        refund = reversed_move.reversal_move_ids
        refund.action_post()
        self._receivable(refund | reversed_move).filtered(
            lambda line: not line.reconciled
        ).reconcile()
        self.assertEqual(case.amount_overdue, 100.0)
        drafted.button_draft()
        # It may be corrected and posted again within the day: the night closes.
        self.assertRecordValues(case, [{"is_closed": False, "amount_overdue": 0.0}])
        self._classify()
        self.assertRecordValues(case, [{"stage": "closed", "amount_overdue": 0.0}])

    def test_companies_do_not_mix(self):
        other = self._create_company(name="Second Company")
        move = self._overdue_invoice(40)
        far = self._overdue_invoice(40, company=other)
        self._classify(companies=self.env.company)
        self.assertTrue(move.collection_case_id)
        self.assertFalse(far.collection_case_id)
        self._classify(companies=other)
        self.assertEqual(far.collection_case_id.company_id, other)
        self.assertEqual(far.collection_case_id.partner_id, move.collection_case_id.partner_id)

    def test_statements_do_not_grow_with_the_ledger(self):
        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._classify()
            return self.env.cr.sql_log_count - before

        counts = []
        for size in (1, 2, 20):
            partners = self.env["res.partner"].create([{"name": f"P{i}"} for i in range(size)])
            for partner in partners:
                self._overdue_invoice(5, partner=partner)
            counts.append(count())
        # The first run also fills Odoo's own caches.
        self.assertEqual(counts[1], counts[2])

    def test_the_planner_knows_the_new_cases(self):
        """Otherwise it goes through all cases for each item of a first run."""
        for partner in (self.partner_a, self.partner_b):
            self._overdue_invoice(5, partner=partner)
        self._classify()
        self.env.cr.execute(
            "SELECT reltuples FROM pg_class WHERE oid = 'collection_case'::regclass"
        )
        known = self.env.cr.fetchone()[0]
        self.assertEqual(known, self.env["collection.case"].search_count([]))
        self.assertGreaterEqual(known, 2)

    def test_numbers_are_those_of_the_sequence(self):
        sequence = self.env.ref("debt_collection.sequence_collection_case").sudo()
        sequence.write({"prefix": "C/%(year)s/", "suffix": "/X", "padding": 4})
        numbers = self.env["collection.case"]._next_case_numbers(2)
        year = sequence._get_prefix_suffix()[0]
        self.assertRegex(year, r"^C/\d{4}/$")
        following = [int(number.removeprefix(year).removesuffix("/X")) for number in numbers]
        self.assertEqual(following[1], following[0] + 1)
        self.assertEqual(numbers, [sequence.get_next_char(number) for number in following])

    def test_job(self):
        move = self._overdue_invoice(40)
        with self.enter_registry_test_mode():
            self.assertIs(
                self.env.ref("debt_collection.cron_classify").method_direct_trigger(), True
            )
        self.assertTrue(move.collection_case_id)

    def test_failing_company_does_not_stop_the_others(self):
        other = self._create_company(name="Second Company")
        failing, passing = self._overdue_invoice(40), self._overdue_invoice(40, company=other)
        cases = self.env.registry["collection.case"]
        classify = cases._classify_company

        def fail_in_first(this, company, *args, **kwargs):
            if company == failing.company_id:
                raise ValueError("broken")
            return classify(this, company, *args, **kwargs)

        with (
            patch.object(cases, "_classify_company", fail_in_first),
            mute_logger("odoo.addons.debt_collection.models.base.ir_cron"),
            self.enter_registry_test_mode(),
        ):
            self.env.ref("debt_collection.cron_classify").method_direct_trigger()
        self.assertFalse(failing.collection_case_id)
        self.assertTrue(passing.collection_case_id)
