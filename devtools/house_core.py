"""What Odoo itself calls its models, fields and methods, read from its source once."""

import ast
import builtins
import datetime
import decimal
import json
import re
from dataclasses import dataclass
from pathlib import Path

from .get_odoo import get_odoo
from .house_tree import literal, read_class
from .paths import ADDONS, ROOT, STATE

KEPT_AS = 1
"""The form of what is kept; another number makes all read Odoo again."""

PLAIN = "days months years weeks hours minutes seconds year month day weekday code name state"
"""Attributes of plain Python things that Odoo's source does not define."""


@dataclass
class Core:
    """Odoo's own names.

    :param known: every name that Odoo defines, of whatever
    :param fields: names of fields by model
    :param methods: names of methods by model; those of all models are under `base`
    :param inherits: names of the models that a model takes over
    """

    known: set
    fields: dict
    methods: dict
    inherits: dict


def read_core():
    """Return Odoo's own names, from what was kept of this version or from its source."""
    odoo = get_odoo()
    modules = find_modules(odoo, get_depends())
    kept = STATE / f"house-{odoo.version}.json"
    key = [KEPT_AS, odoo.version, str(odoo.pythonpath), sorted(modules)]
    if kept.is_file():
        data = json.loads(kept.read_text())
        if data.pop("key") == key:
            return from_json(data)
    core = read_source(odoo, modules.values())
    STATE.mkdir(exist_ok=True)
    kept.write_text(json.dumps({"key": key, **to_json(core)}))
    return core


def to_json(core):
    """Return the names as JSON has them."""
    return {
        "known": sorted(core.known),
        **{
            part: {model: sorted(names) for model, names in getattr(core, part).items()}
            for part in ("fields", "methods", "inherits")
        },
    }


def from_json(data):
    """Return the names that `to_json` wrote."""
    return Core(
        set(data["known"]),
        *(
            {model: set(names) for model, names in data[part].items()}
            for part in ("fields", "methods", "inherits")
        ),
    )


def get_depends():
    """Return the names of Odoo's add-ons that ours needs; those of its bridges count nothing."""
    manifest = ROOT / ADDONS[0] / "__manifest__.py"
    return {"base", *literal(ast.parse(manifest.read_text()).body[-1].value)["depends"]}


def find_modules(odoo, names):
    """Return the folders of add-ons and of all that they need."""
    found = {}
    todo = set(names)
    while todo:
        name = todo.pop()
        folder = next(
            (a / name for a in odoo.addons if (a / name / "__manifest__.py").exists()), None
        )
        if folder and name not in found:
            found[name] = folder
            manifest = literal(ast.parse((folder / "__manifest__.py").read_text()).body[-1].value)
            todo.update(manifest.get("depends", ()))
    return found


def read_source(odoo, folders):
    """Read Odoo's names from its source.

    :param folders: the folders of the add-ons to read beside the framework
    """
    plain = (str, bytes, list, dict, set, tuple, datetime.datetime, datetime.timedelta)
    core = Core(set(PLAIN.split()) | set(dir(builtins)), {}, {"base": set()}, {})
    for thing in (*plain, decimal.Decimal, re.Match, re.Pattern, Path):
        core.known.update(dir(thing))
    framework = odoo.pythonpath / "odoo"
    for part in ("orm", "tools", "models", "fields", "http.py", "api", "service", "modules"):
        place = framework / part
        for path in [place] if place.is_file() else sorted(place.rglob("*.py")):
            read_framework(core, ast.parse(path.read_text()))
    for folder in folders:
        for path in sorted(folder.rglob("*.py")):
            if "tests" not in path.relative_to(folder).parts:
                read_addon(core, ast.parse(path.read_text()))
    return core


def read_framework(core, tree):
    """Add the names of a file of the framework; methods of its base class are every model's."""
    read_names(core, tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            core.known.add(node.attr)
        elif isinstance(node, ast.ClassDef) and node.name in ("BaseModel", "Model"):
            core.methods["base"].update(
                part.name for part in node.body if isinstance(part, ast.FunctionDef)
            )


def read_addon(core, tree):
    """Add the names of a file of an add-on of Odoo."""
    read_names(core, tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and (made := read_class(node)):
            core.fields.setdefault(made.model, set()).update(made.fields)
            core.methods.setdefault(made.model, set()).update(made.methods)
            core.inherits.setdefault(made.model, set()).update(made.inherits)


def read_names(core, tree):
    """Add every name that a file defines in a class or as a function."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            core.known.add(node.name)
        elif isinstance(node, ast.ClassDef):
            for part in node.body:
                target = part.targets[0] if isinstance(part, ast.Assign) else None
                target = part.target if isinstance(part, ast.AnnAssign) else target
                if isinstance(target, ast.Name):
                    core.known.add(target.id)
