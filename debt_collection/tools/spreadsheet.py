"""Spreadsheets with real dates and numbers, in which text never becomes a formula."""

import io

import xlsxwriter

from .csv_safe import DANGEROUS

HEAD_HEIGHT = 30
"""Points: two lines of a heading. Spreadsheet programs do not all fit rows to wrapped text."""

LONGEST = 32767
"""Characters that a cell can hold."""


def open_book(is_long: bool = False) -> tuple[io.BytesIO, xlsxwriter.Workbook]:
    """A new workbook and the memory it is written to when it is closed.

    :param is_long: rows leave the memory as soon as the next begins: they are written top down
    """
    output = io.BytesIO()
    options = {
        "constant_memory" if is_long else "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
    }
    return output, xlsxwriter.Workbook(output, options)


def money_format(decimal_places: int) -> str:
    """The number format of amounts with so many decimals."""
    digits = "0" * decimal_places
    return f"#,##0.{digits}" if digits else "#,##0"


def add_formats(book: xlsxwriter.Workbook, decimal_places: int) -> dict:
    """The formats that our sheets use, by name."""
    return {
        "title": book.add_format({"bold": True, "font_size": 14}),
        "head": book.add_format({"bold": True, "text_wrap": True, "bottom": 1,
                                 "bg_color": "#E7E9ED", "valign": "top"}),
        "date": book.add_format({"num_format": "yyyy-mm-dd", "align": "left"}),
        "money": book.add_format({"num_format": money_format(decimal_places)}),
        "number": book.add_format({"num_format": "0"}),
        "bold": book.add_format({"bold": True}),
        # Text stays text when somebody edits the cell: the program's own mark for it.
        "quoted": book.add_format({"quote_prefix": True}),
    }


def write_cell(sheet, row: int, column: int, value, kind: str, formats: dict) -> None:
    """Write a value of the kind ``money``, ``number``, ``date`` or ``text``; nothing if empty."""
    if kind in ("money", "number"):
        sheet.write_number(row, column, value, formats[kind])
    elif kind == "date" and value:
        sheet.write_datetime(row, column, value, formats["date"])
    elif value:
        text = value[:LONGEST]
        risky = text.lstrip(" ").startswith(DANGEROUS)
        sheet.write_string(row, column, text, formats["quoted"] if risky else None)
