"""`./dev i18n`: bring the templates and translations up to the terms of the code."""

from .databases import drop
from .installed import new_database
from .messages import Failure, say, step
from .odoo_process import run_odoo
from .paths import ADDONS, ROOT, SERVICES, present_addons
from .processes import run
from .venv import PYTHON

DATABASE = "i18n"

MERGE = """
import sys
import polib
sys.path.insert(0, sys.argv[1])
from devtools.check_po import has_words
from devtools.customer_terms import LANGUAGES, SAME, choose
template = polib.pofile(sys.argv[2])
for name in sys.argv[3:]:
    translations = polib.pofile(name, wrapwidth=78)
    known = {entry.msgid: entry.msgstr for entry in translations if not entry.obsolete}
    translations.clear()
    language = name.rsplit("/", 1)[-1].removesuffix(".po")
    for entry in choose(template) if language in LANGUAGES else template:
        entry.msgstr = known.get(entry.msgid, "")
        translations.append(entry)
    translations.save(name)
    same = SAME.get(language, ())
    missing = [
        entry for entry in translations
        if not entry.msgstr and has_words(entry.msgid) and entry.msgid not in same
    ]
    print(name, len(missing), sep="\\t")
"""


def run_translations():
    """Export each add-on's terms and merge them into its translations.

    The languages of customers get the terms that customers read (`customer_terms.py`).
    What is translated stays; new terms come without a translation, gone ones go. Says how many
    are left to translate; `./dev lint` refuses any.
    """
    try:
        new_database(DATABASE, "services")
        for module in present_addons(ADDONS + SERVICES):
            folder = ROOT / module / "i18n"
            folder.mkdir(exist_ok=True)
            template = folder / f"{module}.pot"
            with step(f"terms of {module}"):
                run_odoo(
                    *("i18n", "export", "-d", DATABASE, "-o", str(template), module),
                    log=f"i18n-{module}",
                )
            if not template.is_file():
                raise Failure(f"Odoo exported no terms of {module}: read the log i18n-{module}")
            files = sorted(folder.glob("*.po"))
            if files:
                report = run([PYTHON, "-c", MERGE, ROOT, template, *files], f"i18n-merge-{module}")
                for line in report.splitlines():
                    name, missing = line.rsplit("\t", 1)
                    say(f"{name.removeprefix(f'{ROOT}/')}: {missing} terms to translate")
    finally:
        drop(DATABASE)
