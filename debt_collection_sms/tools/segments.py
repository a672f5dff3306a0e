"""How many messages a text is sent as: GSM 03.38, pure rules."""

from math import ceil

BASIC = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = set("^{}\\[~]|€")
"""Signs of the same alphabet that count twice."""


def count_segments(text: str) -> int:
    """The number of messages that a text takes; one sign outside the alphabet makes them short."""
    if set(text) <= BASIC | EXTENDED:
        length, one, more = sum(1 + (sign in EXTENDED) for sign in text), 160, 153
    else:
        length, one, more = len(text.encode("utf-16-le")) // 2, 70, 67
    return 1 if length <= one else ceil(length / more)
