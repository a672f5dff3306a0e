from datetime import date

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .accounting_common import CollectionAccountingCommon

LOCKED, FIRST_OPEN = date(2025, 8, 15), date(2025, 9, 1)


@tagged("post_install", "-at_install", "debt_collection")
class TestPostingLocks(CollectionAccountingCommon):
    """No result is ever posted on a day that nobody chose, whichever lock there is (P2.4)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._choose_charges(cls.env.ref("debt_collection.charge_terms_fixed"))

    def _make_charge(self):
        item = self._receivable(self._overdue_invoice(100, 1000.0))
        self._classify()
        return self.env["collection.charge"].with_user(self.collector).create({
            "case_id": item.collection_case_id.id, "currency_id": item.currency_id.id,
            "date_to": LOCKED, "item_ids": [Command.set(item.ids)],
        })

    def _make_taxed_charge(self):
        self.company.collection_charge_tax_ids = self.company_data["default_tax_sale"]
        return self._make_charge()

    def _make_writeoff(self):
        move = self._overdue_invoice(100, 1000.0)
        self._classify()
        return self._writeoff(move)

    def _make_recovery(self):
        debt = self._posted(self._make_writeoff()).line_ids
        payment = self.env["account.payment"].create({
            "payment_type": "inbound", "partner_type": "customer", "date": "2025-08-01",
            "partner_id": debt.partner_id.id, "amount": 300.0,
        })
        payment.action_post()
        return self.env["collection.recovery"].with_user(self.finance).create({
            "partner_id": debt.partner_id.id, "company_id": self.company.id,
            "credit_id": self._receivable(payment.move_id).id,
            "line_ids": [Command.create({"writeoff_line_id": debt.id, "amount": 300.0})],
        })

    def _make_provision(self):
        self._overdue_invoice(100, 1000.0)
        provision = self.env["collection.provision"].with_user(self.finance).create(
            {"month": "2025-08-01"}
        )
        provision.action_compute()
        return provision

    def test_every_lock_on_every_result(self):
        kinds = {
            "charge": self._make_charge, "taxed charge": self._make_taxed_charge,
            "write-off": self._make_writeoff, "recovery": self._make_recovery,
            "provision": self._make_provision,
        }
        for lock, held in {
            "fiscalyear_lock_date": set(kinds),
            "hard_lock_date": set(kinds),
            "sale_lock_date": {"charge", "taxed charge"},
            "tax_lock_date": {"taxed charge"},
            "purchase_lock_date": set(),
        }.items():
            for kind, make in kinds.items():
                with self.subTest(lock=lock, kind=kind), self.cr.savepoint() as savepoint:
                    self._assert_held(make(), lock, kind in held)
                    savepoint.rollback()

    def _assert_held(self, record, lock, is_held):
        """A result is held by a lock, and posted on the first open day when that is chosen."""
        self._approved(record)
        self.company[lock] = "2025-08-31"
        finance = record.with_user(self.finance)
        day = LOCKED
        if record._name == "collection.provision":
            # Of the last day of its month, unless a later day is chosen.
            day = date(2025, 8, 31)
        else:
            finance.date = day
        if is_held:
            with self.assertRaisesRegex(UserError, "09/01/2025 or later as “Accounting Date”"):
                with self.cr.savepoint():
                    finance.action_post()
            self.assertRecordValues(record.sudo(), [{"state": "approved", "move_id": False}])
            day = FIRST_OPEN
            if record._name == "collection.provision":
                # Its day is part of what was approved: it is asked for anew.
                record.with_user(self.manager).action_cancel()
                finance = finance.create({"month": "2025-08-01", "date": day})
                finance.action_compute()
                record = self._approved(finance)
            else:
                finance.date = day
        finance.action_post()
        self.assertEqual(record.sudo().move_id.date, day)
        self.assertEqual(record.state, "posted")

    def test_exception_of_a_user(self):
        """Who was given an exception from a lock posts on the day that is chosen."""
        writeoff = self._approved(self._make_writeoff())
        finance = writeoff.with_user(self.finance)
        finance.date = LOCKED
        self.company.fiscalyear_lock_date = "2025-08-31"
        self.env["account.lock_exception"].create({
            "company_id": self.company.id, "user_id": self.finance.id,
            "fiscalyear_lock_date": "2025-07-31", "reason": "Late papers",
        })
        finance.action_post()
        self.assertEqual(writeoff.sudo().move_id.date, LOCKED)
