from datetime import timedelta

from odoo.tests import tagged

from ..base.common import CollectionCommon


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionCaseHold(CollectionCommon):
    """Holds end by themselves, and the log says so."""

    def test_expired_holds_are_cleared_and_noted(self):
        case = self._overdue_invoice(10).collection_case_id
        self._classify()
        case = self.env["collection.case"].search([("partner_id", "=", self.partner_a.id)])
        for days, ended in [(0, False), (1, False), (-1, True)]:
            with self.subTest(days=days), self.cr.savepoint() as savepoint:
                until = self.TODAY + timedelta(days=days)
                case.write({"hold_until": until, "hold_reason": "Flood"})
                self.partner_a.write({
                    "collection_hold": True, "collection_hold_until": until,
                    "collection_hold_reason": "Merger",
                })
                result = self.env["collection.case"]._end_expired_holds(
                    self.TODAY, self.env.company
                )
                self.assertEqual(result, (
                    case if ended else case.browse(),
                    self.partner_a if ended else self.partner_a.browse(),
                ))
                self.assertEqual(bool(case.hold_until), not ended)
                self.assertEqual(self.partner_a.collection_hold, not ended)
                for record, word in ((case, "Flood"), (self.partner_a, "Merger")):
                    said = [body for body in record.message_ids.mapped("body") if word in body]
                    self.assertEqual(bool(said), ended)
                savepoint.rollback()

    def test_hold_of_another_company_stays(self):
        other = self.setup_other_company()["company"]
        partner = self.partner_a.with_company(other)
        partner.write({
            "collection_hold": True, "collection_hold_reason": "Merger",
            "collection_hold_until": self.TODAY - timedelta(days=5),
        })
        self.env["collection.case"]._end_expired_holds(self.TODAY, self.env.company)
        self.assertTrue(partner.collection_hold)

    def test_daily_job_ends_holds(self):
        self._overdue_invoice(10)
        self._classify()
        case = self.env["collection.case"].search([("partner_id", "=", self.partner_a.id)])
        case.write({"hold_until": "2024-01-01", "hold_reason": "Flood"})
        with self.enter_registry_test_mode():
            self.assertIs(
                self.env.ref("debt_collection.cron_escalate").method_direct_trigger(), True
            )
        self.assertFalse(case.hold_until)
