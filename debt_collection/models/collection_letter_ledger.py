from decimal import Decimal

from odoo import api, models
from odoo.fields import Command, Date, Domain

from ..tools.letter_claim import in_proportion, share_contested
from .collection_guard import OURS

# Kinds that claim late charges, too, and restart limitation when they arrive.
DEMANDS = ("dunning", "final", "lawyer")


class CollectionLetter(models.Model):
    """What the ledger says that a letter claims: items, contested parts, credits (P3.4).

    A fixed number of queries for any number of customers. Amounts are in the currency of the
    items; items in a performing plan and what is contested are not claimed.
    """

    _inherit = "collection.letter"

    @api.model
    def _get_claim_domain(self, company, partners, kind, as_of, is_ahead=False):
        """Items that a letter of a kind lists; ahead: those that fall due from tomorrow on."""
        domain = self.env["account.move.line"]._get_collectable_domain() & Domain([
            ("company_id", "=", company.id),
            ("partner_id.commercial_partner_id", "in", partners.ids),
        ])
        if is_ahead:
            return domain & Domain("date_maturity", ">", as_of)
        if kind == "statement":
            return domain
        return domain & Domain("date_maturity", "<", as_of)

    @api.model
    def _get_claims(self, company, partners, kind, as_of, only=None):
        """Values of letter lines by customer's id, as the ledger stands.

        :param only: items to look at; by default all that the kind lists
        :return: dict by commercial partner's id of lists of values, oldest due date first
        """
        line_model_sudo = self.env["account.move.line"].sudo()
        domain = (
            Domain("id", "in", only.ids) & line_model_sudo._get_collectable_domain()
            if only is not None
            else self._get_claim_domain(company, partners, kind, as_of)
        )
        # A letter is whole, whichever entries the user may open; the caller checked the case.
        lines_sudo = line_model_sudo.search(domain, order="date_maturity, id")
        if kind != "statement":
            lines_sudo -= self._get_planned_items(lines_sudo)
        contested = self._get_contested(lines_sudo)
        charges = lines_sudo._get_collection_charges(as_of) if kind in DEMANDS else {}
        claims = {}
        for line in lines_sudo:
            vals = self._prepare_line_vals(line, as_of, contested.get(line.id, 0), charges)
            if kind == "statement" or line.currency_id.compare_amounts(
                vals["amount_claimed"], 0
            ) > 0:
                claims.setdefault(line.partner_id.commercial_partner_id.id, []).append(vals)
        return claims

    @api.model
    def _get_planned_items(self, lines):
        """The items that a performing plan covers: the plan, not a letter, asks for them."""
        return self.env["collection.plan"].sudo().search(
            [("state", "=", "performing"), ("item_ids", "in", lines.ids)]
        ).item_ids

    @api.model
    def _get_contested(self, lines):
        """By item's id, what open disputes contest of it, in company currency."""
        disputes_sudo = self.env["collection.dispute"].sudo().search(
            [("state", "=", "open"), ("line_ids", "in", lines.ids)]
        )
        contested = {}
        for dispute in disputes_sudo:
            items = dispute.line_ids.sorted(lambda line: (line.date_maturity or Date.today(),
                                                          line.id))
            residuals = [Decimal(str(item.amount_residual)) for item in items]
            shares = share_contested(Decimal(str(dispute.amount)), residuals)
            contested.update(zip(items.ids, map(float, shares), strict=True))
        return contested

    @api.model
    def _prepare_line_vals(self, line, as_of, contested, charges):
        """Values of the line for an item; ``contested`` is in company currency."""
        currency, company_currency = line.currency_id, line.company_currency_id
        opened = line.amount_residual_currency
        disputed = float(
            in_proportion(
                Decimal(str(contested)),
                Decimal(str(line.amount_residual)),
                Decimal(str(opened)),
                Decimal(str(currency.rounding)),
            )
        ) if company_currency.compare_amounts(contested, 0) > 0 else 0.0
        charge = charges.get(line.id) or {}
        if charge.get("missing") or charge.get("is_below_minimum"):
            charge = {}
        move = line.move_id
        return {
            "move_line_id": line.id,
            "number": move.name if move.name not in (False, "/") else line.name,
            "reference": move.ref or move.invoice_origin or False,
            "date": move.invoice_date or line.date,
            "date_due": line.date_maturity,
            "days_overdue": max((as_of - line.date_maturity).days, 0) if line.date_maturity else 0,
            "currency_id": currency.id,
            "amount": line.amount_currency,
            "amount_paid": currency.round(line.amount_currency - opened),
            "amount_open": opened,
            "amount_disputed": disputed,
            "amount_claimed": currency.round(opened - disputed),
            "amount_charge": charge.get("total", 0.0),
            "charge_per_day": charge.get("per_day", 0.0),
            "amount_company": company_currency.round(line.amount_residual - contested),
        }

    @api.model
    def _get_credits(self, company, partners):
        """Payments and credit notes that no item was settled with yet.

        :return: dict by commercial partner's id of dicts by currency's id of tuples of
            positive amounts, in that currency and in company currency
        """
        groups = self.env["account.move.line"].sudo()._read_group(
            [
                ("partner_id.commercial_partner_id", "in", partners.ids),
                ("company_id", "=", company.id),
                ("account_id.account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
                ("amount_residual", "<", 0),
            ],
            ["partner_id", "currency_id"],
            ["amount_residual_currency:sum", "amount_residual:sum"],
        )
        credits_by_partner = {}
        for partner, currency, amount, amount_company in groups:
            credits = credits_by_partner.setdefault(partner.commercial_partner_id.id, {})
            old = credits.get(currency.id, (0.0, 0.0))
            credits[currency.id] = (old[0] - amount, old[1] - amount_company)
        return credits_by_partner

    def _take_from_ledger(self, keep_items=False):
        """Bring these drafts up to date: items, amounts, totals, deadline, addresses.

        :param keep_items: only the items that the draft has; paid ones go
        """
        self._check_not_frozen()
        groups = self.grouped(lambda letter: (letter.company_id, letter.kind, letter.date))
        for (company, kind, date), letters in groups.items():
            only = letters.line_ids.move_line_id if keep_items else None
            claims = self._get_claims(company, letters.partner_id, kind, date, only)
            for letter in letters:
                items = set(letter.line_ids.move_line_id.ids)
                rows = claims.get(letter.partner_id.id, [])
                if keep_items:
                    rows = [row for row in rows if row["move_line_id"] in items]
                letter.with_context(collection_letter_filling=OURS).write({
                    "line_ids": [Command.clear()] + [
                        Command.create({**row, "is_ahead": letter.is_ahead}) for row in rows
                    ],
                })
        self._update_totals()
