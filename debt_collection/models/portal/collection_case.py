from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import consteq

from ..position.collection_position import Pot
from .collection_portal_request import PLAN_ANSWERS, WAYS_TO_PAY

PORTAL_STAGES = {
    "new": "open", "preparation": "open", "first": "open", "midterm": "open",
    "severe": "severe", "legal": "legal", "closed": "closed",
}


class CollectionCase(models.Model):
    """The customer's page of a case: who may open it, and what it says (P6.2).

    Customers have no right on the model itself. A signed-in customer opens the pages of the own
    company; anybody else needs the case's link, which expires and can be revoked.
    """

    _name = "collection.case"
    _inherit = ["collection.case", "portal.mixin"]

    portal_expires = fields.Date(
        "Link Valid Until", readonly=True, copy=False, help="Inclusive."
    )
    portal_request_ids = fields.One2many(
        "collection.portal.request", "case_id", "Portal Requests",
        groups="debt_collection.group_collector",
    )
    portal_request_count = fields.Integer(
        compute="_compute_portal_request_count", groups="debt_collection.group_collector"
    )

    def _compute_access_url(self):
        result = super()._compute_access_url()
        for case in self:
            case.access_url = f"/my/collections/{case.id}"
        return result

    @api.depends("portal_request_ids.state")
    def _compute_portal_request_count(self):
        counts = dict(
            self.env["collection.portal.request"]._read_group(
                [("case_id", "in", self.ids), ("state", "=", "pending")], ["case_id"], ["__count"]
            )
        )
        for case in self:
            case.portal_request_count = counts.get(case, 0)

    def _portal_ensure_token(self):
        """The token of the case's link, made anew when it has expired; valid from today on."""
        self.ensure_one()
        today = self.company_id._get_collection_today()
        # Whoever sends the link need not have a right to write the case.
        case_sudo = self.sudo()
        if not case_sudo.portal_expires or case_sudo.portal_expires < today:
            case_sudo.access_token = False
        days = case_sudo._get_policy().portal_days
        expires = today + timedelta(days=days)
        if case_sudo.portal_expires != expires:
            case_sudo.portal_expires = expires
        return super()._portal_ensure_token()

    @api.model
    def _get_thread_with_access(self, thread_id, **kwargs):
        """The link opens the page alone: not what was written on the case, nor a way to write.

        Odoo's own addresses of messages know tokens, but not that a link expires.
        """
        for name in ("hash", "pid", "token"):
            kwargs.pop(name, None)
        return super()._get_thread_with_access(thread_id, **kwargs)

    def action_revoke_portal(self):
        """The links sent so far stop working; a link sent later is a new one."""
        self.check_access("write")
        self.sudo().write({"access_token": False, "portal_expires": False})  # nosec B105: none

    def action_open_portal(self):
        """The page as the customer sees it."""
        self.ensure_one()
        self.check_access("read")
        return {"type": "ir.actions.act_url", "url": self.get_portal_url(), "target": "new"}

    @api.model
    def _get_for_portal(self, case_id, access_token=None):
        """The case whose page somebody asks for, as superuser; checked here and only here.

        :raises AccessError: for a wrong, expired or revoked link and for another customer's case
        """
        # Customers have no right on cases: what their page shows is chosen by its templates.
        case_sudo = self.sudo().browse(case_id).exists()
        if case_sudo and self._is_portal_customer(case_sudo):
            return case_sudo
        if (
            case_sudo
            # A client sends whatever it likes under this name, files and numbers, too.
            and isinstance(access_token, str)
            # Comparing in constant time knows plain letters only.
            and access_token.isascii()
            and case_sudo.access_token
            and case_sudo.portal_expires
            and case_sudo.portal_expires >= case_sudo.company_id._get_collection_today()
            and consteq(case_sudo.access_token, access_token)
        ):
            return case_sudo
        raise AccessError(self.env._("This page is not there, or its link has expired."))

    @api.model
    def _is_portal_customer(self, case_sudo):
        user = self.env.user
        return (
            not user._is_public()
            and user.partner_id.commercial_partner_id == case_sudo.partner_id
        )

    @api.model
    def _get_portal_cases(self):
        """The open cases of the signed-in customer, as superuser."""
        if self.env.user._is_public():
            return self.sudo().browse()
        # See `_get_for_portal`.
        return self.sudo().search([
            ("partner_id", "=", self.env.user.partner_id.commercial_partner_id.id),
            ("stage", "!=", "closed"),
        ], order="company_id, id")

    def _get_portal_items(self):
        """What the customer owes, overdue first: open items of the case's company."""
        self.ensure_one()
        line_model = self.env["account.move.line"]
        return line_model.search(
            line_model._get_collectable_domain() & Domain([
                ("partner_id.commercial_partner_id", "=", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
            ]),
            order="date_maturity, id",
        ).sorted(lambda item: (item._get_collection_due(), item.id))

    def _get_portal_totals(self, items):
        """Open amounts by currency: tuples of currency, overdue amount and amount in all."""
        self.ensure_one()
        today = self.company_id._get_collection_today()
        totals = []
        for currency, lines in items.grouped("currency_id").items():
            overdue = lines.filtered(lambda line: line._is_overdue(today))
            totals.append((
                currency,
                sum(overdue.mapped("amount_residual_currency")),
                sum(lines.mapped("amount_residual_currency")),
            ))
        return sorted(totals, key=lambda total: total[0].name)

    def _get_portal_due(self, totals):
        """What the customer is asked for: the overdue amounts less what covers them.

        What is promised is still to be paid, and so asked for.

        :return: list by currency of dicts ``currency credit on_its_way to_pay is_less``
        """
        self.ensure_one()
        pots = self.env["collection.position"]._get_pots(self.company_id, self.partner_id)
        positions = self._get_positions().grouped("currency_id")
        due = []
        for currency, overdue, _amount in totals:
            pot = pots.get(self.partner_id.id, {}).get(currency.id, Pot())
            position = positions.get(currency, self.env["collection.position"])
            to_pay = currency.round(position.amount_to_collect + position.amount_promised)
            due.append({
                "currency": currency,
                "credit": pot.credit,
                "on_its_way": pot.on_its_way,
                "to_pay": to_pay,
                "is_less": currency.compare_amounts(to_pay, overdue) < 0,
            })
        return due

    def _get_portal_payable(self, items):
        """Those of the items that can be paid online; none without a bridge to payments."""
        self.ensure_one()
        return items.browse()

    def _get_portal_under_way(self, items):
        """Those of the items that a payment on its way is for; add-ons that know more extend it."""
        self.ensure_one()
        # What is on its way is shown to the customer, whoever may see payments.
        payments_sudo = self.env["account.payment"].sudo().search([
            ("company_id", "=", self.company_id.id), ("payment_type", "=", "inbound"),
            ("partner_type", "=", "customer"), ("move_id", "=", False),
            ("state", "=", "in_process"),
            ("partner_id.commercial_partner_id", "=", self.partner_id.id),
        ])
        return items.filtered(lambda item: item.move_id in payments_sudo.invoice_ids)

    def _get_portal_looked_at(self, items):
        """Those of the items that the customer disputes, and somebody looks at."""
        self.ensure_one()
        disputes = self.dispute_ids.filtered(lambda dispute: dispute.state == "open")
        entries = self.portal_request_ids.filtered(
            lambda entry: entry.state == "pending" and entry.kind == "dispute"
        )
        return items & (disputes.line_ids | entries.line_ids)

    def _get_portal_bank(self, totals, due):
        """Where to pay what is open, as letters say it: dict of ``bank_text`` and ``qr_code``."""
        self.ensure_one()
        if len(totals) != 1:
            currency, amount = self.currency_id, 0
        else:
            currency, _overdue, amount = totals[0]
            amount = max(amount - due[0]["credit"] - due[0]["on_its_way"], 0)
            if currency.is_zero(amount):
                return {"bank_text": False, "qr_code": False}
        return self.env["collection.letter.total"]._prepare_bank(
            self.company_id, self.partner_id, currency, amount
        )

    def _on_survey(self):
        """Called for the page of a case; returns the question the customer has to answer yet.

        Implemented in models/flow/collection_case.py.
        """
        return None

    def _get_portal_values(self):
        """What the page of the case shows."""
        self.ensure_one()
        items = self._get_portal_items()
        waiting = self.portal_request_ids.filtered(lambda entry: entry.state == "pending")
        totals = self._get_portal_totals(items)
        due = self._get_portal_due(totals)
        currency = self._get_debt_currency()
        return {
            "is_asked": any(asked["to_pay"] for asked in due),
            "promise_currency": currency,
            "promise_amount": self._get_to_collect(currency),
            "case": self,
            "items": items,
            "under_way": self._get_portal_under_way(items),
            "looked_at": self._get_portal_looked_at(items),
            "way_to_pay": waiting.filtered(lambda entry: entry.kind in WAYS_TO_PAY)[:1],
            "payable": self._get_portal_payable(items),
            "bank": self._get_portal_bank(totals, due),
            "due": due,
            "today": self.company_id._get_collection_today(),
            "totals": totals,
            "contact": self._get_responsible("collector"),
            "requests": self.portal_request_ids.sorted("id", reverse=True),
            "offered_plan": self.plan_ids.filtered(lambda plan: plan.state == "approved")[:1],
            "is_plan_answered": bool(self.portal_request_ids.filtered(
                lambda entry: entry.state == "pending" and entry.kind in PLAN_ANSWERS
            )),
            "running_plan": self.plan_ids.filtered(lambda plan: plan.state == "performing")[:1],
            "open_promise": self.promise_ids.filtered(lambda p: p.state == "open")[:1],
            "progress": PORTAL_STAGES[self.stage],
            "survey": self._on_survey(),
        }
