from odoo import models


class CollectionLetter(models.Model):
    """Who is told about a letter: to-dos on it, and messages on the screen."""

    _inherit = "collection.letter"

    def _get_manager(self):
        self.ensure_one()
        # Who decides is asked for a to-do, whoever may see the case.
        case_sudo = self.case_id.sudo()
        # Who decides is the policy's decision.
        policy_sudo = self.env["collection.policy"].sudo()._get_for(case_sudo, self.company_id)
        return case_sudo.manager_id or policy_sudo.manager_id

    def _get_responsible(self):
        """Who works on the letter: the person in charge, else who answers for the case."""
        self.ensure_one()
        user = self.user_id.sudo().filtered("active")
        if not user and self.case_id:
            user = self.case_id.sudo()._get_responsible("collector")
        return user or self._get_manager()

    def _add_to_do(self, summary, user=None):
        """Put a to-do for today on somebody's list, once."""
        self.ensure_one()
        letter_sudo = self.sudo()
        user = user or self._get_responsible()
        if user and summary not in letter_sudo.activity_ids.mapped("summary"):
            letter_sudo.activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=self.company_id._get_collection_today(),
                summary=summary,
                user_id=user.id,
            )

    def _end_to_dos(self):
        # The to-dos may be those of other people.
        self.sudo().activity_ids.unlink()

    def _notify(self, words):
        """A message that stays on the screen, or nothing when there is nothing to say.

        :param words: list of texts
        """
        if not words:
            return True
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": self.env._("Please note"),
                "message": "\n".join(words),
                "type": "warning",
                "sticky": True,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
