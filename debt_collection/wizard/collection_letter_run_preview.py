from datetime import timedelta

from odoo import api, models


class CollectionLetterRun(models.TransientModel):
    """Who gets a letter of a run, and why the others get none."""

    _inherit = "collection.letter.run"

    def _prepare_lines(self, cases):
        """Values of the lines for these cases; a fixed number of queries for all of them."""
        letter_model = self.env["collection.letter"]
        partners = cases.partner_id
        claims = letter_model._get_claims(self.company_id, partners, self.kind, self.date)
        credits = letter_model._get_credits(self.company_id, partners)
        bank = letter_model._get_bank_money(self.company_id, partners)
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
            partner = case.partner_id
            rows = claims.get(partner.id, [])
            credit = sum(amount for _own, amount in credits.get(partner.id, {}).values())
            contact = partner._get_collection_contact()
            template = templates[case.tier_id]
            vals = {
                "case_id": case.id,
                "template_id": template.id,
                "contact_id": contact.id,
                "channel": self.channel or letter_model._choose_channel(template, contact),
                "item_count": len(rows),
                "amount_credit": credit,
                "amount": sum(row["amount_company"] for row in rows) - credit,
            }
            reason = (
                self.env._("A letter of this kind is written and not sent yet")
                if partner in waiting
                else self._get_exception(
                    case, contact, rows, vals, bank.get(partner.id, 0.0), recent.get(partner)
                )
            )
            lines.append({**vals, "reason": reason, "is_chosen": not reason})
        return lines

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

    def _get_exception(self, case, contact, rows, vals, bank_money, last_date):
        """Why a customer gets no letter, in words; empty when nothing speaks against it.

        Statements only need an address: they ask for nothing.
        """
        self.ensure_one()
        compare = self.currency_id.compare_amounts
        policy = case.policy_id or self.env["collection.policy"]._get_default(self.company_id)
        if not vals["template_id"]:
            return self.env._("There is no template for this kind of letter")
        if vals["channel"] == "email" and not contact.email_normalized:
            return self.env._("No e-mail address")
        if vals["channel"] != "email" and not self._has_address(case.partner_id, contact):
            return self.env._("No postal address")
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
        if compare(vals["amount"], 0) <= 0:
            return self.env._("Unapplied credits cover all that is claimed")
        if compare(vals["amount"], self.amount_minimum or policy.amount_minimum) < 0:
            return self.env._("Below the minimum amount")
        if compare(bank_money, 0) > 0 and policy.letter_bank_guard == "block":
            return self.env._("Unmatched money on a bank statement")
        if compare(vals["amount_credit"], 0) > 0 and policy.letter_credit_guard == "block":
            return self.env._("Unapplied credits")
        return case._get_pause(self.date, policy) or False

    @api.model
    def _has_address(self, partner, contact):
        return bool(contact.city or contact.street or partner.city or partner.street)
