"""What must come from the machine's own packages: a browser, a font, a few libraries.

They are looked for and, as root, installed. Otherwise one command is named, together
with the tests that are left out without them.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .messages import Failure, note, step
from .pdf_engine import BIN
from .processes import run

CHROMIUMS = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")
CHINESE_FONT = "Noto Sans CJK SC"


@dataclass(frozen=True)
class Part:
    """Something of the machine that some tests need."""

    title: str
    packages: tuple
    is_present: Callable
    tests: re.Pattern
    """Found in the source of each test that needs this part."""


def find_chromium():
    """Return the path of the browser that Odoo's tests would use, or None."""
    return next(filter(None, map(shutil.which, CHROMIUMS)), None)


def has_chinese_font():
    """Tell whether the font of Chinese letters is installed."""
    if shutil.which("fc-list"):
        listed = subprocess.run(
            ["fc-list", CHINESE_FONT], capture_output=True, text=True, check=False
        )
        return bool(listed.stdout.strip())
    folders = [Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".fonts"]
    return any(next(folder.rglob("NotoSansCJK*"), None) for folder in folders)


def pdf_engine_runs():
    """Tell whether wkhtmltopdf finds the graphics libraries it is linked to."""
    try:
        done = subprocess.run([BIN / "wkhtmltopdf", "--version"], capture_output=True, check=False)
    except OSError:
        return False
    return done.returncode == 0


CHROMIUM = Part(
    "Chromium",
    ("chromium",),
    find_chromium,
    re.compile(r"\b(start_tour|browser_js)\("),
)
FONT = Part(
    f"the font {CHINESE_FONT}",
    ("fonts-noto-cjk",),
    has_chinese_font,
    re.compile(r"# needs: CJK font"),
)
PDF_LIBRARIES = Part(
    "the libraries of wkhtmltopdf",
    ("libxrender1", "libxext6", "libfontconfig1"),
    pdf_engine_runs,
    re.compile(r"\b(allow_pdf_render\(|force_report_rendering\b)"),
)
PARTS = (CHROMIUM, FONT, PDF_LIBRARIES)


def missing_parts(parts=PARTS):
    """Return those of the parts that are missing, after installing what root can install."""
    missing = [part for part in parts if not part.is_present()]
    if not missing:
        return missing
    packages = [package for part in missing for package in part.packages]
    if os.geteuid() == 0 and shutil.which("apt-get"):
        with step(f"system packages {', '.join(packages)}"):
            install_packages(packages)
        missing = [part for part in parts if not part.is_present()]
    if missing:
        packages = [package for part in missing for package in part.packages]
        note(f"missing: {', '.join(part.title for part in missing)}; to have them, run as root:")
        note(f"    apt-get install --no-install-recommends {' '.join(packages)}")
    return missing


def install_packages(packages):
    """Install system packages; what cannot be had stays missing, which is said later."""
    apt = ["apt-get", "-q", "-y", "-oAcquire::Retries=3", "-oDPkg::Lock::Timeout=120"]
    env = {"DEBIAN_FRONTEND": "noninteractive"}
    try:
        run([*apt, "update"], "apt-system", env=env, timeout=600)
        run(
            [*apt, "install", "--no-install-recommends", *packages],
            "apt-system",
            env=env,
            timeout=1200,
        )
    except Failure as failure:
        note(f"could not install {' '.join(packages)}: {failure}")
