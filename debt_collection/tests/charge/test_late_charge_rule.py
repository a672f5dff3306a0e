from datetime import date
from decimal import Decimal

from odoo.tests import BaseCase, tagged

from ...tools.late_charge import MissingRate, RateTable, Terms, accrue, rate_on

ECB = RateTable([
    (date(2024, 12, 18), "3.15"), (date(2025, 2, 5), "2.90"), (date(2025, 3, 12), "2.65"),
    (date(2025, 4, 23), "2.40"), (date(2025, 6, 11), "2.15"),
])
BANK_RATE = RateTable([
    (date(2024, 11, 7), "4.75"), (date(2025, 2, 6), "4.50"), (date(2025, 5, 8), "4.25"),
    (date(2025, 8, 7), "4.00"),
])
LPR = RateTable([(date(2024, 10, 21), "3.10"), (date(2025, 5, 20), "3.00")])

EU = Terms(
    is_referenced=True, margin=Decimal(8), rate_mode="floating", rate_period="halfyear",
    fee_tiers=((Decimal(0), Decimal(40)),),
)
UK = Terms(
    is_referenced=True, margin=Decimal(8), rate_period="halfyear",
    fee_tiers=(
        (Decimal(0), Decimal(40)), (Decimal(1000), Decimal(70)), (Decimal(10000), Decimal(100)),
    ),
)
CHINA = Terms(is_referenced=True, multiplier=Decimal("1.5"))
SME = Terms(rate=Decimal("0.05"), rate_unit="day")
TEN = Terms(rate=Decimal(10))


def _accrue(amount, due, as_of, terms, table=None, payments=(), charged_to=(), **options):
    day = date.fromisoformat
    return accrue(
        Decimal(amount), day(due), day(as_of), terms, table,
        payments=[(day(when), Decimal(received)) for when, received in payments],
        charged_to=[day(when) for when in charged_to],
        **options,
    )


