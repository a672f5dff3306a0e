"""The rules of the house that one add-on's files show: rooms, overrides, the night, mixins."""

import ast
import re

from .house_tree import PYTHON_FOLDERS, XML_FOLDERS, Finding, snake

MIXIN = "collection.mixin"
FLOW = "flow"
HOOK = "_on_"
CLAUSE = re.compile(r"\bP\d+\.\d+(\.\d+)*")
"""The number of a clause of the company's policy."""

SHOWN = ("string", "help", "label", "placeholder", "confirm", "title", "data-tooltip", "name")
"""Attributes of XML and arguments of Python that people read."""
TRANSLATED = ("_", "_lt", "LazyTranslate")
INIT_LINES = range(3, 15)
COUNTRIES = "/data/legal/countries/"
"""The law of each country has a folder of its own in the room of counsel and court."""


def check_rooms(tree):
    """Rule 1: a file is a model's part in a room."""
    move = "move it into the room of its model (devtools/house.py lists the rooms)"
    for file in tree.python:
        is_test = file.folder == "tests" and file.stem.startswith("test_")
        if (file.folder in PYTHON_FOLDERS or is_test) and not file.room:
            if file.stem != "__init__" or file.path.count("/") > 2:
                yield Finding(file.path, 1, "1", "stands in no room", move)
    for file in tree.xml:
        if file.folder in XML_FOLDERS and not file.room and COUNTRIES not in file.path:
            yield Finding(file.path, 1, "1", "stands in no room", move)
    yield from check_files_of_models(tree)
    for file in tree.in_rooms:
        if file.stem != "__init__":
            yield from check_file(file)


def check_file(file):
    """Give what is wrong with the models in a file and its name."""
    if not file.classes:
        if file.room != "base":
            mend = "put it in the file of the model that needs it, in `base` or in tools/"
            yield Finding(file.path, 1, "1", "holds no model", mend)
        return
    models = [made.model for made in file.classes]
    for number, made in enumerate(file.classes):
        if made.model in models[:number]:
            what = f"a second class of {made.model} in the file"
            yield Finding(file.path, made.node.lineno, "1", what, "make them one class")
    # The parent names the file; its children may stand below it.
    parents = [model for model in models if is_named_for(file, model)]
    if not parents:
        mend = f"name it {snake(models[0])}.py, or for the concern {snake(models[0])}_….py"
        yield Finding(file.path, 1, "1", f"is not named for {models[0]}", mend)
        return
    parent = min(parents, key=len)
    for made in file.classes:
        if made.model != parent and not made.model.startswith(f"{parent}."):
            what = f"holds a class of {made.model} beside {parent}"
            mend = f"move it into {snake(made.model)}.py"
            yield Finding(file.path, made.node.lineno, "1", what, mend)


def is_named_for(file, model):
    """Say whether a file's name begins with the name of a model; reports are named freely."""
    name = snake(model)
    return (
        file.stem == name
        or file.stem.startswith(f"{name}_")
        or (file.folder == "report" and model.startswith("report."))
    )


def check_files_of_models(tree):
    """Give parts of a model in a room that are in more files than they may be."""
    parts = {}
    for file, made in tree.parts:
        files = parts.setdefault((file.folder, file.room, made.model), [])
        if file not in files:
            files.append(file)
    for (_folder, room, model), files in parts.items():
        named = [file for file in files if file.stem == snake(model)]
        if len(files) > 2:
            listed = ", ".join(f"{file.stem}.py" for file in files)
            what = f"{model} is in {len(files)} files of {room}: {listed}"
            yield Finding(files[2].path, 1, "1", what, "make them one, or two by a named concern")
        elif len(files) == 2 and not named:
            what = f"{model} has two files in {room}, none of them {snake(model)}.py"
            yield Finding(files[0].path, 1, "1", what, f"name the first {snake(model)}.py")
        elif len(files) == 1 and is_named_for(files[0], model) and not named:
            if files[0].stem not in {snake(made.model) for made in files[0].classes}:
                if not model.startswith("report."):
                    what = f"is all that {room} has of {model}"
                    yield Finding(files[0].path, 1, "1", what, f"name it {snake(model)}.py")


def get_odoo_methods(tree, core, model):
    """Return the names of methods that Odoo gives a model of ours or of its own."""
    both = {
        name: {*core.inherits.get(name, ()), *tree.inherits.get(name, ())}
        for name in core.inherits.keys() | tree.inherits.keys()
    }
    models = get_taken_over(both, model) | {"base"}
    return set().union(*(core.methods.get(name, ()) for name in models))


