"""Warnings and errors are found in Odoo's log; known ones and other lines are not."""

from devtools.odoo_log import find_problems

STAMP = "2026-01-31 10:00:00,123 42"


def test_clean_log():
    log = f"{STAMP} INFO db odoo.modules.loading: 30 modules loaded\n"
    assert find_problems(log) == []


def test_problem_keeps_its_traceback():
    log = (
        f"{STAMP} INFO db odoo: start\n"
        f"{STAMP} ERROR db odoo.registry: Failed to load\n"
        "Traceback (most recent call last):\n"
        "ValueError: WARNING is only a word here\n"
        f"{STAMP} WARNING db odoo.models: no access rules\n"
    )
    first, second = find_problems(log)
    assert first.endswith("ValueError: WARNING is only a word here")
    assert second.endswith("no access rules")


def test_machine_is_not_the_add_ons():
    log = f"{STAMP} WARNING ? odoo: Running as user 'root' is a security risk.\n"
    assert find_problems(log) == []
