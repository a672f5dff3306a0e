from odoo import models


class CollectionCase(models.Model):
    """What customers are told by themselves: promise, payment, plan, settled (P6.2)."""

    _inherit = "collection.case"

    def _notify_customers(self, event):
        """Queue the customer's e-mail about an event of these cases, where the policy wants it.

        :param event: ``promise``, ``payment``, ``plan`` or ``closed``
        """
        # Whoever's payment or entry is the reason need not have a right on the case.
        cases_sudo = self.sudo().filtered(
            lambda case: case._get_policy()[f"notify_{event}"]
            and case.partner_id._get_collection_contact().email
        )
        if not cases_sudo:
            return
        template_sudo = self.env.ref(
            f"debt_collection.mail_template_notice_{event}", raise_if_not_found=False
        )
        if template_sudo:
            # The template's texts are for customers; who causes the notice need not read it.
            template_sudo.sudo().send_mail_batch(cases_sudo.ids)

    def _cancel_scheduled(self):
        """Every way of closing a case comes here for what follows."""
        result = super()._cancel_scheduled()
        self.filtered(lambda case: case.close_reason == "paid")._notify_customers("closed")
        return result
