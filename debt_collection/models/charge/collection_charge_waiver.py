from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class CollectionCharge(models.Model):
    """Credit notes over debit notes: a charge that is waived, or was posted by mistake."""

    _inherit = "collection.charge"

    state = fields.Selection(
        selection_add=[("waiving", "To Waive"), ("waived", "Waived"), ("undone",)],
        ondelete={"waiving": "cascade", "waived": "cascade"},
    )
    waive_reason = fields.Char("Why Waived", copy=False, tracking=True)
    amount_to_waive = fields.Monetary(
        "Amount to Waive", copy=False, tracking=True,
        help="Part of the charge that is let go, without tax; zero: all that was not waived yet.",
    )
    amount_waived = fields.Monetary("Waived Amount", readonly=True, copy=False)
    waived_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    date_waived = fields.Datetime("Waived On", readonly=True, copy=False)
    refund_move_id = fields.Many2one(
        "account.move", "Last Credit Note", readonly=True, copy=False, ondelete="restrict",
        help="The one that lets go what was left.",
    )
    refund_move_ids = fields.Many2many(
        "account.move", string="Credit Notes", compute="_compute_refund_move_ids",
        compute_sudo=True, help="One for each part that was waived.",
    )
    _waived_amounts = models.Constraint(
        "CHECK(amount_to_waive >= 0 AND amount_waived >= 0)",
        "An amount to waive is zero or more.",
    )
    _people_write = {"posted": {"waive_reason", "amount_to_waive"}}

    def _do_undo(self, date):
        """Credit what is left of the debit note; its days can be charged again."""
        self._check_last_charge()
        self.plan_id._note_interest("asked")
        return self._credit(date, self.env._("Charged by mistake"), self._get_amount_left())

    def _credit(self, date, reason, amount):
        """A credit note on just that day, matched with the debit note; return it.

        :param amount: how much of the charge, without tax
        """
        self.ensure_one()
        debit_note = self.move_id
        self._check_posting_date(
            date, debit_note.journal_id, bool(debit_note.amount_tax), field="date_undo"
        )
        self._check_not_before(date, debit_note)
        vals = {
            "date": date,
            "invoice_date": date,
            "invoice_date_due": date,
            "is_collection_charge": True,
            "ref": self.env._(
                "%(reason)s: %(debit_note)s", reason=reason, debit_note=debit_note.name
            ),
        }
        if not self.currency_id.compare_amounts(amount, self.amount_total):
            return debit_note._reverse_moves([vals], cancel=True)
        return self._credit_part(vals, reason, amount)

    def _credit_part(self, vals, reason, amount):
        """A credit note over a part, with the account and taxes that the debit note has."""
        debit_note = self.move_id
        charged = debit_note.invoice_line_ids[0]
        refund = self.env["account.move"].with_company(self.company_id).create({
            **vals,
            "move_type": "out_refund",
            "journal_id": debit_note.journal_id.id,
            "partner_id": debit_note.partner_id.id,
            "currency_id": debit_note.currency_id.id,
            "reversed_entry_id": debit_note.id,
            "invoice_payment_term_id": False,
            "invoice_line_ids": [Command.create({
                "name": reason,
                "product_id": charged.product_id.id,
                "account_id": charged.account_id.id,
                "quantity": 1,
                "price_unit": amount,
                "tax_ids": [Command.set(charged.tax_ids.ids)],
                "analytic_distribution": charged.analytic_distribution,
            })],
        })
        if not self.currency_id.compare_amounts(amount, self._get_amount_left()):
            self._fit_tax(refund)
        refund._post(soft=False)
        accounts = debit_note.line_ids | refund.line_ids
        accounts.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
            and not line.reconciled
        ).reconcile()
        return refund

    def _fit_tax(self, refund):
        """Let the last part take the cents that the taxes of the parts were rounded by."""
        earlier = self.move_id.reversal_move_ids.filtered(lambda move: move.state == "posted")
        rest = self.move_id.amount_total - sum(earlier.mapped("amount_total"))
        cents = self.currency_id.round(rest - refund.amount_total)
        tax_line = refund.line_ids.filtered(lambda line: line.display_type == "tax")[:1]
        if cents and tax_line:
            refund.write({"line_ids": [
                Command.update(tax_line.id, {"amount_currency": tax_line.amount_currency + cents})
            ]})

    # A charge that is let go, to keep a customer: a manager decides, finance credits it.

    @api.depends("move_id.reversal_move_ids")
    def _compute_refund_move_ids(self):
        for charge in self:
            charge.refund_move_ids = charge.move_id.reversal_move_ids

    def _get_amount_left(self):
        """What of the charge was not waived yet, without tax."""
        self.ensure_one()
        return self.currency_id.round(self.amount_total - self.amount_waived)

    def _get_waiver(self):
        """What the manager lets go this time, without tax."""
        self.ensure_one()
        return self.currency_id.round(self.amount_to_waive) or self._get_amount_left()

    def action_waive(self):
        """Let these charges go, all or a part; finance makes the credit notes."""
        self._lock()
        self._check_can_waive()
        self.sudo().write({
            "state": "waiving",
            "waived_by_id": self.env.uid,
            "date_waived": fields.Datetime.now(),
        })
        for charge in self:
            charge._ask_next(
                "finance",
                self.env._("Credit %(charge)s, which is waived", charge=charge.display_name),
            )
        self.env["collection.decision"]._note(
            "charge", self, "waive_reason",
            {charge.id: charge._get_waiver() for charge in self},
        )

    def _check_can_waive(self):
        self._check_role("manager", self.env._("Only a collection manager waives charges."))
        self.check_access("write")
        self._check_state("posted")
        for charge in self:
            if not (charge.waive_reason or "").strip():
                raise UserError(
                    self.env._("Write down why “%(charge)s” is waived.", charge=charge.display_name)
                )
        self._check_waiver_is_open()

    def _check_waiver_is_open(self):
        """Raise if more is waived than was charged, or than is open: paid is not waived."""
        # Whoever waives need not have a right on every entry.
        for charge_sudo in self.sudo():
            currency = charge_sudo.currency_id
            waiver, left = charge_sudo._get_waiver(), charge_sudo._get_amount_left()
            if currency.compare_amounts(waiver, left) > 0:
                raise UserError(
                    self.env._(
                        "%(amount)s of “%(charge)s” cannot be waived: %(left)s are left of it.",
                        amount=currency.format(waiver),
                        charge=charge_sudo.display_name,
                        left=currency.format(left),
                    )
                )
            move_sudo = charge_sudo.move_id
            share = move_sudo.amount_residual / move_sudo.amount_total
            opened = min(currency.round(move_sudo.amount_untaxed * share), left)
            if currency.compare_amounts(waiver, opened) > 0:
                raise UserError(
                    self.env._(
                        "The debit note %(move)s of “%(charge)s” is paid, at least in part: waive"
                        " %(open)s at most, or undo the payment's matching first.",
                        move=move_sudo.name,
                        charge=charge_sudo.display_name,
                        open=currency.format(opened),
                    )
                )

    def action_keep(self):
        """Do not waive these charges after all."""
        self._lock()
        self._check_role("manager", self.env._("Only a collection manager waives charges."))
        self.check_access("write")
        self._check_state("waiving")
        self.sudo().write({"state": "posted", "waived_by_id": False, "date_waived": False})
        self._end_to_dos()
        self.env["collection.decision"]._note("charge_kept", self)

    def action_post_waiver(self):
        """Credit what the manager waived; what is left of a charge is posted still."""
        self._lock()
        self._check_can_post_waiver()
        for charge in self:
            # Finance posts results without being an accountant; the entry keeps who did it.
            charge.sudo()._do_waive(
                charge.date_undo or charge.company_id._get_collection_today()
            )
        self._end_to_dos()

    def _check_can_post_waiver(self):
        self._check_role("finance", self.env._("Only finance posts results to accounting."))
        self.check_access("read")
        self._check_state("waiving")
        for charge in self:
            if charge.waived_by_id == self.env.user:
                raise UserError(
                    self.env._(
                        "You waived “%(charge)s” yourself: somebody else in finance credits it.",
                        charge=charge.display_name,
                    )
                )
        self._check_seals()
        self._check_waiver_is_sealed()
        self._check_waiver_is_open()

    def _check_waiver_is_sealed(self):
        """Raise unless just this amount was let go, by who is said to have done so."""
        for charge in self:
            decision_sudo = self.env["collection.decision"]._get_last("charge", charge)
            if decision_sudo.user_id != charge.waived_by_id or charge.currency_id.compare_amounts(
                decision_sudo.amount, charge._get_waiver()
            ):
                raise UserError(
                    self.env._(
                        "What is waived of “%(charge)s” is not what was decided on record: keep"
                        " the charge, and have it waived anew.",
                        charge=charge.display_name,
                    )
                )

    def _do_waive(self, date):
        """Credit what is waived on a day; after a part, the charge can be waived again."""
        self.ensure_one()
        waiver = self._get_waiver()
        is_rest = not self.currency_id.compare_amounts(waiver, self._get_amount_left())
        refund = self._credit(date, self.waive_reason, waiver)
        vals = {"amount_waived": self.amount_waived + waiver, "date_undo": False}
        if is_rest:
            vals.update(state="waived", refund_move_id=refund.id)
            self.plan_id._note_interest("waived")
        else:
            # The next waiver has a reason of its own; this one is on the credit note.
            vals.update(state="posted", amount_to_waive=0, waive_reason=False)
        self.write(vals)

    # A charge is taken back from its end: no days are left out between two charges.

    def _check_can_refuse(self):
        self._check_last_charge()

    def _check_can_redraft(self):
        self._check_last_charge()

    def _check_can_cancel(self):
        self._check_last_charge()

    def _check_last_charge(self):
        """Raise if somebody charges later days of an item of these."""
        # Whoever takes a charge back need not see the other one.
        for line_sudo in self.sudo().line_ids.filtered("date_to"):
            later_sudo = line_sudo.search(
                [
                    ("line_id", "=", line_sudo.line_id.id),
                    ("is_claimed", "=", True),
                    ("charge_id", "!=", line_sudo.charge_id.id),
                    ("date_from", ">", line_sudo.date_to),
                ],
                limit=1,
            )
            if line_sudo.is_claimed and later_sudo:
                raise UserError(
                    self.env._(
                        "Later days of %(invoice)s are charged by “%(later)s”: take that back"
                        " first.",
                        invoice=line_sudo.move_id.display_name,
                        later=later_sudo.charge_id.display_name,
                    )
                )

    def unlink(self):
        """Only drafts go, with their lines; what was asked for stays on record."""
        self._check_state("draft")
        return super().unlink()

