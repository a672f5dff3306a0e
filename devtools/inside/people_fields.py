"""Write the table of fields in docs/roles.md from what the models declare.

Run it in the shell of a database with all add-ons::

    ./dev shell DB < devtools/inside/people_fields.py
"""

import os
from pathlib import Path

BEGIN, END = "<!-- fields: made by devtools/inside/people_fields.py -->", "<!-- end of fields -->"
DOCUMENT = Path(os.environ.get("ROLES_MD", "docs/roles.md"))


def words(gate, names):
    """Names in the order of the alphabet, each with the role that it needs."""
    return " ".join(
        f"`{name}`" + (f" ({'/'.join(gate.roles[name])})" if name in gate.roles else "")
        for name in sorted(names)
    )


def rows():
    """The rows of the table: model, when, fields."""
    for name in sorted(env.registry):  # noqa: F821
        model = env[name]  # noqa: F821
        if model._abstract or model._transient or not hasattr(model, "_get_people_gate"):
            continue
        gate = model._get_people_gate()
        later = gate.always.union(*gate.by_state.values())
        lines = [("new", gate.create - later), ("import", gate.imported), ("always", gate.always)]
        moments = {}
        for field in sorted(later - gate.always):
            states = tuple(s for s in gate.by_state if field in gate.by_state[s])
            moments.setdefault(tuple(sorted(states)), set()).add(field)
        lines += [(", ".join(states), names) for states, names in sorted(moments.items())]
        lines = [(when, names) for when, names in lines if names]
        if not lines:
            yield f"| {name} | – | nothing |"
        for when, names in lines:
            yield f"| {name} | {when} | {words(gate, names)} |"


text = DOCUMENT.read_text(encoding="utf-8")
before, _begin, rest = text.partition(BEGIN)
_old, _end, after = rest.partition(END)
table = ["", "| model | when | fields that people write |", "|---|---|---|", *rows(), ""]
DOCUMENT.write_text(before + BEGIN + "\n" + "\n".join(table) + "\n" + END + after, encoding="utf-8")
