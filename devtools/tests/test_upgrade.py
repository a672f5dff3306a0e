"""What the version before left in a database is still there after an upgrade."""

import os

import pytest

from devtools.upgrade_check import old_database, upgrade

pytestmark = pytest.mark.faults

# The last revision whose files stood in one folder.
OLD = "802c114"
# XML ids of what was taken away on purpose, each with its reason beside it.
GONE = set()


def test_upgrade_loses_nothing():
    with old_database(OLD, f"test_{os.getpid()}") as database:
        found = upgrade(database)
    assert not found.problems
    assert not found.rows
    assert [name for name, _model in found.lost if name not in GONE] == []
