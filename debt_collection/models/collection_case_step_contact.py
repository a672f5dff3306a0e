from datetime import datetime

import pytz

from odoo import api, fields, models
from odoo.tools import split_every

from ..tools.contact_window import Past, check, next_allowed
from .collection_case_contact import to_local

BATCH = 100


class CollectionCaseStep(models.Model):
    """E-mails of steps leave when the customer's contact rule lets them (P1.1)."""

    _inherit = "collection.case.step"

    date_not_before = fields.Datetime(
        "Leaves From", readonly=True, index="btree_not_null",
        help="A contact rule does not let the e-mail leave earlier.",
    )

    def _send_emails(self, as_of):
        """Send what may leave now; hold or cancel the rest."""
        now = datetime.combine(as_of, fields.Datetime.now().time())
        allowed = self._hold_back(now) if self else self
        allowed._queue_emails(as_of)

    def _hold_back(self, now):
        """The steps whose e-mails may leave at this moment (UTC); the others get their hour."""
        facts = self.case_id._get_contact_facts(now.date(), now.date())
        allowed = self.browse()
        for step in self:
            case = step.case_id
            rule, pure, is_working_day, past = facts[case]
            if not rule:
                allowed |= step
                continue
            # When a customer may be called is no secret; the customer's record may be.
            zone = case.partner_id.sudo()._get_collection_contact_tz(case.company_id)
            arguments = (
                pure, case._get_contact_debtor(), to_local(now, zone), "email", past,
                is_working_day,
            )
            if check(*arguments) is None:
                allowed |= step
                past.append(Past(to_local(now, zone), "email", False))
                continue
            moment = next_allowed(*arguments)
            if moment is None:
                step._cancel("blocked")
            else:
                step.date_not_before = (
                    zone.localize(moment).astimezone(pytz.utc).replace(tzinfo=None)
                )
        return allowed

    @api.model
    def _get_held_domain(self, now):
        return [
            ("state", "=", "planned"), ("method", "=", "email"),
            ("date_not_before", "!=", False), ("date_not_before", "<=", now),
            ("case_id.stage", "!=", "closed"), ("case_id.pause_reason", "=", False),
        ]

    @api.model
    def _send_held(self, company, now):
        """Send the e-mails of a company whose hour has come."""
        for _slice in self._send_held_in_slices(company, now):
            pass

    @api.model
    def _send_held_in_slices(self, company, now):
        """Send them in slices; what was sent waits no more. Yields their sizes."""
        # The job works for everybody, on cases of every collector.
        held_sudo = self.sudo().with_company(company).search(
            [("company_id", "=", company.id), *self._get_held_domain(now)]
        )
        today = company._get_collection_date(now)
        for ids in split_every(BATCH, held_sudo.ids):
            steps = held_sudo.browse(ids).try_lock_for_update(allow_referencing=True)
            steps = steps.filtered_domain(self._get_held_domain(now))
            steps.write({"date_not_before": False})
            steps._carry_out(today)
            yield len(ids)

    @api.model
    def _cron_send_held(self):
        """Send, company by company, what had to wait for the customer's hours."""
        self.env["res.company"]._run_collection_job(
            lambda company: self._send_held_in_slices(company, fields.Datetime.now()),
            "sending e-mails that were held back",
        )
