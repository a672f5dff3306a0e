from freezegun import freeze_time

from odoo import Command
from odoo.tests import tagged

from .assessment_common import MONTH, AssessmentCommon


@tagged("post_install", "-at_install", "debt_collection")
class TestAssessmentTraps(AssessmentCommon):
    """One month with every trap, its figures worked out by hand (P5.1, P5.3).

    | item                     | collector          | other               |
    |--------------------------|--------------------|---------------------|
    | 10,000, handed over 10th | 1,000 of 10,000    | 2,000 of 9,000      |
    | … credited, written off  |                    | 250 and 400         |
    | 1,000 AUD booked at 500  | 500 of 500         |                     |
    | 1,000 with 20 lost       | 980 of 1,000       |                     |
    | 400, payment taken off   | 0 of 400           |                     |
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for kind, value in (
            ("recovery", 20), ("bad_debt", 1), ("timeliness", 90), ("satisfaction", 80),
        ):
            cls.env["collection.target"].create({
                "kind": kind, "value": value, "month": "2025-01-01", "company_id": cls.company.id,
            })
        currency = cls.setup_other_currency(
            "AUD", rates=[("2025-01-01", 2.0), ("2025-09-01", 1.0), ("2025-09-15", 4.0)])
        big = cls._invoice("2025-08-01", 10000, cls._partner("Big"))
        foreign = cls._invoice("2025-08-10", 1000, cls._partner(), currency_id=currency.id)
        short = cls._invoice("2025-08-12", 1000, cls._partner())
        undone = cls._invoice("2025-08-13", 400, cls._partner())
        for invoice in (big, foreign, short, undone):
            cls._case(invoice, cls.collector)
        cls.case = big.collection_case_id
        cls._pay_on(
            short, "2025-09-03", 980, payment_difference_handling="reconcile",
            writeoff_account_id=cls.company_data["default_account_expense"].id,
        )
        cls._pay_on(foreign, "2025-09-05", currency_id=currency.id)
        cls._pay_on(undone, "2025-09-08")
        with freeze_time("2025-09-09 08:00:00"):
            cls._receivable(undone).remove_move_reconcile()
        cls._pay_on(big, "2025-09-09", 1000)
        with freeze_time("2025-09-10 09:00:00"):
            cls.case.user_id = cls.other
        cls._pay_on(big, "2025-09-12", 2000)
        cls._write_off(big, "2025-09-16", 400)
        with freeze_time("2025-09-17 10:00:00"):
            credit = cls.env["account.move"].create({
                "move_type": "out_refund", "partner_id": big.partner_id.id,
                "invoice_date": "2025-09-17", "invoice_payment_term_id": False,
                "invoice_line_ids": [
                    Command.create({"name": "Return", "price_unit": 250.0, "tax_ids": []})
                ],
            })
            credit.action_post()
        (cls._receivable(big) + cls._receivable(credit)).reconcile()
        cls.env["rating.rating"].sudo().create({
            "res_model_id": cls.env["ir.model"]._get_id("collection.case"),
            "res_id": cls.case.id, "rating": 5, "consumed": True,
            "partner_id": big.partner_id.id, "rated_partner_id": cls.collector.partner_id.id,
        }).write({"rated_on": "2025-09-04 12:00:00"})
        with freeze_time("2025-10-02 08:00:00"):
            cls._assess()

    def test_figures(self):
        for user, kind, numerator, denominator, value in [
            (self.collector, "recovery", 2480, 11900, 20.84),
            (self.other, "recovery", 2000, 9000, 22.22),
            (None, "recovery", 4480, 11900, 37.65),
            (self.collector, "bad_debt", 20, 11900, 0.17),
            (self.other, "bad_debt", 400, 9000, 4.44),
            (None, "bad_debt", 420, 11900, 3.53),
            (self.collector, "timeliness", 0, 0, None),
            (self.collector, "satisfaction", 1, 1, 100.0),
            (self.other, "satisfaction", 0, 0, None),
        ]:
            with self.subTest(user=user and user.login, kind=kind):
                line = self._figure(MONTH, user, kind, numerator=numerator,
                                    denominator=denominator, value=value)
                self.assertEqual(line.low_sample, kind == "satisfaction" and bool(denominator))
        self._figure(MONTH, self.other, "credit_note", numerator=250)
        self._figure(MONTH, self.collector, "credit_note", numerator=0)

    def test_grades(self):
        """Three of three at target: excellent; one of two, 21 days assigned: pass, provisional."""
        found = self.assessments.search([("month", "=", MONTH), ("user_id", "!=", False)])
        self.assertEqual(
            {one.user_id: (one.grade, one.is_provisional, one.met_count, one.measured_count,
                           one.days_assigned) for one in found},
            {
                self.collector: ("excellent", False, 3, 3, 47),
                self.other: ("pass", True, 1, 2, 21),
            },
        )
