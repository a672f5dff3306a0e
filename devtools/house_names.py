"""Down only: a room names nothing that stands in a later room.

A name counts only if every place that defines it is in a later room and Odoo does not know it.
"""

import ast
import re

from .house_tree import Finding, is_field, literal, snake

MEND = "declare a hook here for flow to implement, let the later room write the figure, or move up"
SQL_WORD = re.compile(
    r"\b(SELECT|UPDATE|JOIN|FROM|INSERT|DELETE|WHERE|WITH|AND|ORDER BY|GROUP BY|COALESCE)\b"
)
DOTTED = re.compile(r"[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)*")
METHOD_KEYS = ("compute", "inverse", "search", "group_expand", "default")
"""Arguments of fields that name a method."""
PATH_DECORATORS = ("depends", "constrains", "onchange")
PLACES = ("data", "security", "demo")
"""Folders whose XML looks down only; a screen shows all."""


class Names:
    """Which rooms define which names, for one add-on.

    :param tree: the add-on
    :param core: Odoo's own names
    """

    def __init__(self, tree, core):
        self.tree = tree
        self.core = core
        self.fields, self.methods, self.models, self.tables = {}, {}, {}, {}
        self.others, self.words, self.ids = {}, {}, {}
        for file, made in tree.parts:
            self._add(self.fields, made.fields, file.room)
            self._add(self.methods, made.methods, file.room)
            if made.is_new:
                self._add(self.models, [made.model], file.room)
                self._add(self.tables, [snake(made.model)], file.room)
                self._add(self.ids, [f"model_{snake(made.model)}"], file.room)
        self.keys_of = self._get_fields_by_model()
        for file in tree.python:
            if file.folder == "tools" or file.room:
                self._read_plain(file)
        for file in tree.xml:
            if file.room:
                ids = [
                    node.attributes["id"].removeprefix(f"{tree.addon}.") for node in file.records
                ]
                # What another add-on made is only added to.
                self._add(self.ids, [name for name in ids if "." not in name], file.room)

    def _add(self, place, names, room):
        for name in names:
            place.setdefault(name, set()).add(self.tree.rank.get(room, -1))

    def _get_fields_by_model(self):
        """Return the names of all fields by model, of models of ours and of Odoo's."""
        found = {model: set(names) for model, names in self.core.fields.items()}
        for file in self.tree.python:
            for made in file.classes:
                found.setdefault(made.model, set()).update(made.fields)
        inherits = [self.core.inherits, self.tree.inherits]
        whole = {}
        for model in found:
            seen, todo = set(), [model]
            while todo:
                other = todo.pop()
                if other not in seen:
                    seen.add(other)
                    for part in inherits:
                        todo.extend(part.get(other, ()))
            whole[model] = set().union(*(found.get(other, ()) for other in seen)) | {"id"}
        return whole

    def _read_plain(self, file):
        """Note names that a file gives to plain things: they are not those of a later room."""
        made = {id(part) for each in file.classes for part in each.node.body}
        models = {id(each.node) for each in file.classes}
        for node in ast.walk(file.tree):
            if isinstance(node, ast.ClassDef) and id(node) not in models:
                self._add(self.others, get_members(node), file.room)
            elif isinstance(node, ast.FunctionDef) and id(node) not in made:
                self._add(self.others, [node.name], file.room)
            elif isinstance(node, ast.Dict):
                keys = [key for key in map(literal, node.keys) if isinstance(key, str)]
                if not self.are_values(keys):
                    self._add(self.words, keys, file.room)
            elif isinstance(node, ast.Tuple) and len(node.elts) == 2:
                # A choice of a selection and its label.
                if is_text(node.elts[0]) and (is_text(node.elts[1]) or is_call(node.elts[1])):
                    self._add(self.words, [node.elts[0].value], file.room)
            elif is_text(node) and is_sql(node.value):
                self._add(self.words, get_sql_names(node.value), file.room)

    def are_values(self, keys):
        """Say whether the keys of a dict can be values of a record of one model."""
        wanted = set(keys)
        return any(wanted <= names for names in self.keys_of.values())

    def is_up(self, name, rank, *places):
        """Say whether all that define a name, in any of these places, are in later rooms."""
        ranks = set().union(*(place.get(name, ()) for place in places))
        return bool(ranks) and min(ranks) > rank

    def get_room(self, name, *places):
        """Return the first room that defines a name."""
        first = min(set().union(*(place.get(name, ()) for place in places)))
        return list(self.tree.rank)[first]

    def is_attribute_up(self, name, rank):
        """Say whether an attribute is a field or method of later rooms only."""
        return (
            name not in self.core.known
            and self.is_up(name, rank, self.fields, self.methods, self.others)
            and (name in self.fields or name in self.methods)
        )

    def is_field_up(self, name, rank, *others):
        """Say whether a field is one of later rooms only."""
        return (
            name in self.fields
            and name not in self.core.known
            and self.is_up(name, rank, self.fields, *others)
        )


def get_members(node):
    """Return the names that the body of a class defines."""
    for part in node.body:
        if isinstance(part, ast.FunctionDef):
            yield part.name
        elif isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name):
            yield part.target.id
        elif isinstance(part, ast.Assign) and isinstance(part.targets[0], ast.Name):
            yield part.targets[0].id


