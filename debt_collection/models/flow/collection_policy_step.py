from odoo import models


class CollectionPolicyStep(models.Model):
    """What follows for steps: a letter that goes by a channel keeps to that channel's rules."""

    _inherit = "collection.policy.step"

    def _on_contact_channel(self):
        return self._get_letter_rule_channel()
