"""Reading Odoo's log: which lines are errors or warnings nobody expects."""

import re

LINE = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+ \d+ (?P<level>[A-Z]+) ")

# Warnings of the machine or of Odoo itself that say nothing about the add-ons.
EXPECTED = re.compile(
    r"Python \d+\.\d+ .* not officially supported|"
    r"running as user 'root' is a security risk|"
    r"The dblist and db-filter|"
    r"option addons_path, invalid addons directory",
    re.IGNORECASE,
)


def find_problems(text):
    """Return the ERROR, CRITICAL and unexpected WARNING entries of a log.

    An entry is its first line together with the traceback below it.
    """
    problems = []
    current = None
    for line in text.splitlines():
        found = LINE.match(line)
        if found:
            current = None
            if found["level"] in ("WARNING", "ERROR", "CRITICAL") and not EXPECTED.search(line):
                current = [line]
                problems.append(current)
        elif current is not None:
            current.append(line)
    return ["\n".join(entry) for entry in problems]
