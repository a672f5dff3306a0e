"""Check that the add-on keeps the order of its rooms (`./dev lint` runs it).

Prints `file:line: rule N: what is wrong: how to mend it` for each thing to mend, and ends
with 1 if there is any. The rules and the rooms are told in docs/architecture.md.
"""

import sys
from dataclasses import dataclass
from fnmatch import fnmatch

from . import house_rules as rules
from .house_core import read_core
from .house_names import check_names
from .house_tree import Finding, Tree
from .messages import Failure
from .paths import ALL, ROOT, present_addons

ROOMS = {
    "base": "what all rooms use: the mixin, calendar, language, jobs, approval by two",
    "record": "seals, archive, erasure, access log",
    "ledger": "receivable items, tiers, ageing, credits, cash, statement",
    "policy": "policies and their steps",
    "case": "the case: opening, owners, stages",
    "contact": "contacts, their rules, recipients, wording, guides",
    "agreement": "promise, plan, dispute, hold",
    "position": "what a customer owes, as one answer",
    "chase": "which step is due, pauses, priority, worklist, task force",
    "letter": "letters, templates, runs, delivery",
    "posting": "what finance posts: approval, accounts",
    "charge": "late charges",
    "writeoff": "write-offs and recoveries",
    "provision": "allowance for losses",
    "legal": "limitation, counsel, court, case file",
    "portal": "what customers see and ask",
    "sales": "what salespeople are asked",
    "assessment": "targets, grades, rewards, survey",
    "reporting": "dashboard, forecast, lists, progress reports",
    "desk": "the day of a collector: worklist, its progress, workload of a team",
    "flow": "what follows from what: the night, and what hooks lead to",
    "setup": "onboarding, import of history, settings page",
}
"""The rooms from the ground up: a room names nothing of a later one."""

MAIN = "debt_collection"


@dataclass(frozen=True)
class Exemption:
    """Something that may break a rule, with the reason.

    :param rule: the rule's number
    :param path: the file, or a pattern of files
    :param words: a part of what the finding says
    """

    rule: str
    path: str
    words: str
    reason: str

    def covers(self, finding):
        """Say whether the exemption is for a finding."""
        return (
            self.rule == finding.rule
            and fnmatch(finding.path, self.path)
            and self.words in finding.what
        )


EXEMPTIONS = ()
"""At most ten: whoever needs an eleventh mends one first."""

MOST_EXEMPTIONS = 10
HERE = "devtools/house.py"


def check_house(root, core, exemptions=EXEMPTIONS, addons=None):
    """Return what is to mend in the add-ons below a folder, in the order of files and lines.

    :param root: the checkout
    :param core: Odoo's own names
    :param addons: the names of the add-ons; only the first one is laid out in rooms
    """
    main, *bridges = [Tree(root, addon, ROOMS) for addon in addons or present_addons(ALL)]
    inherits = {}
    for tree in (main, *bridges):
        for model, names in tree.inherits.items():
            inherits.setdefault(model, set()).update(names)
    found = [
        *rules.check_rooms(main),
        *check_names(main, core),
        *rules.check_overrides(main, core),
        *rules.check_night(main),
        *rules.check_screens(main),
        *rules.check_docstrings(main),
    ]
    for tree in (main, *bridges):
        found += [*rules.check_mixins(tree, inherits), *rules.check_words(tree)]
    return sorted({*exempt(set(found), exemptions)})


def exempt(found, exemptions):
    """Give the findings that are not exempt, and exemptions that are wrong themselves."""
    if len(exemptions) > MOST_EXEMPTIONS:
        what = f"{len(exemptions)} exemptions, at most {MOST_EXEMPTIONS} may be"
        yield Finding(HERE, 1, "exemptions", what, "mend what one of them is for")
    for exemption in exemptions:
        what = f"the exemption of {exemption.path} ({exemption.words})"
        if not exemption.reason:
            yield Finding(HERE, 1, "exemptions", f"{what} has no reason", "give one")
        if not any(exemption.covers(finding) for finding in found):
            yield Finding(HERE, 1, "exemptions", f"{what} is not needed any more", "take it out")
    for finding in found:
        if not any(exemption.covers(finding) for exemption in exemptions):
            yield finding


def main():
    """Print what is to mend; return 1 if there is anything, or no Odoo to compare with."""
    try:
        core = read_core()
    except Failure as failure:
        print(failure.details, failure, sep="\n")
        return 1
    found = check_house(ROOT, core)
    for finding in found:
        print(finding)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
