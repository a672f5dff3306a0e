"""OCA's job queue from PyPI, for the add-on that needs it."""

import os
import shutil

from .get_odoo import get_odoo
from .messages import step
from .odoo_process import odoo_env
from .paths import ROOT, STATE
from .processes import run
from .venv import PYTHON

WHEEL = "odoo-addon-queue-job==19.0.*"
NEEDS = "openupgradelib"
HOME = STATE / "queue_job"


def get_queue_job():
    """Return options and variables with which Odoo finds the queue, fetching it on first use."""
    if not (HOME / "odoo" / "addons" / "queue_job").is_dir():
        with step("OCA's job queue"):
            shutil.rmtree(HOME, ignore_errors=True)
            pip = [PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--no-deps"]
            run([*pip, "--target", HOME, WHEEL, NEEDS], "queue-job-wheel")
    folders = [*get_odoo().addons, HOME / "odoo" / "addons", ROOT]
    path = os.pathsep.join([odoo_env(get_odoo())["PYTHONPATH"], str(HOME)])
    return [f"--addons-path={','.join(map(str, folders))}"], {"PYTHONPATH": path}
