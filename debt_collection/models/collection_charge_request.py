from odoo import Command, models
from odoo.exceptions import UserError


class CollectionCharge(models.Model):
    """What is asked for: reckoned from the ledger, frozen when somebody asks for it."""

    _inherit = "collection.charge"

    def _check_items(self):
        """Raise unless all items are the case's own, in the currency of the charge."""
        for charge in self:
            for item in charge.item_ids:
                if (
                    item.collection_case_id != charge.case_id
                    or item.currency_id != charge.currency_id
                ):
                    raise UserError(
                        self.env._(
                            "%(item)s is no item of %(case)s in %(currency)s.",
                            item=item.display_name,
                            case=charge.case_id.display_name,
                            currency=charge.currency_id.name,
                        )
                    )

    def action_refresh(self):
        """Reckon these drafts again from the ledger as it is now."""
        self.check_access("write")
        self._check_state("draft")
        self._refresh_lines()

    def _refresh_lines(self):
        """Replace the lines by what is due on the items and not claimed by another charge."""
        for charge in self:
            # Lines are reckoned by this step alone: nobody has a right to write them.
            charge_sudo = charge.sudo()
            accrued = charge_sudo.item_ids._get_collection_charges(charge.date_to, pending=True)
            charge_sudo.line_ids.unlink()
            charge_sudo.write({
                "line_ids": [
                    Command.create(self._prepare_line_vals(item, accrued[item.id]))
                    for item in charge_sudo.item_ids.sorted("date_maturity")
                    if self._get_why_not(accrued.get(item.id)) is None
                ],
                "left_out": "\n".join(
                    f"{item.move_id.name}: {reason}"
                    for item in charge_sudo.item_ids.sorted("date_maturity")
                    if (reason := self._get_why_not(accrued.get(item.id)))
                ),
            })

    def _get_why_not(self, accrued):
        """Words on why an item is not charged; ``None`` if it is."""
        if accrued is None:
            return self.env._("No terms of late charges apply.")
        if accrued["missing"]:
            return accrued["missing"]
        if not accrued["total"]:
            return self.env._("Nothing is due that was not charged or asked for before.")
        if accrued["is_below_minimum"]:
            return self.env._("Less than the minimum charge.")
        return None

    def _prepare_line_vals(self, item, accrued):
        segments = accrued["segments"]
        move = item.move_id
        fee_key = f"move,{move.id}" if move.is_invoice(True) else f"line,{item.id}"
        return {
            "line_id": item.id,
            "terms_id": accrued["terms_id"],
            "date_due": item.date_maturity,
            "date_from": segments[0].date_from if segments else False,
            "date_to": segments[-1].date_to if segments else False,
            "days": accrued["days"],
            "interest": accrued["interest"],
            "fee": accrued["fee"],
            "fee_key": fee_key if accrued["fee"] else False,
            "segment_ids": [
                Command.create({
                    "date_from": segment.date_from,
                    "date_to": segment.date_to,
                    "days": segment.days,
                    "principal": float(segment.principal),
                    "rate": float(segment.rate),
                    "base": segment.base,
                    "interest": float(segment.interest),
                })
                for segment in segments
            ],
        }

    def _prepare_request(self):
        """Freeze what is due now."""
        self.check_access("write")
        self._check_state("draft")
        # Of two people who ask for the same items at once, the second is told so. A lock says
        # nothing of the items: it needs no right on them.
        self._lock_or_tell(self.item_ids.sudo())
        self._refresh_lines()

    def _check_complete(self):
        self._check_role(
            "collector", self.env._("Collectors and managers ask for late charges.")
        )
        for charge in self:
            if charge.date_to > charge.company_id._get_collection_today():
                raise UserError(
                    self.env._(
                        "“%(charge)s” charges days that are still to come: choose today or"
                        " earlier.",
                        charge=charge.display_name,
                    )
                )
            if not charge.line_ids:
                raise UserError(
                    self.env._(
                        "There is nothing to charge in “%(charge)s”.\n%(reasons)s",
                        charge=charge.display_name,
                        reasons=charge.left_out or "",
                    )
                )

    def _check_still_right(self):
        """Raise if the ledger says something else by now than what was approved."""
        for charge in self:
            accrued = charge.line_ids.line_id._get_collection_charges(
                charge.date_to, pending=True, without=charge
            )
            for line in charge.line_ids:
                now = accrued.get(line.line_id.id, {"interest": 0, "fee": 0})
                compare = charge.currency_id.compare_amounts
                if compare(now["interest"], line.interest) or compare(now["fee"], line.fee):
                    raise UserError(
                        self.env._(
                            "“%(charge)s”: payments, terms or rates of %(invoice)s have changed"
                            " since it was asked for. Cancel it and ask again.",
                            charge=charge.display_name,
                            invoice=line.move_id.display_name,
                        )
                    )
