from odoo import models


class CollectionCase(models.Model):
    """What changed on many cases in a night is noted for all of them at once."""

    _inherit = "collection.case"

    def _message_track(self, fields_iter, initial_values_dict):
        if len(self) == 1:
            return super()._message_track(fields_iter, initial_values_dict)
        tracked = self.fields_get(
            fields_iter, attributes=("string", "type", "selection", "currency_field")
        )
        tracking = {
            case.id: case._mail_track(tracked, initial_values_dict[case.id])
            for case in self.exists()
        }
        bodies = self.env.cr.precommit.data.pop(f"mail.tracking.message.{self._name}", {})
        noted = self.browse(case_id for case_id, (_names, rows) in tracking.items() if rows)
        # Who may change a case may leave the note that says so.
        messages_sudo = noted._message_log_batch(
            {case_id: bodies.get(case_id, "") for case_id in noted.ids}
        ).sudo() if noted else self.env["mail.message"].sudo()
        self.env["mail.tracking.value"].sudo().create([
            {**command[2], "mail_message_id": message.id}
            for message in messages_sudo
            for command in tracking[message.res_id][1]
        ])
        return tracking
