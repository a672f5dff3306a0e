"""`./dev upgrade-check`: what an older revision left in a database, upgraded to this checkout."""

import os
import subprocess
import tempfile
from collections import namedtuple
from contextlib import contextmanager
from pathlib import Path

from .databases import clone, drop, get_template
from .get_odoo import get_odoo
from .messages import Failure, say, step
from .odoo_log import find_problems
from .odoo_process import odoo_command, odoo_env, run_odoo
from .paths import INSIDE, ROOT, STATE, present_addons
from .postgres import sql
from .processes import run

Upgrade = namedtuple("Upgrade", "rows lost problems")
"""Tables whose number of rows changed, XML ids that are gone, entries of the log."""

OUR_TABLES = (
    r"SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    r" AND (tablename LIKE 'collection\_%'"
    " OR tablename IN ('account_move', 'account_move_line', 'res_partner'))"
)
# Views are what a new version draws anew, and what they name goes with them.
NAMES = (
    "SELECT module || '.' || name, model FROM ir_model_data"
    " WHERE module LIKE 'debt\\_collection%' AND model != 'ir.ui.view'"
)


def run_upgrade_check(revision):
    """Upgrade what a revision left, and say what was lost; return 1 if anything was."""
    with old_database(revision, f"upgrade_{os.getpid()}") as name:
        with step("upgrading to this checkout"):
            found = upgrade(name)
    for title, lines in (
        ("rows", [f"{table}: {old} before, {new} now" for table, old, new in found.rows]),
        ("lost XML ids", [f"{name} ({model})" for name, model in found.lost]),
        ("log", found.problems),
    ):
        say(f"{title}: {'as before' if not lines else ''}")
        for line in lines:
            say(f"  {line}")
    return 1 if any(found) else 0


@contextmanager
def checkout(revision):
    """Give the folder of an older revision for the duration."""
    with tempfile.TemporaryDirectory(prefix="upgrade-") as folder:
        path = Path(folder) / "old"
        _git("worktree", "add", "--detach", str(path), revision)
        try:
            yield path
        finally:
            _git("worktree", "remove", "--force", str(path))


def _git(*args):
    done = subprocess.run(
        ["git", "-C", str(ROOT), *args], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Failure(f"git {args[0]} failed", done.stderr)


@contextmanager
def old_database(revision, name):
    """Give a database with the add-ons of a revision, their demo data and a day of work."""
    try:
        with checkout(revision) as folder, step(f"database of {revision}"):
            clone(get_template(demo=True), name)
            addons = [*map(str, get_odoo().addons), str(folder)]
            path = f"--addons-path={','.join(addons)}"
            env = odoo_env(get_odoo())
            run(
                odoo_command(
                    *("-d", name, path, "-i", ",".join(present_addons()), "--with-demo"),
                    *("--stop-after-init", "--no-http"),
                ),
                "upgrade-install",
                env=env,
                cwd=STATE,
                timeout=1800,
            )
            with (INSIDE / "fill_record.py").open() as script:
                run(
                    odoo_command("shell", "-d", name, path, "--no-http", "--log-level=warn"),
                    "upgrade-fill",
                    title="the script fill_record.py in Odoo's shell",
                    env={**env, "PYTHONPATH": os.pathsep.join([env["PYTHONPATH"], str(ROOT)])},
                    cwd=STATE,
                    stdin=script,
                )
        yield name
    finally:
        drop(name)


def count_rows(name):
    """Return the number of rows of each table that is ours or that we add to."""
    return {
        table: int(sql(name, f"SELECT count(*) FROM {table}")[0][0])
        for (table,) in sql(name, OUR_TABLES)
    }


def upgrade(name):
    """Upgrade our add-ons in a database to this checkout; return what came of it."""
    rows, names = count_rows(name), {tuple(row) for row in sql(name, NAMES)}
    output = run_odoo(
        *("-d", name, "-u", "debt_collection", "--stop-after-init", "--no-http"),
        log="upgrade-run",
    )
    now, left = count_rows(name), {tuple(row) for row in sql(name, NAMES)}
    return Upgrade(
        [
            (table, rows.get(table), now.get(table))
            for table in sorted(rows.keys() | now.keys())
            if rows.get(table) != now.get(table)
        ],
        sorted(names - left),
        find_problems(output),
    )
