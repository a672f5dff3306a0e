from odoo import fields, models
from odoo.exceptions import UserError

WAIVER_FIELDS = {"waived_by_id", "date_waived", "refund_move_id"}


class CollectionCharge(models.Model):
    """A charge that is let go, to keep a customer: a manager decides, finance credits it."""

    _inherit = "collection.charge"

    state = fields.Selection(
        selection_add=[("waiving", "To Waive"), ("waived", "Waived"), ("undone",)],
        ondelete={"waiving": "cascade", "waived": "cascade"},
    )
    waive_reason = fields.Char("Why Waived", copy=False, tracking=True)
    waived_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    date_waived = fields.Datetime("Waived On", readonly=True, copy=False)
    refund_move_id = fields.Many2one(
        "account.move", "Credit Note", readonly=True, copy=False, ondelete="restrict"
    )

    def write(self, vals):
        if not self.env.su:
            if WAIVER_FIELDS & vals.keys():
                raise UserError(self._get_words_steps_only())
            if "waive_reason" in vals:
                self._check_state("posted")
        return super().write(vals)

    def action_waive(self):
        """Let these charges go; finance makes the credit notes. The days stay charged."""
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
        self._check_unpaid()

    def _check_unpaid(self):
        """Raise if anything was paid on a debit note: what was paid is not waived."""
        # Whoever waives need not have a right on every entry.
        for charge_sudo in self.sudo():
            move_sudo = charge_sudo.move_id
            if charge_sudo.currency_id.compare_amounts(
                move_sudo.amount_residual, move_sudo.amount_total
            ):
                raise UserError(
                    self.env._(
                        "The debit note %(move)s of “%(charge)s” is paid, at least in part. Undo"
                        " the payment's matching first, or make a credit note over the rest.",
                        move=move_sudo.name,
                        charge=charge_sudo.display_name,
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
        """Credit what the manager waived."""
        self._lock()
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
        self._check_unpaid()
        for charge in self:
            # Finance posts results without being an accountant; the entry keeps who did it.
            charge_sudo = charge.sudo()
            refund = charge_sudo._credit(
                charge.company_id._get_collection_today(), charge.waive_reason
            )
            charge_sudo.write({"state": "waived", "refund_move_id": refund.id})
        self._end_to_dos()
