from pathlib import Path

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..base.collection_guard import is_uninstalling

KEPT = {
    "raw", "datas", "name", "mimetype", "res_model", "res_id", "url", "store_fname", "db_datas",
    "checksum",
}


class IrAttachment(models.Model):
    """What a seal is over is evidence: nobody changes or deletes the paper, the system neither."""

    _inherit = "ir.attachment"

    def _check_not_sealed(self):
        """Raise a ``UserError`` if one of these is a paper of a sealed record."""
        ours = self.filtered(
            lambda attachment: (attachment.res_model or "").startswith("collection.")
        )
        if not ours:
            return
        for name in self.env["collection.seal"]._get_sealed_models():
            # Whether a record is sealed, whoever may see it.
            model_sudo = self.env[name].sudo().with_context(active_test=False)
            papers = [
                field for field in (*model_sudo._sealed_fields, *model_sudo._sealed_personal)
                if model_sudo._fields[field].comodel_name == "ir.attachment"
            ]
            sealed_sudo = papers and model_sudo.search(
                Domain("seal", "!=", False)
                & Domain.OR(Domain(field, "in", ours.ids) for field in papers), limit=1,
            )
            if sealed_sudo:
                raise UserError(
                    self.env._(
                        "This paper belongs to “%(record)s”, which is sealed: it stays as it is.",
                        record=sealed_sudo.with_env(self.env).display_name
                        if sealed_sudo.with_env(self.env).has_access("read")
                        else sealed_sudo._description,
                    )
                )

    def _check_no_field_of_ours(self, vals):
        """Raise a ``UserError`` for who gives a field of ours a file past what guards the field."""
        if not self.env.su and vals.get("res_field") and any(
            (model or "").startswith("collection.")
            for model in (vals.get("res_model"), *self.mapped("res_model"))
        ):
            raise UserError(self.env._("Files of fields are written with their record."))

    @api.model
    def _file_write(self, bin_value, checksum):
        """A file that a full disk cuts off is removed.

        Odoo takes what is left of it for another file of the same name, for good: letters, which
        need the file, could not be sent when there is room again.
        """
        path = Path(self._get_path(bin_value, checksum)[1])
        is_new = not path.exists()
        try:
            return super()._file_write(bin_value, checksum)
        except OSError:
            if is_new:
                path.unlink(missing_ok=True)
            raise

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_no_field_of_ours(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_no_field_of_ours(vals)
        if KEPT & vals.keys():
            self._check_not_sealed()
        return super().write(vals)

    @api.ondelete(at_uninstall=True)
    def _unlink_except_sealed(self):
        """The flag of an uninstallation counts from the system alone: every client can send it."""
        if not is_uninstalling(self):
            self._check_not_sealed()
