from odoo import models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    """The way from the salesperson to the collection manager and back."""

    _inherit = "sale.order"

    def _ask_release(self, reason):
        """Give the manager of the policy a to-do on the order."""
        self.ensure_one()
        manager = self._get_collection_manager()
        if not manager:
            raise UserError(
                self.env._(
                    "No collection manager is set in the policy of %(company)s.",
                    company=self.company_id.name,
                )
            )
        # The request gives the manager the right to read the order, see the record rule.
        order_sudo = self.sudo()
        order_sudo.write({
            "collection_release": "requested",
            "collection_release_to_id": manager.id,
            "collection_release_reason": reason,
        })
        order_sudo.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=self.env._("Release %(order)s? %(reason)s", order=self.name,
                               reason=reason or ""),
            user_id=manager.id,
        )

    def _get_collection_manager(self):
        self.ensure_one()
        # Salespeople do not see cases and need not see policies.
        case_sudo = self.env["collection.case"].sudo()._get_open(
            self._get_collection_payer(), self.company_id
        )
        policy_sudo = self.env["collection.policy"].sudo()._get_for(case_sudo, self.company_id)
        return case_sudo.manager_id or policy_sudo.manager_id

    def _tell_released(self):
        """The salesperson may go on."""
        self.ensure_one()
        self.sudo().activity_schedule(
            "mail.mail_activity_data_todo",
            summary=self.env._("Released by collections: the order can be confirmed"),
            user_id=(self.sudo().user_id or self.sudo().create_uid).id,
        )
