from odoo import api, models
from odoo.tools import format_date


class CollectionCase(models.Model):
    """Holds end by themselves: what has run out is cleared and noted."""

    _inherit = "collection.case"

    @api.model
    def _end_expired_holds(self, as_of, company):
        """Clear the holds of a company whose last day is before ``as_of``.

        :return: the cases and the customers whose hold ended
        """
        # The job works for everybody, on cases of every collector.
        cases_sudo = self.sudo().search([
            ("company_id", "=", company.id), ("hold_until", "<", as_of),
        ])
        for case in cases_sudo:
            body = self._describe_ended_hold(case.hold_until, case.hold_reason)
            case.write({"hold_until": False, "hold_reason": False})
            case.message_post(body=body)
        partners_sudo = self.env["res.partner"].sudo().with_company(company).search([
            ("collection_hold", "=", True), ("collection_hold_until", "<", as_of),
        ])
        for partner in partners_sudo:
            body = self._describe_ended_hold(
                partner.collection_hold_until, partner.collection_hold_reason
            )
            partner.write({
                "collection_hold": False,
                "collection_hold_until": False,
                "collection_hold_reason": False,
            })
            partner.message_post(body=body)
        return cases_sudo, partners_sudo

    @api.model
    def _describe_ended_hold(self, until, reason):
        return self.env._(
            "The collection hold ended with its last day, %(date)s. Its reason was: %(reason)s",
            date=format_date(self.env, until),
            reason=reason or self.env._("no reason given"),
        )
