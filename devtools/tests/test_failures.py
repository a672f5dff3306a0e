"""Failures name their cause and the mend."""

import re

import pytest

from devtools.get_odoo import from_source
from devtools.messages import Failure
from devtools.processes import known_cause, run


@pytest.mark.parametrize(
    ("output", "word"),
    [
        ("E: Temporary failure resolving 'mirror.example'", "network"),
        ("OSError: [Errno 28] No space left on device", "disk"),
        ("ValueError: 3", None),
    ],
)
def test_known_cause(output, word):
    cause = known_cause(output)
    assert (word in cause) if word else cause is None


def test_missing_program():
    with pytest.raises(Failure, match="no-such-program is missing"):
        run(["no-such-program"], "devtools-test")


def test_time_limit():
    with pytest.raises(Failure, match=re.escape("sleep did not end within 0.2 s")):
        run(["sleep", "9"], "devtools-test", timeout=0.2)


def make_odoo(folder, version):
    (folder / "odoo").mkdir()
    (folder / "odoo-bin").touch()
    (folder / "odoo" / "release.py").write_text(f"version_info = ({version}, FINAL, 0, '')\n")


def test_checkout(tmp_path):
    make_odoo(tmp_path, "19, 0, 0")
    odoo = from_source(tmp_path)
    assert odoo.pythonpath == tmp_path
    assert odoo.addons == (tmp_path / "odoo" / "addons", tmp_path / "addons")
    assert odoo.version == "19.0.0"


def test_other_version(tmp_path):
    make_odoo(tmp_path, "18, 0, 0")
    with pytest.raises(Failure, match=r"18\.0\.0: point ODOO_SRC to an Odoo 19\.0"):
        from_source(tmp_path)
