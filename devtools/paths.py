"""Where things are: the checkout, its add-ons, and what `./dev` keeps under `.odoo/`."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
"""The checkout."""

STATE = ROOT / ".odoo"
"""Everything that `./dev` makes; deleting it is always safe."""

LOGS = STATE / "log"
INSIDE = ROOT / "devtools" / "inside"
"""Scripts that run inside `odoo shell`."""

ADDONS = ("debt_collection", "debt_collection_payment", "debt_collection_sale")
"""The project's add-ons in the order of their dependencies."""

SERVICES = ("debt_collection_sms", "debt_collection_snailmail")
"""Bridges to modules of Odoo that call services: installed where `--services` asks for them."""

OPTIONAL = ("debt_collection_queue_job",)
"""Add-ons that need others which the project does not come with: checked, but not installed."""

ALL = ADDONS + SERVICES + OPTIONAL


def present_addons(names=ADDONS):
    """Names of the project's add-ons that exist in the checkout."""
    return [name for name in names if (ROOT / name / "__manifest__.py").is_file()]
