from datetime import timedelta
from decimal import Decimal

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

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
        lines_sudo = line_model_sudo.search(domain)
        # The plan, not a letter, asks for what a performing plan covers.
        contested, planned = self.env["collection.position"]._get_held(lines_sudo)
        if kind != "statement" and planned:
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
        for item in self._read_items(lines_sudo):
            vals = self._prepare_line_vals(item, as_of, contested.get(item["id"], 0), charges)
            if kind == "statement" or item["currency"].compare_amounts(
                vals["amount_claimed"], 0
            ) > 0:
                claims.setdefault(item["partner_id"], []).append(vals)
        return claims

    @api.model
    def _read_items(self, items):
        """What a letter says of items, oldest due date first: a night reads tens of thousands.

        :return: list of dicts of columns, with commercial partner and currency as records know them
        """
        items.flush_recordset()
        items.partner_id.flush_recordset(["commercial_partner_id"])
        items.move_id.flush_recordset()
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT item.id, partner.commercial_partner_id AS partner_id,
                       item.currency_id, company.currency_id AS company_currency_id,
                       item.amount_currency, item.amount_residual_currency, item.amount_residual,
                       COALESCE(item.date_maturity, item.date) AS date_due,
                       COALESCE(move.invoice_date, item.date) AS date,
                       COALESCE(NULLIF(move.name, '/'), item.name) AS number,
                       COALESCE(NULLIF(move.ref, ''), NULLIF(move.invoice_origin, ''))
                           AS reference
                  FROM account_move_line item
                  JOIN account_move move ON move.id = item.move_id
                  JOIN res_company company ON company.id = item.company_id
             LEFT JOIN res_partner partner ON partner.id = item.partner_id
                 WHERE item.id = ANY(%s)
              ORDER BY date_due, item.id
                """,
                items.ids,
            )
        )
        currencies = {
            currency.id: currency
            for currency in self.env["res.currency"].browse(
                {row["currency_id"] for row in rows} | {row["company_currency_id"] for row in rows}
            )
        }
        for row in rows:
            row["currency"] = currencies[row["currency_id"]]
            row["company_currency"] = currencies[row["company_currency_id"]]
            for name in ("amount_currency", "amount_residual_currency", "amount_residual"):
                row[name] = float(row[name])
        return rows

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
    def _prepare_line_vals(self, item, as_of, contested, charges):
        """Values of the line for a row of `_read_items`; ``contested`` is in company currency."""
        currency, company_currency = item["currency"], item["company_currency"]
        opened = item["amount_residual_currency"]
        disputed = float(
            in_proportion(
                Decimal(str(contested)),
                Decimal(str(item["amount_residual"])),
                Decimal(str(opened)),
                Decimal(str(currency.rounding)),
            )
        ) if contested and company_currency.compare_amounts(contested, 0) > 0 else 0.0
        charge = charges.get(item["id"]) or {}
        if charge.get("missing") or charge.get("is_below_minimum"):
            charge = {}
        return {
            "move_line_id": item["id"],
            "number": item["number"],
            "reference": item["reference"] or False,
            "date": item["date"],
            "date_due": item["date_due"],
            "days_overdue": max((as_of - item["date_due"]).days, 0),
            "currency_id": currency.id,
            "amount": item["amount_currency"],
            "amount_paid": currency.round(item["amount_currency"] - opened),
            "amount_open": opened,
            "amount_disputed": disputed,
            "amount_claimed": currency.round(opened - disputed),
            "amount_charge": charge.get("total", 0.0),
            "charge_per_day": charge.get("per_day", 0.0),
            "amount_company": company_currency.round(item["amount_residual"] - contested),
        }
