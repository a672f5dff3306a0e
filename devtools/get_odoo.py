"""Odoo 19 itself: from `ODOO_SRC`, or unpacked from Debian's packages.

The package is fetched with an apt state of our own under `.odoo/apt`; the system's
package sources and installed packages are neither used nor changed.
"""

import hashlib
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from .debian_mirror import find_mirror
from .messages import Failure, step
from .paths import STATE
from .processes import known_cause, run

APT = STATE / "apt"
UNPACKED = STATE / "root"
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
PACKAGES = (
    "odoo-19",
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
    "fonts-roboto-unhinted",
    "fonts-inconsolata",
    "fonts-montserrat",
    "fonts-ocr-b",
    # Version 4.7 as Odoo wants it; sid's is 7.x with other file names.
    "fonts-font-awesome/bookworm",
)


@dataclass(frozen=True)
class Odoo:
    """An Odoo to run.

    :param pythonpath: the folder that Python imports the package `odoo` from
    :param addons: the folders of its add-ons
    :param version: for example 19.0.0
    """

    pythonpath: Path
    addons: tuple
    version: str


def get_odoo():
    """Return the Odoo to use, fetching it on first use.

    :raises Failure: if `ODOO_SRC` is not Odoo 19.0 or the package cannot be had
    """
    if os.environ.get("ODOO_SRC"):
        return from_source(Path(os.environ["ODOO_SRC"]).expanduser().resolve())
    mark = UNPACKED / ".complete"
    key = hashlib.sha256(repr(PACKAGES).encode()).hexdigest()
    if not (mark.is_file() and mark.read_text() == key):
        shutil.rmtree(UNPACKED, ignore_errors=True)
        unpack(download())
        mark.write_text(key)
    return from_source(UNPACKED)


def from_source(folder):
    """Describe the Odoo in a folder: a checkout, unpacked packages, or site-packages.

    :raises Failure: if there is no Odoo 19.0 in it
    """
    places = [folder, folder / "usr/lib/python3/dist-packages"]
    if folder.name == "odoo":
        places.append(folder.parent)
    base = next((place for place in places if (place / "odoo" / "release.py").is_file()), None)
    if base is None:
        raise Failure(f"there is no Odoo in {folder}: point ODOO_SRC to an Odoo 19.0 checkout")
    release = (base / "odoo" / "release.py").read_text()
    found = re.search(r"^version_info = \((\d+), (\d+), (\d+)", release, re.MULTILINE)
    version = ".".join(found.groups()) if found else "of an unknown version"
    if not version.startswith("19.0."):
        raise Failure(f"{base} is Odoo {version}: point ODOO_SRC to an Odoo 19.0 checkout")
    addons = [base / "odoo" / "addons"]
    # Only a checkout has more; a package's dist-packages/addons lacks data and views.
    if (base / "odoo-bin").is_file():
        addons.append(base / "addons")
    return Odoo(base, tuple(addons), version)


def download():
    """Fetch the Debian packages and return the folder that holds them."""
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        raise Failure(
            "this machine has no apt-get to fetch Odoo with: point ODOO_SRC= to an Odoo 19.0 "
            "checkout, or run on Debian or Ubuntu with DEBIAN_MIRROR= set"
        )
    mirror = find_mirror()
    if not KEYRING.is_file():
        raise Failure(
            "the keys of Debian's packages are missing: run "
            "`apt-get install debian-archive-keyring` as root, or set ODOO_SRC="
        )
    for folder in ("lists/partial", "src", "cache/archives/partial", "debs"):
        (APT / folder).mkdir(parents=True, exist_ok=True)
    (APT / "status").touch()
    (APT / "src" / "debian.sources").write_text(
        f"Types: deb\nURIs: {mirror}\nSuites: sid bookworm\nComponents: main\n"
        f"Signed-By: {KEYRING}\n"
    )
    apt = [
        "apt-get",
        "-oDir::Etc::sourcelist=/dev/null",
        f"-oDir::Etc::sourceparts={APT / 'src'}",
        "-oDir::Etc::preferencesparts=/dev/null",
        f"-oDir::State={APT}",
        f"-oDir::State::Lists={APT / 'lists'}",
        f"-oDir::State::status={APT / 'status'}",
        f"-oDir::Cache={APT / 'cache'}",
        "-oAPT::Sandbox::User=root",
        "-oAcquire::Languages=none",
        "-oAcquire::Retries=3",
        "-oAcquire::http::Timeout=60",
    ]
    with step("package lists"):
        update_lists(apt, mirror)
    with step("Odoo's packages"):
        for old in (APT / "debs").glob("*.deb"):
            old.unlink()
        try:
            run([*apt, "download", *PACKAGES], "apt-download", cwd=APT / "debs", timeout=1800)
        except Failure as failure:
            if "Unable to locate package odoo-19" in failure.details:
                raise Failure(
                    f"the mirror {mirror} has no package odoo-19 in its suite sid: set "
                    "DEBIAN_MIRROR= to one that has, or ODOO_SRC= to an Odoo 19.0 checkout"
                ) from None
            raise
    return APT / "debs"


def update_lists(apt, mirror):
    """Fetch the lists of packages into our own apt state.

    :param apt: the apt-get command with its options
    :raises Failure: if the mirror does not answer or has no such lists
    """
    try:
        output = run([*apt, "update"], "apt-update", timeout=600)
    except Failure as failure:
        if known_cause(failure.details):
            raise
        output = f"Err {failure.details}"
    # apt-get only warns when a mirror does not answer.
    if re.search(r"^(E:|Err|W: Failed)", output, re.M):
        raise Failure(
            f"the package lists could not be fetched from {mirror}: check the network, or set "
            "DEBIAN_MIRROR= to a mirror of Debian that answers, or ODOO_SRC= to an Odoo 19.0 "
            "checkout",
            "\n".join(output.splitlines()[-6:]),
        )


def unpack(debs):
    """Unpack the packages side by side (their links are relative) and mend one gap."""
    with step("unpacking Odoo"):
        for deb in sorted(debs.glob("*.deb")):
            run(["dpkg-deb", "-x", deb, UNPACKED], "unpack", timeout=600)
            deb.unlink()
        # Debian leaves this file out (background blur of video calls), but the test
        # bundle of mail lists it and every tour fails without it.
        mail = UNPACKED / "usr/lib/python3/dist-packages/odoo/addons/mail"
        stub = mail / "static/lib/selfie_segmentation/selfie_segmentation.js"
        stub.parent.mkdir(parents=True, exist_ok=True)
        if not stub.exists():
            stub.write_text("")
