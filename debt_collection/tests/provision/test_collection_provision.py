import io
from datetime import date

from freezegun import freeze_time
from openpyxl import load_workbook
from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..base.common import CollectionCommon


class ProvisionCommon(CollectionCommon):
    """A company whose only receivables are those of the test, and its people."""

    TODAY = date(2025, 9, 30)
    CURRENT, MILD, MODERATE, SEVERE = -5, 10, 40, 70

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls._prepare_company(cls.company)
        cls.provisions = cls.env["collection.provision"]
        cls.finance, cls.manager, cls.collector, cls.sales = (
            cls._role_user(f"provision_{role}", role)
            for role in ("finance", "manager", "collector", "sales")
        )

    @classmethod
    def _prepare_company(cls, company):
        cls.env["account.move"].search([("company_id", "=", company.id)]).write(
            {"no_followup": True}
        )
        account, impairment, recovery = cls.env["account.account"].create([
            {"code": code, "name": name, "account_type": kind,
             "company_ids": [Command.set(company.ids)]}
            for code, name, kind in [
                ("129900", "Allowance", "asset_current"),
                ("659900", "Impairment", "expense"),
                ("759900", "Recovery", "income_other"),
            ]
        ])
        company.write({
            "collection_journal_id": cls.env["account.journal"].search(
                [("type", "=", "general"), ("company_id", "=", company.id)], limit=1
            ).id,
            "collection_allowance_account_id": account.id,
            "collection_impairment_account_id": impairment.id,
            "collection_recovery_account_id": recovery.id,
        })

    @classmethod
    def _rates(cls, start=date(2020, 1, 1), segment=None, **percents):
        """Loss rates by tier code; ``current`` is what is not overdue."""
        ladder = cls.env["collection.tier"]._get_ladder(cls.company).grouped("code")
        return cls.env["collection.loss.rate"].create([
            {
                "company_id": cls.company.id,
                "tier_id": ladder[code].id if code != "current" else False,
                "date_start": start,
                "category_id": segment and segment.id,
                **(rate if isinstance(rate, dict) else {"percent": rate}),
            }
            for code, rate in percents.items()
        ])

    def _provision(self, month=date(2025, 9, 1), **vals):
        provision = self.provisions.with_user(self.finance).create({"month": month, **vals})
        provision.action_compute()
        return provision

    def _posted(self, month=date(2025, 9, 1), **vals):
        provision = self._provision(month, **vals)
        with freeze_time("2025-12-15"):
            provision.action_request()
            provision.with_user(self.manager).action_approve()
            provision.action_post()
        return provision

    def _entry(self, day, *lines):
        move = self.env["account.move"].create({
            "move_type": "entry", "date": day,
            "line_ids": [
                Command.create({"account_id": account.id, "balance": balance,
                                "partner_id": partner and partner.id})
                for account, balance, partner in lines
            ],
        })
        move.action_post()
        return move

    def _write_off(self, invoice, amount, day, against):
        """A plain entry that writes an amount off against an account."""
        line = self._receivable(invoice)
        move = self._entry(
            day, (line.account_id, -amount, line.partner_id), (against, amount, False)
        )
        (line | self._receivable(move)).reconcile()
        return move

    def _balance(self, account, until=date(2099, 1, 1)):
        return sum(self.env["account.move.line"].search([
            ("account_id", "=", account.id), ("parent_state", "=", "posted"), ("date", "<=", until),
        ]).mapped("balance"))


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionProvision(ProvisionCommon):
    """From the ledger of a month end to the entry, and back."""

    def test_matrix_of_the_ledger(self):
        """The worked example: five buckets, the fifth by tag."""
        tag = self.env["res.partner.category"].create({"name": "Lost"})
        self.company.collection_provision_segments = True
        self._rates(current=2, mild=4, moderate={"numerator": 2, "denominator": 23}, severe=25)
        self._rates(segment=tag, severe=100)
        lost = self.env["res.partner"].create({"name": "Lost", "category_id": tag.ids})
        for days, amount in [
            (self.CURRENT, 300_000.0), (self.MILD, 140_000.0), (self.MODERATE, 60_000.0),
            (self.SEVERE, 23_000.0),
        ]:
            self._overdue_invoice(days, amount)
        self._overdue_invoice(self.SEVERE, 5_000.0, partner=lost)
        provision = self._provision()
        self.assertRecordValues(provision.line_ids, [
            {"name": "Not Overdue", "exposure": 300_000.0, "amount": 6_000.0},
            {"name": "Mild", "exposure": 140_000.0, "amount": 5_600.0},
            {"name": "Moderate", "exposure": 60_000.0, "amount": 5_217.39},
            {"name": "Escalated", "exposure": 23_000.0, "amount": 5_750.0},
            {"name": "Escalated / Lost", "exposure": 5_000.0, "amount": 5_000.0},
        ])
        self.assertAlmostEqual(provision.line_ids[2].percent, 8.695652, 6)
        self.assertRecordValues(provision, [{
            "amount_exposure": 528_000.0, "amount_required": 27_567.39, "amount_balance": 0.0,
            "amount_entry": 27_567.39, "name": "Provision 2025-09",
            "date_exposure": date(2025, 9, 30),
        }])
        self.company.collection_provision_segments = False
        provision.action_compute()
        self.assertEqual(provision.line_ids[3].exposure, 28_000.0)

    def test_customers_add_up(self):
        """Three customers with a third each of a bucket that does not divide by three."""
        self._rates(mild={"numerator": 1, "denominator": 3})
        partners = self.env["res.partner"].create([{"name": f"Third {n}"} for n in range(3)])
        for partner in partners:
            for amount in (3.34, 3.33, 3.33):
                self._overdue_invoice(self.MILD, amount, partner=partner)
        provision = self._provision()
        self.assertEqual(provision.amount_required, 10.0)
        self.assertEqual(sorted(provision.share_ids.mapped("amount")), [3.33, 3.33, 3.34])
        for share in provision.share_ids:
            items = provision.item_ids.filtered(
                lambda item, share=share: item.partner_id == share.partner_id
            )
            self.assertEqual(len(items), 3)
            self.assertAlmostEqual(sum(items.mapped("amount")), share.amount)
        self.assertAlmostEqual(sum(provision.item_ids.mapped("amount")), 10.0)

    def test_three_months(self):
        """M1 to M3: write-off against the allowance and a recovery in between, all as entries."""
        self._rates(current=50, mild=50, moderate=50, severe=50)
        account = self.company.collection_allowance_account_id
        impairment = self.company.collection_impairment_account_id
        bank = self.company_data["default_account_assets"]
        big = self._overdue_invoice(105, 111_400.0)
        one = self._posted(date(2025, 7, 1))
        self.assertRecordValues(one.move_id.line_ids.sorted("balance"), [
            {"account_id": account.id, "balance": -55_700.0},
            {"account_id": impairment.id, "balance": 55_700.0},
        ])
        self.assertRecordValues(one.move_id, [{"date": date(2025, 7, 31), "state": "posted"}])

        self._write_off(big, 30_000.0, date(2025, 8, 10), account)
        self._overdue_invoice(60, 68_600.0)
        two = self._provision(date(2025, 8, 1))
        self.assertRecordValues(two, [{
            "amount_required": 75_000.0, "amount_balance": 25_700.0, "amount_entry": 49_300.0,
            "amount_previous": 55_700.0,
        }])
        two = self._finish(two)

        self._entry(date(2025, 9, 5), (bank, 8_000.0, False), (account, -8_000.0, False))
        self._pay(big, amount=70_000.0, payment_date=date(2025, 9, 8))
        three = self._posted(date(2025, 9, 1))
        self.assertRecordValues(three, [{
            "amount_required": 40_000.0, "amount_balance": 83_000.0, "amount_entry": -43_000.0,
        }])
        self.assertRecordValues(three.move_id.line_ids.sorted("balance"), [
            {"account_id": impairment.id, "balance": -43_000.0},
            {"account_id": account.id, "balance": 43_000.0},
        ])
        self.assertEqual(
            [provision.entry_posted for provision in one | two | three],
            [55_700.0, 49_300.0, -43_000.0],
        )
        self.assertEqual(self._balance(impairment), 62_000.0)
        self.assertEqual(self._balance(account), -40_000.0)
        # What was posted keeps its figures, whatever comes after.
        self.assertRecordValues(one, [{"amount_balance": 0.0, "amount_entry": 55_700.0}])

    def _finish(self, provision):
        with freeze_time("2025-12-15"):
            provision.action_request()
            provision.with_user(self.manager).action_approve()
            provision.action_post()
        return provision

    def test_three_months_with_reversals(self):
        """Reversed on the first of each month, the same months cost the same."""
        self.company.collection_provision_reverse = True
        self._rates(severe=50)
        account = self.company.collection_allowance_account_id
        impairment = self.company.collection_impairment_account_id
        invoice = self._overdue_invoice(200, 1_000.0)
        one = self._posted(date(2025, 7, 1))
        self.assertTrue(one.auto_reverse)
        self.assertRecordValues(one.reversal_move_id, [
            {"date": date(2025, 8, 1), "state": "posted"}
        ])
        self.assertEqual(self._balance(account, date(2025, 7, 31)), -500.0)
        self._write_off(invoice, 400.0, date(2025, 8, 10), account)
        two = self._posted(date(2025, 8, 1))
        self.assertEqual(two.entry_posted, 700.0)
        self.assertEqual(self._balance(impairment, date(2025, 8, 31)), 700.0)
        self.assertEqual(self._balance(account, date(2025, 8, 31)), -300.0)

    def test_balance_below_zero_nothing_to_do_and_full_release(self):
        self._rates(severe=50)
        account = self.company.collection_allowance_account_id
        invoice = self._overdue_invoice(200, 1_000.0)
        self._write_off(invoice, 100.0, date(2025, 7, 5), account)
        one = self._posted(date(2025, 7, 1))
        self.assertEqual((one.amount_required, one.entry_posted), (450.0, 550.0))
        same = self._posted(date(2025, 8, 1))
        self.assertRecordValues(same, [
            {"state": "posted", "entry_posted": 0.0, "move_id": False}
        ])
        self._pay(invoice, payment_date=date(2025, 9, 9))
        last = self._posted(date(2025, 9, 1))
        self.assertRecordValues(last, [
            {"amount_required": 0.0, "amount_exposure": 0.0, "entry_posted": -450.0}
        ])
        self.assertRecordValues(last.share_ids, [
            {"partner_id": self.partner_a.id, "amount": 0.0, "change": -450.0}
        ])
        self.assertEqual(self._balance(account), 0.0)

    def test_change_since_the_month_before(self):
        self._rates(severe=50)
        self._overdue_invoice(200, 100.0)
        gone = self._overdue_invoice(200, 40.0, partner=self.partner_b)
        self._posted(date(2025, 7, 1))
        # A month without a provision in between: the last one posted counts.
        self._pay(gone, payment_date=date(2025, 8, 9))
        self._overdue_invoice(150, 60.0)
        provision = self._provision(date(2025, 9, 1))
        self.assertRecordValues(provision.share_ids.sorted("amount"), [
            {"partner_id": self.partner_b.id, "amount": 0.0, "amount_previous": 20.0,
             "change": -20.0},
            {"partner_id": self.partner_a.id, "amount": 80.0, "amount_previous": 50.0,
             "change": 30.0},
        ])
        self.assertEqual(
            sum(provision.share_ids.mapped("change")),
            provision.amount_required - provision.amount_previous,
        )

    def test_credits(self):
        """Unmatched credits are shown; only where the company sets them off do they count."""
        self._rates(current=10, mild=10, severe=50)
        self._overdue_invoice(self.SEVERE, 100.0)
        self._overdue_invoice(self.MILD, 100.0)
        self._overdue_invoice(self.MILD, 50.0, partner=self.partner_b)
        self._overdue_invoice(self.MILD, 130.0, move_type="out_refund")
        for set_off, exposure, credit, required in [
            (False, 250.0, -130.0, 65.0), (True, 120.0, 0.0, 12.0),
        ]:
            with self.subTest(set_off=set_off):
                self.company.collection_provision_set_off = set_off
                provision = self._provision()
                self.assertRecordValues(provision, [{
                    "amount_exposure": exposure, "amount_credit": credit,
                    "amount_required": required,
                }])
                self.assertEqual(provision.amount_exposure + provision.amount_credit, 120.0)
                provision.action_cancel()

    def test_foreign_items_count_at_the_company_amount(self):
        self._rates(mild=10)
        foreign = self.setup_other_currency("EUR", rates=[("2020-01-01", 2.0), ("2025-09-15", 4.0)])
        self._overdue_invoice(self.MILD, 1_000.0, currency_id=foreign.id)
        provision = self._provision()
        self.assertRecordValues(provision, [
            {"amount_exposure": 500.0, "amount_required": 50.0}
        ])

    def test_two_people(self):
        self._overdue_invoice(self.SEVERE, 100.0)
        for user in (self.collector, self.sales):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.provisions.with_user(user).create({"month": date(2025, 9, 1)})
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.provisions.with_user(user).search([])
        provision = self._provision()
        with freeze_time("2025-10-03"):
            with self.assertRaises(AccessError), self.cr.savepoint():
                provision.with_user(self.manager).action_request()
            with self.assertRaises(AccessError), self.cr.savepoint():
                provision.with_user(self.manager).write({"auto_reverse": True})
            provision.action_request()
            self.assertEqual(provision.requested_by_id, self.finance)
            for user, method in [
                (self.finance, "action_approve"), (self.finance, "action_post"),
                (self.manager, "action_post"), (self.finance, "action_compute"),
                (self.manager, "action_compute"), (self.manager, "action_refuse"),
            ]:
                with (
                    self.subTest(user=user.login, method=method),
                    self.assertRaises(UserError), self.cr.savepoint(),
                ):
                    getattr(provision.with_user(user), method)()
            for vals in ({"month": date(2025, 8, 1)}, {"date": date(2025, 10, 1)},
                         {"state": "approved"}, {"approved_by_id": self.finance.id}):
                with self.subTest(vals=vals), self.assertRaises(UserError), self.cr.savepoint():
                    provision.write(vals)
            with self.assertRaises(AccessError), self.cr.savepoint():
                provision.line_ids.write({"amount": 1.0})
            provision.with_user(self.manager).action_approve()
            with self.assertRaises(AccessError), self.cr.savepoint():
                provision.with_user(self.manager).action_post()
            provision.action_post()
        self.assertRecordValues(provision, [{
            "state": "posted", "approved_by_id": self.manager.id, "posted_by_id": self.finance.id,
        }])
        self.assertEqual(provision.move_id.create_uid, self.finance)
        with self.assertRaises(UserError), self.cr.savepoint():
            provision.unlink()

    def test_who_has_both_roles_does_not_approve_alone(self):
        both = self._role_user("provision_both", "finance")
        both.group_ids |= self.env.ref("debt_collection.group_manager")
        self._overdue_invoice(self.SEVERE, 100.0)
        provision = self.provisions.with_user(both).create({"month": date(2025, 9, 1)})
        provision.action_compute()
        with freeze_time("2025-10-03"):
            provision.action_request()
            with self.assertRaisesRegex(UserError, "another manager"), self.cr.savepoint():
                provision.action_approve()

    def test_company_without_approval(self):
        self.company.collection_provision_approval = False
        self._overdue_invoice(self.SEVERE, 100.0)
        provision = self._provision()
        with freeze_time("2025-10-03"):
            provision.action_request()
            self.assertRecordValues(provision, [{"state": "approved", "approved_by_id": False}])
            provision.action_post()
        self.assertEqual(provision.state, "posted")

    def test_what_is_asked_for_is_what_the_ledger_says(self):
        self._overdue_invoice(self.SEVERE, 100.0)
        provision = self.provisions.with_user(self.finance).create({"month": date(2025, 9, 17)})
        self.assertEqual(provision.month, date(2025, 9, 1))
        with freeze_time("2025-10-03"):
            with self.assertRaisesRegex(UserError, "compute"), self.cr.savepoint():
                provision.action_request()
            provision.action_compute()
            late = self._overdue_invoice(self.MILD, 50.0)
            with self.assertRaisesRegex(UserError, "compute"), self.cr.savepoint():
                provision.action_request()
            provision.action_compute()
            self._pay(late, payment_date=date(2025, 10, 2))
            provision.action_request()
        self.assertEqual(provision.amount_exposure, 150.0)
        # The ledger goes on; the request stays.
        self._overdue_invoice(self.SEVERE, 900.0)
        self.assertEqual(provision.amount_exposure, 150.0)
        open_month = self._provision(date(2025, 10, 1))
        with freeze_time("2025-10-31"), self.assertRaisesRegex(UserError, "over"):
            open_month.action_request()

    def test_changing_the_month_clears_the_figures(self):
        self._overdue_invoice(self.SEVERE, 100.0)
        provision = self._provision()
        provision.month = date(2025, 8, 31)
        self.assertRecordValues(provision, [
            {"month": date(2025, 8, 1), "date_computed": False, "amount_required": 0.0}
        ])
        self.assertFalse(provision.line_ids | provision.line_ids)
        self.assertFalse(provision.share_ids)

    def test_one_a_month(self):
        self._overdue_invoice(self.SEVERE, 100.0)
        first = self._posted()
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.cr.savepoint():
            self._provision()
        first.action_undo()
        self.assertEqual(first.state, "undone")
        again = self._provision()
        self.assertRecordValues(again, [{"amount_balance": 0.0, "amount_entry": 25.0}])
        with self.assertRaises(ValidationError), self.cr.savepoint():
            again.date = date(2025, 9, 29)

    def test_months_follow_each_other(self):
        self._overdue_invoice(300, 100.0)
        early = self._posted(date(2025, 7, 1))
        late = self._posted(date(2025, 9, 1))
        with self.assertRaisesRegex(UserError, "later month"), self.cr.savepoint():
            self._posted(date(2025, 8, 1))
        with self.assertRaisesRegex(UserError, "later month"), self.cr.savepoint():
            early.action_undo()
        late.action_undo()
        early.action_undo()
        account = self.company.collection_allowance_account_id
        self.assertEqual(self._balance(account, date(2025, 7, 31)), 0.0)

    def test_undo_takes_the_reversal_back_as_well(self):
        self._overdue_invoice(300, 100.0)
        provision = self._posted(auto_reverse=True)
        account = self.company.collection_allowance_account_id
        provision.action_undo()
        for day in (date(2025, 9, 30), date(2025, 10, 1), date(2099, 1, 1)):
            self.assertEqual(self._balance(account, day), 0.0)

    def test_locked_period(self):
        self._overdue_invoice(self.SEVERE, 100.0)
        provision = self._provision()
        with freeze_time("2025-10-20"):
            provision.action_request()
            provision.with_user(self.manager).action_approve()
            self.company.fiscalyear_lock_date = date(2025, 9, 30)
            with self.assertRaisesRegex(UserError, "locked"), self.cr.savepoint():
                provision.action_post()
            provision.action_cancel()
            later = self._provision(date=date(2025, 10, 1))
            later.action_request()
            later.with_user(self.manager).action_approve()
            later.action_post()
            self.assertEqual(later.move_id.date, date(2025, 10, 1))
            self.company.fiscalyear_lock_date = date(2025, 10, 10)
            with self.assertRaisesRegex(UserError, "Reversal Date"), self.cr.savepoint():
                later.action_undo()
            later.date_undo = date(2025, 10, 20)
            later.action_undo()
            self.assertEqual(later.reversal_id.date, date(2025, 10, 20))
        account = self.company.collection_allowance_account_id
        self.assertEqual(self._balance(account, date(2025, 10, 19)), -25.0)
        self.assertEqual(self._balance(account), 0.0)

    def test_accounts_are_chosen_first(self):
        self._overdue_invoice(self.SEVERE, 100.0)
        for name in ("collection_journal_id", "collection_allowance_account_id",
                     "collection_impairment_account_id"):
            with self.subTest(name=name):
                kept = self.company[name]
                self.company[name] = False
                provision = self._provision()
                with freeze_time("2025-10-03"), self.assertRaisesRegex(UserError, "Choose"):
                    provision.action_request()
                provision.action_cancel()
                self.company[name] = kept

    def test_other_company(self):
        other = self._create_company(name="Other Provisions")
        self.env.user.company_ids |= other
        self._prepare_company(other)
        self._overdue_invoice(self.SEVERE, 1_000.0, company=other)
        self._overdue_invoice(self.SEVERE, 100.0)
        mine = self._posted()
        theirs = self.provisions._generate(date(2025, 9, 1), other)
        self.assertEqual((mine.amount_exposure, theirs.amount_exposure), (100.0, 1_000.0))
        for model in ("collection.provision", "collection.provision.line",
                      "collection.provision.share", "collection.provision.item"):
            seen = self.env[model].with_user(self.finance).search([])
            self.assertEqual(seen.company_id, self.company, model)

    def test_paper_and_spreadsheet(self):
        self._rates(mild={"numerator": 2, "denominator": 23})
        self._overdue_invoice(self.MILD, 60_000.0)
        provision = self._posted()
        html = self.env["ir.actions.report"].with_user(self.finance)._render_qweb_html(
            "debt_collection.report_provision", provision.ids
        )[0].decode()
        for text in ("Provision 2025-09", "5,217.39", "8.695652", self.partner_a.name,
                     "60,000.00", self.manager.name):
            self.assertIn(text, html)
        book = load_workbook(io.BytesIO(provision._get_xlsx()))
        self.assertEqual(book.sheetnames, ["Buckets", "Customers", "Items"])
        self.assertEqual(
            [cell.value for cell in book["Buckets"][5]], ["Mild", 1, 60_000, 8.695652, 5217.39]
        )
        self.assertEqual(
            [cell.value for cell in book["Customers"][5]],
            [self.partner_a.display_name, 60_000, 60_000, 5217.39, 0, 5217.39],
        )
        self.assertEqual(book["Items"]["G6"].value, "=SUM(G5:G5)")
        self.assertEqual(
            provision.line_ids.action_view_items()["domain"],
            [("line_id", "=", provision.line_ids.id)],
        )
        self.assertEqual(
            self.env["collection.provision.item"].search(
                provision.share_ids.action_view_items()["domain"]
            ),
            provision.item_ids,
        )

    def test_monthly_job(self):
        self._overdue_invoice(self.SEVERE, 100.0)
        today = date(2025, 10, 1)
        self.assertFalse(self.provisions._prepare_when_due(self.company, today))
        self.company.collection_provision_auto = True
        provision = self.provisions._prepare_when_due(self.company, today)
        self.assertRecordValues(provision, [
            {"month": date(2025, 9, 1), "state": "draft", "amount_required": 25.0}
        ])
        self.assertIn(self.finance, provision.activity_ids.user_id)
        self.assertFalse(self.provisions._prepare_when_due(self.company, date(2025, 10, 2)))
        with freeze_time("2025-10-05"):
            provision.with_user(self.finance).action_request()
        self.assertFalse(provision.activity_ids)
        with self.enter_registry_test_mode():
            cron = self.env.ref("debt_collection.cron_provision")
            self.assertIs(cron.method_direct_trigger(), True)

    def test_many_items_take_few_statements(self):
        partners = self.env["res.partner"].create([{"name": f"Many {n}"} for n in range(20)])
        for partner in partners[:2]:
            self._overdue_invoice(self.MILD, 10.0, partner=partner)
        counts = []
        for upto in (2, 20):
            for partner in partners[len(counts) and 2: upto if counts else 0]:
                self._overdue_invoice(self.MILD, 10.0, partner=partner)
            provision = self._provision()
            self.env.flush_all()
            before = self.cr.sql_log_count
            provision.action_compute()
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
            self.assertEqual(len(provision.share_ids), upto)
            provision.action_cancel()
        self.assertLessEqual(counts[1], counts[0] + 2)


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionAllowance(ProvisionCommon):
    """What stands against an item, for who writes it off."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._rates(severe=60)
        cls.invoice = cls._overdue_invoice(200, 100.0)
        cls.line = cls._receivable(cls.invoice)
        cls.account = cls.company.collection_allowance_account_id

    def test_from_the_last_posted_provision(self):
        self.assertEqual(self.line._get_collection_allowance(), {})
        self.assertEqual(self.line.browse()._get_collection_allowance(), {})
        one = self._posted(date(2025, 8, 1))
        free = self._receivable(self._overdue_invoice(self.CURRENT, 70.0))
        self.assertEqual((self.line | free)._get_collection_allowance(), {self.line.id: 60.0})
        self._rates(date(2025, 9, 1), severe=80)
        two = self._provision(date(2025, 9, 1))
        self.assertEqual(self.line._get_collection_allowance(), {self.line.id: 60.0})
        with freeze_time("2025-12-15"):
            two.action_request()
            two.with_user(self.manager).action_approve()
            two.action_post()
            self.assertEqual(self.line._get_collection_allowance(), {self.line.id: 80.0})
            two.action_undo()
            self.assertEqual(self.line._get_collection_allowance(), {self.line.id: 60.0})
            one.action_undo()
        self.assertEqual(self.line._get_collection_allowance(), {})

    def test_used_up_by_write_offs(self):
        self._posted()
        move = self._write_off(self.invoice, 45.0, date(2025, 10, 5), self.account)
        self.assertEqual(self.line._get_collection_allowance(), {self.line.id: 15.0})
        expense = self.company_data["default_account_expense"]
        self._write_off(self.invoice, 10.0, date(2025, 10, 6), expense)
        self.assertEqual(self.line._get_collection_allowance(), {self.line.id: 15.0})
        self._receivable(move).remove_move_reconcile()
        self.assertEqual(self.line._get_collection_allowance(), {self.line.id: 60.0})

    def test_part_against_the_allowance_part_expense(self):
        self._posted()
        expense = self.company_data["default_account_expense"]
        move = self._entry(
            date(2025, 10, 5), (self.line.account_id, -80.0, self.partner_a),
            (self.account, 60.0, False), (expense, 20.0, False),
        )
        (self.line | self._receivable(move)).reconcile()
        self.assertEqual(self.line._get_collection_allowance(), {})

    def test_earlier_write_offs_have_lessened_it_already(self):
        self._write_off(self.invoice, 50.0, date(2025, 9, 15), self.account)
        self._posted()
        self.assertEqual(self.line._get_collection_allowance(), {self.line.id: 30.0})

    def test_reversed_provision_stands_until_its_reversal(self):
        self._posted(auto_reverse=True)
        for day, expected in [(date(2025, 9, 30), {self.line.id: 60.0}), (date(2025, 10, 1), {})]:
            self.assertEqual(self.line._get_collection_allowance(day), expected)

    def test_write_off_of_several_items(self):
        """Each item gives what its own line says, not a share of the whole entry."""
        other = self._receivable(self._overdue_invoice(200, 50.0))
        self._posted()
        self._classify()
        reason = self.env.ref("debt_collection.writeoff_reason_statute_barred")
        writeoff = self.env["collection.writeoff"].with_user(self.manager).create({
            "case_id": self.line.collection_case_id.id, "partner_id": self.partner_a.id,
            "reason_id": reason.id, "line_ids": [
                Command.create({"item_id": self.line.id, "amount": 100.0}),
                Command.create({"item_id": other.id, "amount": 10.0}),
            ],
        })
        boss = self._role_user("allowance_boss", "manager")
        second = self._role_user("allowance_second", "manager")
        self.company.collection_bad_debt_account_id = (
            self.company_data["default_account_expense"]
        )
        with freeze_time("2025-12-15 12:00:00"):
            writeoff.action_request()
            for user in (boss, second):
                if writeoff.state == "requested":
                    writeoff.with_user(user).action_approve()
            writeoff.with_user(self.finance).action_post()
        for line, allowance in zip(writeoff.line_ids.sudo(), (60.0, 10.0), strict=True):
            line.amount_allowance = allowance
        self.assertEqual((self.line | other)._get_collection_allowance(), {other.id: 20.0})
