"""Placeholders in the texts of letters: `{amount}`, `{deadline}`; nothing else is replaced."""

import re

from markupsafe import Markup

PLACEHOLDER = re.compile(r"\{(\w+)\}")


def placeholders(text):
    """Names of the placeholders in a text, in order, each once."""
    return list(dict.fromkeys(PLACEHOLDER.findall(text or "")))


def fill(text, values):
    """The text with known placeholders replaced; unknown ones stay, to be seen.

    Values are put in as they are and not looked at again, so a customer named `{amount}`
    changes nothing.
    """
    return PLACEHOLDER.sub(
        lambda match: str(values.get(match[1], match[0])), text or ""
    )


def paragraphs(text):
    """The paragraphs of a plain text, each a list of its lines; empty ones are left out."""
    blocks = re.split(r"\n\s*\n", (text or "").strip())
    return [block.strip().splitlines() for block in blocks if block.strip()]


def as_html(heading, body, consequences=""):
    """A heading and plain texts as HTML, all of it escaped."""
    parts = [Markup("<h4>%s</h4>") % heading] if heading else []
    for block in (*paragraphs(body), *paragraphs(consequences)):
        parts.append(Markup("<p>%s</p>") % Markup("<br/>").join(block))
    return Markup("").join(parts)


BANK_LABELS = {"zh": ("户名：", "开户行：", "账号：", "SWIFT：")}
"""How a bank account is written, label by label, where a mere list would not be understood."""


def bank_words(parts, lang: str) -> str:
    """Holder, bank, number and BIC of an account in one line; what is unknown is left out."""
    labels = BANK_LABELS.get(lang[:2])
    if not labels:
        return ", ".join(filter(None, parts))
    return "；".join(
        label + part for label, part in zip(labels, parts, strict=True) if part
    )


def names_in(lang: str, names) -> str:
    """Names in a row as the language joins them."""
    return ("、" if lang[:2] in ("zh", "ja") else ", ").join(filter(None, names))
