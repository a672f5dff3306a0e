"""Which tests need a part of the machine that is missing, found in their source."""

import ast


def find_tests(path, pattern):
    """Return the tests of a file whose source matches, as `file::Class::method`.

    A match in a class outside its tests (a decorator, a helper, `setUp`) counts for all
    tests of the class.

    :param pattern: compiled regular expression
    """
    source = path.read_text()
    lines = source.splitlines()
    found = []
    for node in ast.parse(source).body:
        if not isinstance(node, ast.ClassDef):
            continue
        tests = [
            part
            for part in node.body
            if isinstance(part, ast.FunctionDef) and part.name.startswith("test")
        ]
        inside = {number for test in tests for number in span(test)}
        shared = [lines[number] for number in span(node) if number not in inside]
        whole_class = any(pattern.search(line) for line in shared)
        found += [
            f"{path}::{node.name}::{test.name}"
            for test in tests
            if whole_class or any(pattern.search(lines[number]) for number in span(test))
        ]
    return found


def span(node):
    """Return the indexes of a definition's lines, decorators included."""
    first = min([node.lineno, *(item.lineno for item in node.decorator_list)])
    return range(first - 1, node.end_lineno)


def find_left_out(parts, folders):
    """Return the tests that cannot run without these parts of the machine, sorted."""
    files = [file for folder in folders for file in sorted(folder.glob("tests/**/test_*.py"))]
    return sorted(
        {test for file in files for part in parts for test in find_tests(file, part.tests)}
    )
