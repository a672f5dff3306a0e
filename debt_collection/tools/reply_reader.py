"""What customers' answers say, read offline: pure rules over the words in `reply_words/`.

Nothing is decided here: a reader gets each kind with the sentence that says it, and the day named.
A language more is a file more beside the others, and its small words in `COMMON`.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple

from .reply_days import LANGUAGES, find_days

KINDS = (
    "paid", "promise", "dispute", "copy", "wrong_person", "out_of_office", "insolvency", "sue",
)
"""What an answer may say."""
AHEAD = {"promise": True, "out_of_office": True, "paid": False}
"""Kinds with a day, and whether it lies ahead."""
MOST_CHARACTERS = 20_000
LONGEST_SENTENCE = 600
COMMON = {
    "en": "the and is we you to of for this have will not please our your it on been was",
    "de": "der die das und ist wir sie nicht ich für mit auf wird haben bitte den uns am im",
    "fr": "le la les et est nous vous pas je pour avec sur une des du cette votre merci sera",
    "es": "el la los y es nosotros usted no por para con una del esta su hemos gracias que se",
}
"""Small words by which a language is known."""
WORDS = Path(__file__).parent / "reply_words"
_COMMON = {language: frozenset(words.split()) for language, words in COMMON.items()}
_CLAUSE = re.compile(
    r"[,;:，；：、–—]|\s-\s|\b(?:but|because|however|so|since|although|and|aber|weil|und|mais|car|et|"
    r"pero|porque|y)\b|但是?|不过|因为|所以|然后"
)
_SENTENCE = re.compile(r"(?<=[。！？!?；])|(?<=[^\W\d]{2}[.])(?=\s+\S)|(?<=\d{4}[.])(?=\s+[^\W\d])|"
                       r"(?<=\w[)\]\"'”»][.])(?=\s)|\n")
_ABBREVIATION = re.compile(
    r"\b(?:mr|mrs|ms|dr|no|nr|inv|ltd|co|inc|llc|str|st|approx|ref|jan|feb|mar|apr|jun|jul|aug|"
    r"sept?|oct|okt|nov|dec|dez|déc|janv|févr|ca|bzw|evtl|ggf|sr|sra|mme|art)\.$", re.IGNORECASE
)


class Words(NamedTuple):
    """The patterns of a kind: what says it, what takes it back in its clause or its sentence."""

    says: tuple = ()
    unless: tuple = ()
    never: tuple = ()


@cache
def read_words(language: str) -> dict[str, Words]:
    """The patterns of a language by kind; those of money that moves as what says "moves"."""
    parts, lists, kind = {}, {}, None
    for line in (WORDS / f"{language}.txt").read_text("utf-8").splitlines():
        if line.startswith("["):
            kind = line.strip("[] ")
            lists[kind] = {"+": [], "-": [], "~": []}
        elif line[:2] in ("+ ", "- ", "~ "):
            lists[kind][line[0]].append(_compile(line[2:], parts))
        elif " = " in line and not line.startswith("#"):
            name, _equals, words = line.partition(" = ")
            parts[name] = words
    words = {
        kind: Words(*(tuple(found[sign]) for sign in "+-~")) for kind, found in lists.items()
    }
    if "moves" in parts:
        words["moves"] = Words((_compile(parts["moves"], parts),))
    return words


def _compile(pattern, parts):
    """A pattern with the words that its names stand for."""
    for name in reversed(parts):
        pattern = pattern.replace(f"<{name}>", parts[name])
    return re.compile(pattern)


class Statement(NamedTuple):
    """What an answer says: the kind, the sentence that says it, and the days it names.

    `day` is the one meant (when money comes or came, until when somebody is away), ``None`` if
    none is named; it `is_exact` when the words leave no choice ("15.12.", not "mid-December").
    """

    kind: str
    sentence: str
    day: date | None = None
    is_exact: bool = True
    days: tuple = ()


def is_machine(headers: Mapping[str, str]) -> bool:
    """Whether a machine wrote an e-mail: RFC 3834, and what is usual beside it.

    :param headers: anything with ``get``, in capitals as it is read; of an e-mail's message, which
        has ``get_all``, each header counts that is there more than once
    """
    def words(name):
        """The values of a header, split at commas, without parameters and comments."""
        get_all = getattr(headers, "get_all", None)
        values = (get_all(name) if get_all else [headers.get(name)]) or ()
        return {
            part.split(";")[0].split("(")[0].strip().lower()
            for value in values for part in str(value or "").split(",")
        } - {""}

    def header(name):
        return str(headers.get(name) or "").strip().lower()

    suppress = words("X-Auto-Response-Suppress")
    return (
        bool(words("Auto-Submitted") - {"no"})
        or bool(words("Precedence") & {"auto_reply", "auto-reply", "bulk", "junk", "list"})
        # Who asks for no machine's answer to a message is a machine, or a list.
        or bool(suppress & {"all", "autoreply", "oof", "dr", "rn", "nrn"})
        or any(header(name) for name in ("X-Autoreply", "X-Autorespond", "X-Autoresponder"))
        or header("X-Mailer").startswith("vacation")
        or bool(header("X-FC-MachineGenerated"))
    )


def detect_language(text: str) -> str:
    """The language of a text, two letters of those that are read: by its script and small words."""
    letters = [sign for sign in text if sign.isalpha()]
    chinese = sum("\u4e00" <= sign <= "\u9fff" for sign in letters)
    if letters and chinese * 4 > len(letters):
        return "zh"
    words = re.findall(r"[^\W\d_]+", text.lower())
    counts = {
        language: sum(word in common for word in words) for language, common in _COMMON.items()
    }
    return max(counts, key=lambda language: (counts[language], language == "en"))


def _languages(text: str, known: str | None) -> list[str]:
    """The languages whose rules are tried: the likeliest first, those nearly as likely, English."""
    first = detect_language(text)
    if first == "zh":
        return [first, *([known] if known not in (first, "en", None) else []), "en"]
    words = re.findall(r"[^\W\d_]+", text.lower())
    counts = {
        language: sum(word in common for word in words) for language, common in _COMMON.items()
    }
    near = [name for name in _COMMON if counts[name] * 2 >= counts[first]]
    return list(dict.fromkeys([first, *([known] if known else []), *near, "en"]))


def own_words(text: str) -> str:
    """What the sender wrote: without what is quoted below it, and without the signature."""
    kept = []
    for line in (text or "")[:MOST_CHARACTERS].replace("\r\n", "\n").split("\n"):
        lowered = line.lower().strip("\u200b\ufeff")
        marks = read_words("any")["quoted"]
        if any(pattern.match(lowered) for pattern in marks.unless):
            break
        if any(pattern.match(lowered) for pattern in marks.says):
            if lowered.lstrip().startswith(">"):
                continue
            if any(part.strip() for part in kept):
                break
            continue
        kept.append(line)
    return "\n".join(kept).strip()


def sentences(text: str) -> list[str]:
    """The sentences of a text; a line's end ends one only where the next begins anew."""
    joined = re.sub(r"(?<=[\w,])[ \t]*\n(?=[ \t]*[a-zà-ÿ(])", " ", text)
    parts = []
    for part in _SENTENCE.split(joined):
        if parts and part.strip() and _ABBREVIATION.search(parts[-1]):
            parts[-1] += part
        else:
            parts.append(part or "")
    return [part.strip()[:LONGEST_SENTENCE] for part in parts if part.strip()]


