from odoo import api, models

from ..tools.periods import last_month, last_week


class CollectionProgressReport(models.Model):
    """When reports are made, and to whom they go: once for each period of a company."""

    _inherit = "collection.progress.report"

    @api.model
    def _cron_generate(self):
        """Make and send the reports of the week and month that are over, in every company."""
        self.env["res.company"]._run_collection_job(
            lambda company: company._in_collection_language(self)._generate(
                company, company._get_collection_today()
            ),
            "the progress report",
        )

    @api.model
    def _generate(self, company, today, kinds=("week", "month")):
        """The reports of the last periods that are over on a day; those there are stay.

        A company that never had a case gets none.

        :return: the reports that were made, and sent to the managers
        """
        # The job reports on everybody's cases.
        reports_sudo = self.sudo().with_company(company).browse()
        if not reports_sudo.env["collection.case"].search_count(
            [("company_id", "=", company.id)], limit=1
        ):
            return reports_sudo
        for kind in kinds:
            start, end = (last_week if kind == "week" else last_month)(today)
            if not reports_sudo.search_count([
                ("company_id", "=", company.id), ("kind", "=", kind), ("date_from", "=", start),
            ], limit=1):
                reports_sudo |= reports_sudo.create(
                    reports_sudo._prepare_report_vals(company, kind, start, end, today)
                )
        reports_sudo._send()
        return reports_sudo

    @api.model
    def _get_managers(self, company):
        """Who gets the reports: the managers named in policies, else all of the company's."""
        named = self.env["collection.policy"].search(
            [("company_id", "=", company.id)]
        ).manager_id.filtered("active")
        group = self.env.ref("debt_collection.group_manager")
        return named or group.all_user_ids.filtered(
            lambda user: user.active and not user.share and company in user.company_ids
        )

    def _send(self):
        """Queue the mail of each new report; it is committed with the report, so goes once."""
        template = self.env.ref(
            "debt_collection.mail_template_progress_report", raise_if_not_found=False
        )
        for report in self:
            if template and report.manager_ids.partner_id.filtered("email"):
                template.send_mail(report.id, force_send=False)

    @api.model
    def action_make_last(self):
        """Make the reports of the last week and month now, where the job has not yet."""
        self.check_access("write")
        for company in self.env.companies:
            self._generate(company, company._get_collection_today())
        return self.env["ir.actions.act_window"]._for_xml_id(
            "debt_collection.collection_progress_report_action"
        )
