from datetime import timedelta
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, formatLang

from ...tools.provision import allowance, loss_rate, round_money
from ..record.collection_approval import SEALED_DECISION

HUNDRED = Decimal(100)


class CollectionProvisionSpecific(models.Model):
    """What is set aside for one case by judgement instead of by the matrix (IFRS 9).

    Finance or a manager asks for it with reason and evidence, another manager approves it.
    From its first day on it takes the case's items out of the matrix; for one day a customer has
    one specific provision at most.
    """

    _name = "collection.provision.specific"
    _description = "Specific Provision"
    _inherit = ["collection.mixin", "collection.approval", "mail.thread"]
    _order = "date_start desc, id desc"
    _check_company_auto = True

    case_id = fields.Many2one(
        "collection.case", required=True, index=True, ondelete="restrict", check_company=True
    )
    company_id = fields.Many2one(related="case_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(
        related="case_id.partner_id", string="Customer", store=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id", store=True)
    scope = fields.Selection(
        [("overdue", "Overdue items"), ("all", "All open items")], required=True,
        default="overdue", help="Insolvency concerns what is not due yet as well.",
    )
    kind = fields.Selection(
        [("percent", "Percentage"), ("amount", "Amount")], required=True, default="percent"
    )
    percent = fields.Float("Loss (%)", digits=(16, 6), default=100.0)
    amount = fields.Monetary(help="At most what is open at the month's end is set aside.")
    reason = fields.Selection(
        [
            ("legal", "Legal Action"),
            ("insolvency", "Insolvency"),
            ("dispute", "Dispute"),
            ("untraceable", "Cannot Be Found"),
            ("other", "Other"),
        ],
        required=True, default="legal", tracking=True,
    )
    evidence = fields.Text(help="What the judgement rests on: file number, notice, report.")
    attachment_ids = fields.Many2many(
        "ir.attachment", "collection_provision_specific_attachment_rel", string="Documents",
        bypass_search_access=True,
    )
    date_start = fields.Date(
        "From", required=True, help="First day, inclusive.",
        default=lambda self: self.env.company._get_collection_today().replace(day=1),
    )
    date_end = fields.Date("To", tracking=True, help="Last day, inclusive; empty: until ended.")
    _values = models.Constraint(
        "CHECK(percent >= 0 AND percent <= 100 AND amount >= 0)",
        "A loss is between 0 and 100 percent, or an amount of zero or more.",
    )
    _days = models.Constraint(
        "CHECK(date_end IS NULL OR date_end >= date_start)",
        "A specific provision ends on its first day or later.",
    )
    _in_force = models.Index("(company_id, date_start) WHERE state = 'approved'")

    _sealed_fields = (
        "case_id", "company_id", "scope", "kind", "percent", "amount", "reason", "date_start",
        *SEALED_DECISION,
    )
    _sealed_personal = ("evidence", "attachment_ids")
    _people_create = {"case_id"}
    _people_write = {
        "draft": {
            "scope", "kind", "percent", "amount", "reason", "evidence", "attachment_ids",
            "date_start", "date_end",
        },
    }

    @api.depends("case_id", "kind", "percent", "amount")
    def _compute_display_name(self):
        for specific in self:
            what = (
                f"{specific.percent:g}%" if specific.kind == "percent"
                else formatLang(self.env, specific.amount, currency_obj=specific.currency_id)
            )
            specific.display_name = self.env._(
                "%(customer)s: %(what)s", customer=specific.partner_id.name or "", what=what
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        self._check_state("draft", "cancelled")

    def _check_complete(self):
        for specific in self:
            if not (specific.evidence or "").strip() and not specific.attachment_ids:
                raise UserError(
                    self.env._(
                        "Write down what “%(name)s” rests on, or attach the evidence.",
                        name=specific.display_name,
                    )
                )

    def _check_approvable(self):
        for specific in self:
            later = specific._get_overlapping().filtered(
                lambda other, specific=specific: other.date_start >= specific.date_start
            )
            if later:
                raise UserError(
                    self.env._(
                        "“%(other)s” applies from %(day)s on: end it first, or let “%(name)s”"
                        " begin later.",
                        other=later[0].display_name,
                        day=format_date(self.env, later[0].date_start),
                        name=specific.display_name,
                    )
                )

    def _get_overlapping(self):
        """The approved ones of the same customer that share a day with this one."""
        return self.search([
            ("id", "!=", self.id),
            ("state", "=", "approved"),
            ("company_id", "=", self.company_id.id),
            ("partner_id", "=", self.partner_id.id),
            ("date_start", "<=", self.date_end or fields.Date.to_date("9999-12-31")),
            "|", ("date_end", "=", False), ("date_end", ">=", self.date_start),
        ])

    def _after_approve(self):
        for specific in self:
            # What is approved replaces what applied before.
            specific.sudo()._get_overlapping().write(
                {"date_end": specific.date_start - timedelta(days=1)}
            )

    def action_end(self):
        """Let the matrix decide again from tomorrow on; the allowance is released next month."""
        self._lock()
        self._check_role("manager", self.env._("Only a manager ends specific provisions."))
        self.check_access("write")
        self._check_state("approved")
        for specific in self:
            today = specific.company_id._get_collection_today()
            if today < specific.date_start:
                specific.sudo().write({"state": "cancelled"})
            elif not specific.date_end or specific.date_end > today:
                # Checked above; the terms are frozen for everybody else.
                specific.sudo().write({"date_end": today})

    @api.model
    def _get_by_partner(self, company, as_of):
        """The specific provisions in force on a day, by customer id."""
        # Part of the matrix, whoever computes it.
        specifics_sudo = self.sudo().search([
            ("state", "=", "approved"),
            ("company_id", "=", company.id),
            ("date_start", "<=", as_of),
            "|", ("date_end", "=", False), ("date_end", ">=", as_of),
        ], order="date_start, id")
        # What was not approved sets nothing aside.
        specifics_sudo._check_seals()
        return {specific.partner_id.commercial_partner_id.id: specific
                for specific in specifics_sudo}

    def _get_allowance(self, exposure, precision):
        """What is set aside of an exposure, and the rate it comes to.

        :return: amount, and the rate as numerator and denominator
        """
        self.ensure_one()
        if self.kind == "percent":
            percent = Decimal(str(round(self.percent, 6)))
            return allowance(exposure, loss_rate(percent), precision), (percent, HUNDRED)
        amount = min(round_money(Decimal(str(self.amount)), precision), exposure)
        return amount, (amount, exposure)

