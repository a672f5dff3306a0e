"""The mirror is read from the machine's own sources, third parties passed over."""

import pytest

from devtools import debian_mirror
from devtools.messages import Failure

DEB822 = """\
Types: deb
# a comment
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Components: main

Types: deb deb-src
URIs: http://mirror.example/debian/
Suites: bookworm
 bookworm-updates
Components: main contrib
Enabled: yes
"""


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """Return a function that makes this a machine with the given files."""
    monkeypatch.delenv("DEBIAN_MIRROR", raising=False)
    (tmp_path / "sources.list.d").mkdir()
    monkeypatch.setattr(debian_mirror, "read_sources", lambda: READ_SOURCES(tmp_path))

    def make(files, system="debian"):
        for name, text in files.items():
            (tmp_path / name).write_text(text)
        release = {"ID": system, "VERSION_CODENAME": "bookworm"}
        monkeypatch.setattr(debian_mirror, "read_os_release", lambda: release)

    return make


READ_SOURCES = debian_mirror.read_sources


def test_deb822(machine):
    machine({"sources.list.d/debian.sources": DEB822})
    assert debian_mirror.find_mirror() == "http://mirror.example/debian"


def test_one_line_passes_over_third_parties(machine):
    machine(
        {
            "sources.list": "deb [arch=amd64] http://mirror.example/debian bookworm main # ours\n",
            "sources.list.d/a.list": "deb http://third.example/apt cloud-bookworm main\n",
        }
    )
    assert debian_mirror.find_mirror() == "http://mirror.example/debian"


def test_disabled_entry(machine):
    machine({"sources.list.d/debian.sources": DEB822.replace("yes", "no")})
    with pytest.raises(Failure, match="DEBIAN_MIRROR=.*ODOO_SRC="):
        debian_mirror.find_mirror()


def test_other_system(machine, monkeypatch):
    machine({"sources.list.d/debian.sources": DEB822}, system="ubuntu")
    with pytest.raises(Failure, match="DEBIAN_MIRROR=.*ODOO_SRC="):
        debian_mirror.find_mirror()
    monkeypatch.setenv("DEBIAN_MIRROR", "http://given.example/debian/")
    assert debian_mirror.find_mirror() == "http://given.example/debian"
