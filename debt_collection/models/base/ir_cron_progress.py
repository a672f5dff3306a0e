from collections import namedtuple

from odoo import fields, models

TRIES = 3
"""How often a slice is tried that met another transaction on the same rows."""
Slice = namedtuple("Slice", "key position records work")
"""A part of a job that is a transaction of its own.

``work`` is called with ``records``. Slices of one ``key`` come in ascending ``position``, a
number or list of numbers, so that the last one that was done tells where to go on.
"""


class IrCronProgress(models.Model):
    _inherit = "ir.cron.progress"

    collection_marks = fields.Json(
        "Collections: Done So Far",
        help="How far the run came in each of its parts, committed with what it did.",
    )

