"""Templates with our add-ons installed: each state of the add-ons is installed once a day.

A template's name holds a digest of what an installation reads, so that a changed add-on gets
another one, and of the day, from which demo data and scheduled actions take their dates. Of each
kind the newest two stay: one for the branch one came from.
"""

import fcntl
import hashlib
import json
from collections import namedtuple
from datetime import date

from .databases import (
    BARE_MODULES,
    MODULES,
    check_name,
    clone,
    drop,
    exists,
    get_template,
    install,
)
from .locks import lock
from .messages import Failure, step
from .odoo_process import DEFAULT_PORT, loopback, run_inside, set_report_url
from .paths import INSIDE, ROOT, SERVICES, present_addons
from .postgres import quoted, sql
from .processes import log_path

Kind = namedtuple(
    "Kind", "demo modules addons script more", defaults=(False, MODULES, None, None, ())
)
"""With demo data?; Odoo's modules; our add-ons, or None for all; a script run at the end; add-ons
that are installed on top of "plain"."""

KINDS = {
    "plain": Kind(),
    "demo": Kind(demo=True),
    "bare": Kind(modules=BARE_MODULES, addons=("debt_collection",)),
    # As "plain", of which it is a copy.
    "test": Kind(script="prepare_tests"),
    # As "plain", with Odoo's modules for text messages and post, and our bridges to them.
    "services": Kind(more=SERVICES),
}

READ = {".py", ".xml", ".csv", ".js", ".scss", ".po", ".sql", ".txt", ".html", ".png", ".svg"}
"""What an installation or a screen reads of an add-on."""

KEPT = 2


def digest(addons, script=None):
    """Return a digest of the add-ons' files, tests left out: they are read when they run."""
    found = hashlib.sha256(date.today().isoformat().encode())
    for addon in addons:
        for path in sorted((ROOT / addon).rglob("*")):
            inside = path.relative_to(ROOT)
            if path.suffix in READ and "tests" not in inside.parts and path.is_file():
                found.update(f"{inside}\0".encode() + path.read_bytes())
    if script:
        found.update((INSIDE / f"{script}.py").read_bytes())
    return found.hexdigest()[:12]


def prefix(kind):
    """Return the beginning of the names of a kind's templates, of this checkout alone."""
    return f"installed_{kind}_{hashlib.sha256(str(ROOT).encode()).hexdigest()[:6]}_"


def new_database(name, kind="plain", check=False):
    """Make a database with our add-ons, as `./dev new` promises, and return its problems.

    It has the generic chart of accounts and `report.url` names the address of `./dev serve`.

    :param kind: what is in it, a key of `KINDS`
    :param check: fail on an error or unexpected warning in the log of the installation
    :return: entries of that log
    :raises Failure: if there is nothing to install or the installation fails
    """
    check_name(name)
    # Held until the copy is there, so that nobody drops the template as an old one meanwhile.
    with lock("installed", fcntl.LOCK_EX):
        template, problems = get_installed(kind)
        if check and problems:
            raise Failure(
                f"installing the add-ons wrote {len(problems)} warnings or errors to "
                f"{log_path('install-*')}",
                "\n".join(problems),
            )
        with step(f"database {name}"):
            clone(template, name)
    return problems


def get_installed(kind):
    """Return the name of a kind's template, made on first use, and the problems it had."""
    recipe = KINDS[kind]
    addons = present_addons(recipe.addons) if recipe.addons else present_addons()
    addons += present_addons(recipe.more)
    base = get_template(recipe.demo, recipe.modules)
    name = f"{prefix(kind)}{base[-4:]}{digest(addons, recipe.script)}"
    if exists(name):
        return name, read_problems(name)
    draft = f"draft_{name}"
    if recipe.script:
        base, problems = get_installed("plain")
        clone(base, draft)
        with step("companies of the tests"):
            run_inside(draft, recipe.script, log=f"prepare-{kind}")
    elif recipe.more:
        base, problems = get_installed("plain")
        clone(base, draft)
        problems += install(draft, log=f"install-{kind}", modules=present_addons(recipe.more))
    else:
        clone(base, draft)
        problems = install(draft, recipe.demo, log=f"install-{kind}", modules=addons)
        set_report_url(draft, loopback(DEFAULT_PORT))
    words = json.dumps(problems).replace("'", "''")
    sql("postgres", f"COMMENT ON DATABASE {quoted(draft)} IS '{words}'")
    sql("postgres", f"ALTER DATABASE {quoted(draft)} RENAME TO {quoted(name)}")
    drop_old(kind)
    return name, problems


def read_problems(name):
    """Return the problems that a template's installation had: they are its comment."""
    words = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname ="
    return json.loads(sql("postgres", f"{words} '{name}'")[0][0])


def drop_old(kind):
    """Drop a kind's templates but the newest ones, and what a killed run left half made."""
    rows = sql("postgres", "SELECT datname FROM pg_database ORDER BY oid DESC")
    names = [name for (name,) in rows]
    for name in [name for name in names if name.startswith(prefix(kind))][KEPT:]:
        drop(name)
    for name in names:
        if name.startswith(f"draft_{prefix(kind)}"):
            drop(name)
