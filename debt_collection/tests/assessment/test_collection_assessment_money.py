from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.tests import tagged

from .assessment_common import MONTH, AssessmentCommon


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionAssessmentMoney(AssessmentCommon):
    """Whose money is it, and is it money at all: each trap by hand (P5.1)."""

    def _expect(self, user, kind, numerator, denominator, value, month=MONTH):
        self._figure(month, user, kind, numerator=numerator, denominator=denominator, value=value)

    def test_base_data_of_the_policy(self):
        """Opening 100,000; new 40,000; cash 50,000 and 15,000; credit 4,000; written off 6,000."""
        partner = self._partner()
        opening = [self._invoice("2025-08-10", amount, partner) for amount in (50000, 50000)]
        new = [self._invoice("2025-09-10", amount, partner) for amount in (15000, 25000)]
        self._case(opening[0], self.collector)
        self._pay_on(opening[0], "2025-09-05")
        self._pay_on(new[0], "2025-09-20")
        with freeze_time("2025-09-12 10:00:00"):
            credit = self.env["account.move"].create({
                "move_type": "out_refund", "partner_id": partner.id,
                "invoice_date": "2025-09-12", "invoice_payment_term_id": False,
                "invoice_line_ids": [
                    Command.create({"name": "Return", "price_unit": 4000.0, "tax_ids": []})
                ],
            })
            credit.action_post()
        (self._receivable(opening[1]) + self._receivable(credit)).reconcile()
        self._write_off(opening[1], "2025-09-15", 6000)
        self._assess()
        for user in (self.collector, None):
            self._expect(user, "recovery", 65000, 140000, 46.43)
            self._expect(user, "bad_debt", 6000, 140000, 4.29)
            self._figure(MONTH, user, "credit_note", numerator=4000)
            self._expect(user, "recovery_opening", 50000, 100000, 50.0)
            self._expect(user, "recovery_net", 65000, 136000, 47.79)
        self._check_recovery_methods()
        closing = sum(
            row["residual"]
            for row in self.env["account.move.line"]._get_collection_ageing(
                date(2025, 9, 30), self.company, partner)
        )
        self.assertEqual(closing, 65000)

    def _check_recovery_methods(self):
        """The company chooses which of the rates is the indicator; the bad-debt rate stays."""
        sources = self.env["collection.assessment.source"]
        for method, numerator, denominator, value in (
            ("opening", 50000, 100000, 50.0), ("net", 65000, 136000, 47.79),
            ("all", 65000, 140000, 46.43),
        ):
            self.company.collection_recovery_method = method
            self._assess()
            with self.subTest(method=method):
                line = self._figure(MONTH, self.collector, "recovery", numerator=numerator,
                                    denominator=denominator, value=value)
                self._expect(self.collector, "bad_debt", 6000, 140000, 4.29)
                rows = sources.search(line.action_view_sources()["domain"])
                credited = sum(rows.filtered(
                    lambda row: row.line_id.kind == "credit_note").mapped("amount"))
                own = rows.filtered(lambda row: row.line_id.kind == "recovery").grouped("role")
                self.assertEqual(sum(own["numerator"].mapped("amount")), numerator)
                self.assertEqual(sum(own["denominator"].mapped("amount")) - credited, denominator)

    def test_handover_in_mid_month(self):
        """10,000: A recovers 3,000 and hands over, B 4,000; the team's is not the sum."""
        invoice = self._invoice("2025-08-01", 10000, self._partner())
        case = self._case(invoice, self.collector)
        self._pay_on(invoice, "2025-09-09", 3000)
        with freeze_time("2025-09-10 09:00:00"):
            case.user_id = self.other
        self._pay_on(invoice, "2025-09-10", 1000)
        self._pay_on(invoice, "2025-09-30", 3000)
        self._assess()
        self._expect(self.collector, "recovery", 3000, 10000, 30.0)
        self._expect(self.other, "recovery", 4000, 7000, 57.14)
        self._expect(None, "recovery", 7000, 10000, 70.0)

    def test_handed_over_and_back_counts_an_item_once(self):
        invoice = self._invoice("2025-08-01", 10000, self._partner())
        case = self._case(invoice, self.collector)
        self._pay_on(invoice, "2025-09-05", 2000)
        for day, user in (("2025-09-10", self.other), ("2025-09-20", self.collector)):
            with freeze_time(f"{day} 09:00:00"):
                case.user_id = user
        self._pay_on(invoice, "2025-09-25", 3000)
        self._assess()
        self._expect(self.collector, "recovery", 5000, 10000, 50.0)
        self._expect(self.other, "recovery", 0, 8000, 0.0)

    def test_payment_with_a_write_off_inside(self):
        """980 received and 20 written off settle 1,000: the partial alone would say 1,000."""
        invoice = self._invoice("2025-08-20", 1000, self._partner())
        self._case(invoice, self.collector, "2025-08-25")
        self._pay_on(
            invoice, "2025-09-03", 980, payment_difference_handling="reconcile",
            writeoff_account_id=self.company_data["default_account_expense"].id,
        )
        self.assertTrue(self._receivable(invoice).reconciled)
        self._assess()
        self._expect(self.collector, "recovery", 980, 1000, 98.0)
        self._expect(self.collector, "bad_debt", 20, 1000, 2.0)

    def test_exchange_difference_is_no_money(self):
        """Recovery is at the booking rate, whether the rate rose or fell."""
        currency = self.env["res.currency"].with_context(active_test=False).search(
            [("name", "=", "AUD")])
        currency.active = True
        for day, rate in (("2025-01-01", 2.0), ("2025-09-01", 1.0), ("2025-09-15", 4.0)):
            self.env["res.currency.rate"].create({
                "name": day, "rate": rate, "currency_id": currency.id,
                "company_id": self.company.id,
            })
        invoices = [
            self._invoice("2025-08-10", amount, self._partner(), currency_id=currency.id)
            for amount in (1000.0, 600.0)
        ]
        for invoice, day in zip(invoices, ("2025-09-05", "2025-09-20"), strict=True):
            self._case(invoice, self.collector)
            self._pay_on(invoice, day, currency_id=currency.id)
            self.assertTrue(self._receivable(invoice).reconciled)
        self._assess()
        self._expect(self.collector, "recovery", 800, 800, 100.0)
        self._expect(self.collector, "bad_debt", 0, 800, 0.0)
        self.assertFalse(self.assessments.search([("month", "=", MONTH)]).line_ids.filtered(
            lambda line: line.kind == "offset"))

    def test_statement_line_is_money(self):
        invoice = self._invoice("2025-08-20", 500, self._partner())
        self._case(invoice, self.collector, "2025-08-25")
        line = self._receivable(invoice)
        statement_line = self.env["account.bank.statement.line"].create({
            "journal_id": self.company_data["default_journal_bank"].id,
            "date": "2025-09-08", "payment_ref": "Received", "amount": 500.0,
            "partner_id": invoice.partner_id.id,
        })
        _liquidity, suspense, _other = statement_line._seek_for_lines()
        suspense.write({"account_id": line.account_id.id})
        (line + suspense).reconcile()
        self._assess()
        self._expect(self.collector, "recovery", 500, 500, 100.0)

    def test_balance_moved_to_another_account_is_neither(self):
        """Set off against what is owed to the customer: neither cash nor a bad debt."""
        invoice = self._invoice("2025-08-20", 500, self._partner())
        self._case(invoice, self.collector, "2025-08-25")
        self._write_off(invoice, "2025-09-08", 300, self.company_data["default_account_payable"])
        self._assess()
        self._expect(self.collector, "recovery", 0, 500, 0.0)
        self._expect(self.collector, "bad_debt", 0, 500, 0.0)
        self._figure(MONTH, self.collector, "offset", numerator=300)

    def test_what_was_paid_in_time_was_never_overdue(self):
        partner = self._partner()
        late = self._invoice("2025-09-20", 100, partner)
        on_the_day = self._invoice("2025-09-20", 200, partner)
        next_month = self._invoice("2025-09-30", 400, partner)
        before = self._invoice("2025-08-20", 800, partner)
        self._case(before, self.collector, "2025-08-25")
        self._pay_on(before, "2025-08-28")
        self._pay_on(on_the_day, "2025-09-20")
        self._pay_on(late, "2025-09-21", 60)
        self._pay_on(next_month, "2025-09-25", 100)
        self._assess()
        self._expect(None, "recovery", 60, 100, 60.0)
        self._assess(date(2025, 10, 1))
        self._expect(None, "recovery", 0, 340, 0.0, month=date(2025, 10, 1))

    def test_unreconciled_payment_is_not_counted(self):
        invoice = self._invoice("2025-08-20", 500, self._partner())
        self._case(invoice, self.collector, "2025-08-25")
        self._pay_on(invoice, "2025-09-08")
        self._receivable(invoice).remove_move_reconcile()
        self._assess()
        self._expect(self.collector, "recovery", 0, 500, 0.0)

    def test_nothing_overdue_is_no_data(self):
        invoice = self._invoice("2025-09-29", 500, self._partner())
        self._case(invoice, self.collector, "2025-09-30")
        self._assess(date(2025, 8, 1))
        self._figure(date(2025, 8, 1), None, "recovery", numerator=0, value=None)
        self._figure(date(2025, 8, 1), None, "timeliness", value=None)
        self._figure(date(2025, 8, 1), None, "satisfaction", value=None)

    def test_records_behind_the_figures_add_up(self):
        invoice = self._invoice("2025-08-20", 1000, self._partner())
        self._case(invoice, self.collector, "2025-08-25")
        payment = self._pay_on(invoice, "2025-09-08", 400)
        self._assess()
        line = self._figure(MONTH, self.collector, "recovery", value=40.0)
        sources = self.env["collection.assessment.source"].search(
            line.action_view_sources()["domain"])
        self.assertRecordValues(sources.sorted("role"), [
            {"role": "denominator", "res_id": self._receivable(invoice).id, "amount": 1000.0,
             "item_id": self._receivable(invoice).id, "tier_code": "mild", "date": MONTH},
            {"role": "numerator", "item_id": self._receivable(invoice).id, "amount": 400.0,
             "res_id": self._receivable(payment.move_id).id, "tier_code": "mild",
             "date": date(2025, 9, 8)},
        ])
        self.assertIn(invoice.name, sources[0].name)
        bad_debt = self._figure(MONTH, self.collector, "bad_debt", denominator=1000.0)
        self.assertEqual(self.env["collection.assessment.source"].search(
            bad_debt.action_view_sources()["domain"]).role, "denominator")

    def test_other_companies_and_no_followup_stay_out(self):
        invoice = self._invoice("2025-08-20", 1000, self._partner())
        excluded = self._invoice("2025-08-20", 500, self._partner())
        self._receivable(excluded).no_followup = True
        data = self.setup_other_company()
        elsewhere = self._invoice("2025-08-20", 700, invoice.partner_id, company=data["company"])
        self.assertEqual(elsewhere.company_id, data["company"])
        self._assess()
        self._expect(None, "recovery", 0, 1000, 0.0)
