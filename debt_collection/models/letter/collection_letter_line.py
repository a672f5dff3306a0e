from datetime import timedelta
from decimal import Decimal

from odoo import api, fields, models
from odoo.fields import Domain

from ...tools.letter_claim import in_proportion
from .res_company import DEMANDS


class CollectionLetterLine(models.Model):
    """A receivable item as a letter shows it; amounts in the item's own currency."""

    _name = "collection.letter.line"
    _description = "Item in a Letter"
    _inherit = ["collection.mixin", "collection.letter.part"]
    _order = "letter_id, currency_id, date_due, id"

    move_line_id = fields.Many2one(
        "account.move.line", "Item", ondelete="set null", index="btree_not_null", readonly=True
    )
    number = fields.Char("Document", readonly=True)
    reference = fields.Char("Contract or Order", readonly=True)
    date = fields.Date("Invoice Date", readonly=True)
    date_due = fields.Date("Due Date", readonly=True)
    days_overdue = fields.Integer("Days", readonly=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    amount = fields.Monetary(readonly=True)
    amount_paid = fields.Monetary("Paid", readonly=True)
    amount_open = fields.Monetary("Open", readonly=True)
    amount_disputed = fields.Monetary(
        "Disputed", readonly=True, help="In an open dispute, and not claimed here."
    )
    amount_claimed = fields.Monetary("Amount Due", readonly=True)
    amount_charge = fields.Monetary("Late Charges", readonly=True)
    charge_per_day = fields.Monetary("Charges per Day", readonly=True)
    amount_company = fields.Monetary(
        "Amount Due (Company)", currency_field="company_currency_id", readonly=True
    )
    is_ahead = fields.Boolean(readonly=True)
    _reminded_once = models.UniqueIndex(
        "(move_line_id) WHERE is_ahead", "An item is reminded of once before its due date."
    )

    # What the ledger says that a letter claims: items, contested parts, charges (P3.4).

    @api.model
    def _get_claim_domain(self, company, partners, kind, as_of, is_ahead=False):
        """Items that a letter of a kind lists; ahead: those that fall due from tomorrow on."""
        domain = self.env["account.move.line"]._get_collectable_domain() & Domain([
            ("company_id", "=", company.id),
            ("partner_id.commercial_partner_id", "in", partners.ids),
        ])
        if is_ahead:
            return domain & self.env["account.move.line"]._get_due_domain(">", as_of)
        if kind == "statement":
            return domain
        line_model = self.env["account.move.line"]
        return domain & line_model._get_due_domain("<", as_of) & (
            line_model._get_issued_domain(as_of)
        )

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
        lines_sudo = line_model_sudo.search(domain).sorted(
            lambda line: (line._get_collection_due(), line.id)
        )
        # The plan, not a letter, asks for what a performing plan covers.
        contested, planned = self.env["collection.position"]._get_held(lines_sudo)
        if kind != "statement":
            lines_sudo = lines_sudo.filtered(lambda line: line.id not in planned)
        if kind == "final" and only is None:
            # What is disputed altogether does not make a customer's debt that old.
            lines_sudo = self._get_items_at_final(company, lines_sudo.filtered(
                lambda line: line.company_currency_id.compare_amounts(
                    contested.get(line.id, 0), line.amount_residual
                ) < 0
            ), as_of)
        charges = self._on_charges(lines_sudo, as_of) if kind in DEMANDS else {}
        claims = {}
        for line in lines_sudo:
            vals = self._prepare_line_vals(line, as_of, contested.get(line.id, 0), charges)
            if kind == "statement" or line.currency_id.compare_amounts(
                vals["amount_claimed"], 0
            ) > 0:
                claims.setdefault(line.partner_id.commercial_partner_id.id, []).append(vals)
        return claims

    @api.model
    def _get_items_at_final(self, company, lines, as_of):
        """The items that are overdue as long as the policy asks for before a final notice.

        A customer who has none of them keeps all: that notice is a person's decision.
        """
        cases = self.env["collection.letter"]._get_open_cases(
            company, lines.partner_id.commercial_partner_id
        )
        policy_model_sudo = self.env["collection.policy"].sudo()
        result = lines.browse()
        for partner, own in lines.grouped(
            lambda line: line.partner_id.commercial_partner_id
        ).items():
            case = cases.get(partner.id) or self.env["collection.case"]
            offsets = policy_model_sudo._get_for(case, company).step_ids.filtered(
                lambda step: step.letter_kind == "final"
            ).mapped("offset")
            limit = as_of - timedelta(days=min(offsets, default=0))
            result += own.filtered(
                lambda line, limit=limit: line._get_collection_due() <= limit
            ) or own
        return result.sorted(lambda line: (line._get_collection_due(), line.id))

    @api.model
    def _on_charges(self, items, as_of):
        """Called for the late charges on items that a letter claims; returns them by item's id.

        Implemented in models/flow/collection_letter_line.py.
        """
        return {}

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
            "date_due": line._get_collection_due(),
            "days_overdue": max((as_of - line._get_collection_due()).days, 0),
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
