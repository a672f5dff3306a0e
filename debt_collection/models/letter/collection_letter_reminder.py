from odoo import SUPERUSER_ID, api, fields, models


class CollectionLetterReminder(models.AbstractModel):
    """A friendly word before the due date: once for an item, by e-mail."""

    _name = "collection.letter.reminder"
    _description = "Reminder Before the Due Date"

    # A friendly word before the due date: once for an item, by e-mail (usual cadence, −3).

    @api.model
    def _remind(self, as_of=None, companies=None):
        """Write the reminders of items that fall due soon; running it again writes none.

        They are released: the job of the letters sends them. Before the chase is started they
        stay drafts for a person to look at.

        :param date as_of: the day taken as today; by default each company's own today
        :return: number of letters written
        """
        companies = companies or self.env["res.company"]._get_collection_companies()
        count = 0
        for company in companies:
            today = fields.Date.to_date(as_of) or company._get_collection_today()
            # The policy writes them, whoever runs the job.
            letter_model = self.with_user(SUPERUSER_ID).with_company(company)
            count += letter_model._remind_company(company, today)
        return count

    @api.model
    def _remind_company(self, company, as_of):
        policies = self.env["collection.policy"].search([("company_id", "=", company.id)])
        longest = max(policies.mapped("reminder_days_before"), default=0)
        if not longest:
            return 0
        items_by_partner = self.env["account.move.line"]._get_collection_falling_due(
            company, as_of, longest
        )
        partners = self.env["res.partner"].browse(items_by_partner).with_company(company)
        ranked = policies._get_ranked(company)
        default = policies._get_default(company)
        pots = self.env["collection.position"]._get_pots(company, partners)
        opened = self._get_open_cases(company, partners)
        template = self.env["collection.letter.template"]._choose(
            "reminder", self.env["collection.tier"], company, is_ahead=True
        )
        wanted = []
        for partner in partners if template else ():
            policy = ranked._choose_for_reminder(partner, company, default)
            items = [
                row for row in items_by_partner[partner.id]
                if (row["date_due"] - as_of).days <= policy.reminder_days_before
                <= (row["date_due"] - row["date"]).days
            ]
            case = opened.get(partner.id)
            if case and case._get_send_blocks("ahead", as_of):
                continue
            if policy._reminds(partner, items, pots.get(partner.id, {}), as_of):
                wanted.append({
                    "partner": partner,
                    "kind": "reminder",
                    "is_ahead": True,
                    "items": self.env["account.move.line"].browse(row["id"] for row in items),
                    "user": partner.collector_id or policy.user_id,
                    "template": template,
                    "channel": "email",
                    "vals": {
                        "date_deadline": max(row["date_due"] for row in items),
                    },
                })
        letters = self._draft_letters(company, wanted, as_of)
        if letters and company.collection_is_started:
            letters._do_release(self.env.user)
        return len(letters)
