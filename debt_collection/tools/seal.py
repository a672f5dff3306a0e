"""What a sealed record says, in one canonical form, and its seal: pure rules (P3.7, P6.3).

content = canonical JSON of the figures, and of the hash of each personal part;
seal = SHA-256 of company, number, record, person, moment, previous seal and content.
A personal part is hashed with a random salt that is stored with it: erased together, nobody can
find the part by trying what it may have been, and content and seal stay as they were.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple

FIRST = ""
"""What stands for the previous seal in the first seal of a chain."""


def canonical(value) -> str:
    """JSON that is the same for the same value: keys sorted, no spaces, plain ASCII."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def amount(value: float, unit: str) -> list:
    """An amount with its unit: six decimals at most, so that no rounding of a float shows."""
    text = format(Decimal(f"{value or 0:.6f}").normalize(), "f")
    return ["0" if text == "-0" else text, unit]


def personal_hash(part: list) -> str:
    """The hash of a personal part, a list of its salt and its value."""
    return digest(canonical(part))


def make_content(
    figures: Mapping, personal: Mapping[str, list], later: Iterable[str] = ()
) -> str:
    """The content that is sealed: figures, and hashes of the personal parts.

    :param later: names that earlier versions of the product did not seal, and this seal does
    """
    hashes = {key: personal_hash(part) for key, part in personal.items()}
    content = {"figures": figures, "personal": hashes}
    if later:
        content["later"] = sorted(later)
    return canonical(content)


class Entry(NamedTuple):
    """A row of the chain. ``personal`` has the parts that were not erased, by key."""

    company: int
    number: int
    model: str
    res_id: int
    user: int
    date: str
    previous: str
    seal: str
    content: str
    personal: Mapping[str, list]


def make_seal(company, number, model, res_id, user, date, previous, content) -> str:
    """The seal of one record; ``date`` is a moment in UTC, in words."""
    return digest(canonical([company, number, model, res_id, user, date, previous, content]))


def check_entry(entry: Entry, number: int, previous: str) -> str:
    """What is wrong with an entry that should have this number and follow this seal.

    :return: ``number``, ``previous``, ``seal``, ``personal``, or empty if nothing is
    """
    if entry.number != number:
        return "number"
    if entry.previous != previous:
        return "previous"
    seal = make_seal(
        entry.company, entry.number, entry.model, entry.res_id, entry.user, entry.date,
        entry.previous, entry.content,
    )
    if entry.seal != seal:
        return "seal"
    hashes = json.loads(entry.content)["personal"]
    for key, part in entry.personal.items():
        if hashes.get(key) != personal_hash(part):
            return "personal"
    return ""


def check_chain(entries: Iterable[Entry]) -> tuple[Entry | None, str]:
    """The first entry that does not fit, and why; ``(None, "")`` if all do.

    :param entries: a whole chain, in the order of numbers
    """
    number, previous = 0, FIRST
    for entry in entries:
        number += 1
        problem = check_entry(entry, number, previous)
        if problem:
            return entry, problem
        previous = entry.seal
    return None, ""


def find_difference(
    entry: Entry, figures: Mapping, personal: Mapping[str, object], later: Iterable[str] = ()
) -> str:
    """The first field in which a record differs from what was sealed; empty if none does.

    :param figures: what the record says now
    :param personal: the values of its personal parts now, by key
    :param later: names that seals of earlier versions are not over: what a seal does not say it
        is over is not compared
    """
    sealed = json.loads(entry.content)
    unsealed = set(later) - {*sealed.get("later", ()), *sealed["figures"], *sealed["personal"]}
    figures = {name: value for name, value in figures.items() if name not in unsealed}
    personal = {key: value for key, value in personal.items() if key not in unsealed}
    for name in sorted({*sealed["figures"], *figures}):
        if sealed["figures"].get(name) != json.loads(canonical(figures.get(name))):
            return name
    for key in sorted({*sealed["personal"], *personal}):
        value = json.loads(canonical(personal.get(key)))
        # What was erased is empty.
        if key in entry.personal:
            if entry.personal[key][1] != value:
                return key
        elif value:
            return key
    return ""
