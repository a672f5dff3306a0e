from datetime import date, datetime

from odoo.tests import BaseCase, tagged

from ...tools.contact_window import Debtor, Limit, Past, Rule, check, is_within, next_allowed

CALLS = frozenset({"phone"})
ATTEMPTS = frozenset({"phone", "visit", "sms"})
ANY = ATTEMPTS | {"email"}

US = Rule(8, 21, timed=ANY, limits=(Limit(CALLS, 7, 7),), wait_days=7)
CN = Rule(8, 22, limits=(Limit(CALLS, 3, 1, reached_only=True),))
UK = Rule(8, 21)
B2B = Rule(9, 18, working_days_only=True, limits=(
    Limit(ATTEMPTS, 2), Limit(ANY, 5, 7, reached_only=True), Limit(frozenset({"email"}), 1),
))


def at(text):
    return datetime.fromisoformat(text)


def is_weekday(day):
    return day.weekday() < 5


@tagged("debt_collection")
class TestContactWindow(BaseCase):
    """Hours, limits and wishes; 2025-09-01 is a Monday."""

    def _check(self, rule, moment, channel="phone", past=(), debtor=None, notice=False):
        refusal = check(
            rule, debtor or Debtor(), at(moment), channel, past, is_weekday, notice
        )
        return refusal and refusal.code

    def test_is_within(self):
        for hour, start, end, expected in [
            (8, 8, 22, True), (7.99, 8, 22, False), (22, 8, 22, False), (21.99, 8, 22, True),
            (23, 22, 8, True), (7.5, 22, 8, True), (8, 22, 8, False), (12, 22, 8, False),
        ]:
            with self.subTest(hour=hour, start=start, end=end):
                self.assertEqual(is_within(hour, start, end), expected)

    def test_hours(self):
        for name, rule, moment, channel, expected in [
            ("US 8:00", US, "2025-09-01 08:00", "phone", None),
            ("US 7:59", US, "2025-09-01 07:59", "phone", "hours"),
            ("US 20:59", US, "2025-09-01 20:59:59", "phone", None),
            ("US 21:00", US, "2025-09-01 21:00", "phone", "hours"),
            ("US Sunday", US, "2025-09-07 10:00", "phone", None),
            ("US e-mail at night", US, "2025-09-01 22:00", "email", "hours"),
            ("China 8:00", CN, "2025-09-01 08:00", "phone", None),
            ("China 21:59", CN, "2025-09-01 21:59", "phone", None),
            ("China 22:00", CN, "2025-09-01 22:00", "phone", "hours"),
            ("China 7:59", CN, "2025-09-01 07:59", "phone", "hours"),
            ("UK 8:00", UK, "2025-09-01 08:00", "phone", None),
            ("UK 21:00", UK, "2025-09-01 21:00", "visit", "hours"),
            ("B2B 9:00", B2B, "2025-09-01 09:00", "phone", None),
            ("B2B 8:59", B2B, "2025-09-01 08:59", "phone", "hours"),
            ("B2B 18:00", B2B, "2025-09-01 18:00", "visit", "hours"),
            ("B2B Saturday", B2B, "2025-09-06 10:00", "phone", "day"),
            ("B2B e-mail at night", B2B, "2025-09-06 23:00", "email", None),
        ]:
            with self.subTest(name=name):
                self.assertEqual(self._check(rule, moment, channel), expected)
        agreed = Debtor(hours_agreed=True)
        self.assertIsNone(self._check(CN, "2025-09-01 23:00", debtor=agreed))

    def test_seven_calls_in_seven_days(self):
        calls = [Past(at(f"2025-09-0{day} 10:00"), "phone", False) for day in range(1, 8)]
        for name, past, moment, channel, expected in [
            ("7th", calls[:6], "2025-09-07 12:00", "phone", None),
            ("8th", calls, "2025-09-07 12:00", "phone", "limit"),
            ("first has left the seven days", calls, "2025-09-08 12:00", "phone", None),
            ("no call", calls, "2025-09-07 12:00", "visit", None),
        ]:
            with self.subTest(name=name):
                self.assertEqual(self._check(US, moment, channel, past), expected)

    def test_wait_after_a_conversation(self):
        talk = [Past(at("2025-09-01 10:00"), "phone", True)]
        for moment, expected in [
            ("2025-09-01 11:00", "wait"), ("2025-09-07 20:00", "wait"),
            ("2025-09-08 08:00", None),
        ]:
            with self.subTest(moment=moment):
                self.assertEqual(self._check(US, moment, past=talk), expected)
        self.assertEqual(
            next_allowed(US, Debtor(), at("2025-09-01 11:00"), "phone", talk, is_weekday),
            at("2025-09-08 08:00"),
        )
        unanswered = [Past(at("2025-09-01 10:00"), "phone", False)]
        self.assertIsNone(self._check(US, "2025-09-01 11:00", past=unanswered))

    def test_effective_calls_a_day(self):
        def calls(reached, tried):
            return [Past(at("2025-09-01 09:00"), "phone", True)] * reached + [
                Past(at("2025-09-01 09:00"), "phone", False)
            ] * tried

        for reached, tried, moment, expected in [
            (2, 9, "2025-09-01 10:00", None), (3, 0, "2025-09-01 10:00", "limit"),
            (3, 0, "2025-09-02 10:00", None),
        ]:
            with self.subTest(reached=reached, tried=tried):
                self.assertEqual(
                    self._check(CN, moment, past=calls(reached, tried)), expected
                )

    def test_business_limits(self):
        def past(channel, *moments, reached=False):
            return [Past(at(moment), channel, reached) for moment in moments]

        monday = "2025-09-08 10:00"
        for name, contacts, channel, expected in [
            ("one attempt", past("phone", "2025-09-08 09:00"), "phone", None),
            ("two attempts", past("phone", "2025-09-08 09:00", "2025-09-08 09:30"), "visit",
             "limit"),
            ("two yesterday", past("phone", "2025-09-07 09:00", "2025-09-07 09:30"), "phone",
             None),
            ("five a week", past("phone", *[f"2025-09-0{day} 09:00" for day in range(2, 7)],
                                 reached=True), "email", "limit"),
            ("four a week", past("phone", *[f"2025-09-0{day} 09:00" for day in range(3, 7)],
                                 reached=True), "phone", None),
            ("one e-mail", past("email", "2025-09-08 09:00"), "email", "limit"),
            ("e-mail is no attempt", past("email", "2025-09-08 09:00"), "phone", None),
        ]:
            with self.subTest(name=name):
                self.assertEqual(self._check(B2B, monday, channel, contacts), expected)

    def test_wishes(self):
        ceased = Debtor(ceased_on=date(2025, 9, 1))
        mute = Debtor(opted_out=frozenset({"phone", "letter"}))
        busy = Debtor(quiet_from=12, quiet_to=14)
        night = Debtor(quiet_from=17, quiet_to=10)
        for name, debtor, moment, channel, notice, expected in [
            ("ceased", ceased, "2025-09-01 10:00", "email", False, "ceased"),
            ("ceased letter", ceased, "2025-09-02 10:00", "letter", False, "ceased"),
            ("legal notice", ceased, "2025-09-02 10:00", "letter", True, None),
            ("before the notice", ceased, "2025-08-29 10:00", "phone", False, None),
            ("no calls", mute, "2025-09-01 10:00", "phone", False, "opted_out"),
            ("no calls, e-mail", mute, "2025-09-01 10:00", "email", False, None),
            ("no letters, legal notice", mute, "2025-09-01 10:00", "letter", True, None),
            ("noon", busy, "2025-09-01 12:00", "phone", False, "quiet"),
            ("after noon", busy, "2025-09-01 14:00", "phone", False, None),
            ("morning", night, "2025-09-01 09:30", "phone", False, "quiet"),
            ("evening", night, "2025-09-01 17:30", "phone", False, "quiet"),
            ("day", night, "2025-09-01 10:00", "phone", False, None),
        ]:
            with self.subTest(name=name):
                self.assertEqual(
                    self._check(B2B, moment, channel, (), debtor, notice), expected
                )

    def test_next_allowed(self):
        two = [Past(at("2025-09-05 09:00"), "phone", False)] * 2
        busy = Debtor(quiet_from=8, quiet_to=11)
        for name, rule, debtor, moment, past, expected in [
            ("now", B2B, Debtor(), "2025-09-01 10:15", (), "2025-09-01 10:15"),
            ("opens", B2B, Debtor(), "2025-09-01 07:00", (), "2025-09-01 09:00"),
            ("closed", B2B, Debtor(), "2025-09-01 18:00", (), "2025-09-02 09:00"),
            ("weekend", B2B, Debtor(), "2025-09-06 10:00", (), "2025-09-08 09:00"),
            ("limit and weekend", B2B, Debtor(), "2025-09-05 10:00", two, "2025-09-08 09:00"),
            ("quiet", B2B, busy, "2025-09-01 09:00", (), "2025-09-01 11:00"),
            ("never", B2B, Debtor(opted_out=CALLS), "2025-09-01 09:00", (), None),
            ("no hour left", UK, Debtor(quiet_from=8, quiet_to=21), "2025-09-01 09:00", (), None),
        ]:
            with self.subTest(name=name):
                self.assertEqual(
                    next_allowed(rule, debtor, at(moment), "phone", past, is_weekday),
                    expected and at(expected),
                )
