"""Which Debian mirror this machine uses, read from its own apt sources."""

import os
import re
from pathlib import Path

from .messages import Failure

SOURCES = Path("/etc/apt")
ROLLING = {"stable", "testing", "unstable", "sid"}


def read_os_release(path=Path("/etc/os-release")):
    """Return the machine's os-release as a dict."""
    try:
        lines = path.read_text().splitlines()
    except OSError:
        return {}
    pairs = (line.partition("=")[::2] for line in lines if "=" in line)
    return {name: value.strip("\"'") for name, value in pairs}


def parse_deb822(text):
    """Yield (addresses, suites, components) of the entries of a `.sources` file."""
    for entry in re.split(r"\n\s*\n", text):
        lines = [line for line in entry.splitlines() if not line.lstrip().startswith("#")]
        # A continued value starts with a blank.
        joined = re.sub(r"\n[ \t]+", " ", "\n".join(lines))
        pairs = (line.partition(":")[::2] for line in joined.splitlines() if ":" in line)
        fields = {name.strip().lower(): value.split() for name, value in pairs}
        if "deb" in fields.get("types", []) and fields.get("enabled") != ["no"]:
            yield fields.get("uris", []), fields.get("suites", []), fields.get("components", [])


def parse_one_line(text):
    """Yield (addresses, suites, components) of the entries of a `.list` file."""
    for line in text.splitlines():
        found = re.match(r"deb\s+(?:\[[^]]*\]\s+)?(\S+)\s+(\S+)\s+(.*)", line.strip())
        if found:
            yield [found[1]], [found[2]], found[3].split("#")[0].split()


def read_sources(folder=SOURCES):
    """Yield the entries of all apt sources of the machine."""
    parts = folder / "sources.list.d"
    for path in [folder / "sources.list", *sorted(parts.glob("*.list"))]:
        if path.is_file():
            yield from parse_one_line(path.read_text(errors="replace"))
    for path in sorted(parts.glob("*.sources")):
        yield from parse_deb822(path.read_text(errors="replace"))


def find_mirror():
    """Return the address of a Debian mirror: `DEBIAN_MIRROR`, or the machine's own.

    Entries of third parties and of the security archive are passed over: only an entry
    for the machine's own release with the component main is a mirror of Debian.

    :raises Failure: on a machine that is not Debian, with the two ways on
    """
    if os.environ.get("DEBIAN_MIRROR"):
        return os.environ["DEBIAN_MIRROR"].rstrip("/")
    release = read_os_release()
    if release.get("ID") == "debian":
        suites = ROLLING | {release.get("VERSION_CODENAME", "")}
        for addresses, names, components in read_sources():
            if suites & set(names) and "main" in components and addresses:
                return addresses[0].rstrip("/")
    raise Failure(
        "no Debian mirror is set up on this machine: set DEBIAN_MIRROR= to the address of one, "
        "or ODOO_SRC= to an Odoo 19.0 checkout"
    )
