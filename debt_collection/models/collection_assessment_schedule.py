from datetime import timedelta

from odoo import api, models
from odoo.exceptions import AccessError


class CollectionAssessment(models.Model):
    """When a month is assessed: on its company's day, or when a manager asks for it (P5.2)."""

    _inherit = "collection.assessment"

    @api.model
    def _cron_generate(self):
        """Assess the month before in every company whose day has come (P5.2)."""
        self.env["res.company"]._run_collection_job(
            lambda company: company._in_collection_language(self)._generate_when_due(
                company, company._get_collection_today()
            ),
            "the assessment",
        )

    @api.model
    def _generate_when_due(self, company, today):
        """The month before, once its day has come, unless it was made already."""
        month = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
        if today.day < company.collection_assessment_day or self.search_count(
            [("company_id", "=", company.id), ("month", "=", month)], limit=1
        ):
            return self.browse()
        assessments = self._generate(month, company)
        assessments._ask_manager()
        return assessments

    def _ask_manager(self):
        """Tell the collection manager that drafts wait: a to-do on the team's."""
        for team in self.filtered("is_team"):
            manager = self.env["collection.policy"]._get_default(team.company_id).manager_id
            if manager:
                team.activity_schedule(
                    "mail.mail_activity_data_todo",
                    user_id=manager.id,
                    date_deadline=team.company_id._get_collection_today(),
                    summary=self.env._("Assess the collectors: %(month)s", month=team.display_name),
                )

    @api.model
    def action_generate_last_month(self):
        """Make or renew the drafts of the month before, in the active companies."""
        if not self.env.user.has_group("debt_collection.group_manager"):
            raise AccessError(self.env._("Only a collection manager assesses collectors."))
        result = self.browse()
        for company in self.env.companies:
            last = company._get_collection_today().replace(day=1) - timedelta(days=1)
            result |= self._generate(last, company)
        return result._get_records_action(name=self.env._("Assessments"))
