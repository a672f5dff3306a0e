"""`./dev content`: what the add-ons leave in a database, as one hash for each table.

Two databases are made and read: the demo data with a night, and a year of a ledger in which
customers pay late, in part, not at all, promise, dispute and agree on plans. Days are fixed, so
equal code leaves equal content, in whatever files it stands. A change of the code that should
change nothing is compared with what was written down before it.
"""

import hashlib
import json
import os
import time
from collections import Counter
from pathlib import Path

from .databases import clone, drop, get_template
from .get_odoo import get_odoo
from .messages import Failure, say, step
from .odoo_process import odoo_command, odoo_env
from .paths import INSIDE, ROOT, STATE, present_addons
from .postgres import sql
from .processes import run

CLOCK = "2025-03-12 09:00:00"
"""A Wednesday morning on which the demo data is installed."""

START = "2011-12-01 09:00:00"
"""When the ledger's database is installed, before the first invoice of any ledger."""

SHOWN = 5
SCENES = ("demo", "year")


def run_content(report=None, compare=None, ledger=None, only=None, every=3, keep=False):
    """Make the databases, say and write their contents; return 1 if they differ from a file's.

    :param report: file to write the contents into, as JSON
    :param compare: file that was written so, to compare with
    :param ledger: CSV of invoices to replay in place of the made-up ones
    :param only: "demo" or "year"
    :param every: how many days lie between two nights of the year
    :param keep: leave the databases for a look
    """
    before = json.loads(Path(compare).read_text()) if compare else None
    if ledger and not Path(ledger).is_file():
        raise Failure(f"there is no file {ledger}")
    found = {}
    for scene in SCENES:
        if only in (None, scene):
            found[scene] = read_scene(scene, ledger, every, keep)
            say_scene(scene, found[scene])
    if report:
        Path(report).write_text(json.dumps(found, indent=1, sort_keys=True) + "\n")
    if before:
        return 1 if say_differences(before, found) else 0
    return 0


def read_scene(scene, ledger, every, keep):
    """Make one database and return its content: by table the hash, the number, the rows."""
    name = f"content_{scene}_{os.getpid()}"
    result = STATE / f"{name}.json"
    started = time.monotonic()
    try:
        with step(f"{scene}: database"):
            clone(get_template(), name)
            if scene == "demo":
                # The demo data names nothing of Odoo's own demo data, whose days are today's.
                sql(name, "UPDATE ir_module_module SET demo = true WHERE state = 'installed'")
            install_at(name, CLOCK if scene == "demo" else START, scene == "demo")
        with step(f"{scene}: nights"):
            run_script(
                name,
                f"content_{scene}",
                CLOCK if scene == "demo" else START,
                CONTENT_RESULT=str(result),
                CONTENT_LEDGER=str(Path(ledger).resolve()) if ledger else "",
                CONTENT_EVERY=str(every),
            )
        found = json.loads(result.read_text())
    finally:
        result.unlink(missing_ok=True)
        if keep:
            say(f"kept: {name}")
        else:
            drop(name)
    found["seconds"] = round(time.monotonic() - started)
    return found


def frozen_command(*args):
    """Return the command that starts Odoo at a moment of our choice."""
    command = odoo_command(*args)
    command[1] = str(ROOT / "devtools" / "frozen_odoo.py")
    return command


def frozen_env(clock):
    """Return the variables for `frozen_command`."""
    env = odoo_env(get_odoo())
    path = os.pathsep.join([env["PYTHONPATH"], str(ROOT)])
    return {**env, "PYTHONPATH": path, "ODOO_CLOCK": clock}


def install_at(name, clock, demo):
    """Install the add-ons at a moment of our choice."""
    run(
        frozen_command(
            *("-d", name, "-i", ",".join(present_addons()), "--stop-after-init", "--no-http"),
            "--with-demo" if demo else "--without-demo",
        ),
        f"content-install-{'demo' if demo else 'year'}",
        env=frozen_env(clock),
        cwd=STATE,
    )


def run_script(name, script, clock, **env):
    """Run a script of `devtools/inside/` in Odoo's shell at a moment of our choice."""
    with (INSIDE / f"{script}.py").open() as text:
        return run(
            frozen_command("shell", "-d", name, "--no-http", "--log-level=warn"),
            script.replace("_", "-"),
            title=f"the script {script}.py in Odoo's shell",
            stdin=text,
            env={**frozen_env(clock), **env},
            cwd=STATE,
            timeout=3600,
        )


def say_scene(scene, found):
    """Print what was read, in short."""
    rows = sum(table["count"] for table in found["tables"].values())
    say(f"{scene}: {rows} rows in {len(found['tables'])} tables, {found['seconds']} s")
    for name, count in sorted(found.get("events", {}).items()):
        say(f"  {name:<40}{count:>6}")
    say(f"  hash {scene_hash(found)}")


def scene_hash(found):
    """One hash of all tables of a scene."""
    parts = sorted((name, table["hash"]) for name, table in found["tables"].items())
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


def say_differences(before, found):
    """Print which tables differ, with the first rows that do; return how many tables."""
    tables = 0
    for scene in sorted(before.keys() | found.keys()):
        if scene not in before or scene not in found:
            say(f"{scene}: only in one of the two, not compared")
            continue
        old, new = before[scene], found[scene]
        for kind in sorted({*old.get("events", {}), *new.get("events", {})}):
            counts = [side.get("events", {}).get(kind, 0) for side in (old, new)]
            if counts[0] != counts[1]:
                say(f"{scene}: {kind}: {counts[0]} before, {counts[1]} now")
                tables += 1
        for table in sorted(old["tables"].keys() | new["tables"].keys()):
            lines = table_differences(old["tables"].get(table), new["tables"].get(table))
            if lines:
                tables += 1
                say(f"{scene}: {table}")
                for line in lines:
                    say(f"  {line}")
    say("nothing differs" if not tables else f"{tables} differences")
    return tables


def table_differences(old, new):
    """Return the differences of one table as lines to read, none if it is the same."""
    if not old or not new:
        side = new or old
        return [f"{'new' if new else 'gone'}: {side['count']} rows"] if side["count"] else []
    if old["hash"] == new["hash"]:
        return []
    lines = [f"{old['count']} rows before, {new['count']} now"]
    one, two = Counter(old["rows"]), Counter(new["rows"])
    gone, come = sorted((one - two).elements()), sorted((two - one).elements())
    lines += closest(gone, come)
    if not gone and not come:
        lines.append("the rows are the same, the rows that they refer to are not")
    return lines


def closest(gone, come):
    """Return the first rows that differ, each with the row most like it, by their values."""
    lines, left = [], [(row, json.loads(row)) for row in come]
    for row in gone[:SHOWN]:
        values = json.loads(row)
        best = most_alike(values, left)
        if best is None:
            lines.append(f"- {row}")
            continue
        left.remove(best)
        names = sorted(values.keys() | best[1].keys())
        changed = [
            f"{name}: {values.get(name)!r} -> {best[1].get(name)!r}"
            for name in names
            if values.get(name) != best[1].get(name)
        ]
        same = {name: values[name] for name in names if values.get(name) == best[1].get(name)}
        lines.append(f"~ {'; '.join(changed)}")
        lines.append(f"    in {json.dumps(same)[:300]}")
    lines += [f"+ {row}" for row, _values in left[: SHOWN if len(gone) <= SHOWN else 0]]
    return lines


def most_alike(values, others):
    """Return of rows with values the one that shares most values with these, or None."""

    def shared(other):
        return sum(other[1].get(name) == value for name, value in values.items())

    return max(others, key=shared, default=None)
