"""The days that people name in letters ("Friday", "月底", "15.12.", "within 10 days"): pure rules.

What a text leaves open is decided as whoever reads it would: a day without a year is the next one
(or the last one, for what has happened), a period means its last working day, a month its last day.
"""

import re
from collections.abc import Callable
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from .reply_day_words import MONTHS, MORE_NUMBERS, NUMBERS, PHRASES, WEEKDAYS

FRIDAY = 4

CHINESE_DIGITS = {sign: number for number, sign in enumerate("〇一二三四五六七八九")}
CHINESE_DIGITS |= {"两": 2, "零": 0}
CHINESE_WEEKDAYS = {sign: number for number, sign in enumerate("一二三四五六日")}
CHINESE_WEEKDAYS |= {"天": 6, "末": FRIDAY}


class Named(NamedTuple):
    """A day that a text names: where it stands, and whether the text leaves no choice."""

    start: int
    end: int
    day: date
    is_exact: bool = True
    is_weekday: bool = False


class Ask(NamedTuple):
    """From which day on, and in which direction, days are read."""

    today: date
    is_ahead: bool
    month_first: bool | None


class Rule(NamedTuple):
    """A pattern, and what day a match of it means; ``None`` when it means none."""

    pattern: re.Pattern
    read: Callable
    is_exact: bool = True
    is_weekday: bool = False


def month_end(day: date, months: int = 0) -> date:
    """The last day of the month, some months later."""
    return day + relativedelta(months=months, day=31)


def add_working_days(day: date, count: int) -> date:
    """The day after so many days from Monday to Friday."""
    step = 1 if count >= 0 else -1
    for _number in range(abs(count)):
        day += timedelta(days=step)
        while day.weekday() > FRIDAY:
            day += timedelta(days=step)
    return day


