from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG

from .plausible_values import check_plausible

TYPED = ("date", "datetime", "float", "monetary")
TAKE_BACK_TIME = timedelta(minutes=10)
"""How long who made a record may take it back as made by mistake."""


class CollectionMixin(models.AbstractModel):
    """What guards our models, whichever client asks.

    Every model of ours that has records or is a dialog inherits this, first of all. Models of
    others do not pass through it.
    """

    _name = "collection.mixin"
    _description = "Guards of Collections"

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._on_changed(set().union(*vals_list))
        return records

    def write(self, vals):
        result = super().write(vals)
        self._on_changed(vals.keys())
        return result

    def _on_changed(self, names):
        """Called for records that were just created, or of which these fields were written."""

    def unlink(self):
        """Guards against deletion hold for every client.

        Odoo leaves them out while a module is uninstalled, and knows that by a key of the
        context, which every client can send. Only the system uninstalls: from others the key
        counts nothing.
        """
        if not self.env.su and self.env.context.get(MODULE_UNINSTALL_FLAG):
            self = self.with_context(**{MODULE_UNINSTALL_FLAG: False})
        return super().unlink()

    @api.model
    def default_get(self, fields):
        """What nobody types nobody sends as a default either: every client can, in the context.

        Dialogs are opened with what they are about; they keep nothing and check when they act.
        """
        if not self._transient and not self.env.su:
            closed = {f"default_{name}" for name in fields if self._fields[name].readonly}
            if closed & self.env.context.keys():
                self = self.with_context(  # pylint: disable=context-overridden
                    {key: value for key, value in self.env.context.items() if key not in closed}
                )
        return super().default_get(fields)

    def _validate_fields(self, field_names, excluded_names=()):
        """What people type into our models and dialogs is a date or amount they can have meant."""
        field_names = list(field_names)
        result = super()._validate_fields(field_names, excluded_names)
        if not self.env.su:
            check_plausible(
                self,
                [name for name in field_names
                 if name in self._fields and self._fields[name].type in TYPED],
            )
        return result

    def _check_can_take_back(self):
        """Raise a ``UserError`` unless the user made these records a few minutes ago."""
        self.check_access("read")
        earliest = fields.Datetime.now() - TAKE_BACK_TIME
        for record in self:
            if record.create_uid != self.env.user or record.create_date < earliest:
                raise UserError(
                    self.env._(
                        "“%(record)s” can be taken back by who made it, within %(minutes)s"
                        " minutes.",
                        record=record.display_name,
                        minutes=TAKE_BACK_TIME.seconds // 60,
                    )
                )
