from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import SQL


class CollectionLetter(models.Model):
    """A friendly word before the due date: once for an item, by e-mail (usual cadence, −3)."""

    _inherit = "collection.letter"

    @api.model
    def _remind(self, as_of=None, companies=None):
        """Write the reminders of items that fall due soon; running it again writes none.

        They are released: the job of the letters sends them.

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
        items_by_partner = self._get_items_falling_due(company, as_of, longest)
        partners = self.env["res.partner"].browse(items_by_partner).with_company(company)
        ranked = policies._get_ranked(company)
        default = policies._get_default(company)
        credits = self._get_credits(company, partners)
        template = self.env["collection.letter.template"]._choose(
            "reminder", self.env["collection.tier"], company, is_ahead=True
        )
        wanted = []
        for partner in partners if template else ():
            policy = self._get_reminder_policy(partner, company, ranked, default)
            items = [
                row for row in items_by_partner[partner.id]
                if (row["date_due"] - as_of).days <= policy.reminder_days_before
                <= (row["date_due"] - row["date"]).days
            ]
            if self._is_reminded(partner, items, credits.get(partner.id, {}), policy, as_of):
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
        if letters:
            letters._do_release(self.env.user)
        return len(letters)

    @api.model
    def _get_items_falling_due(self, company, as_of, days):
        """Open items of customers that fall due within so many days, not yet reminded of.

        :return: dict by commercial partner's id of lists of dicts ``id date_due date amount``
        """
        for name in ("account.move", "account.move.line", "account.account", "res.partner",
                     "collection.letter.line"):
            self.env[name].flush_model()
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT line.id, line.date_maturity AS date_due, line.amount_residual AS amount,
                       COALESCE(move.invoice_date, line.date) AS date,
                       partner.commercial_partner_id AS partner_id
                  FROM account_move_line line
                  JOIN account_move move ON move.id = line.move_id
                  JOIN account_account account ON account.id = line.account_id
                   AND account.account_type = 'asset_receivable'
                  JOIN res_partner partner ON partner.id = line.partner_id
                 WHERE line.company_id = %(company)s AND line.parent_state = 'posted'
                   AND line.reconciled IS NOT TRUE AND line.no_followup IS NOT TRUE
                   AND line.amount_residual > 0
                   AND line.date_maturity > %(as_of)s
                   AND line.date_maturity <= %(as_of)s::date + %(days)s
                   AND NOT EXISTS (SELECT 1 FROM collection_letter_line had
                                    WHERE had.move_line_id = line.id AND had.is_ahead)
              ORDER BY partner.commercial_partner_id, line.date_maturity, line.id
                """,
                company=company.id,
                as_of=as_of,
                days=days,
            )
        )
        items = {}
        for row in rows:
            items.setdefault(row["partner_id"], []).append(row)
        return items

    @api.model
    def _get_reminder_policy(self, partner, company, ranked, default):
        """The policy of a customer who has no case: amounts overdue cannot fit yet."""
        own = partner.collection_policy_id
        if own and own.active and own.company_id == company:
            return own
        return ranked.filtered(
            lambda policy: not policy.amount_from and policy._fits_customer(partner)
        )[:1] or default

    @api.model
    def _is_reminded(self, partner, items, credits, policy, as_of):
        """Whether a customer gets the reminder: an address, enough to pay, nobody on hold."""
        currency = policy.company_id.currency_id
        amount = sum(row["amount"] for row in items)
        net = amount - sum(credit for _amount, credit in credits.values())
        return bool(
            items
            and policy.reminder_days_before
            and partner._get_collection_contact().email_normalized
            and not partner._is_on_collection_hold(as_of)
            and not partner.collection_no_email
            and not (partner.collection_cease_date and partner.collection_cease_date <= as_of)
            and currency.compare_amounts(amount, policy.amount_minimum) >= 0
            and currency.compare_amounts(net, 0) > 0
        )
