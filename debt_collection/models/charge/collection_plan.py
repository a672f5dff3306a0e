from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class CollectionPlan(models.Model):
    """The interest of a schedule is claimed as a late charge, by two people (P4.2)."""

    _inherit = "collection.plan"

    charge_ids = fields.One2many("collection.charge", "plan_id", "Interest Charges")
    is_interest_refused = fields.Boolean(
        compute="_compute_is_interest_refused",
        help="The interest was claimed, and nothing is left of the claim.",
    )

    @api.depends("interest_state", "charge_ids.state")
    def _compute_is_interest_refused(self):
        for plan in self:
            plan.is_interest_refused = plan._lacks_interest_claim()

    def _lacks_interest_claim(self):
        """Whether interest is to be charged and no charge of it is under way."""
        self.ensure_one()
        return self.interest_state == "asked" and not self._get_interest_claims()

    def _claim_interest(self):
        """Ask for what these accepted schedules have of interest; a manager approves it."""
        for plan in self.filtered(lambda plan: plan.interest_state == "asked"):
            # A portal visitor accepts, too: then who proposed the plan asks.
            user = self.env.user
            if not user.has_group("debt_collection.group_collector"):
                user = plan.user_id
            items_sudo = plan.sudo().item_ids
            own_sudo = items_sudo.filtered(lambda line, plan=plan: (
                line.currency_id == plan.currency_id
            )) or items_sudo
            # A charge of a plan is made by this step alone.
            charge_sudo = self.env["collection.charge"].with_user(user).sudo().create({
                "case_id": plan.case_id.id,
                "plan_id": plan.id,
                "currency_id": plan.currency_id.id,
                "date_to": plan.company_id._get_collection_today(),
                "item_ids": [Command.set(own_sudo.sorted(
                    lambda line: (line._get_collection_due(), line.id)
                )[:1].ids)],
            })
            charge_sudo.sudo(False).action_request()

    def action_claim_interest(self):
        """Ask for the interest again, after a request was refused or cancelled."""
        self.check_access("write")
        for plan in self:
            if not plan._lacks_interest_claim():
                raise UserError(
                    self.env._(
                        "The interest of “%(plan)s” is asked for, charged or waived already.",
                        plan=plan.display_name,
                    )
                )
        self._claim_interest()

    def _get_interest_claims(self):
        """Charges of these plans that are not refused, cancelled or undone."""
        # Whoever waives a plan's interest need not see the charge.
        return self.sudo().charge_ids.filtered(
            lambda charge: charge.state not in ("refused", "cancelled", "undone")
        )

    def _drop_interest_claims(self):
        """Requests that are not posted go when the interest is waived."""
        self._get_interest_claims().action_cancel()
