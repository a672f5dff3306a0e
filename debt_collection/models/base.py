from odoo import models

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG


class Base(models.AbstractModel):
    """Guards against deletion hold for every client.

    Odoo leaves them out while a module is uninstalled, and knows that by a key of the context,
    which every client can send. Only the system uninstalls: from others the key counts nothing.
    """

    _inherit = "base"

    def unlink(self):
        if not self.env.su and self.env.context.get(MODULE_UNINSTALL_FLAG):
            self = self.with_context(**{MODULE_UNINSTALL_FLAG: False})
        return super().unlink()
