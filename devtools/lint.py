"""`./dev lint`: style, Odoo's conventions, rooms, translations, and leftovers of merges."""

import re
import subprocess
import sys
from pathlib import Path

from .messages import Failure, note, step
from .paths import ALL, ROOT, STATE, present_addons
from .processes import log_path
from .venv import make_venv

REQUIREMENTS = ROOT / "devtools" / "lint-requirements.txt"
BIN = STATE / "lint-venv" / "bin"
# A model's parts stand in the rooms they belong to: not to be merged again.
PYLINT = (
    "pylint",
    f"--rcfile={ROOT / '.pylintrc'}",
    "--disable=consider-merging-classes-inherited",
)
MERGE_MARK = re.compile(rb"^(<{7}|\|{7}|>{7})( |\r?$)", re.MULTILINE)


def run_lint():
    """Run all checks, print what each found, and return 1 if any found something.

    :raises Failure: if the checking programs cannot be installed
    """
    STATE.mkdir(exist_ok=True)
    python = make_venv("lint-venv", REQUIREMENTS, "lint packages")
    modules = [str(ROOT / name) for name in present_addons(ALL)]
    po_files = [str(path) for module in modules for path in find_po_files(module)]
    tests = [path for module in modules if (path := f"{module}/tests") and Path(path).is_dir()]
    checks = [
        ("ruff", ["ruff", "check", "--no-cache", ROOT]),
        ("ruff format", ["ruff", "format", "--no-cache", "--check", ROOT / "devtools"]),
    ]
    if modules:
        checks += [
            ("pylint-odoo", [*PYLINT, "--ignore-paths=.*/tests/.*", *modules]),
            # What tests write is read by nobody: it needs no translation.
            ("pylint-odoo, tests", [*PYLINT, "--disable=translation-required", *tests]),
            ("OCA's module checks", ["oca-checks-odoo-module", *modules]),
            ("the order of the rooms", [Path(sys.executable), "-m", "devtools.house"]),
        ]
    if po_files:
        checks += [
            ("OCA's po checks", ["oca-checks-po", *po_files]),
            ("translations", [python, ROOT / "devtools" / "check_po.py", *po_files]),
        ]
    failed = [title for title, command in checks if not passes(title, command)]
    marked = find_merge_marks()
    for path in marked:
        note(f"{path}: a mark of a merge is left in it")
    if marked:
        failed.append("merge marks")
    if failed:
        raise Failure(f"lint found something to mend: {', '.join(failed)}")
    return 0


def passes(title, command):
    """Run one check quietly; show its output if it finds something."""
    program = BIN / command[0] if isinstance(command[0], str) else command[0]
    log = log_path("lint-" + re.sub(r"\W+", "-", title))
    with step(title), log.open("w") as output:
        code = subprocess.run(
            [str(program), *map(str, command[1:])],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=ROOT,
            check=False,
        ).returncode
    if code:
        note(log.read_text(errors="replace"))
    return not code


def find_po_files(module):
    """Return the translations and templates of an add-on."""
    folder = ROOT / module / "i18n"
    return sorted([*folder.glob("*.po"), *folder.glob("*.pot")])


def find_merge_marks():
    """Return the project's text files that hold a mark of a merge."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        capture_output=True,
        cwd=ROOT,
        check=False,
    )
    if listed.returncode:
        return []
    paths = [ROOT / name.decode() for name in listed.stdout.split(b"\0") if name]
    return [path for path in paths if path.is_file() and MERGE_MARK.search(path.read_bytes())]