def make_day(year: int, month: int, day: int) -> date | None:
    """The day, or ``None`` if there is none."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def nearest(month: int, day: int, ask: Ask, year: int | None = None) -> date | None:
    """The day of a year, else the next or the last one of its kind."""
    if year is not None:
        return make_day(year + 2000 if year < 100 else year, month, day)
    years = range(ask.today.year - 4, ask.today.year + 5)
    days = [found for number in years if (found := make_day(number, month, day))]
    if ask.is_ahead:
        return min((found for found in days if found >= ask.today), default=None)
    return max((found for found in days if found <= ask.today), default=None)


def nearest_month(month: int, ask: Ask, year: int | None = None) -> date | None:
    """The first day of a month, of the next one of its kind that is not over, or the last."""
    if year is not None:
        return date(year + 2000 if year < 100 else year, month, 1)
    first = date(ask.today.year, month, 1)
    if ask.is_ahead:
        return first if month >= ask.today.month else first + relativedelta(years=1)
    return first if month <= ask.today.month else first - relativedelta(years=1)


def day_of_month(number: int, ask: Ask, months: int | None = None) -> date | None:
    """The 15th: of the month given by its distance, else the next or the last one."""
    first = ask.today.replace(day=1)
    if months is not None:
        month = first + relativedelta(months=months)
        return make_day(month.year, month.month, number)
    step = 1 if ask.is_ahead else -1
    for distance in range(0, 3 * step, step):
        month = first + relativedelta(months=distance)
        found = make_day(month.year, month.month, number)
        if found and (found >= ask.today if ask.is_ahead else found <= ask.today):
            return found
    return None


def weekday(number: int, ask: Ask, weeks: int | None = None) -> date:
    """A day of the week: of the week given by its distance, else the next or the last one."""
    monday = ask.today - timedelta(days=ask.today.weekday())
    if weeks is not None:
        return monday + timedelta(days=number, weeks=weeks)
    if ask.is_ahead:
        return ask.today + timedelta(days=(number - ask.today.weekday() - 1) % 7 + 1)
    return ask.today - timedelta(days=(ask.today.weekday() - number - 1) % 7 + 1)


def this_weekday(number: int, ask: Ask) -> date:
    """"This Friday": of the current week, today at the earliest; else the next one."""
    found = weekday(number, ask, 0)
    if ask.is_ahead and found < ask.today:
        return weekday(number, ask)
    return found


def week_end(ask: Ask, weeks: int = 0) -> date:
    """The Friday of the current week or a later one; never before today."""
    found = weekday(FRIDAY, ask, weeks)
    if not weeks and ask.is_ahead and found < ask.today:
        return ask.today + timedelta(days=6 - ask.today.weekday())
    return found


def after(count: int, unit: str, ask: Ask) -> date:
    """The day so many hours, days, working days, weeks or months from today, or before it."""
    count = count if ask.is_ahead else -count
    if unit == "hours":
        return ask.today + timedelta(days=-(-count // 24))
    if unit == "working":
        return add_working_days(ask.today, count)
    if unit == "weeks":
        return ask.today + timedelta(weeks=count)
    if unit == "months":
        return ask.today + relativedelta(months=count)
    return ask.today + timedelta(days=count)


def numeric(first: int, second: int, ask: Ask, year: int | None = None) -> date | None:
    """15/12 or 12/15: in the order given, else the one that is possible, or nearer."""
    readings = [
        found for month, day in ((second, first), (first, second))
        if 1 <= month <= 12 and (found := nearest(month, day, ask, year))
    ]
    if not readings:
        return None
    if first > 12 or second > 12 or first == second:
        return readings[0]
    if ask.month_first is not None:
        return readings[1 if ask.month_first and len(readings) > 1 else 0]
    return min(readings, key=lambda day: (
        (day < ask.today) if ask.is_ahead else (day > ask.today), abs(day - ask.today)
    ))


def chinese_number(text: str) -> int | None:
    """A whole number below a hundred in digits or characters: 12, 十二, 二十."""
    if text.isdecimal():
        return int(text)
    if "十" in text:
        tens, _ten, ones = text.partition("十")
        return CHINESE_DIGITS.get(tens, 1) * 10 + CHINESE_DIGITS.get(ones, 0)
    return CHINESE_DIGITS.get(text)


def _either(words):
    """The alternatives of a list, longest first."""
    return "|".join(sorted(words, key=len, reverse=True))


def _number_of(words):
    """The index of the pattern in a list that a word fits, or ``None``."""
    patterns = [re.compile(f"(?:{word})$") for word in words]
    return lambda text: next(
        (number for number, pattern in enumerate(patterns) if pattern.match(text)), None
    )


def _count_of(language):
    """What a word or figure for a number means."""
    table = {word: number for number, word in enumerate(NUMBERS[language], 1)}
    table.update(MORE_NUMBERS[language])
    return lambda text: int(text) if text.isdecimal() else table.get(" ".join(text.split()))


def _shared_rules():
    """Days in figures, as all languages write them."""
    def iso(match, ask):
        return make_day(*(int(part) for part in match.groups()))

    def with_year(match, ask):
        return numeric(int(match[1]), int(match[2]), ask, int(match[3]))

    def dotted(match, ask):
        return nearest(int(match[2]), int(match[1]), ask, int(match[3]) if match[3] else None)

    def short(match, ask):
        return numeric(int(match[1]), int(match[2]), ask)

    return [
        (r"(?<!\d)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)", iso),
        (r"(?<![\d.])(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4}|\d{2})?(?!\d)(?!\.\d)", dotted),
        (r"(?<![\d/-])(\d{1,2})[/-](\d{1,2})[/-](\d{4}|\d{2})(?![\d/-])", with_year),
        (r"(?<![\w/.,-])(\d{1,2})/(\d{1,2})(?![\w/]|[.,-]\d)", short),
    ]


def _latin_rules(language, words):
    """The rules of a language with words for days and months, from its patterns.

    :param words: patterns by what they mean; ``{d}`` is a weekday, ``{m}`` a month, ``{n}`` a
        number
    """
    weekdays, months = WEEKDAYS[language], MONTHS[language]
    day_number, month_number = _number_of(weekdays), _number_of(months)
    count = _count_of(language)
    any_day = rf"(?P<d>{_either(weekdays)})\b\.?"
    any_month = rf"(?P<m>{_either(months)})\b\.?"
    names = [*NUMBERS[language], *MORE_NUMBERS[language]]
    any_number = rf"(?P<n>\d{{1,3}}|{_either(names)})"

    def year_of(match):
        year = match.groupdict().get("y")
        return int(year) if year else None

    def month_of(match, ask):
        return nearest_month(month_number(match["m"]) + 1, ask, year_of(match))

    def in_month(day):
        def read(match, ask):
            month = month_of(match, ask)
            return month + relativedelta(day=day)
        return read

    def named(match, ask):
        return nearest(month_number(match["m"]) + 1, int(match["day"]), ask, year_of(match))

    def shifted(unit):
        def read(match, ask):
            number = count(match["n"])
            return after(number, unit, ask) if number is not None else None
        return read

    def ago(unit):
        def read(match, ask):
            number = count(match["n"])
            return after(number, unit, ask._replace(is_ahead=False)) if number else None
        return read

    readers = {
        "day_month": named,
        "month_end": lambda match, ask: month_end(ask.today),
        "next_month_end": lambda match, ask: month_end(ask.today, 1),
        "next_month_start": lambda match, ask: month_end(ask.today) + timedelta(days=1),
        "next_month": lambda match, ask: month_end(ask.today, 1),
        "day_of_next_month": lambda match, ask: day_of_month(int(match["day"]), ask, 1),
        "day_of_this_month": lambda match, ask: day_of_month(int(match["day"]), ask, 0),
        "day_of_month": lambda match, ask: day_of_month(int(match["day"]), ask),
        "end_of_named": in_month(31),
        "middle_of_named": in_month(15),
        "start_of_named": in_month(10),
        "named_month": in_month(31),
        "middle_of_month": lambda match, ask: day_of_month(15, ask),
        "year_end": lambda match, ask: ask.today.replace(month=12, day=31),
        "next_week_day": lambda match, ask: weekday(day_number(match["d"]), ask, 1),
        "last_week_day": lambda match, ask: weekday(
            day_number(match["d"]), ask._replace(is_ahead=False)
        ),
        "previous_week_day": lambda match, ask: weekday(day_number(match["d"]), ask, -1),
        "this_week_day": lambda match, ask: this_weekday(day_number(match["d"]), ask),
        "week_after_next_day": lambda match, ask: weekday(day_number(match["d"]), ask, 2),
        "day_in_a_week": lambda match, ask: weekday(day_number(match["d"]), ask)
        + timedelta(weeks=1),
        "weekday": lambda match, ask: weekday(day_number(match["d"]), ask),
        "week_end": lambda match, ask: week_end(ask),
        "next_week_end": lambda match, ask: week_end(ask, 1),
        "next_week": lambda match, ask: week_end(ask, 1),
        "next_week_start": lambda match, ask: weekday(0, ask, 1),
        "this_week": lambda match, ask: week_end(ask),
        "week_after_next": lambda match, ask: week_end(ask, 2),
        "calendar_week": lambda match, ask: _calendar_week(int(match["n"]), ask),
        "today": lambda match, ask: ask.today,
        "tomorrow": lambda match, ask: ask.today + timedelta(days=1),
        "after_tomorrow": lambda match, ask: ask.today + timedelta(days=2),
        "yesterday": lambda match, ask: ask.today - timedelta(days=1),
        "before_yesterday": lambda match, ask: ask.today - timedelta(days=2),
        "ago_days": ago("days"), "ago_weeks": ago("weeks"), "ago_months": ago("months"),
        "hours": shifted("hours"), "working": shifted("working"), "days": shifted("days"),
        "weeks": shifted("weeks"), "months": shifted("months"),
        "fortnight": lambda match, ask: after(2, "weeks", ask),
        "one_week": lambda match, ask: after(1, "weeks", ask),
        "christmas": lambda match, ask: nearest(12, 24, ask),
        # What means no day, and keeps its words from being read as one.
        "nothing": lambda match, ask: None,
    }
    vague = {
        "middle_of_named", "start_of_named", "named_month", "middle_of_month", "next_month",
        "next_month_start", "christmas", "next_week_start",
    }
    rules = []
    for meaning, patterns in words:
        for pattern in patterns:
            filled = pattern.replace("{d}", any_day).replace("{m}", any_month)
            filled = filled.replace("{n}", any_number)
            filled = filled.replace("{day}", r"(?P<day>\d{1,2})(?!\d)")
            filled = filled.replace("{y}", r"(?:,?\s+(?:(?:de|del|of)\s+)?(?P<y>\d{4}))?")
            rules.append((
                rf"(?<!\w)(?:{filled})(?!\w)", readers[meaning], meaning not in vague,
                "{d}" in pattern,
            ))
    return rules


def _calendar_week(number, ask):
    """The Friday of a calendar week, this year or next."""
    for year in (ask.today.year, ask.today.year + 1):
        try:
            found = date.fromisocalendar(year, number, FRIDAY + 1)
        except ValueError:
            return None
        if not ask.is_ahead or found >= ask.today:
            return found
    return None


def _chinese_rules():
    """How Chinese names days; figures and characters alike."""
    number = r"(\d{1,3}|[一二两三四五六七八九十]{1,3})"
    year_words = {"今": 0, "明": 1, "去": -1}

    def full(match, ask):
        year = match[1]
        year = ask.today.year + year_words[year[0]] if year and year[0] in year_words else (
            int(year) if year else None
        )
        month, day = chinese_number(match[2]), chinese_number(match[3])
        return nearest(month, day, ask, year) if month and day and month <= 12 else None

    def end_of_month(match, ask):
        month = chinese_number(match[1])
        first = nearest_month(month, ask) if month and month <= 12 else None
        part = match[2]
        return first and first + relativedelta(
            day={"底": 31, "末": 31, "中": 15, "初": 10, "上": 10, "下": 31}[part[0]]
        )

    def month_word(match, ask):
        months = {"下": 1, "上": -1, "本": 0, "这": 0, "当": 0, "次": 1}[match[1][0]]
        part = match[2] or "底"
        if part[0].isdecimal() or part[0] in "一二三四五六七八九十" and part[-1] in "日号":
            return day_of_month(chinese_number(part.rstrip("日号")) or 0, ask, months)
        last = month_end(ask.today, months)
        return last + relativedelta(
            day={"底": 31, "末": 31, "中": 15, "初": 10, "上": 10, "下": 31}[part[0]]
        )

    def of_week(match, ask):
        weeks = match[1]
        name = CHINESE_WEEKDAYS[match[2]]
        if weeks:
            distance = weeks.count("下") or -weeks.count("上")
            return weekday(name, ask, distance) if distance else this_weekday(name, ask)
        found = weekday(name, ask, 0)
        if ask.is_ahead:
            return found if found > ask.today else weekday(name, ask)
        return found if found < ask.today else weekday(name, ask)

    def week_word(match, ask):
        distance = match[1].count("下") or -match[1].count("上")
        return week_end(ask, distance)

    def units(unit):
        def read(match, ask):
            count = chinese_number(match[1])
            return after(count, unit, ask) if count else None
        return read

    def back(unit):
        def read(match, ask):
            count = chinese_number(match[1])
            return after(count, unit, ask._replace(is_ahead=False)) if count else None
        return read

    def month_day(match, ask):
        return nearest(int(match[1]), int(match[2]), ask) if int(match[1]) <= 12 else None

    def numbered(match, ask):
        return day_of_month(chinese_number(match[1]) or 0, ask)

    def plus(days):
        return lambda match, ask: ask.today + timedelta(days=days)

    week = r"(?:周|星期|礼拜)"
    part = r"(?:底|末|中旬|中|初|上旬|下旬)"
    within = r"(?:之)?(?:内|后|以内|以后|左右|时间)?"
    return [
        (r"(?<!\d)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)",
         lambda match, ask: make_day(*(int(text) for text in match.groups()))),
        (rf"(?:(\d{{4}}|今|明|去)\s*年)?\s*{number}\s*月(?:份)?\s*{number}\s*[日号號]?", full),
        (rf"(?<!个)(?<!\d)(\d{{1,2}}|十[一二]?|[一二三四五六七八九])\s*月(?:份)?的?({part})",
         end_of_month),
        (rf"((?:下|上|本|这|当|次)个?)月(?:的)?\s*((?:\d{{1,2}}|[一二三四五六七八九十]{{1,3}})[日号]|{part})?",
         month_word),
        (r"(?:今年)?年[底末]|年前|今年内|年内",
         lambda match, ask: ask.today.replace(month=12, day=31)),
        (r"(?<![个個半])月(?:[底末]|内)|本月内", lambda match, ask: month_end(ask.today)),
        (r"(?<![个個半])月中", lambda match, ask: day_of_month(15, ask), False),
        (r"(?<![个個半])月初", lambda match, ask: month_end(ask.today) + timedelta(days=1), False),
        (rf"((?:下下|下|上|本|这)?)个?{week}([一二三四五六日天末])", of_week, True, True),
        (r"(下下|下|上|本|这|当)个?(?:周|星期|礼拜)(?:内|之内|底)?", week_word),
        (rf"{number}\s*(?:个)?\s*(?:工作日|个工作天|工作天)", units("working")),
        (rf"{number}\s*(?:个)?(?:周|星期|礼拜)(?:之前|前)(?!付|支付|打|汇)", back("weeks")),
        (rf"{number}\s*天(?:之前|以前|前)", back("days")),
        (rf"{number}\s*(?:个)?小时", units("hours")),
        (rf"{number}\s*(?:天|日){within}", units("days")),
        (rf"{number}\s*(?:个)?(?:周|星期|礼拜){within}", units("weeks")),
        (r"半个?月(?:之)?(?:内|后|以内|左右)?", lambda match, ask: after(15, "days", ask)),
        (rf"{number}\s*个月{within}", units("months")),
        (rf"{number}\s*[号號]", numbered),
        (r"大后天", plus(3)), (r"后天", plus(2)), (r"明[天日早晚]|明儿", plus(1)),
        (r"今[天日早晚]|当天|下午|中午", plus(0)), (r"大前天", plus(-3)), (r"前天", plus(-2)),
        (r"昨[天日晚]", plus(-1)),
        (r"(?<![\d/.-])(\d{1,2})[/.](\d{1,2})(?![\d/.%]|元|万)", month_day),
    ]


@cache
def _rules(language):
    """The rules of a language, strongest first."""
    if language == "zh":
        rules = _chinese_rules()
    else:
        rules = [*_shared_rules(), *_latin_rules(language, PHRASES[language])]
    return [
        Rule(re.compile(pattern), *rest) for pattern, *rest in rules
    ]


LANGUAGES = ("en", "zh", "de", "fr", "es")
_BETWEEN = re.compile(r"[\s,.(（即]*(?:the|den|dem|le|el|día|am|el día|dated?)?[\s,(（]*")


def find_days(
    text: str, language: str, today: date, is_ahead: bool = True, month_first: bool | None = None
) -> list[Named]:
    """The days that a text names, in the order in which they stand there.

    :param language: two letters; others are read for days in figures only
    :param today: the day on which the text was written
    :param is_ahead: whether days without a year, or of the week, are the next ones; else the last
    :param month_first: whether 12/11 is 11 December; ``None``: the nearer one
    """
    ask = Ask(today, is_ahead, month_first)
    plain = text.lower().replace("’", "'")
    found, taken = [], [False] * len(plain)
    rules = _rules(language) if language in LANGUAGES else [
        Rule(re.compile(pattern), read) for pattern, read in _shared_rules()
    ]
    for rule in rules:
        for match in rule.pattern.finditer(plain):
            start, end = match.span()
            if any(taken[start:end]):
                continue
            day = rule.read(match, ask)
            taken[start:end] = [True] * (end - start)
            if day and abs((day - today).days) < 3660:
                found.append(Named(start, end, day, rule.is_exact, rule.is_weekday))
    return _without_doubles(plain, sorted(found))


def _without_doubles(text, found):
    """"Friday, 15 December" names one day: the date, not the weekday beside it."""
    doubles = set()
    for first, second in zip(found, found[1:], strict=False):
        if first.is_weekday != second.is_weekday and _BETWEEN.fullmatch(
            text[first.end:second.start]
        ):
            doubles.add(first if first.is_weekday else second)
    return [named for named in found if named not in doubles]
