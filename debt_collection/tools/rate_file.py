"""Reference rates as central banks publish them in files: pure readers.

Each reader takes the rows of a file, cells as text, and returns the days on which a value came
into force with the value, the oldest first. Files that give a value for each day or month are
reduced to the changes. What is not understood raises a `RateFileError` with the row's number.
"""

import csv
import io
import re
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal, InvalidOperation

ENCODINGS = ("utf-8-sig", "gb18030", "cp1252")
LOWEST, HIGHEST = Decimal(-10), Decimal(100)
MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}

Values = list[tuple[date, Decimal]]
Rows = list[list[str]]


class RateFileError(ValueError):
    """A file that cannot be read as the format asked for.

    :ivar str code: ``empty header date value range twice series``
    :ivar int row: number of the row in the file, 0 for the whole file
    :ivar str text: what stands there
    """

    def __init__(self, code: str, row: int = 0, text: str = ""):
        super().__init__(f"{code} in row {row}: {text}")
        self.code, self.row, self.text = code, row, text


def to_rows(content: bytes) -> Rows:
    """The rows of a CSV file, separated by commas, semicolons or tabs."""
    for encoding in ENCODINGS:
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise RateFileError("empty")
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        raise RateFileError("empty")
    sample = "\n".join(lines[:20])
    separator = max(";\t,", key=sample.count) if ";" not in sample else ";"
    reader = csv.reader(io.StringIO(text), delimiter=separator)
    return [[cell.strip() for cell in row] for row in reader]


def to_day(text: str) -> date | None:
    """A day as central banks write it; the first of a month that is written alone.

    Read are 2025-06-11, 2025/06/11, 20250611, 2025-06, 11.06.2025, 11 Jun 2025, 11 Jun 25 and
    2025年6月11日. Two-digit years are those of 1970 to 2069.
    """
    text = text.strip().strip('"')
    for pattern, order in (
        (r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T].*)?", "ymd"),
        (r"(\d{4})(\d{2})(\d{2})", "ymd"),
        (r"(\d{4})[-/年](\d{1,2})月?", "ym"),
        (r"(\d{1,2})\.(\d{1,2})\.(\d{4})", "dmy"),
    ):
        found = re.fullmatch(pattern, text)
        if found:
            parts = dict(zip(order, map(int, found.groups()), strict=True))
            return _make_day(parts["y"], parts["m"], parts.get("d", 1))
    found = re.fullmatch(r"(\d{1,2})[ -]([A-Za-z]{3})[a-z]*[ -](\d{2}|\d{4})", text)
    if found and found[2].lower() in MONTHS:
        year = int(found[3])
        if year < 100:
            year += 2000 if year < 70 else 1900
        return _make_day(year, MONTHS[found[2].lower()], int(found[1]))
    return None


def _make_day(year, month, day):
    try:
        return date(year, month, day)
    except ValueError:
        return None


def to_percent(text: str) -> Decimal | None:
    """A percentage with a point or a comma; none for blanks and the signs of a missing value."""
    text = text.strip().strip('"').rstrip("%").strip().replace("\u2212", "-")
    if text in ("", ".", "-", "NaN", "n/a", "--"):
        return None
    try:
        value = Decimal(text.replace(",", "."))
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def _find_column(rows: Rows, fits: Callable[[str], bool]) -> tuple[int, int] | None:
    """Row and column of the first cell that fits, among the first rows of a file."""
    for number, row in enumerate(rows[:20]):
        for column, cell in enumerate(row):
            if fits(cell.strip().strip('"')):
                return number, column
    return None


def _collect(rows: Rows, start: int, day_column: int, value_column: int) -> Values:
    """The values below a heading; rows without any value are left out."""
    found: dict[date, Decimal] = {}
    for number, row in enumerate(rows[start:], start + 1):
        if not any(cell.strip() for cell in row):
            continue
        cells = [*row, *[""] * (max(day_column, value_column) + 1 - len(row))]
        day, value = to_day(cells[day_column]), to_percent(cells[value_column])
        if day is None:
            # Notes above, between and below the table have no day.
            if value is not None and re.search(r"\d", cells[day_column]):
                raise RateFileError("date", number, cells[day_column])
            continue
        if value is None:
            if cells[value_column].strip() not in ("", ".", "-", "--", "NaN", "n/a"):
                raise RateFileError("value", number, cells[value_column])
            continue
        if not LOWEST <= value <= HIGHEST:
            raise RateFileError("range", number, cells[value_column])
        if found.get(day, value) != value:
            raise RateFileError("twice", number, day.isoformat())
        found[day] = value
    if not found:
        raise RateFileError("empty")
    return changes_of(found.items())


def changes_of(values: Iterable[tuple[date, Decimal]]) -> Values:
    """The days on which the value changed, the oldest first."""
    changes: Values = []
    for day, value in sorted(values):
        if not changes or changes[-1][1] != value:
            changes.append((day, value))
    return changes


def read_ecb(rows: Rows) -> Values:
    """The rate of the main refinancing operations from the ECB Data Portal.

    Both files of the portal are read: the SDMX one with ``TIME_PERIOD`` and ``OBS_VALUE``, where
    the rows of other series are left out, and the table whose heading names the series.
    """
    period = _find_column(rows, lambda cell: cell == "TIME_PERIOD")
    value = _find_column(rows, lambda cell: cell == "OBS_VALUE")
    if period and value:
        key = _find_column(rows, lambda cell: cell == "KEY")
        head = period[0] + 1
        body = rows[head:]
        if key:
            body = [row for row in body if len(row) > key[1] and "MRR_FR" in row[key[1]]]
            if not body:
                raise RateFileError("series")
        return _collect([*rows[:head], *body], head, period[1], value[1])
    series = _find_column(rows, lambda cell: "MRR_FR" in cell)
    day = _find_column(rows, lambda cell: cell.upper() == "DATE")
    if not series or not day:
        raise RateFileError("header")
    return _collect(rows, series[0] + 1, day[1], series[1])


def read_boe(rows: Rows) -> Values:
    """Bank Rate from the Bank of England: ``Date Changed, Rate``, or ``DATE, IUDBEDR``."""
    day = _find_column(rows, lambda cell: cell.lower() in ("date changed", "date"))
    value = _find_column(rows, lambda cell: cell.lower() in ("rate", "iudbedr", "bank rate"))
    if not day or not value or day[0] != value[0]:
        raise RateFileError("header")
    return _collect(rows, day[0] + 1, day[1], value[1])


def read_bundesbank(rows: Rows) -> Values:
    """The base rate (Basiszinssatz) from a time series of the Bundesbank.

    Notes stand above the values, which are given by month or day in the first column; the column
    of flags is left out.
    """
    for number, row in enumerate(rows):
        if len(row) > 1 and to_day(row[0]) and to_percent(row[1]) is not None:
            return _collect(rows, number, 0, 1)
    raise RateFileError("header")


def read_lpr(rows: Rows) -> Values:
    """The one-year loan prime rate from the National Interbank Funding Center (PBoC)."""
    day = _find_column(rows, lambda cell: cell in ("日期", "发布日期", "Date", "DATE"))
    value = _find_column(
        rows,
        lambda cell: re.sub(r"[\s()\uff08\uff09%期LPR:]", "", cell.upper())
        in ("1Y", "1年", "一年"),
    )
    if not day or not value or day[0] != value[0]:
        raise RateFileError("header")
    return _collect(rows, day[0] + 1, day[1], value[1])


READERS: dict[str, Callable[[Rows], Values]] = {
    "ecb": read_ecb, "boe": read_boe, "bundesbank": read_bundesbank, "lpr": read_lpr,
}