def check_overrides(tree, core):
    """Rule 3: no override of our own methods inside the add-on."""
    places = {}
    odoo = {made.model: get_odoo_methods(tree, core, made.model) for _file, made in tree.parts}
    for file, made in tree.parts:
        for name, node in made.methods.items():
            if name not in odoo[made.model]:
                places.setdefault((made.model, name), []).append((file, node))
            yield from check_super(tree, file, made, node, odoo[made.model])
    for (model, name), found in places.items():
        if name.startswith(HOOK):
            yield from check_hook(tree, model, name, found)
            continue
        (first, _node), *others = sorted(found, key=lambda place: tree.rank[place[0].room])
        for file, node in others:
            what = f"{name} of {model} is defined in {first.path} too"
            mend = f"say it once there, or declare a hook {HOOK}* that flow implements"
            yield Finding(file.path, node.lineno, "3", what, mend)


def check_super(tree, file, made, method, odoo):
    """Give calls of `super()` to methods that are not Odoo's."""
    for node in ast.walk(method):
        if (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Call)
            and getattr(node.value.func, "id", "") == "super"
            and node.attr not in odoo
        ):
            owner = get_mixin(tree, made.model, node.attr)
            whose = f"is our own {owner}'s" if owner else "is not a method of Odoo's"
            what = f"super().{node.attr}() of {made.model} {whose}"
            mend = "call a method with a name of its own, or declare a hook that flow implements"
            if owner:
                mend = f"let {owner} call a method with a name of its own that {made.model} has"
            yield Finding(file.path, node.lineno, "3", what, mend)


def get_mixin(tree, model, name):
    """Return the model of ours that a model takes over a method from, if there is one."""
    for _file, made in tree.parts:
        if made.model != model and name in made.methods:
            if made.model in get_taken_over(tree.inherits, model):
                return made.model
    return None


def get_taken_over(inherits, model):
    """Return the names of a model and of all that it takes over."""
    seen, todo = set(), [model]
    while todo:
        name = todo.pop()
        if name not in seen:
            seen.add(name)
            todo.extend(inherits.get(name, ()))
    return seen


def check_hook(tree, model, name, found):
    """Give hooks that are not declared once below and implemented once in the flow."""
    below = [place for place in found if place[0].room != FLOW]
    in_flow = [place for place in found if place[0].room == FLOW]
    for file, node in [*below[1:], *in_flow[1:]]:
        what = f"the hook {name} of {model} is written a second time"
        mend = f"declare it once below, implement it once in models/{FLOW}/"
        yield Finding(file.path, node.lineno, "3", what, mend)
    for file, node in below[:1]:
        if not is_bare_hook(node):
            what = f"the hook {name} of {model} does something outside {FLOW}"
            mend = (
                "leave it a docstring that says when it is called, and at most the return of a"
                f" name or of nothing; models/{FLOW}/ implements it"
            )
            yield Finding(file.path, node.lineno, "3", what, mend)
    if in_flow and not below and not is_declared(tree, model, name):
        file, node = in_flow[0]
        what = f"no room declares the hook {name} of {model}"
        mend = "declare it in the room that calls it, with a docstring that says when"
        yield Finding(file.path, node.lineno, "3", what, mend)


def is_bare_hook(node):
    """Say whether a hook is only told of: a docstring, and at most one return of what is neutral.

    Neutral is what the hook was given, by its name, or an empty value.
    """
    *told, last = node.body
    if isinstance(last, ast.Return):
        if not (last.value is None or isinstance(last.value, ast.Name) or is_empty(last.value)):
            return False
    else:
        told.append(last)
    return all(
        isinstance(part, ast.Pass)
        or (isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant))
        for part in told
    )


def is_empty(node):
    """Say whether an expression is a constant, or a collection, with nothing in it."""
    if isinstance(node, ast.Constant):
        return not node.value
    if isinstance(node, ast.Dict):
        return not node.keys
    if isinstance(node, ast.List | ast.Tuple):
        return not node.elts
    return ast.unparse(node) == "set()"


def is_declared(tree, model, name):
    """Say whether a room declares a hook on a model or on what the model takes over."""
    models = get_taken_over(tree.inherits, model)
    return any(
        made.model in models and name in made.methods
        for file, made in tree.parts
        if file.room != FLOW
    )


def check_night(tree):
    """Rule 4: one night."""
    nights = [
        (file, made.methods["_run_night"])
        for file, made in tree.parts
        if "_run_night" in made.methods
    ]
    nights.sort(key=lambda place: place[0].room != FLOW)
    for number, (file, node) in enumerate(nights):
        if number or file.room != FLOW:
            mend = f"define it once, in models/{FLOW}/"
            yield Finding(file.path, node.lineno, "4", "_run_night is defined here", mend)
    mend = "call _run_night"
    for file in tree.python:
        if file.room == FLOW or file.folder == "tests":
            continue
        for node in ast.walk(file.tree):
            if isinstance(node, ast.FunctionDef):
                calls = {
                    part.func.attr: part.lineno
                    for part in ast.walk(node)
                    if isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute)
                }
                if not nights and "_run_night" in calls:
                    what = "calls _run_night, which no room defines"
                    define = f"define it in models/{FLOW}/"
                    yield Finding(file.path, calls["_run_night"], "4", what, define)
                if calls.keys() >= {"_classify", "_escalate"}:
                    line = max(calls["_classify"], calls["_escalate"])
                    what = f"{node.name} runs both halves of the night itself"
                    yield Finding(file.path, line, "4", what, mend)
    for file in tree.xml:
        calls = {
            node.attributes.get("name"): node.line
            for node in file.root.walk()
            if node.tag == "function"
        }
        if calls.keys() >= {"_classify", "_escalate"}:
            line = max(calls["_classify"], calls["_escalate"])
            yield Finding(file.path, line, "4", "runs both halves of the night itself", mend)