def is_text(node):
    """Say whether an expression is a plain text."""
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def is_call(node):
    """Say whether an expression calls something, for example to translate a text."""
    return isinstance(node, ast.Call)


def is_sql(text):
    """Say whether a text is a piece of SQL: its words are in capitals."""
    return bool(SQL_WORD.search(text))


def strip_sql(text):
    """Return SQL without its comments, values and parameters."""
    return re.sub(r"--[^\n]*|'[^']*'|%\(\w+\)s|%s", " ", text)


def get_sql_names(text):
    """Return the names that SQL gives itself: aliases, columns of WITH, names of subqueries."""
    text = strip_sql(text)
    yield from re.findall(r"\bAS\s+\"?([a-z_][a-z0-9_]*)", text)
    yield from re.findall(r"(?:\bWITH(?:\s+RECURSIVE)?|\)\s*,)\s+([a-z_][a-z0-9_]*)", text)
    for columns in re.findall(r"\b[a-z_]\w*\s*\(([a-z_0-9,\s]+)\)\s*AS\b", text):
        yield from re.findall(r"\w+", columns)
    for columns in re.findall(r"\bAS\s+[a-z_]\w*\s*\(([a-z_0-9,\s]+)\)", text):
        yield from re.findall(r"\w+", columns)


def get_columns(text):
    """Return the names in SQL that are columns of a table for certain: those it writes."""
    text = strip_sql(text)
    found = set()
    for columns in re.findall(r"\bINSERT INTO\s+\w+(?:\s+AS\s+\w+)?\s*\(([^()]*)", text):
        found.update(re.findall(r"\w+", columns))
    for columns in re.findall(r"\bSET\s(.*?)(?:\bFROM\b|\bWHERE\b|$)", text, re.DOTALL):
        found.update(re.findall(r"(?:^|,)\s*(\w+)\s*=", columns))
    return found


def check_names(tree, core):
    """Give what breaks the rule that a room looks down only."""
    names = Names(tree, core)
    for file in tree.python:
        yield from check_imports(tree, file)
        if file in tree.in_rooms:
            yield from Looker(names, file).look()
    for file in tree.xml:
        if file.room and file.folder in PLACES:
            yield from check_xml(names, file)
    yield from check_access(names)


def tell(path, line, room, what, later):
    """Say that a room names something of a later one."""
    return Finding(path, line, "2", f"{room} names {what} of {later}, a later room", MEND)


class Looker:
    """Looks through a Python file of a room for names of later rooms."""

    def __init__(self, names, file):
        self.names = names
        self.file = file
        self.rank = names.tree.rank[file.room]
        self.found = {}
        self.passed = set()
        self.sql = set()
        self.imported = {
            alias.asname or alias.name.split(".")[0]
            for node in ast.walk(file.tree)
            if isinstance(node, ast.Import | ast.ImportFrom)
            for alias in node.names
        }

    def look(self):
        """Return what was found, one finding a name and line."""
        for node in ast.walk(self.file.tree):
            # A node's marks are set before its parts are reached: the walk goes from above.
            if isinstance(node, ast.Expr) and is_text(node.value):
                self.passed.add(id(node.value))
            elif isinstance(node, ast.Call):
                self._look_at_call(node)
            elif isinstance(node, ast.Dict):
                self._look_at_dict(node)
            elif isinstance(node, ast.Attribute):
                self._look_at_attribute(node)
            elif is_text(node) and id(node) not in self.passed:
                self._look_at_text(node)
        return [self.found[key] for key in sorted(self.found)]

    def _tell(self, node, name, what, *places):
        later = self.names.get_room(name, *places)
        self.found[node.lineno, what] = tell(
            self.file.path, node.lineno, self.file.room, what, later
        )

    def _look_at_attribute(self, node):
        name, names = node.attr, self.names
        if isinstance(node.value, ast.Name) and node.value.id in self.imported:
            return
        if names.is_attribute_up(name, self.rank):
            self._tell(node, name, f".{name}", names.fields, names.methods)

    def _look_at_call(self, node):
        """Names of methods and paths of fields count wherever they are certain."""
        names = self.names
        called = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        called = getattr(node.func, "id", called)
        if called == "SQL" or called == "execute":
            self.sql.update(id(part) for part in ast.walk(node) if is_text(part))
        for keyword in node.keywords:
            name, value = keyword.arg or "", keyword.value
            if name.startswith("default_") and names.is_field_up(name[8:], self.rank):
                self._tell(value, name[8:], name, names.fields)
            if not is_text(value) or not is_field(node):
                continue
            if name in METHOD_KEYS and names.is_up(value.value, self.rank, names.methods):
                if value.value not in names.core.known:
                    self._tell(value, value.value, value.value, names.methods)
            elif name in ("related", "inverse_name"):
                self._look_at_path(value)
        if called in PATH_DECORATORS:
            for part in node.args:
                if is_text(part):
                    self._look_at_path(part)

    def _look_at_path(self, node):
        """Look at a text that is a path of fields: each part counts."""
        self.passed.add(id(node))
        for part in node.value.split("."):
            if self.names.is_field_up(part, self.rank):
                self._tell(node, part, f"'{node.value}'", self.names.fields)

    def _look_at_dict(self, node):
        """Keys count where the dict can be the values of a record."""
        keys = [key for key in node.keys if key is not None and is_text(key)]
        if not self.names.are_values([key.value for key in keys]):
            self.passed.update(id(key) for key in keys if not key.value.startswith("default_"))

    def _look_at_text(self, node):
        text, names = node.value, self.names
        if text in names.models:
            if names.is_up(text, self.rank, names.models):
                self._tell(node, text, text, names.models)
        elif text.startswith(f"{names.tree.addon}."):
            name = text.partition(".")[2]
            if names.is_up(name, self.rank, names.ids):
                self._tell(node, name, text, names.ids)
        elif id(node) in self.sql or is_sql(text):
            self._look_at_sql(node)
        elif DOTTED.fullmatch(text):
            parts = text.removeprefix("default_").split(".")
            is_certain = len(parts) > 1 or text.startswith("default_")
            for part in parts:
                words = () if is_certain else (names.words, names.others)
                if "_" in part and names.is_field_up(part, self.rank, *words):
                    self._tell(node, part, f"'{text}'", names.fields)

    def _look_at_sql(self, node):
        names = self.names
        certain = get_columns(node.value)
        for word in set(re.findall(r"[a-z_][a-z0-9_]*", strip_sql(node.value))):
            if word in names.tables:
                if names.is_up(word, self.rank, names.tables, names.words):
                    self._tell_sql(node, word, names.tables)
            elif "_" in word and names.is_field_up(
                word, self.rank, *([] if word in certain else [names.words])
            ):
                self._tell_sql(node, word, names.fields)

    def _tell_sql(self, node, word, place):
        """Tell of a word on the line of the SQL where it stands."""
        before = re.split(rf"\b{word}\b", node.value)[0]
        line = node.lineno + before.count("\n")
        later = self.names.get_room(word, place)
        self.found[line, word] = tell(self.file.path, line, self.file.room, f"{word} in SQL", later)


