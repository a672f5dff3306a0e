import base64
import io
from datetime import date, datetime

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ...tools.rate_file import READERS, RateFileError, to_rows

try:
    import openpyxl
except ImportError:
    openpyxl = None


class CollectionRateImport(models.TransientModel):
    """Take the values of a reference rate from a file that its central bank publishes.

    The file is fetched by a person: the server asks nobody. Values that differ from those known
    are shown before they are taken.
    """

    _name = "collection.rate.import"
    _description = "Import of a Reference Rate"
    _inherit = "collection.mixin"

    rate_id = fields.Many2one(
        "collection.rate", "Reference Rate", required=True, ondelete="cascade",
        domain="[('file_format', '!=', False)]",
    )
    file_format = fields.Selection(related="rate_id.file_format")
    file = fields.Binary(required=True, attachment=False)
    file_name = fields.Char()
    date_known_to = fields.Date(
        "Known Until", required=True, default=fields.Date.context_today,
        help="The last day on which the bank's page showed this file: later days are unknown.",
    )
    preview = fields.Text(compute="_compute_preview")

    @api.depends("file", "rate_id", "date_known_to")
    @api.depends_context("lang")
    def _compute_preview(self):
        """What the file would change, or why it cannot be read."""
        for wizard in self:
            wizard.preview = False
            if wizard.file and wizard.rate_id:
                try:
                    wizard.preview = wizard._describe(*wizard._compare(wizard._read()))
                except UserError as error:
                    wizard.preview = str(error)

    def _describe(self, added, changed):
        lines = [
            self.env._("New: %(percent)s %% from %(date)s", percent=f"{percent:g}",
                       date=format_date(self.env, day))
            for day, percent in added
        ]
        lines += [
            self.env._(
                "Changed: %(percent)s %% instead of %(old)s %% from %(date)s",
                percent=f"{percent:g}", old=f"{value.percent:g}",
                date=format_date(self.env, day),
            )
            for day, percent, value in changed
        ]
        return "\n".join(lines) or self.env._("All values of the file are known already.")

    def _get_rows(self):
        """The cells of the file as text; spreadsheets are read, too."""
        content = base64.b64decode(self.file)
        if not content.startswith(b"PK"):
            return to_rows(content)
        if openpyxl is None:
            raise UserError(self.env._("Save the spreadsheet as CSV first."))
        try:
            sheet = openpyxl.load_workbook(
                io.BytesIO(content), read_only=True, data_only=True
            ).worksheets[0]
            return [
                [
                    cell.isoformat()[:10] if isinstance(cell, (date, datetime))
                    else "" if cell is None else str(cell).strip()
                    for cell in row
                ]
                for row in sheet.iter_rows(values_only=True)
            ]
        # A broken archive fails in many ways, and each means that it cannot be read.
        except Exception as error:
            raise UserError(self.env._("The spreadsheet cannot be read.")) from error

    def _read(self):
        """The values of the file: pairs of the first day and the percentage."""
        self.ensure_one()
        if self.file_format not in READERS:
            raise UserError(
                self.env._(
                    "No file format is known for “%(rate)s”: enter its values by hand.",
                    rate=self.rate_id.display_name,
                )
            )
        try:
            values = READERS[self.file_format](self._get_rows())
        except RateFileError as error:
            raise UserError(self._explain(error)) from error
        self._check_days(values)
        return [(day, float(value)) for day, value in values]

    def _explain(self, error):
        words = {
            "empty": self.env._("The file has no values."),
            "header": self.env._("The file has not the columns of this bank's file."),
            "series": self.env._("The file has another series than this rate."),
            "date": self.env._("“%(text)s” is no day.", text=error.text),
            "value": self.env._("“%(text)s” is no percentage.", text=error.text),
            "range": self.env._("%(text)s is no plausible percentage.", text=error.text),
            "twice": self.env._("The file has two values for %(text)s.", text=error.text),
        }[error.code]
        if error.row:
            words = self.env._("Row %(row)s: %(words)s", row=error.row, words=words)
        return self.env._(
            "%(words)s Take the file of “%(rate)s” from the bank's page, and upload it as it is.",
            words=words, rate=self.rate_id.display_name,
        )

    def _check_days(self, values):
        today = fields.Date.context_today(self)
        if self.date_known_to and self.date_known_to > today:
            raise UserError(self.env._("Nobody knows the rate of a day to come."))
        latest = values[-1][0]
        if self.date_known_to and latest > self.date_known_to:
            raise UserError(
                self.env._(
                    "The file has a value from %(latest)s: it is known at least until then.",
                    latest=format_date(self.env, latest),
                )
            )

    def _compare(self, values):
        """What is new, and what is not as known: (day, percent), (day, percent, record)."""
        known = {value.date_from: value for value in self.rate_id.value_ids}
        first = min(known, default=date.max)
        added, changed = [], []
        for day, percent in values:
            if day in known:
                if known[day].percent != percent:
                    changed.append((day, percent, known[day]))
            # A change that is no change against the value before is not stored twice; a first
            # value of a cut-out file is no day of a change either.
            elif day < first or self._get_value_before(known, day) != percent:
                added.append((day, percent))
        return added, changed

    @staticmethod
    def _get_value_before(known, day):
        before = [when for when in known if when < day]
        return known[max(before)].percent if before else None

    def action_import(self):
        """Store what is new or differs, and until when the rate is known by now."""
        self.ensure_one()
        added, changed = self._compare(self._read())
        checked = {
            "is_confirmed": True, "date_checked": fields.Date.context_today(self),
            "source_note": self.env._("From the file “%(name)s”.", name=self.file_name or ""),
        }
        self.env["collection.rate.value"].create([
            {"rate_id": self.rate_id.id, "date_from": day, "percent": percent, **checked}
            for day, percent in added
        ])
        for _day, percent, value in changed:
            value.write({"percent": percent, **checked})
        if not self.rate_id.date_known_to or self.rate_id.date_known_to < self.date_known_to:
            self.rate_id.date_known_to = self.date_known_to
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%(rate)s: %(added)s new values, %(changed)s changed; known until %(date)s.",
                    rate=self.rate_id.name, added=len(added), changed=len(changed),
                    date=format_date(self.env, self.rate_id.date_known_to),
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
