"""Which runs the matrix of Pythons has."""

import pytest

from devtools.matrix import plan
from devtools.venv import VERSIONS

PYTHONS = {(3, 10): "a", (3, 12): "c", (3, 13): "d"}


@pytest.mark.parametrize(
    ("other", "both", "users"),
    [
        ("nobody", False, [None, "nobody", None, "nobody"]),
        (None, False, [None, None, None, None]),
        ("nobody", True, [None, "nobody"] * 4),
        (None, True, [None, None, None, None]),
    ],
)
def test_plan(other, both, users):
    """Each Python once, in turn as root and not; what the machine lacks is named, not left out."""
    runs = plan(VERSIONS, PYTHONS, other, both)
    assert [run.user for run in runs] == users
    assert {run.version for run in runs} == {*VERSIONS}
    assert [run.python for run in runs if run.version == (3, 11)] == [None] * len(
        [run for run in runs if run.version == (3, 11)]
    )
    assert all(run.python == PYTHONS.get(run.version) for run in runs)