def check_imports(tree, file):
    """Give imports from later rooms, and those of the pure rules from any room."""
    if not (file.room or file.folder == "tools") or file.folder == "tests":
        return
    rank = tree.rank.get(file.room, -1)
    package = file.path.removesuffix(".py").split("/")
    for node in ast.walk(file.tree):
        if isinstance(node, ast.ImportFrom):
            target = (node.module or "").split(".") if node.module else []
            if node.level:
                target = [*package[: -node.level], *target]
            elif target[:3] == ["odoo", "addons", tree.addon]:
                target = target[2:]
            else:
                continue
            target = [*target, *(alias.name for alias in node.names)]
            room = target[2] if len(target) > 2 and target[1] != "tools" else None
            if tree.rank.get(room, -1) > rank:
                where = file.room or "tools"
                yield tell(file.path, node.lineno, where, f"a file ({'.'.join(target[1:])})", room)


def check_xml(names, file):
    """Give models, fields and XML ids of later rooms that records of a room name."""
    rank = names.tree.rank[file.room]
    prefix = f"{names.tree.addon}."
    for node in file.root.walk():
        found = []
        model = node.attributes.get("model", "")
        if names.is_up(model, rank, names.models):
            found.append((model, model, names.models))
        refs = [
            node.attributes[key]
            for key in ("ref", "parent", "inherit_id", "action")
            if key in node.attributes
        ]
        for key in ("eval", "search", "groups"):
            text = node.attributes.get(key, "")
            refs += (
                re.findall(r"ref\(\s*['\"]([\w.]+)['\"]", text)
                if key != "groups"
                else text.split(",")
            )
        for ref in refs:
            name = ref.strip().removeprefix(prefix)
            if names.is_up(name, rank, names.ids):
                found.append((name, name, names.ids))
        if node.tag == "record" and not found:
            found += [
                (field, field, names.fields)
                for child in node.children
                if child.tag == "field"
                and names.is_field_up(field := child.attributes.get("name", ""), rank)
            ]
        if node.tag == "field" and node.attributes.get("name") == "domain_force":
            for path in re.findall(r"['\"]([a-z_.]+)['\"]", node.text):
                found += [
                    (part, path, names.fields)
                    for part in path.split(".")
                    if "_" in part and names.is_field_up(part, rank)
                ]
        for name, what, place in found:
            later = names.get_room(name, place)
            yield tell(file.path, node.line, file.room, what, later)


def check_access(names):
    """Give models and groups of later rooms that lists of access rights name."""
    for room, rank in names.tree.rank.items():
        for path in sorted((names.tree.folder / "security" / room).glob("*.csv")):
            for number, line in enumerate(path.read_text().splitlines(), 1):
                for cell in line.split(",")[1:]:
                    name = cell.strip().removeprefix(f"{names.tree.addon}.")
                    if names.is_up(name, rank, names.ids):
                        place = str(path.relative_to(names.tree.root))
                        yield tell(place, number, room, name, names.get_room(name, names.ids))