def _clause_of(sentence, start, end):
    """Where the clause begins and ends in which a match stands."""
    first, last = 0, len(sentence)
    for mark in _CLAUSE.finditer(sentence):
        if mark.end() <= start:
            first = mark.end()
        elif mark.start() >= end:
            last = mark.start()
            break
    return first, last


def _says(kind, language, sentence):
    """Where the clause stands in a sentence in lower case that says a thing, or ``None``."""
    words = read_words(language)[kind]
    if any(pattern.search(sentence) for pattern in words.never):
        return None
    for pattern in words.says:
        for match in pattern.finditer(sentence):
            first, last = _clause_of(sentence, *match.span())
            if not any(other.search(sentence[first:last]) for other in words.unless):
                return first, last
    return None


def _promises(language, sentence, plain, today, month_first):
    """Where the clause stands in which money and a day that lies ahead are named together."""
    words = read_words(language)
    for match in words["moves"].says[0].finditer(sentence):
        first, last = _clause_of(sentence, *match.span())
        clause = sentence[first:last]
        if (
            any(pattern.search(clause) for pattern in words["promise"].unless)
            or any(pattern.search(clause) for pattern in words["paid"].says)
            or "?" in clause
        ):
            continue
        days = find_days(plain[first:last], language, today, True, month_first)
        past = find_days(plain[first:last], language, today, False, month_first)
        if any(named.day >= today for named in days) and not any(
            named.day < today and named in days for named in past
        ):
            return first, last
    return None


