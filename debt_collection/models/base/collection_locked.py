from odoo import models
from odoo.exceptions import LockError, UserError


class CollectionLocked(models.AbstractModel):
    """Records that two people may decide on at the same moment: one does, the other is told."""

    _name = "collection.locked"
    _description = "Record That One Person Decides On at a Time"

    def _lock(self):
        """Wait for nobody: of two people who press at once, the second is told so."""
        self._lock_or_tell(self)
        self.invalidate_recordset()

    def _lock_or_tell(self, records):
        """Lock records for the rest of the transaction; a ``UserError`` if somebody has them."""
        try:
            records.lock_for_update(allow_referencing=True)
        except LockError as error:
            raise UserError(
                self.env._(
                    "Somebody else is working on %(records)s at this moment: try again shortly.",
                    records=", ".join(records.mapped("display_name")[:3]),
                )
            ) from error

