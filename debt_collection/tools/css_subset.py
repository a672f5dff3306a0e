"""The part of a stylesheet that some pages can use: the same look, a tenth of the size."""

import re

CLASS = re.compile(r"\.(-?[A-Za-z_][\w-]*)")
EXCEPT = re.compile(r":not\([^()]*\)")
COMMENT = re.compile(r"/\*.*?\*/", re.S)
NESTED = ("@media", "@supports")
FETCHED = re.compile(
    r"@font-face\s*\{[^{}]*\}|@import\s[^;]*;|url\(\s*(?![\"']?data:)[^)]*\)", re.IGNORECASE
)


def used_classes(html):
    """Names of the classes that occur in a page."""
    found = re.findall(r"""\sclass=(?:"([^"]*)"|'([^']*)')""", html)
    return {name for pair in found for value in pair for name in value.split()}


def subset(css, classes):
    """The rules that can apply to elements with only these classes.

    A rule is left out only if each of its selectors asks for a class that is not there;
    conditions keep their braces, fonts and other at-rules stay.
    """
    kept = []
    for head, body in _blocks(COMMENT.sub("", css)):
        if body is None or (head.startswith("@") and not head.startswith(NESTED)):
            kept.append(f"{head}{{{body}}}" if body is not None else f"{head};")
        elif head.startswith(NESTED):
            inner = subset(body, classes)
            if inner:
                kept.append(f"{head}{{{inner}}}")
        else:
            selectors = [
                selector for selector in _split(head)
                if set(CLASS.findall(EXCEPT.sub("", selector))) <= classes
            ]
            if selectors:
                kept.append(f"{','.join(selectors)}{{{body}}}")
    return "".join(kept)


def without_fetches(css):
    """The rules without what has to be fetched: fonts, other stylesheets, pictures.

    Text is shown in the machine's own fonts; pictures within the rules themselves stay.
    """
    return FETCHED.sub(
        lambda found: "none" if found[0].lower().startswith("url") else "",
        COMMENT.sub("", css),
    )


def _split(head):
    """The selectors of a list; commas within brackets do not part them."""
    selectors, depth, start = [], 0, 0
    for position, char in enumerate(head):
        if char in "([":
            depth += 1
        elif char in ")]":
            depth -= 1
        elif char == "," and not depth:
            selectors.append(head[start:position])
            start = position + 1
    return [*selectors, head[start:]]


def _blocks(css):
    """Pairs of what stands before the outer braces and within; None within for statements."""
    depth, start, opened = 0, 0, 0
    quote = ""
    for position, char in enumerate(css):
        if quote:
            if char == quote and css[position - 1] != "\\":
                quote = ""
        elif char in "\"'":
            quote = char
        elif char == "{":
            if not depth:
                opened = position
            depth += 1
        elif char == "}":
            depth -= 1
            if not depth:
                yield css[start:opened].strip(), css[opened + 1:position]
                start = position + 1
        elif char == ";" and not depth:
            yield css[start:position].strip(), None
            start = position + 1
