from datetime import timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .test_collection_ageing_report import AgeingCommon


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionLateness(AgeingCommon):
    """Whose doing it is that money comes late, item by item."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(f"{cls.TODAY} 12:00:00"))
        cls.rows = cls.env["collection.lateness"]
        cls.partner_a.email = "a@customer.example"
        cls.salesperson = cls.sales
        cls.partner_a.user_id = cls.sales

    def _row(self, move):
        self.env.flush_all()
        self.rows.invalidate_model()
        return self.rows.search([("move_id", "=", move.id)])

    def _mailed(self, move, days):
        """The invoice was e-mailed to the customer so many days after its date."""
        message = self.env["mail.message"].create({
            "model": "account.move", "res_id": move.id, "message_type": "comment",
            "date": f"{move.invoice_date + timedelta(days=days)} 10:00:00",
        })
        self.env["mail.notification"].create({
            "mail_message_id": message.id, "res_partner_id": move.partner_id.id,
            "notification_type": "email", "notification_status": "sent",
        })
        move.is_move_sent = True

    def _dispute(self, case, line, reason, **vals):
        return self.env["collection.dispute"].create({
            "case_id": case.id, "line_ids": [Command.set(line.ids)], "amount": 10.0,
            "reason": "x", "date_open": self.TODAY, "reason_id": reason.id, **vals,
        })

    def test_sent_late(self):
        """What was sent after its grace is ours by so many days, not by all."""
        late, in_time = self._overdue_invoice(20, 100.0), self._overdue_invoice(20, 50.0)
        self._mailed(late, 15)
        self._mailed(in_time, 2)
        row = self._row(late)
        self.assertEqual((row.cause, row.days_late, row.days_ours), ("sent", 20, 12))
        self.assertAlmostEqual(row.amount_days_ours, 1200.0)
        row = self._row(in_time)
        self.assertEqual((row.cause, row.is_ours, row.days_ours), ("customer", False, 0))
        # Where invoices are sent from here, one that never was is ours.
        forgotten = self._overdue_invoice(10, 100.0)
        row = self._row(forgotten)
        self.assertEqual((row.cause, row.days_ours), ("sent", 10))

    def test_contact_and_number(self):
        self.partner_b.write({"email": False, "invoice_sending_method": False})
        row = self._row(self._overdue_invoice(20, 100.0, partner=self.partner_b))
        self.assertEqual(row.cause, "no_email")
        self.partner_a.collection_needs_reference = True
        without = self._overdue_invoice(20, 100.0)
        with_one = self._overdue_invoice(20, 100.0, ref="PO 1")
        self.assertEqual(self._row(without).cause, "reference")
        self.assertEqual(self._row(with_one).cause, "customer")
        self._classify()
        case = self._receivable(with_one).collection_case_id
        self.env["collection.activity"].create({
            "case_id": case.id, "method": "phone", "direction": "outbound",
            "outcome": "wrong_number", "date": f"{self.TODAY} 09:00:00", "state": "confirmed",
        })
        self.assertEqual(self._row(with_one).cause, "contact")

    def test_disputed(self):
        move = self._overdue_invoice(20, 100.0)
        line = self._receivable(move)
        self._classify()
        price = self.env.ref("debt_collection.dispute_reason_price")
        dispute = self._dispute(line.collection_case_id, line, price)
        row = self._row(move)
        self.assertEqual((row.cause, row.contested_by_id), ("price", dispute))
        self.assertEqual(row.action_open_records()["res_model"], "collection.dispute")
        dispute.write({"resolution": "invalid", "resolution_note": "No"})
        dispute.action_resolve()
        self.assertEqual(self._row(move).cause, "customer")

    def test_paid_late_counts(self):
        move = self._overdue_invoice(20, 100.0)
        self._pay(move, payment_date=self.TODAY - timedelta(days=8))
        row = self._row(move)
        self.assertEqual((row.is_open, row.days_late), (False, 12))
        in_time = self._overdue_invoice(20, 100.0)
        self._pay(in_time, payment_date=self.TODAY - timedelta(days=20))
        self.assertFalse(self._row(in_time))

    def test_share(self):
        """The share of a group is that of its sums."""
        late, other = self._overdue_invoice(20, 100.0), self._overdue_invoice(20, 300.0)
        self._mailed(late, 15)
        self._mailed(other, 0)
        self.env.flush_all()
        [(share,)] = self.rows._read_group(
            [("move_id", "in", (late | other).ids)], [], ["share_ours:avg"]
        )
        self.assertAlmostEqual(share, 1200 / 8000)

    def test_tasks(self):
        """Who can end it is asked, once."""
        self.partner_a.collection_needs_reference = True
        move = self._overdue_invoice(20, 100.0)
        self._classify()
        row = self._row(move).with_user(self.manager)
        row.action_create_tasks()
        tasks = self.env["collection.sales.task"].search([("partner_id", "=", self.partner_a.id)])
        self.assertEqual((tasks.department, tasks.user_id), ("sales", self.sales))
        self.assertIn(move.name, tasks.name)
        row.action_create_tasks()
        self.assertEqual(
            self.env["collection.sales.task"].search([("partner_id", "=", self.partner_a.id)]),
            tasks,
        )
        self.partner_a.collection_needs_reference = False
        with self.assertRaises(UserError):
            self._row(move).with_user(self.manager).action_create_tasks()

    def test_roles(self):
        self._overdue_invoice(20, 100.0)
        self._overdue_invoice(20, 100.0, partner=self.partner_b)
        self._classify()
        self.assertEqual(
            self.rows.with_user(self.collector).search([]).partner_id,
            self.partner_a.with_user(self.collector),
        )
        self.assertEqual(len(self.rows.with_user(self.finance).search([])), 2)
        with self.assertRaises(AccessError):
            self.rows.with_user(self.sales).search([])
