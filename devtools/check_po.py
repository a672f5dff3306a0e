"""Check that translations are whole; run by the Python of `.odoo/lint-venv` (needs polib).

Every `.po` must translate each term of the `.pot` beside it, without fuzzy entries. In a language
in which only customers are written to these are the terms that customers read, and no others.
"""

import re
import sys
from pathlib import Path

import polib

sys.path.insert(0, str(Path(__file__).parent.parent))
from devtools.customer_terms import LANGUAGES, SAME, choose

NO_WORDS = re.compile(
    r"<[^>]*>"  # tags
    r"|%\(\w+\)s|%s|\{\w*\}"  # placeholders
    r"|'[^']*' % \(?object\.\w+\)?|object\.[\w.()':\[\]-]+"  # Python
)


def has_words(text):
    """Tell whether a term has words to translate.

    What is Chinese already, codes such as SHA-256, and markup alone are the same in every
    language; OCA's checks refuse a translation that repeats the term.
    """
    left = NO_WORDS.sub("", text)
    return not re.search(r"[\u4e00-\u9fff]", left) and bool(re.search(r"[a-z]", left))


def check(path):
    """Return sentences on what a translation lacks."""
    translations = polib.pofile(str(path))
    same = SAME.get(path.stem, ())
    faults = [
        f"not translated: {entry.msgid!r}"
        for entry in translations.untranslated_entries()
        if has_words(entry.msgid) and entry.msgid not in same
    ]
    faults += [f"fuzzy: {entry.msgid!r}" for entry in translations.fuzzy_entries()]
    known = {entry.msgid for entry in translations if not entry.obsolete}
    for template in path.parent.glob("*.pot"):
        entries = polib.pofile(str(template))
        is_for_customers = path.stem in LANGUAGES
        terms = [entry.msgid for entry in (choose(entries) if is_for_customers else entries)]
        faults += [f"missing: {term!r}" for term in terms if term not in known]
        if is_for_customers:
            faults += [f"not for customers: {term!r}" for term in sorted(known - set(terms))]
    return faults


def main(names):
    """Print the faults of all files and return 1 if there are any."""
    faults = [
        f"{name}: {fault}" for name in names if name.endswith(".po") for fault in check(Path(name))
    ]
    print("\n".join(faults))
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
