import time
from collections import Counter
from datetime import date
from email.message import EmailMessage
from pathlib import Path

from odoo.tests import BaseCase, tagged

from ...tools.reply_days import find_days
from ...tools.reply_reader import AHEAD, is_machine, own_words, read_reply, sentences

MAILS = Path(__file__).parent / "reply_mails.tsv"
TODAY = date(2026, 12, 2)


def read_mails(split):
    """Kinds, day and text of the hand-labelled mails of a split."""
    for line in MAILS.read_text("utf-8").splitlines():
        if line.startswith(f"{split}\t"):
            _split, _language, kinds, day, text = line.split("\t")
            yield set(kinds.split(",")), day, text.replace("\\n", "\n")


def day_of(statements):
    """The day named by what is looked at first: a promise, a payment, an absence."""
    days = {said.kind: said.day for said in statements}
    return next((days[kind] for kind in ("promise", "paid", "out_of_office") if kind in days), None)


@tagged("post_install", "-at_install", "debt_collection")
class TestReplyRule(BaseCase):
    """Answers of customers are read as a person reads them; 2026-12-02 is a Wednesday."""

    def _measure(self, split):
        """Macro-F1 over the kinds, and the share of days that are right."""
        right, wrong, missed = Counter(), Counter(), Counter()
        named = good = 0
        for kinds, day, text in read_mails(split):
            statements = read_reply(text, TODAY)
            found = {said.kind for said in statements} or {"none"}
            right.update(found & kinds)
            wrong.update(found - kinds)
            missed.update(kinds - found)
            if day:
                named += 1
                good += day_of(statements) == date.fromisoformat(day)
        scores = [
            2 * right[kind] / (2 * right[kind] + wrong[kind] + missed[kind])
            for kind in right | wrong | missed
        ]
        return sum(scores) / len(scores), good / named

    def test_held_out_mails(self):
        self.assertGreaterEqual(sum(1 for _mail in read_mails("held")), 100)
        score, days = self._measure("held")
        self.assertGreaterEqual(score, 0.85)
        self.assertGreaterEqual(days, 0.95)

    def test_mails_for_development(self):
        self.assertGreaterEqual(sum(1 for _mail in read_mails("dev")), 100)
        score, days = self._measure("dev")
        self.assertGreaterEqual(score, 0.95)
        self.assertGreaterEqual(days, 0.95)

    def test_days(self):
        for language, text, expected in (
            ("en", "Friday", "2026-12-04"), ("en", "this Friday", "2026-12-04"),
            ("en", "next Friday", "2026-12-11"), ("en", "Wednesday", "2026-12-09"),
            ("en", "next week", "2026-12-11"), ("en", "within 10 days", "2026-12-12"),
            ("en", "in ten days", "2026-12-12"), ("en", "in 10 business days", "2026-12-16"),
            ("en", "in two weeks", "2026-12-16"), ("en", "end of month", "2026-12-31"),
            ("en", "the end of next month", "2027-01-31"), ("en", "the 15th", "2026-12-15"),
            ("en", "the 1st", "2027-01-01"), ("en", "15 December", "2026-12-15"),
            ("en", "Dec 15th, 2026", "2026-12-15"), ("en", "January 5", "2027-01-05"),
            ("en", "tomorrow", "2026-12-03"), ("en", "the day after tomorrow", "2026-12-04"),
            ("en", "end of January", "2027-01-31"), ("en", "end of February", "2027-02-28"),
            ("en", "48 hours", "2026-12-04"), ("en", "2026-12-15", "2026-12-15"),
            ("en", "15/12", "2026-12-15"), ("en", "12/15/2026", "2026-12-15"),
            ("en", "Friday, 18 December", "2026-12-18"), ("en", "in a fortnight", "2026-12-16"),
            ("en", "end of this week", "2026-12-04"),
            ("en", "the week after next", "2026-12-18"), ("en", "year end", "2026-12-31"),
            ("en", "31 February", None), ("en", "99/99", None), ("en", "net 30 days", None),
            ("zh", "周五", "2026-12-04"), ("zh", "本周五", "2026-12-04"),
            ("zh", "下周五", "2026-12-11"), ("zh", "下下周一", "2026-12-14"),
            ("zh", "月底", "2026-12-31"), ("zh", "下月底", "2027-01-31"),
            ("zh", "下个月10号", "2027-01-10"), ("zh", "15号", "2026-12-15"),
            ("zh", "1号", "2027-01-01"), ("zh", "12月15日", "2026-12-15"),
            ("zh", "十二月十五日", "2026-12-15"), ("zh", "2026年12月15日", "2026-12-15"),
            ("zh", "明年1月5日", "2027-01-05"), ("zh", "1月底", "2027-01-31"),
            ("zh", "10天内", "2026-12-12"), ("zh", "十天之内", "2026-12-12"),
            ("zh", "两周内", "2026-12-16"), ("zh", "5个工作日", "2026-12-09"),
            ("zh", "明天", "2026-12-03"), ("zh", "后天", "2026-12-04"),
            ("zh", "大后天", "2026-12-05"), ("zh", "年底", "2026-12-31"),
            ("zh", "12/15", "2026-12-15"), ("zh", "三个月内", "2027-03-02"),
            ("zh", "12月11日（周五）", "2026-12-11"), ("zh", "半个月内", "2026-12-17"),
            ("de", "15.12.", "2026-12-15"), ("de", "am 15.12.2026", "2026-12-15"),
            ("de", "bis Freitag", "2026-12-04"), ("de", "nächsten Freitag", "2026-12-11"),
            ("de", "Monatsende", "2026-12-31"), ("de", "innerhalb von 10 Tagen", "2026-12-12"),
            ("de", "in zwei Wochen", "2026-12-16"), ("de", "5. Januar", "2027-01-05"),
            ("de", "nächste Woche", "2026-12-11"), ("de", "übermorgen", "2026-12-04"),
            ("de", "KW 51", "2026-12-18"), ("de", "Ende Januar", "2027-01-31"),
            ("fr", "vendredi", "2026-12-04"), ("fr", "le 15 décembre", "2026-12-15"),
            ("fr", "fin du mois", "2026-12-31"), ("fr", "sous 10 jours", "2026-12-12"),
            ("fr", "la semaine prochaine", "2026-12-11"), ("fr", "après-demain", "2026-12-04"),
            ("es", "el viernes", "2026-12-04"), ("es", "el 15 de diciembre", "2026-12-15"),
            ("es", "fin de mes", "2026-12-31"), ("es", "dentro de 10 días", "2026-12-12"),
            ("es", "la próxima semana", "2026-12-11"), ("es", "pasado mañana", "2026-12-04"),
            ("ja", "2026-12-15", "2026-12-15"),
        ):
            with self.subTest(language=language, text=text):
                found = find_days(text, language, TODAY)
                self.assertEqual([str(named.day) for named in found], [expected] * bool(expected))

    def test_days_behind(self):
        for language, text, expected in (
            ("en", "yesterday", "2026-12-01"), ("en", "last Friday", "2026-11-27"),
            ("en", "on Friday", "2026-11-27"), ("en", "two weeks ago", "2026-11-18"),
            ("en", "15 December", "2025-12-15"), ("en", "the 15th", "2026-11-15"),
            ("zh", "昨天", "2026-12-01"), ("zh", "上周五", "2026-11-27"),
            ("zh", "三天前", "2026-11-29"),
            ("zh", "28号", "2026-11-28"), ("de", "27.11.", "2026-11-27"),
            ("de", "gestern", "2026-12-01"), ("fr", "hier", "2026-12-01"),
            ("es", "ayer", "2026-12-01"),
        ):
            with self.subTest(language=language, text=text):
                found = find_days(text, language, TODAY, is_ahead=False)
                self.assertEqual([str(named.day) for named in found], [expected])

    def test_order_of_day_and_month(self):
        for month_first, expected in ((True, "2026-12-11"), (False, "2026-11-12"), (None, None)):
            found = find_days("12/11/2026", "en", TODAY, True, month_first)
            self.assertEqual(str(found[0].day), expected or "2026-12-11")

    def test_weekday_at_a_week_end(self):
        friday, saturday = date(2026, 12, 4), date(2026, 12, 5)
        self.assertEqual(find_days("friday", "en", friday)[0].day, date(2026, 12, 11))
        self.assertEqual(find_days("this friday", "en", friday)[0].day, friday)
        self.assertEqual(find_days("周五", "zh", saturday)[0].day, date(2026, 12, 11))
        self.assertGreaterEqual(find_days("end of this week", "en", saturday)[0].day, saturday)

    def test_vague_days_are_marked(self):
        for text in ("mid-January", "early February", "next month"):
            self.assertFalse(find_days(text, "en", TODAY)[0].is_exact, text)
        self.assertTrue(find_days("15 January", "en", TODAY)[0].is_exact)

    def test_sentence_that_says_it(self):
        said = read_reply(
            "Dear Anna,\nthank you for your call. We will pay on 15 December. Regards\nTom", TODAY
        )
        self.assertEqual(
            [(one.kind, one.sentence, one.day) for one in said],
            [("promise", "We will pay on 15 December.", date(2026, 12, 15))],
        )

    def test_what_is_quoted_is_not_read(self):
        for head in (
            "> We will sue you.", "On Mon, 30 Nov 2026 at 10:00, Anna wrote:\n> pay or court",
            "-----Original Message-----\nWe take legal action.",
            "Am 30.11.2026 um 10:00 schrieb Anna:\n> Klage", "发件人: Anna\n请付款，否则起诉。",
            "在 2026年11月30日, Anna 写道:\n> 起诉",
            "Le lun. 30 nov. 2026, Anna a écrit :\n> avocat",
            "________________________________\nFrom: Anna\nlegal action",
        ):
            with self.subTest(head=head):
                own = "I will look into it."
                self.assertEqual(own_words(f"{own}\n\n{head}"), own)
        self.assertEqual(own_words("See below.\n-- \nLegal department"), "See below.")
        # Answers below each part of what is quoted.
        self.assertEqual(own_words("> when?\nOn Friday."), "On Friday.")

    def test_sentences(self):
        self.assertEqual(
            sentences("We paid Mr. Smith on 15. January. Please check.\nThanks"),
            ["We paid Mr. Smith on 15. January.", "Please check.", "Thanks"],
        )
        self.assertEqual(sentences("已付款。请查收！"), ["已付款。", "请查收！"])

    def test_kinds_with_a_day(self):
        self.assertEqual(set(AHEAD), {"promise", "paid", "out_of_office"})

    def test_nothing_to_read(self):
        for text in ("", "   ", "\n\n", "> quoted only", "??", "12", "👍"):
            self.assertEqual(read_reply(text, TODAY), [], text)

    def test_machines(self):
        for name, value, expected in (
            ("Auto-Submitted", "auto-replied", True), ("Auto-Submitted", "auto-generated; x", True),
            ("Auto-Submitted", "no", False), ("Precedence", "bulk", True),
            ("Precedence", "auto_reply", True), ("Precedence", "first-class", False),
            ("X-Auto-Response-Suppress", "All", True),
            ("X-Auto-Response-Suppress", "DR, RN, NRN, OOF, AutoReply", True),
            ("X-Auto-Response-Suppress", "None", False), ("X-Autoreply", "yes", True),
            ("X-Autorespond", "vacation", True), ("Subject", "Automatic reply", False),
        ):
            message = EmailMessage()
            message[name] = value
            with self.subTest(name=name, value=value):
                self.assertIs(is_machine(message), expected)

    def test_a_header_that_is_there_twice(self):
        for name, first, second in (
            ("Precedence", "normal", "auto_reply"),
            ("Auto-Submitted", "no", "auto-replied; owner=\"x\""),
            ("X-Auto-Response-Suppress", "None", "DR, OOF"),
        ):
            message = EmailMessage()
            message[name] = first
            self.assertFalse(is_machine(message), name)
            message[name] = second
            self.assertTrue(is_machine(message), name)

    def test_long_and_hostile_texts_take_no_time(self):
        start = time.monotonic()
        for text in (
            "we will " * 5000, "pay " * 10000, "payment of " * 5000, "我们会" * 8000, "a" * 100000,
            "the invoice was not " * 3000, "1/2/3/4/" * 5000, "\n> x" * 20000, "before " * 5000,
        ):
            read_reply(text, TODAY)
        self.assertLess(time.monotonic() - start, 20)
