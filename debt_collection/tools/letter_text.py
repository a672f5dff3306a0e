"""Placeholders in the texts of letters: `{amount}`, `{deadline}`; nothing else is replaced.

What stands in square brackets with a placeholder is said only where the placeholder has something
to say: “[We have written to you before: {earlier}. ]”. `{?bank}` asks and prints nothing.
"""

import re

from markupsafe import Markup

PLACEHOLDER = re.compile(r"\{(\??)(\w+)\}")
OPTIONAL = re.compile(r"\[([^\[\]]*\{\??\w+\}[^\[\]]*)\]")


def placeholders(text):
    """Names of the placeholders in a text, in order, each once."""
    return list(dict.fromkeys(name for _asks, name in PLACEHOLDER.findall(text or "")))


def fill(text, values):
    """The text with known placeholders replaced; unknown ones stay, to be seen.

    Values are put in as they are and not looked at again, so a customer named `{amount}`
    changes nothing. A part in square brackets goes where one of its placeholders is empty.
    """
    def keep(match):
        names = placeholders(match[1])
        if not all(name in values for name in names):
            return match[0]
        return match[1] if all(values[name] for name in names) else ""

    def put(match):
        asks, name = match.groups()
        return "" if asks and name in values else str(values.get(name, match[0]))

    kept = OPTIONAL.sub(keep, text or "")
    if kept != (text or ""):
        kept = re.sub(r"\n(?:[ \t]*\n){2,}", "\n\n", kept).strip()
    return PLACEHOLDER.sub(put, kept)


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


def script_font(lang: str) -> str:
    """The fonts for Chinese characters, for a CSS rule: as the language draws them."""
    first, other = ("JP", "SC") if (lang or "")[:2] == "ja" else ("SC", "JP")
    return f"'Noto Sans CJK {first}', 'Noto Sans CJK {other}', 'IPAGothic', 'WenQuanYi Zen Hei'"
