from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

from ...tools.money_matching import Customer, Item, Matcher, Receipt


class CollectionMoney(models.Model):
    """Whose money on a bank statement may be, and for which invoices: a proposal with its reasons.

    Nothing is matched by itself: finance takes a proposal up, and the bank line gets its customer;
    what is reconciled is decided where Odoo reconciles. A sure proposal counts as the customer's
    money before letters go out.
    """

    _name = "collection.money"
    _description = "Proposal for a Bank Line"
    _inherit = ["collection.mixin", "collection.locked"]
    _order = "is_sure desc, date, id"
    _rec_name = "text"
    _check_company_auto = True

    statement_line_id = fields.Many2one(
        "account.bank.statement.line", "Bank Line", required=True, readonly=True,
        ondelete="cascade", index=True,
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date("Received On", readonly=True)
    amount = fields.Monetary(readonly=True)
    payer = fields.Char("Payer on the Statement", readonly=True)
    text = fields.Char("Payment Reference", readonly=True)
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, readonly=True, ondelete="cascade", index=True
    )
    item_ids = fields.Many2many("account.move.line", string="Invoices", readonly=True)
    difference = fields.Monetary(
        readonly=True, help="Paid less (negative) or more than is open of the invoices."
    )
    reasons = fields.Char("Codes of Reasons", readonly=True, help="Codes of what says so.")
    reason_text = fields.Char("Reasons", compute="_compute_reason_text")
    is_sure = fields.Boolean("Sure", readonly=True)
    state = fields.Selection(
        [("open", "To Look At"), ("taken", "Taken Up"), ("dismissed", "Set Aside")],
        required=True, default="open", readonly=True, index=True,
    )
    user_id = fields.Many2one("res.users", "Looked At By", readonly=True)
    _once = models.UniqueIndex(
        "(statement_line_id) WHERE state = 'open'", "The bank line has a proposal already."
    )

    @api.depends("reasons")
    @api.depends_context("lang")
    def _compute_reason_text(self):
        for proposal in self:
            proposal.reason_text = self._describe_reasons((proposal.reasons or "").split())

    @api.model
    def _describe_reasons(self, codes):
        """What says that money settles some invoices, in words."""
        words = {
            "account": self.env._("the account is the customer's"),
            "number": self.env._("the invoice's number is quoted"),
            "reference": self.env._("the customer's own reference is quoted"),
            "name": self.env._("the payer has the customer's name"),
            "like": self.env._("the payer's name is much like the customer's"),
            "hint": self.env._("the end of an invoice's number is quoted"),
            "exact": self.env._("the amount is what is open"),
            "all": self.env._("the amount is all that is open"),
            "sum": self.env._("these invoices add up to the amount"),
            "rounding": self.env._("the amount differs by a rounding"),
            "discount": self.env._("the early payment discount was taken off"),
            "charge": self.env._("a bank charge may have been taken off"),
            "part": self.env._("it is a part of what is open"),
            "rest": self.env._("it is more than the invoices named"),
            "oldest": self.env._("no invoice is named: the oldest ones"),
        }
        return "; ".join(words[code] for code in codes if code in words)

    # Finding proposals, for finance and before letters go out.

    @api.model
    def _cron_propose(self):
        """Propose whose money the bank lines of every company are."""

        def propose(company):
            # Bank lines are looked at whoever started the job.
            self.sudo()._propose(company)

        self.env["res.company"]._run_collection_job(propose, "whose money bank lines are")

    @api.model
    def action_propose(self):
        """Look for proposals now, in the active company."""
        self._check_finance()
        # What is proposed does not depend on who may open which entry.
        self.sudo()._propose(self.env.company)
        return self.env["ir.actions.act_window"]._for_xml_id(
            "debt_collection.collection_money_action"
        )

    @api.model
    def _propose(self, company):
        """Write a proposal for each bank line of a company without a customer that has one.

        Those that do not hold any more go; what somebody set aside is not proposed again.

        :return: the new proposals
        """
        lines = self.env["account.bank.statement.line"].search([
            ("company_id", "=", company.id), ("partner_id", "=", False), ("amount", ">", 0),
            ("is_reconciled", "=", False), ("move_id.state", "=", "posted"),
        ])
        lines = lines.filtered(lambda line: line.currency_id == company.currency_id)
        self.search([("company_id", "=", company.id), ("state", "=", "open")]).unlink()
        set_aside = {
            (proposal.statement_line_id.id, proposal.partner_id.id)
            for proposal in self.search([
                ("statement_line_id", "in", lines.ids), ("state", "=", "dismissed"),
            ])
        }
        matcher = self._get_matcher(company) if lines else None
        vals_list = []
        for line in lines:
            for proposal in matcher.propose(self._as_receipt(line)):
                if (line.id, proposal.customer) not in set_aside:
                    vals_list.append(self._prepare_proposal(line, proposal))
                    break
        return self.create(vals_list)

    @api.model
    def _as_receipt(self, line):
        """A bank line as the pure rules read it."""
        return Receipt(
            line.id,
            round(line.amount * 10 ** line.currency_id.decimal_places),
            line.date,
            " ".join(filter(None, (line.payment_ref, line.ref, line.narration and str(
                line.narration
            )))),
            line.partner_name or "",
            line.account_number or "",
        )

    @api.model
    def _get_matcher(self, company):
        """The open invoices and customers of a company, as the pure rules read them."""
        currency = company.currency_id
        factor = 10 ** currency.decimal_places
        items = self.env["account.move.line"].search_fetch(
            [
                ("company_id", "=", company.id), ("parent_state", "=", "posted"),
                ("account_type", "=", "asset_receivable"), ("reconciled", "=", False),
                ("currency_id", "=", currency.id), ("amount_residual", ">", 0),
                ("partner_id", "!=", False),
            ],
            ["move_id", "partner_id", "amount_residual", "date_maturity", "discount_date",
             "discount_amount_currency"],
        )
        partners = items.partner_id.commercial_partner_id
        facts = []
        for item in items:
            has_discount = item.discount_date and item.discount_amount_currency
            facts.append(Item(
                item.id, item.partner_id.commercial_partner_id.id, item.move_id.name or "",
                round(item.amount_residual * factor), item.date_maturity or item.date,
                item.move_id.ref or "",
                round((item.amount_residual - item.discount_amount_currency) * factor)
                if has_discount else 0,
                item.discount_date or None,
            ))
        return Matcher(facts, [
            Customer(
                partner.id, tuple(filter(None, (partner.name, partner.ref))),
                tuple((partner | partner.child_ids).bank_ids.mapped("acc_number")),
            )
            for partner in partners
        ])

    @api.model
    def _prepare_proposal(self, line, proposal):
        factor = 10 ** line.currency_id.decimal_places
        return {
            "statement_line_id": line.id,
            "company_id": line.company_id.id,
            "date": line.date,
            "amount": line.amount,
            "payer": line.partner_name,
            "text": line.payment_ref,
            "partner_id": proposal.customer,
            "item_ids": [Command.set([key for key, _part in proposal.parts])],
            "difference": proposal.difference / factor,
            "reasons": " ".join(proposal.why),
            "is_sure": proposal.is_sure,
        }

    # Finance takes a proposal up, or sets it aside.

    def _check_finance(self):
        user = self.env.user
        if not self.env.su and not user.has_group("debt_collection.group_finance"):
            raise AccessError(self.env._("Only finance says whose money it is."))

    def _check_can_decide(self):
        self._check_finance()
        self.check_access("read")
        for proposal in self:
            # Finance decides on bank lines that only accountants open.
            line_sudo = proposal.sudo().statement_line_id
            if proposal.state != "open" or line_sudo.is_reconciled or line_sudo.partner_id:
                raise UserError(self.env._("Somebody has looked at this bank line already."))

    def action_take(self):
        """The bank line is the customer's: where Odoo reconciles, their invoices are offered."""
        self._lock()
        self._check_can_decide()
        # Who takes it up was checked; bank lines are written by accountants alone.
        for proposal_sudo in self.sudo():
            proposal_sudo.statement_line_id.partner_id = proposal_sudo.partner_id
        self._set_state("taken")

    def action_dismiss(self):
        """It is not that customer's money: another one may be proposed next time."""
        self._lock()
        self._check_can_decide()
        self._set_state("dismissed")

    def _set_state(self, state):
        # Checked above; the state is written by the buttons alone.
        self.sudo().write({"state": state, "user_id": self.env.uid})
