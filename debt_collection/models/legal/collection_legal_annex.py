from odoo import fields, models


class CollectionLegalAnnex(models.AbstractModel):
    """What belongs to one legal action: seen by who sees the action, in its company."""

    _name = "collection.legal.annex"
    _description = "Annex of a Legal Action"
    _check_company_auto = True

    action_id = fields.Many2one(
        "collection.legal.action", "Legal Action", required=True, ondelete="cascade", index=True
    )
    case_id = fields.Many2one(related="action_id.case_id", store=True, index=True)
    company_id = fields.Many2one(related="action_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(related="action_id.partner_id", string="Customer", store=True)
    currency_id = fields.Many2one(related="action_id.currency_id")

    def _own_attachments(self, name="attachment_ids"):
        """Files uploaded before the record was saved become files of the record.

        Without an owner an attachment is readable by its creator alone.
        """
        for record in self:
            # The person just put these files on the record.
            loose_sudo = record.sudo()[name].filtered(
                lambda file: not file.res_id and file.create_uid == self.env.user
            )
            loose_sudo.write({"res_model": record._name, "res_id": record.id})

