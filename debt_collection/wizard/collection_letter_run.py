from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

from ..models.res_company_letter import KINDS


class CollectionLetterRun(models.TransientModel):
    """Letters for many customers: who would get one, who not and why, then all in one go.

    Nothing is written before the drafts are asked for; exceptions are no errors, they are
    customers with a reason.
    """

    _name = "collection.letter.run"
    _inherit = ["collection.mixin"]
    _description = "Letter Run"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(
        required=True, readonly=True,
        default=lambda self: self.env.company._get_collection_today(),
    )
    kind = fields.Selection(
        [kind for kind in KINDS if kind[0] != "lawyer"], required=True, default="dunning"
    )
    policy_id = fields.Many2one(
        "collection.policy", domain="[('company_id', '=', company_id)]"
    )
    tier_ids = fields.Many2many("collection.tier", string="Worst Tier")
    user_id = fields.Many2one("res.users", "Collector", domain="[('share', '=', False)]")
    partner_ids = fields.Many2many(
        "res.partner", string="Customers", domain="[('collection_case_ids', '!=', False)]"
    )
    channel = fields.Selection(
        [("email", "E-Mail"), ("post", "Post"), ("hand", "By Hand")],
        help="Empty: as the template says.",
    )
    amount_minimum = fields.Monetary(
        "Minimum Amount", help="Claims below are left out; 0: the minimum of each policy."
    )
    line_ids = fields.One2many("collection.letter.run.line", "run_id")
    count_chosen = fields.Integer("Letters", compute="_compute_totals")
    count_left_out = fields.Integer("Left Out", compute="_compute_totals")
    amount_chosen = fields.Monetary("Claimed", compute="_compute_totals")

    @api.depends("line_ids.is_chosen", "line_ids.amount")
    def _compute_totals(self):
        for run in self:
            chosen = run.line_ids.filtered("is_chosen")
            run.count_chosen = len(chosen)
            run.count_left_out = len(run.line_ids) - len(chosen)
            run.amount_chosen = sum(chosen.mapped("amount"))

    def _get_case_domain(self):
        self.ensure_one()
        domain = [("company_id", "=", self.company_id.id), ("stage", "!=", "closed")]
        if self.policy_id:
            domain.append(("policy_id", "=", self.policy_id.id))
        if self.tier_ids:
            domain.append(("tier_id", "in", self.tier_ids.ids))
        if self.user_id:
            domain.append(("user_id", "=", self.user_id.id))
        if self.partner_ids:
            domain.append(("partner_id", "in", self.partner_ids.commercial_partner_id.ids))
        return domain

    def action_preview(self):
        """List the customers of the run, each with its amount or the reason it is left out."""
        self.ensure_one()
        cases = self.env["collection.case"].search(self._get_case_domain(), order="id")
        self.line_ids = [Command.clear()] + [
            Command.create(vals) for vals in self._prepare_lines(cases)
        ]
        return self._reopen()

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Letter Run"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
        }

    def _write_drafts(self):
        """The drafts of the chosen customers."""
        self.ensure_one()
        chosen = self.line_ids.filtered("is_chosen")
        if not chosen:
            raise UserError(self.env._("Choose at least one customer, or change the selection."))
        name = self.env._(
            "%(moment)s, %(user)s",
            moment=format_datetime(self.env, fields.Datetime.now(), dt_format="short"),
            user=self.env.user.name,
        )
        return self.env["collection.letter"]._draft_letters(
            self.company_id,
            [
                {
                    "partner": line.case_id.partner_id,
                    "kind": self.kind,
                    "case": line.case_id,
                    "template": line.template_id,
                    "channel": line.channel,
                    "vals": {"run_name": name},
                }
                for line in chosen
            ],
            self.date,
        )

    def action_draft(self):
        """Write the drafts, to be looked at one by one."""
        return self._open(self._write_drafts())

    def action_approve(self):
        """Write the letters and approve them: the PDFs are made in one run."""
        letters = self._write_drafts()
        letters.action_approve()
        return self._open(letters)

    def action_print(self):
        """Write and approve the letters, and print all of them as one file."""
        letters = self._write_drafts()
        letters.action_approve()
        approved = letters.filtered(lambda letter: letter.state == "approved")
        if not approved:
            return self._open(letters)
        return {**approved.action_print(), "close_on_report_download": True}

    def action_release(self):
        """Write the letters and leave approval and sending to the job, in one's own name."""
        letters = self._write_drafts()
        letters.action_release()
        return self._open(letters)

    def _open(self, letters):
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "debt_collection.collection_letter_action"
            ),
            "domain": [("id", "in", letters.ids)],
            "context": {},
        }
