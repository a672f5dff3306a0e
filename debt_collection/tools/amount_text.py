"""Amounts as people type them: a pure rule."""

import re


def parse_amount(text, decimal_point="."):
    """The amount that somebody typed, or ``None`` if it is none.

    ``1,250.00``, ``1.250,00``, ``1 250`` and ``1'250`` are all understood. Where one mark stands
    before exactly three digits it may part thousands or decimals: the language decides.

    :param str decimal_point: what parts decimals in the writer's language
    """
    text = re.sub(r"[\s\u00a0\u202f'’]", "", text if isinstance(text, str) else "")
    if not re.fullmatch(r"-?\d{1,15}([.,]\d+)*", text, re.ASCII):
        return None
    marks = re.findall("[.,]", text)
    decimals = _get_decimal_mark(text, marks, decimal_point)
    if decimals and marks.count(decimals) > 1:
        return None
    for mark in {".", ","} - {decimals}:
        if mark in text and not _is_grouped(text, mark, decimals):
            return None
        text = text.replace(mark, "")
    return float(text.replace(decimals or ".", "."))


def _get_decimal_mark(text, marks, decimal_point):
    if not marks:
        return ""
    last = marks[-1]
    if len(set(marks)) == 2:
        return last
    if len(marks) > 1:
        return ""
    is_ambiguous = re.search(r"[.,]\d{3}$", text)
    return last if not is_ambiguous or last == decimal_point else ""


def _is_grouped(text, mark, decimals):
    """Whether a mark parts thousands: three digits after each, up to the decimals."""
    whole = text.split(decimals)[0] if decimals else text
    return all(len(part) == 3 for part in whole.split(mark)[1:]) and mark not in (
        text[len(whole):]
    )
