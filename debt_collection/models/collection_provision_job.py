from odoo import api, models

from .collection_provision import LIVE


class CollectionProvision(models.Model):
    """The draft that finance gets at the beginning of each month."""

    _inherit = "collection.provision"

    @api.model
    def _cron_prepare(self):
        """Prepare the month that ended in every company that wants it; late rather than never."""
        self.env["res.company"]._run_collection_job(
            lambda company: company._in_collection_language(self)._prepare_when_due(
                company, company._get_collection_today()
            ),
            "the monthly provision",
        )

    @api.model
    def _prepare_when_due(self, company, today):
        """The draft of the month before ``today``, unless there is one or a later one.

        :return: the new provision, if any
        """
        month = self._get_month_before(today)
        if not company.collection_provision_auto or self.search_count([
            ("company_id", "=", company.id), ("month", ">=", month), ("state", "in", LIVE),
        ], limit=1):
            return self.browse()
        provision = self._generate(month, company)
        provision._ask_finance(today)
        return provision

    @api.model
    def _generate(self, month, company):
        """A draft of a month, computed.

        :param date month: any day of the month
        """
        provision = self.create({"month": month, "company_id": company.id})
        # Nobody types the figures.
        provision.sudo()._do_compute()
        return provision

    def _ask_finance(self, today):
        """Give the draft to those who may ask for it: a to-do for each finance user."""
        group_sudo = self.env.ref("debt_collection.group_finance").sudo()
        for user in group_sudo.all_user_ids.filtered(
            lambda user: user.active and self.company_id in user.company_ids
        ):
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=user.id,
                date_deadline=today,
                summary=self.env._("Review the provision and ask for its approval"),
            )
