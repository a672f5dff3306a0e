from odoo import api, fields, models
from odoo.exceptions import UserError

WAIVER_FIELDS = {"waived_by_id", "date_waived", "refund_move_id", "amount_waived"}
WISH_FIELDS = {"waive_reason", "amount_to_waive"}


class CollectionCharge(models.Model):
    """A charge that is let go, to keep a customer: a manager decides, finance credits it.

    All of it or a part; what is left stays posted, and can be waived later. The days stay
    charged either way: nobody asks for them again.
    """

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

    @api.depends("move_id.reversal_move_ids")
    def _compute_refund_move_ids(self):
        for charge in self:
            charge.refund_move_ids = charge.move_id.reversal_move_ids

    def _check_begins_without_waiver(self, vals_list):
        if not self.env.su and any((WAIVER_FIELDS | WISH_FIELDS) & vals.keys()
                                   for vals in vals_list):
            raise UserError(self._get_words_steps_only())

    def _check_waiver_written(self, vals):
        """Raise unless the wish is written on what is posted, and its result by the steps."""
        if not self.env.su:
            if WAIVER_FIELDS & vals.keys():
                raise UserError(self._get_words_steps_only())
            if WISH_FIELDS & vals.keys():
                self._check_state("posted")

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
        self.env["collection.decision"]._note("charge", self, "waive_reason")

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
        self._check_waiver_is_open()

    def _do_waive(self, date):
        """Credit what is waived on a day; after a part, the charge can be waived again."""
        self.ensure_one()
        waiver = self._get_waiver()
        is_rest = not self.currency_id.compare_amounts(waiver, self._get_amount_left())
        refund = self._credit(date, self.waive_reason, waiver)
        vals = {"amount_waived": self.amount_waived + waiver, "date_undo": False}
        if is_rest:
            vals.update(state="waived", refund_move_id=refund.id)
        else:
            # The next waiver has a reason of its own; this one is on the credit note.
            vals.update(state="posted", amount_to_waive=0, waive_reason=False)
        self.write(vals)
