"""Amounts in words, in the languages that letters are written in.

The currency's code stands first, whole units are in words, what is left of one in figures:
“EUR mille deux cent trente-quatre et 50/100”. So neither the gender nor the number of a currency's
name can be wrong, nor what follows a million. English is left to Odoo.
"""

from decimal import ROUND_HALF_UP, Decimal

from .rmb_capitals import rmb_capitals

try:
    from num2words import CONVERTER_CLASSES, num2words
except ImportError:
    CONVERTER_CLASSES, num2words = {}, None

JOINS = {
    "de": "und", "fr": "et", "es": "con", "it": "e", "nl": "en", "pt": "e",
}
"""What stands between the whole units and the hundredths."""

CHINESE_NAMES = {
    "USD": "美元", "EUR": "欧元", "GBP": "英镑", "JPY": "日元", "HKD": "港元", "CHF": "瑞士法郎",
}
YEN = "JPY"


def amount_words(amount: Decimal, code: str, decimals: int, lang: str) -> str:
    """The amount in words, without a sign; empty where nobody can write it in the language.

    :param code: of the currency, as EUR
    :param decimals: of the currency: 2 for cents, 0 for none
    :param lang: as Odoo has it, `pt_BR`
    """
    amount = abs(amount).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    base = lang.split("_")[0]
    if base == "zh":
        return CHINESE_NAMES.get(code, code) + rmb_capitals(amount)
    number = _write(int(amount), lang, base)
    if not number:
        return ""
    rest = int((amount % 1).scaleb(decimals)) if decimals else 0
    if rest:
        number = " ".join(filter(None, (
            number, JOINS.get(base), f"{rest:0{decimals}}/{10 ** decimals}",
        )))
    if base == "ja" and code == YEN:
        return f"{number}円"
    return f"{code} {number}"


def _write(number: int, lang: str, base: str) -> str:
    known = next((name for name in (lang, base) if name in CONVERTER_CLASSES), None)
    if not known:
        return ""
    try:
        words = num2words(number, lang=known)
    # A converter that does not go as far, or that has a gap, writes nothing.
    except (NotImplementedError, OverflowError, KeyError, IndexError, TypeError, ValueError):
        return ""
    if base == "pt":
        words = words.replace(",", "")
    return words