def _day_of(kind, around, where, language, today, month_first):
    """The day that belongs to a statement, from its sentence, else from those around it.

    :param where: the clause of the first sentence that says it; a day in it goes before others
    """
    for number, sentence in enumerate(around):
        days = find_days(sentence, language, today, AHEAD[kind], month_first)
        if AHEAD[kind]:
            fitting = [named for named in days if named.day >= today]
        else:
            fitting = [named for named in days if named.day <= today]
        inside = [named for named in fitting
                  if not number and where[0] <= named.start and named.end <= where[1]]
        fitting = inside or fitting
        if fitting:
            # Until when somebody is away is named last: "from 1 to 14 December".
            chosen = fitting[-1 if kind == "out_of_office" else 0]
            return chosen.day, chosen.is_exact, tuple(named.day for named in fitting)
    return None, True, ()


def read_reply(
    text: str, today: date, language: str | None = None, month_first: bool | None = None,
    subject: str = "",
) -> list[Statement]:
    """What an answer says, each kind once, in the order of `KINDS`; empty if nothing is known.

    :param text: the answer as plain text; what it quotes is left out here
    :param today: the day on which it was written, at the sender's
    :param language: two letters, told by the text itself when not given or not read
    :param month_first: whether the sender writes 12/11 for 11 December; ``None``: not known
    :param subject: read for machine answers only, as it repeats ours otherwise
    """
    own = own_words(text)
    parts = sentences(own)
    known = language[:2] if (language or "")[:2] in LANGUAGES else None
    # What was written says more of its language than the customer's record does.
    languages = _languages(own, known)
    found = {}
    for number, part in enumerate(parts):
        plain = " ".join(part.lower().replace("’", "'").split())
        # "15. Januar": no sentence ends there.
        lowered = re.sub(r"(?<=\d)\.(?=\s|\d)", " ", plain)
        for kind in KINDS:
            if kind in found and (kind not in AHEAD or found[kind].day):
                continue
            where = next(filter(None, (_says(kind, name, lowered) for name in languages)), None)
            if not where and kind == "promise":
                where = next(filter(None, (
                    _promises(name, lowered, plain, today, month_first) for name in languages
                )), None)
            if not where:
                continue
            day, is_exact, days = None, True, ()
            if kind in AHEAD:
                around = [plain]
                if kind != "paid":
                    around += parts[number + 1:number + 2] + parts[max(number - 1, 0):number]
                for name in languages:
                    day, is_exact, days = _day_of(
                        kind, around, where, name, today, month_first
                    )
                    if day:
                        break
            if kind not in found or day:
                found[kind] = Statement(kind, part, day, is_exact, days)
    title = " ".join(subject.lower().split())
    if title and "out_of_office" not in found and any(
        _says("out_of_office", name, title) for name in LANGUAGES
    ):
        found["out_of_office"] = Statement("out_of_office", subject.strip())
    return [found[kind] for kind in KINDS if kind in _weigh(found)]


def _weigh(found: Iterable[str]) -> set[str]:
    """The kinds that stand beside each other: some are part of another."""
    kinds = set(found)
    if "out_of_office" in kinds:
        # Who is away names somebody else to write to.
        kinds.discard("wrong_person")
    if "insolvency" in kinds:
        # Courts, administrators and claims belong to it.
        kinds -= {"sue", "wrong_person"}
    return kinds
