from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_datetime

from ...models.letter.res_company import KINDS


class CollectionLetterRun(models.TransientModel):
    """Letters for many customers: who would get one, who not and why, then all in one go.

    Nothing is written before the drafts are asked for; exceptions are no errors, they are
    customers with a reason.
    """

    _name = "collection.letter.run"
    _description = "Letter Run"
    _inherit = "collection.mixin"

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
    tier_ids = fields.Many2many("collection.tier", string="Highest Overdue Band")
    user_id = fields.Many2one("res.users", "Collector", domain="[('share', '=', False)]")
    partner_ids = fields.Many2many(
        "res.partner", string="Customers", domain="[('collection_case_ids', '!=', False)]"
    )
    channel = fields.Selection(
        lambda self: self.env["collection.letter"]._get_channels(),
        help="Empty: as the template says.",
    )
    amount_minimum = fields.Monetary(
        "Minimum Amount", help="Claims below are left out; 0: the minimum of each policy."
    )
    line_ids = fields.One2many("collection.letter.run.line", "run_id")
    count_chosen = fields.Integer("Letters", compute="_compute_totals")
    count_left_out = fields.Integer("Skipped", compute="_compute_totals")
    amount_chosen = fields.Monetary("Amount Due", compute="_compute_totals")
    is_asking = fields.Boolean(help="The person is asked before the letters are sent.")
    question = fields.Char(compute="_compute_question")

    @api.depends("line_ids.is_chosen", "line_ids.partner_id")
    def _compute_question(self):
        for run in self:
            chosen = run.line_ids.filtered("is_chosen")
            run.question = self.env._(
                "Send %(letters)s letters to %(customers)s customers?",
                letters=len(chosen), customers=len(chosen.partner_id),
            ) if len(chosen) != 1 else self.env._(
                "Send 1 letter to %(customer)s?", customer=chosen.partner_id.name
            )

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
        return letters._approve_or_begin() or self._open(letters)

    def action_print(self):
        """Write and approve the letters, and print all of them as one file."""
        letters = self._write_drafts()
        if work := letters._approve_or_begin():
            # They are printed from the list that opens when all are approved.
            return work
        approved = letters.filtered(lambda letter: letter.state == "approved")
        if not approved:
            return self._open(letters)
        return {**approved.action_print(), "close_on_report_download": True}

    def action_ask(self):
        """Ask how many letters to how many customers are meant, before any is sent."""
        self.ensure_one()
        self.is_asking = True
        return self._reopen()

    def action_back(self):
        """Back to the selection: nothing is sent."""
        self.ensure_one()
        self.is_asking = False
        return self._reopen()

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

    # Who gets a letter of a run, and why the others get none.

    def _prepare_lines(self, cases):
        """Values of the lines for these cases; a fixed number of queries for all of them."""
        partners = cases.partner_id
        claims = self.env["collection.letter.line"]._get_claims(
            self.company_id, partners, self.kind, self.date
        )
        pots = self.env["collection.position"]._get_pots(self.company_id, partners)
        bank = partners._get_collection_bank_money(self.company_id)
        recent = self._get_recent(partners)
        waiting = self._get_waiting(partners)
        templates = {
            tier: self.env["collection.letter.template"]._choose(
                self.kind, tier, self.company_id
            )
            for tier in (*cases.tier_id, self.env["collection.tier"])
        }
        lines = []
        for case in cases:
            try:
                lines.append(self._prepare_line(
                    case, claims, pots, bank, recent, waiting, templates
                ))
            # Whatever is wrong with one customer must not keep the others from their letters.
            except (AccessError, UserError, ValueError) as error:
                lines.append({
                    "case_id": case.id, "channel": self.channel or "email",
                    "reason": str(error), "is_chosen": False,
                })
        return lines

    def _prepare_line(self, case, claims, pots, bank, recent, waiting, templates):
        """Values of the line for a case."""
        self.ensure_one()
        partner = case.partner_id
        total_model = self.env["collection.letter.total"]
        own = pots.get(partner.id, {})
        rows = total_model._leave_out_covered(claims.get(partner.id, []), own, self.kind)
        asked = total_model._sum_up(self.company_id, rows, own, self.kind, self.date)
        amount = self.currency_id.round(sum(total["amount_company"] for total in asked))
        template = templates[case.tier_id]
        way = self.env["collection.channel"]._get(self.channel or template._get_first_channel())
        contact = way._choose_contact(
            partner, self.kind,
            self.env["account.move.line"].browse(row["move_line_id"] for row in rows),
        )
        vals = {
            "case_id": case.id,
            "template_id": template.id,
            "contact_id": contact.id,
            "channel": self.channel or template._choose_channel(contact),
            "item_count": len(rows),
            "amount_credit": sum(pot.credit_company for pot in own.values()),
            "amount": amount,
        }
        is_covered = all(
            total["currency"].compare_amounts(
                total["amount_total"], total["amount_charge"]
            ) <= 0
            for total in asked
        )
        reason = (
            self.env._("A letter of this kind is written and not sent yet")
            if partner in waiting
            else self._get_exception(
                case, contact, rows, vals, bank.get(partner.id, 0.0), recent.get(partner),
                is_covered,
            )
        )
        return {**vals, "reason": reason, "is_chosen": not reason}

    def _get_recent(self, partners):
        """By customer, the day of the last letter of the kind that went out."""
        return dict(
            self.env["collection.letter"].sudo()._read_group(
                [
                    ("company_id", "=", self.company_id.id),
                    ("partner_id", "in", partners.ids),
                    ("kind", "=", self.kind),
                    ("state", "in", ("sent", "delivered")),
                    ("is_ahead", "=", False),
                ],
                ["partner_id"],
                ["date:max"],
            )
        )

    def _get_waiting(self, partners):
        """Customers with a letter of the kind that did not go out yet."""
        return self.env["collection.letter"].sudo().search([
            ("company_id", "=", self.company_id.id),
            ("partner_id", "in", partners.ids),
            ("kind", "=", self.kind),
            ("state", "in", ("draft", "approved")),
            ("is_ahead", "=", False),
        ]).partner_id

    def _get_exception(self, case, contact, rows, vals, bank_money, last_date, is_covered):
        """Why a customer gets no letter, in words; empty when nothing speaks against it.

        Statements only need an address: they ask for nothing.
        """
        self.ensure_one()
        compare = self.currency_id.compare_amounts
        policy = case.policy_id or self.env["collection.policy"]._get_default(self.company_id)
        if not vals["template_id"]:
            return self.env._("There is no template for this kind of letter")
        channel = self.env["collection.channel"]._get(vals["channel"])
        if missing := channel._get_missing(case.partner_id, contact):
            return missing
        if not rows:
            contested = compare(case.amount_disputed, 0) > 0
            return (
                self.env._("All of it is disputed, or in a payment plan")
                if contested or compare(case.amount_planned, 0) > 0
                else self.env._("Nothing is overdue")
            )
        gap = policy.letter_gap_days
        if last_date and gap and last_date > self.date - timedelta(days=gap):
            return self.env._("Had a letter of this kind within %(days)s days", days=gap)
        if self.kind == "statement":
            return False
        if is_covered:
            return self.env._("Unapplied credits or money on its way cover all that is claimed")
        if compare(vals["amount"], self.amount_minimum or policy.amount_minimum) < 0:
            return self.env._("Below the minimum amount")
        if compare(bank_money, 0) > 0 and policy.letter_bank_guard == "block":
            return self.env._("Unmatched money on a bank statement")
        if compare(vals["amount_credit"], 0) > 0 and policy.letter_credit_guard == "block":
            return self.env._("Unapplied credits")
        blocks = case._get_send_blocks(self.kind, self.date)
        return (blocks[0] if blocks else case._get_gap_block(self.date)) or False
