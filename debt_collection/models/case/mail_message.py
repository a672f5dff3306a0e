from odoo import models

TEXTS = {"body", "preview", "subject", "tracking_value_ids"}


class MailMessage(models.Model):
    """Whoever reads what was written on a confidential case is noted (P1.4)."""

    _inherit = "mail.message"

    def _message_fetch(self, domain, *, thread=None, **kwargs):
        if thread and thread._name == "collection.case":
            thread.sudo(False)._log_access_to_confidential()
        return super()._message_fetch(domain, thread=thread, **kwargs)

    def _read_format(self, fnames, load="_classic_read"):
        result = super()._read_format(fnames, load)
        if not self.env.su and not TEXTS.isdisjoint(fnames):
            # Of which record they are is asked of everybody who reads them.
            case_ids = {
                message_sudo.res_id for message_sudo in self.sudo()
                if message_sudo.model == "collection.case"
            }
            self.env["collection.case"].browse(sorted(case_ids))._log_access_to_confidential()
        return result
