"""Amounts of Chinese yuan in financial capitals (大写), as cheques and demands state them."""

from decimal import ROUND_HALF_UP, Decimal

DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ("仟", 1000), ("佰", 100), ("拾", 10), ("", 1)
GROUPS = ("亿", 10**8), ("万", 10**4)


def rmb_capitals(amount, jiao_zheng=True):
    """An amount in capitals, without 人民币 in front, rounded half up to 分.

    :param Decimal amount: yuan; a negative amount begins with 负
    :param bool jiao_zheng: whether 整 follows when the amount ends with 角; it always follows
        元, and never 分
    """
    cents = int((abs(amount) * 100).quantize(Decimal(1), ROUND_HALF_UP))
    yuan, rest = divmod(cents, 100)
    jiao, fen = divmod(rest, 10)
    words = "负" if amount < 0 and cents else ""
    if yuan or not rest:
        words += (_integer(yuan) or DIGITS[0]) + "元"
    if jiao:
        words += DIGITS[jiao] + "角"
    elif fen and yuan:
        words += DIGITS[0]
    if fen:
        return words + DIGITS[fen] + "分"
    return words + ("整" if jiao_zheng or not jiao else "")


def _integer(number):
    """The capitals of a whole number, empty for 0."""
    for name, size in GROUPS:
        high, low = divmod(number, size)
        if high:
            gap = DIGITS[0] if low and low < size // 10 else ""
            return _integer(high) + name + gap + _integer(low)
    words, is_gap = "", False
    for name, size in PLACES:
        digit, number = divmod(number, size)
        if digit:
            words += (DIGITS[0] if is_gap and words else "") + DIGITS[digit] + name
        is_gap = not digit
    return words


def parse_rmb_capitals(words):
    """The amount that capitals state, in yuan.

    :raises ValueError: at a character that has no place in an amount
    """
    sign = -1 if words.startswith("负") else 1
    units = {name: size for name, size in PLACES if name}
    total = section = digit = 0
    cents = 0
    for character in words.removeprefix("负").removesuffix("整"):
        if character in DIGITS:
            digit = DIGITS.index(character)
        elif character in units:
            section += digit * units[character]
            digit = 0
        elif character == "万":
            section, digit = (section + digit) * 10**4, 0
            total, section = total + section, 0
        elif character == "亿":
            total, section, digit = (total + section + digit) * 10**8, 0, 0
        elif character == "元":
            total, section, digit = total + section + digit, 0, 0
        elif character in "角分":
            cents += digit * (10 if character == "角" else 1)
            digit = 0
        else:
            raise ValueError(character)
    return sign * (Decimal(total) + Decimal(cents) / 100)
