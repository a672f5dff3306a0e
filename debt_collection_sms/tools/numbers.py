"""Phone numbers as services take them: E.164, pure rules for where no library knows better."""

import re

E164 = re.compile(r"\+[1-9]\d{6,14}")


def to_e164(text: str, country_code: int = 0) -> str:
    """A number with its country's code and no other signs; empty if it cannot be one.

    :param country_code: of the country that a number without one is in, 44 for +44
    """
    number = re.sub(r"[\s.\-/()]", "", (text or "").replace("(0)", ""))
    if number.startswith("00"):
        number = f"+{number[2:]}"
    elif not number.startswith("+") and country_code:
        number = f"+{country_code}{number.removeprefix('0')}"
    return number if E164.fullmatch(number) else ""