def check_screens(tree):
    """Rule 6: a view stands in the room of its model.

    A view of its own may stand in a later room, too: a collector's day and a manager's team are
    screens of the room that works with cases, and name what the room of the case does not know.
    A part of another view may not: a screen is one file, whole.
    """
    for file in tree.xml:
        for node in file.records:
            if not file.room or node.attributes.get("model") != "ir.ui.view":
                continue
            for child in node.children:
                room = tree.models.get(child.text)
                if child.attributes.get("name") == "model" and room not in (None, file.room):
                    if is_own_screen(node) and tree.rank[file.room] > tree.rank[room]:
                        continue
                    what = f"a view of {child.text} stands in {file.room}"
                    mend = (
                        f"its model is of {room}: move it there, into the one view if it is a part"
                    )
                    yield Finding(file.path, node.line, "6", what, mend)


def is_own_screen(view):
    """Say whether a view is a screen of its own, and no part of another one."""
    fields = {child.attributes.get("name"): child for child in view.children}
    return "inherit_id" not in fields or ("mode" in fields and fields["mode"].text == "primary")


def check_mixins(tree, inherits):
    """Rule 7: nothing of ours in everybody's `base`; what guards our models is a mixin.

    :param inherits: what each model of ours takes over, in all add-ons
    """
    for file in tree.python:
        for made in file.classes:
            line = made.node.lineno
            if not made.is_new and (made.model == "base" or "base" in made.inherits):
                what = f"{made.node.name} adds to every model of the database"
                mend = f"put it in {MIXIN}, which our models inherit"
                yield Finding(file.path, line, "7", what, mend)
            if not made.is_new or made.kind == "AbstractModel":
                continue
            if not made.model.startswith("collection."):
                continue
            if MIXIN not in get_taken_over(inherits, made.model):
                what = f"{made.model} does not inherit {MIXIN}"
                mend = f'add "{MIXIN}" to its _inherit'
                yield Finding(file.path, line, "7", what, mend)


def check_docstrings(tree):
    """Rule 8: each room says what it is for."""
    for file in tree.python:
        if file.room and file.folder == "models" and file.stem == "__init__":
            lines = len((ast.get_docstring(file.tree) or "").splitlines())
            if lines not in INIT_LINES:
                what = f"the room's docstring has {lines} lines"
                mend = (
                    "say what it is for, its models, entry points and what it may use, in 3 to 14"
                )
                yield Finding(file.path, 1, "8", what, mend)
    told = {
        file.room for file in tree.python if file.folder == "models" and file.stem == "__init__"
    }
    for room in dict.fromkeys(file.room for file in tree.in_rooms if file.folder == "models"):
        if room not in told:
            path = f"{tree.addon}/models/{room}/__init__.py"
            yield Finding(path, 1, "8", "the room has no __init__.py", "write it, with a docstring")


def check_words(tree):
    """No number of a clause on a screen: what people read says the rule itself."""
    for file in tree.xml:
        for node in file.root.walk():
            if not is_read(node):
                continue
            texts = [(node.line, node.attributes.get(name, "")) for name in SHOWN]
            for line, text in [*texts, *node.texts]:
                yield from tell_clause(file.path, line, text)
    for file in tree.python:
        if file.folder != "tests":
            for node in get_shown(file):
                yield from tell_clause(file.path, node.lineno, node.value)


def is_read(node):
    """Say whether people read an element's text: they do not read code."""
    return node.tag not in ("script", "style") and node.attributes.get("name") != "code"


def get_shown(file):
    """Give the constants of a Python file that people read."""
    for made in file.classes:
        for part in made.node.body:
            if (
                isinstance(part, ast.Assign)
                and getattr(part.targets[0], "id", "") == "_description"
            ):
                yield from get_texts(part.value)
        for call in made.fields.values():
            yield from (text for part in call.args for text in get_texts(part))
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Call):
            called = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if called in TRANSLATED:
                yield from (text for part in node.args for text in get_texts(part))
            for keyword in node.keywords:
                if keyword.arg in SHOWN:
                    yield from get_texts(keyword.value)


def get_texts(node):
    """Give the text constants in an expression."""
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part


def tell_clause(path, line, text):
    """Give the number of a clause in a text that people read."""
    found = CLAUSE.search(text)
    if found:
        what = f"no clause number on a screen ({found[0]})"
        yield Finding(path, line, "words", what, "say the rule itself in a few words")
