"""wkhtmltopdf with patched Qt, from a Python package, placed under `.odoo/bin`.

Unpatched builds print no headers and footers and cannot take several documents at once.
"""

import hashlib
import shutil

from .messages import Failure
from .paths import STATE
from .venv import PYTHON

BIN = STATE / "bin"
SHA256 = "b0838a02"
"""The beginning of the packed program's checksum."""


def install_pdf_engine():
    """Put `wkhtmltopdf` into `.odoo/bin`.

    :raises Failure: if the package's program is not the one that was tested
    """
    target = BIN / "wkhtmltopdf"
    source = PYTHON.parent / "wkhtmltopdf-pack"
    if target.is_file() and target.stat().st_size == source.stat().st_size:
        return
    if not hashlib.sha256(source.read_bytes()).hexdigest().startswith(SHA256):
        raise Failure(
            f"{source} is not the program that was tested: run `./dev clean` and try again"
        )
    BIN.mkdir(parents=True, exist_ok=True)
    shutil.copy(source, target)
    target.chmod(0o755)
