from odoo import api, fields, models
from odoo.exceptions import UserError

from .collection_guard import with_ours


class CollectionOpening(models.AbstractModel):
    """Records that a manager takes over from before the add-on, by Odoo's import.

    They keep their dates and are marked for good, so that nobody takes them for work that was
    done here: they start nothing, tell nobody, and count in no assessment. What is not imported
    by a manager cannot get the mark.
    """

    _name = "collection.opening"
    _description = "Opening History"

    is_opening = fields.Boolean(
        "Opening History", readonly=True, copy=False,
        help="Imported from before the company used Collections.",
    )
    # Columns without which an imported row would pass for one of today.
    _opening_required = ()

    def _prepare_opening(self, vals_list):
        """The rows of ``vals_list`` as they are created; models do so first when they create.

        :raises UserError: for who sets the mark, or imports a row without its dates
        """
        if not self.env.su and any("is_opening" in vals for vals in vals_list):
            raise UserError(self._get_words_opening_kept())
        if not self._is_opening_import():
            return vals_list
        return [
            with_ours(self._prepare_opening_vals(vals), is_opening=True) for vals in vals_list
        ]

    @api.model
    def _get_words_opening_kept(self):
        return self.env._("Only an import marks records as opening history.")

    @api.model
    def _prepare_opening_vals(self, vals):
        """A row of the file as it is created.

        :raises UserError: if a column is missing that says when it was
        """
        for name in self._opening_required:
            if not vals.get(name):
                raise UserError(
                    self.env._(
                        "“%(field)s” is empty: history is imported with its dates.",
                        field=self._fields[name]._description_string(self.env),
                    )
                )
        # An empty cell of a column that must be filled stands for its usual value.
        return self._complete_opening_vals({
            name: value
            for name, value in vals.items()
            if value is not False or not self._fields[name].required
        })

    @api.model
    def _complete_opening_vals(self, vals):
        """What else an imported row of the model says; raises if it cannot be so."""
        return vals

