from odoo import models
from odoo.tools import format_date


class CollectionCase(models.Model):
    """What people hear of without asking: late steps, cases nobody works on (P2.1)."""

    _inherit = "collection.case"

    def _warn_managers(self, as_of):
        """To-dos for the managers of these cases, once for each reason; return how many."""
        late = self.case_step_ids.filtered(
            lambda step: step.state == "planned"
            and not step.is_warned
            and step.date_deadline < as_of
        )
        late.write({"is_warned": True})
        warnings = [
            step.case_id._prepare_warning(
                self.env._(
                    "“%(step)s” was due on %(date)s",
                    step=step.display_name,
                    date=format_date(self.env, step.date_deadline),
                ),
                as_of,
            )
            for step in late
        ]
        warnings += [
            case._prepare_warning(self.env._("No next action is planned"), as_of)
            for case in self
            if not (case.activity_ids or case.next_step_id or case.pause_reason)
            and case.stage != "legal"
        ]
        warnings = [vals for vals in warnings if vals["user_id"]]
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(warnings)
        return len(warnings)

    def _prepare_warning(self, summary, as_of):
        """A to-do on the case for its manager."""
        self.ensure_one()
        return {
            "res_model_id": self.env["ir.model"]._get_id(self._name),
            "res_id": self.id,
            "activity_type_id": self.env.ref("mail.mail_activity_data_todo").id,
            "summary": summary,
            "date_deadline": as_of,
            "user_id": self._get_responsible("manager", as_of).id,
        }

    def _ask_for_call(self, summary, date):
        """A to-do for the collector of the case to call on a day."""
        self.ensure_one()
        self.activity_schedule(
            "debt_collection.mail_activity_type_phone",
            date_deadline=date,
            summary=summary,
            user_id=self._get_responsible("collector", date).id,
        )

    def _tell_manager(self, body):
        """Notify the manager of the case at once (P3.7, special events)."""
        for case in self:
            manager = case._get_responsible("manager")
            case.message_post(
                body=body,
                partner_ids=manager.partner_id.ids,
                subtype_xmlid="mail.mt_note",
                message_type="notification",
            )
