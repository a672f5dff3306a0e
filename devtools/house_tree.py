"""An add-on as its files tell it: models, members, records and where each stands."""

import ast
import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from xml.parsers import expat

PYTHON_FOLDERS = ("models", "wizard", "report")
"""Folders whose Python files stand in rooms."""

XML_FOLDERS = ("views", "data", "security", "demo", "report", "wizard")
"""Folders whose XML files stand in rooms."""


@dataclass(frozen=True, order=True)
class Finding:
    """Something that breaks a rule.

    :param path: the file, from the checkout's top
    :param rule: the number of the rule in the house's order, or a word
    :param what: what is wrong
    :param mend: what to do about it
    """

    path: str
    line: int
    rule: str
    what: str
    mend: str

    def __str__(self):
        return f"{self.path}:{self.line}: rule {self.rule}: {self.what}: {self.mend}"


@dataclass
class ModelClass:
    """A Python class that is a model or a part of one.

    :param model: the name of the model
    :param is_new: the class makes the model, and does not only add to it
    :param inherits: names of other models that it takes over
    :param kind: the name of the class it is made from: Model, TransientModel or AbstractModel
    :param fields: names and nodes of its fields
    :param methods: names and nodes of its methods
    """

    node: ast.ClassDef
    model: str
    is_new: bool
    inherits: list
    kind: str
    fields: dict = field(default_factory=dict)
    methods: dict = field(default_factory=dict)


@dataclass
class PythonFile:
    """A Python file, parsed.

    :param path: the file, from the checkout's top
    :param folder: the add-on's folder it is in, for example `models`
    :param room: the room it stands in, or None
    """

    path: str
    folder: str
    room: str | None
    stem: str
    tree: ast.Module
    classes: list


@dataclass
class Node:
    """An XML element that knows its line; each text comes with the line it begins on."""

    tag: str
    attributes: dict
    line: int
    children: list = field(default_factory=list)
    texts: list = field(default_factory=list)

    def walk(self):
        """Give the element and all below it, in reading order."""
        yield self
        for child in self.children:
            yield from child.walk()

    @property
    def text(self):
        """The text directly in the element."""
        return "".join(text for _line, text in self.texts).strip()


@dataclass
class XmlFile:
    """An XML file, parsed; see `PythonFile`."""

    path: str
    folder: str
    room: str | None
    root: Node

    @cached_property
    def records(self):
        """The elements that have an XML id of their own."""
        tags = ("record", "template", "menuitem", "asset")
        return [node for node in self.root.walk() if node.tag in tags and "id" in node.attributes]


class Tree:
    """An add-on in rooms.

    :param root: the checkout
    :param addon: the add-on's name
    :param rooms: the names of the rooms, from the ground up
    """

    def __init__(self, root, addon, rooms):
        self.root = Path(root)
        self.addon = addon
        self.rank = {room: number for number, room in enumerate(rooms)}
        self.folder = self.root / addon
        self.python = [self._read_python(path) for path in self._find("*.py")]
        self.xml = [self._read_xml(path) for path in self._find("*.xml")]

    def _find(self, pattern):
        hidden = (".", "node_modules", "__pycache__")
        return [
            path
            for path in sorted(self.folder.rglob(pattern))
            if not any(part.startswith(hidden) for part in path.relative_to(self.folder).parts)
        ]

    def _place(self, path):
        """Return a file's path from the top, its folder and its room."""
        parts = path.relative_to(self.folder).parts
        is_roomy = len(parts) == 3 and parts[1] in self.rank
        folder = parts[0] if len(parts) > 1 else ""
        return str(path.relative_to(self.root)), folder, parts[1] if is_roomy else None

    def _read_python(self, path):
        name, folder, room = self._place(path)
        tree = ast.parse(path.read_text(), name)
        classes = [
            made
            for node in tree.body
            if isinstance(node, ast.ClassDef) and (made := read_class(node))
        ]
        return PythonFile(name, folder, room, path.stem, tree, classes)

    def _read_xml(self, path):
        name, folder, room = self._place(path)
        return XmlFile(name, folder, room, read_xml(path))

    @cached_property
    def parts(self):
        """The parts of models with their files: pairs of a file and a class."""
        return [(file, made) for file in self.in_rooms for made in file.classes]

    @property
    def in_rooms(self):
        """Python files of models, dialogs and reports that stand in a room."""
        return [file for file in self.python if file.room and file.folder in PYTHON_FOLDERS]

    @cached_property
    def models(self):
        """Where models of ours are made: rooms by the model's name."""
        return {made.model: file.room for file, made in self.parts if made.is_new}

    @cached_property
    def inherits(self):
        """Names of the models that each model takes over."""
        found = {}
        for file in self.python:
            for made in file.classes:
                found.setdefault(made.model, set()).update(made.inherits)
        return found


def literal(node):
    """Return the value of a constant expression, or None."""
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError):
        return None


def read_class(node):
    """Describe a class if it is a model or a part of one."""
    values = {}
    for statement in node.body:
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            values[statement.targets[0].id] = statement.value
    name = literal(values["_name"]) if "_name" in values else None
    inherit = literal(values["_inherit"]) if "_inherit" in values else None
    inherit = [inherit] if isinstance(inherit, str) else list(inherit or [])
    model = name or (inherit[0] if inherit else None)
    if not model:
        return None
    delegated = literal(values["_inherits"]) if "_inherits" in values else None
    base = node.bases[0] if node.bases else None
    made = ModelClass(
        node,
        model,
        bool(name) and name not in inherit,
        [other for other in [*inherit, *(delegated or ())] if other != model],
        getattr(base, "attr", getattr(base, "id", "")),
    )
    for target, value in values.items():
        if is_field(value):
            made.fields[target] = value
    for statement in node.body:
        if isinstance(statement, ast.FunctionDef):
            made.methods[statement.name] = statement
    return made


def is_field(value):
    """Say whether an expression makes a field: `fields.Char(…)`."""
    return (
        isinstance(value, ast.Call)
        and isinstance(value.func, ast.Attribute)
        and isinstance(value.func.value, ast.Name)
        and value.func.value.id == "fields"
    )


def read_xml(path):
    """Parse an XML file into elements that know their lines."""
    parser = expat.ParserCreate()
    top = Node("", {}, 1)
    stack = [top]

    def begin(tag, attributes):
        node = Node(tag, attributes, parser.CurrentLineNumber)
        stack[-1].children.append(node)
        stack.append(node)

    def read_text(text):
        stack[-1].texts.append((parser.CurrentLineNumber, text))

    parser.StartElementHandler = begin
    parser.EndElementHandler = lambda _tag: stack.pop()
    parser.CharacterDataHandler = read_text
    parser.Parse(path.read_bytes(), True)
    return top


def snake(model):
    """Return the name of a model as files and tables have it."""
    return re.sub(r"\W", "_", model)
