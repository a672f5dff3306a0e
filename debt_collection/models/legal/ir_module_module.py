from odoo import models
from odoo.exceptions import UserError

ADDON = "debt_collection"


class IrModuleModule(models.Model):
    """The add-on does not go as long as somebody in court needs its record (P6.1)."""

    _inherit = "ir.module.module"

    def button_uninstall(self):
        if ADDON in (self + self.downstream_dependencies()).mapped("name"):
            self._check_no_collection_hold()
        return super().button_uninstall()

    def _check_no_collection_hold(self):
        """Raise a ``UserError`` that names the cases under legal hold."""
        # Whoever uninstalls add-ons need not see the cases.
        held_sudo = self.env["collection.case"].sudo().with_context(active_test=False).search(
            [("legal_hold", "=", True)]
        )
        if held_sudo:
            raise UserError(
                self.env._(
                    "Debt Collection cannot be uninstalled: %(count)s cases are under legal hold,"
                    " such as %(cases)s. Let a collection manager end the holds first.",
                    count=len(held_sudo), cases=", ".join(held_sudo[:3].mapped("name")),
                )
            )

