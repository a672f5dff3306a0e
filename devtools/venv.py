"""Virtual environments under `.odoo/`, made by a Python that Odoo 19 accepts."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from .messages import Failure, step
from .paths import ROOT, STATE
from .processes import run

VERSIONS = ((3, 10), (3, 11), (3, 12), (3, 13))
PYTHON = STATE / "venv" / "bin" / "python"
REQUIREMENTS = ROOT / "devtools" / "requirements.txt"


def candidates():
    """Yield interpreters to try, least surprising first."""
    if os.environ.get("PYTHON"):
        yield os.environ["PYTHON"]
        return
    yield sys.executable
    names = ["python3", *(f"python{major}.{minor}" for major, minor in VERSIONS[1:] + VERSIONS[:1])]
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        yield from (os.path.join(folder, name) for name in names)
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    yield from sorted(pyenv.glob("versions/3.1[0-3]*/bin/python"))


def accepts(python):
    """Tell whether an interpreter runs, is one of VERSIONS and can make environments."""
    return version_of(python) in VERSIONS


def version_of(python):
    """Return the version of an interpreter that can make environments, such as (3, 12), or None.

    It is run rather than found: a shim on PATH can exist and still not run.
    """
    probe = "import ensurepip, sys, venv; print(*sys.version_info[:2])"
    try:
        done = subprocess.run(
            [str(python), "-c", probe], capture_output=True, text=True, timeout=30, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return None if done.returncode else tuple(map(int, done.stdout.split()))


def find_python():
    """Return an interpreter that Odoo 19 runs on.

    :raises Failure: if there is none
    """
    tried = set()
    for python in candidates():
        if python not in tried and shutil.which(str(python)) and accepts(python):
            return str(python)
        tried.add(python)
    raise Failure(
        "no Python 3.10 to 3.13 with the venv module was found: install one (on Debian "
        "`apt-get install python3 python3-venv`) or name one with PYTHON=/path/to/python3.11"
    )


def make_venv(folder, requirements, title):
    """Make or renew a virtual environment from a requirements file.

    :param folder: name of the environment's folder under `.odoo/`
    :param requirements: path of the requirements file; a change brings the environment up to it
    :param title: what the step is called
    :return: path of the environment's Python
    """
    path = STATE / folder
    python = path / "bin" / "python"
    key = hashlib.sha256(requirements.read_bytes()).hexdigest()[:12]
    mark = path / f".complete-{key}"
    chosen = path / ".chosen"
    wanted = os.environ.get("PYTHON", "")
    there = accepts(python) and (chosen.read_text() if chosen.is_file() else "") == wanted
    if there and mark.is_file():
        return python
    base = find_python()
    with step(f"{title} ({base})"):
        if not there:
            shutil.rmtree(path, ignore_errors=True)
            run([base, "-m", "venv", path], folder)
            chosen.write_text(wanted)
        # Other requirements are installed over the old ones: most packages are there already.
        run(
            [python, "-m", "pip", "install", "--disable-pip-version-check", "-r", requirements],
            folder,
            timeout=1800,
        )
        for old in path.glob(".complete-*"):
            old.unlink()
        mark.touch()
    return python


def get_venv():
    """Make sure that Odoo's environment exists and return its Python."""
    return make_venv("venv", REQUIREMENTS, "Python packages")


def get_packages(folder, present, *arguments):
    """Make sure that packages are in a folder of their own under `.odoo/`, and return its path.

    :param folder: the folder's name
    :param present: path below it of what shows that they are there
    :param arguments: the packages, and options for pip
    """
    path = STATE / folder
    if not (path / present).is_dir():
        shutil.rmtree(path, ignore_errors=True)
        pip = [PYTHON, "-m", "pip", "install", "--disable-pip-version-check"]
        run([*pip, "--target", path, *arguments], f"packages-{folder}")
    return path
