from odoo import models


class CollectionReply(models.Model):
    """What follows when somebody takes up what a customer's e-mail says."""

    _inherit = "collection.reply"

    def _on_take(self):
        """A form, filled in, for what can be entered; else the case with a note of it."""
        self.ensure_one()
        case = self.case_id
        if self.kind == "promise":
            return case._open_quick(
                "debt_collection.collection_activity_action_quick",
                default_method="email", default_direction="inbound",
                default_outcome="promised", default_feedback=self.sentence,
                default_date_promised=self.date_named and self.date_named.isoformat(),
                default_amount_promised=case.amount_to_collect,
            )
        if self.kind == "dispute":
            action = case.action_dispute()
            action["context"]["default_reason"] = self.sentence
            return action
        if self.kind == "out_of_office" and self.date_named:
            # Only who works on the case gets here.
            case_sudo = case.sudo()
            case_sudo.wait_until = max(case_sudo.wait_until or self.date_named, self.date_named)
        elif self.kind == "paid":
            self._tell_finance()
        elif self.kind in ("insolvency", "sue"):
            self._add_to_do(case.manager_id or case._get_responsible("manager"))
        return case._get_records_action()

    def _tell_finance(self):
        """Ask finance to look for the money; the chase waits the policy's days for it."""
        self.ensure_one()
        case_sudo = self.case_id.sudo()
        group_sudo = self.env.ref("debt_collection.group_finance").sudo()
        users_sudo = group_sudo.all_user_ids.filtered(
            lambda user: user.active and self.company_id in user.company_ids
        )
        self._add_to_do(users_sudo[:1] or case_sudo._get_responsible("collector"))
        case_sudo._pause_for_reply()

    def _add_to_do(self, user):
        """A to-do on the case with the sentence, for whoever is to act on it."""
        self.ensure_one()
        if not user:
            return
        kinds = dict(self._fields["kind"]._description_selection(
            self.company_id._in_collection_language(self, user).env
        ))
        # The to-do is somebody else's.
        self.case_id.sudo().activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=self.company_id._get_collection_today(),
            summary=f"{kinds[self.kind]}: {self.sentence[:120]}", user_id=user.id,
        )