@tagged("debt_collection")
class TestLateChargeRule(BaseCase):
    """Every rule of late charges, as tables of figures."""

    def test_statutes(self):
        sme_base = SME._replace(day_base="360")
        for name, amount, due, as_of, terms, table, days, interest, fee in [
            ("EU", "10000", "2025-06-30", "2025-09-30", EU, ECB, 92, "255.84", "40"),
            ("EU /360", "10000", "2025-06-30", "2025-09-30", EU._replace(day_base="360"), ECB,
             92, "259.39", "40"),
            ("EU, two half-years", "20000", "2025-05-31", "2025-08-31", EU, ECB,
             92, "528.11", "40"),
            ("UK", "5000", "2025-05-01", "2025-09-30", UK, BANK_RATE, 152, "265.48", "70"),
            ("China × 1.5", "100000", "2025-04-30", "2025-12-31", CHINA, LPR,
             245, "3121.23", "0"),
            ("China × 1.3", "100000", "2025-04-30", "2025-12-31",
             CHINA._replace(multiplier=Decimal("1.3")), LPR, 245, "2705.07", "0"),
            ("China, SME", "100000", "2025-06-30", "2025-12-31", SME, None, 184, "9200", "0"),
            ("per day: base does not matter", "100000", "2025-06-30", "2025-12-31", sme_base,
             None, 184, "9200", "0"),
        ]:
            with self.subTest(name):
                result = _accrue(amount, due, as_of, terms, table)
                self.assertEqual(
                    (result.days, result.interest, result.fee),
                    (days, Decimal(interest), Decimal(fee)),
                )

    def test_segments_of_two_halfyears(self):
        result = _accrue("20000", "2025-05-31", "2025-08-31", EU, ECB)
        self.assertEqual(
            [(s.date_from, s.date_to, s.days, s.rate, s.interest) for s in result.segments],
            [
                (date(2025, 6, 1), date(2025, 6, 30), 30, Decimal("11.15"), Decimal("183.29")),
                (date(2025, 7, 1), date(2025, 8, 31), 62, Decimal("10.15"), Decimal("344.82")),
            ],
        )
        self.assertEqual(result.per_day, Decimal("5.56"))

    def test_fee_tiers(self):
        for amount, fee in [
            ("0.01", "40"), ("999.99", "40"), ("1000", "70"), ("9999.99", "70"),
            ("10000", "100"), ("1000000", "100"),
        ]:
            with self.subTest(amount=amount):
                result = _accrue(amount, "2025-05-01", "2025-09-30", UK, BANK_RATE)
                self.assertEqual(result.fee, Decimal(fee))
        for options, fee in [
            ({"has_fee": False}, 0), ({"is_fee_charged": True}, 0), ({}, 70),
        ]:
            with self.subTest(options=options):
                result = _accrue("5000", "2025-05-01", "2025-09-30", UK, BANK_RATE, **options)
                self.assertEqual(result.fee, fee)

    def test_which_rate(self):
        floating = CHINA._replace(rate_mode="floating", multiplier=Decimal(1))
        for name, terms, table, day, default, rate in [
            ("fixed at default", CHINA, LPR, "2025-12-31", "2025-05-01", "4.65"),
            ("floating by the day, before", floating, LPR, "2025-05-19", "2025-05-01", "3.10"),
            ("floating by the day, after", floating, LPR, "2025-05-20", "2025-05-01", "3.00"),
            ("half-year in which it became late", UK, BANK_RATE, "2025-09-30", "2025-05-02",
             "12.75"),
            ("due on the last day of a half-year", UK, BANK_RATE, "2025-09-30", "2025-07-01",
             "12.25"),
            ("half-year of each day, first", EU, ECB, "2025-06-30", "2025-01-02", "11.15"),
            ("half-year of each day, second", EU, ECB, "2025-07-01", "2025-01-02", "10.15"),
        ]:
            with self.subTest(name):
                self.assertEqual(
                    rate_on(date.fromisoformat(day), date.fromisoformat(default), terms, table),
                    Decimal(rate),
                )

    def test_missing_rate_is_never_zero(self):
        for table in (LPR, None):
            with self.subTest(table=table), self.assertRaises(MissingRate) as error:
                _accrue("100", "2020-01-01", "2020-02-01", CHINA, table)
            self.assertEqual(error.exception.day, date(2020, 1, 2))

    def test_rate_changes_and_part_payments(self):
        floating = CHINA._replace(rate_mode="floating", multiplier=Decimal(1))
        for name, terms, table, payments, interests, principal in [
            ("rate change", floating, LPR, [], ["161.37", "345.21"], "100000"),
            ("a payment counts from the day after it", TEN, None, [("2025-05-31", "40000")],
             ["849.32", "493.15"], "60000"),
            ("rate change and payment", floating, LPR, [("2025-05-31", "40000")],
             ["161.37", "98.63", "147.95"], "60000"),
            ("paid on the due date", TEN, None, [("2025-04-30", "40000")], ["1002.74"], "60000"),
            ("two on one day, in any order", TEN, None,
             [("2025-05-31", "1"), ("2025-05-10", "0"), ("2025-05-31", "39999")],
             ["849.32", "493.15"], "60000"),
            ("paid in full, late", TEN, None, [("2025-05-10", "100000")], ["273.97"], "0"),
            ("overpaid", TEN, None, [("2025-05-10", "100001")], ["273.97"], "0"),
            ("paid after the last day", TEN, None, [("2025-07-01", "1")], ["1671.23"], "100000"),
            ("paid in time", TEN, None, [("2025-04-30", "100000")], [], "0"),
        ]:
            with self.subTest(name):
                result = _accrue("100000", "2025-04-30", "2025-06-30", terms, table, payments)
                self.assertEqual([s.interest for s in result.segments],
                                 [Decimal(i) for i in interests])
                self.assertEqual(result.interest, sum(map(Decimal, interests)))
                self.assertEqual(result.principal, Decimal(principal))

    def test_leap_years(self):
        for base, due, as_of, interests in [
            ("365", "2023-12-31", "2024-12-31", ["1002.74"]),
            ("360", "2023-12-31", "2024-12-31", ["1016.67"]),
            ("actual", "2023-12-31", "2024-12-31", ["1000.00"]),
            ("actual", "2024-12-30", "2025-01-01", ["2.73", "2.74"]),
            ("actual", "2024-02-28", "2024-03-01", ["5.46"]),
            ("actual", "1900-02-27", "1900-03-01", ["5.48"]),
        ]:
            with self.subTest(base=base, due=due):
                result = _accrue("10000", due, as_of, TEN._replace(day_base=base))
                self.assertEqual([s.interest for s in result.segments],
                                 [Decimal(i) for i in interests])

    def test_grace_and_minimum(self):
        grace = TEN._replace(grace_days=10, fee_tiers=((Decimal(0), Decimal(5)),))
        charged = grace._replace(is_grace_charged=True)
        for name, terms, as_of, payments, days, fee in [
            ("within grace", grace, "2025-05-10", [], 0, 0),
            ("first day after it", grace, "2025-05-11", [], 1, 5),
            ("grace is charged once over", charged, "2025-05-11", [], 11, 5),
            ("within grace, charged later", charged, "2025-05-10", [], 0, 0),
            ("paid within grace", charged, "2025-09-30", [("2025-05-10", "100000")], 0, 0),
            ("paid in part within grace", grace, "2025-05-12", [("2025-05-10", "1")], 2, 5),
        ]:
            with self.subTest(name):
                result = _accrue("100000", "2025-04-30", as_of, terms, payments=payments)
                self.assertEqual((result.days, result.fee), (days, fee))
        for minimum, is_below in [("273.97", False), ("273.98", True)]:
            terms = TEN._replace(amount_minimum=Decimal(minimum))
            result = _accrue("100000", "2025-04-30", "2025-05-10", terms)
            self.assertEqual((result.interest, result.is_below_minimum),
                             (Decimal("273.97"), is_below))

    def test_allocation(self):
        """10,000 at 10 %, fee 40; 1,000 after 73 days, when 200 of interest are open."""
        terms = TEN._replace(fee_tiers=((Decimal(0), Decimal(40)),))
        for allocation, received, interests, principal in [
            ("principal", "1000", ["200", "180"], "9000"),
            ("interest", "1000", ["200", "184.80"], "9240"),
            ("interest", "40", ["200", "200"], "10000"),
            ("interest", "100", ["200", "200"], "10000"),
            ("interest", "240", ["200", "200"], "10000"),
            ("interest", "240.01", ["200", "200"], "9999.99"),
        ]:
            with self.subTest(allocation=allocation, received=received):
                result = _accrue(
                    "10000", "2025-01-01", "2025-05-27", terms._replace(allocation=allocation),
                    payments=[("2025-03-15", received)],
                )
                self.assertEqual([s.interest for s in result.segments],
                                 [Decimal(i) for i in interests])
                self.assertEqual(result.principal, Decimal(principal))

    def test_credit_notes_reduce_the_principal_alone(self):
        """What is no money covers no interest, whatever the allocation."""
        terms = TEN._replace(allocation="interest")
        credit = [(date(2025, 3, 15), Decimal(1000))]
        result = _accrue("10000", "2025-01-01", "2025-05-27", terms, credits=credit)
        self.assertEqual([s.interest for s in result.segments], [Decimal(200), Decimal(180)])
        self.assertEqual(result.principal, Decimal(9000))
        both = _accrue("10000", "2025-01-01", "2025-05-27", terms, credits=credit,
                       payments=[("2025-03-15", "300")])
        self.assertEqual(both.principal, Decimal(8900))

    def test_rates_are_known_up_to_a_day(self):
        table = RateTable([(date(2025, 1, 1), "2")], known_to=date(2025, 6, 30))
        floating = Terms(is_referenced=True, rate_mode="floating")
        until = _accrue("36500", "2025-05-31", "2025-06-30", floating, table)
        self.assertEqual((until.interest, until.per_day), (Decimal(60), Decimal(2)))
        with self.assertRaises(MissingRate):
            _accrue("36500", "2025-05-31", "2025-07-01", floating, table)
        paid = _accrue("36500", "2025-05-31", "2025-07-01", floating, table,
                       [("2025-06-30", "36500")])
        self.assertEqual((paid.interest, paid.per_day), (Decimal(60), 0))
        fixed = _accrue("36500", "2025-05-31", "2025-09-30", Terms(is_referenced=True), table)
        self.assertEqual(fixed.days, 122)

    def test_no_day_twice(self):
        """Charged by the month or at once: the same days, and at most a cent apart each time."""
        for terms, table in [(EU, ECB), (TEN._replace(allocation="interest"), None)]:
            cuts = ["2025-06-15", "2025-06-30", "2025-07-31", "2025-08-31"]
            payments = [("2025-07-10", "5000"), ("2025-08-31", "100")]
            parts, charged = [], []
            for cut in cuts:
                parts.append(_accrue("20000", "2025-05-31", cut, terms, table, payments, charged,
                                     is_fee_charged=bool(charged)))
                again = _accrue("20000", "2025-05-31", cut, terms, table, payments,
                                [*charged, cut], is_fee_charged=True)
                self.assertEqual((again.interest, again.fee, again.days), (0, 0, 0))
                charged.append(cut)
            days = [s.date_from.toordinal() + n
                    for part in parts for s in part.segments for n in range(s.days)]
            self.assertEqual(days, list(range(date(2025, 6, 1).toordinal(),
                                              date(2025, 8, 31).toordinal() + 1)))
            self.assertEqual([part.fee for part in parts], [part.fee for part in parts[:1]]
                             + [0] * 3)

    def test_interest_already_charged_is_not_covered_again(self):
        """After a charge, payments of the item cover only interest that came since."""
        terms = TEN._replace(allocation="interest")
        payments = [("2025-03-15", "1000")]
        before = _accrue("10000", "2025-01-01", "2025-05-27", terms, payments=payments)
        after = _accrue("10000", "2025-01-01", "2025-05-27", terms, payments=payments,
                        charged_to=["2025-03-15"])
        self.assertEqual(before.principal, Decimal("9200"))
        self.assertEqual(after.principal, Decimal("9000"))
        self.assertEqual(after.segments[0].date_from, date(2025, 3, 16))

    def test_currency_without_cents(self):
        result = _accrue("1000000", "2025-04-30", "2025-05-10", TEN, precision=Decimal(1))
        self.assertEqual((result.interest, result.per_day), (Decimal(2740), Decimal(274)))
