from odoo import models


class CollectionOverdueList(models.Model):
    _inherit = "collection.overdue.list"

    def _prepare_lines_vals(self):
        """Values of the list's lines, from the ageing of its day and the cases."""
        self.ensure_one()
        rows = [
            row
            for row in self.env["account.move.line"]._get_collection_ageing(
                self.date, self.company_id
            )
            if row["tier_code"]
        ]
        # Finance signs what the ledger says, whichever cases and entries they may open.
        lines_sudo = self.env["account.move.line"].sudo().browse(row["line_id"] for row in rows)
        lines_sudo.fetch(["move_id", "name", "amount_currency", "date_maturity", "invoice_date"])
        cases_sudo = self.env["collection.case"].sudo().search([
            ("partner_id", "in", [row["partner_id"] for row in rows if row["partner_id"]]),
            ("company_id", "=", self.company_id.id),
            ("stage", "!=", "closed"),
        ])
        case_by_partner = {case.partner_id.id: case for case in cases_sudo}
        tiers = {
            tier.code: self.company_id._in_collection_language(tier)
            for tier in self.env["collection.tier"]._get_ladder(self.company_id)
        }
        partners = self.env["res.partner"].browse({row["partner_id"] for row in rows} - {False})
        partners.fetch(["name"])
        return [
            self._prepare_line_vals(
                row,
                line_sudo,
                case_by_partner.get(row["partner_id"], cases_sudo.browse()),
                tiers[row["tier_code"]],
            )
            for row, line_sudo in zip(rows, lines_sudo, strict=True)
        ]

    def _prepare_line_vals(self, row, line_sudo, case_sudo, tier):
        """Values of one line, from a row of the ageing and the records behind it."""
        promise_sudo = case_sudo.promise_ids.filtered(lambda promise: promise.state == "open")[:1]
        move_sudo = line_sudo.move_id
        return {
            "list_id": self.id,
            "partner_id": row["partner_id"],
            "partner_name": self.env["res.partner"].browse(row["partner_id"]).name,
            "move_line_id": row["line_id"],
            "move_name": move_sudo.name,
            "date_invoice": move_sudo.invoice_date or move_sudo.date,
            "date_due": line_sudo.date_maturity,
            "currency_id": row["currency_id"],
            "amount_original": line_sudo.amount_currency,
            "amount_open": row["residual_currency"],
            "amount_open_company": row["residual"],
            "days_overdue": row["days_overdue"],
            "tier_id": tier.id,
            "tier_name": tier.name,
            "user_id": (case_sudo.user_id or line_sudo.partner_id.collector_id).id,
            "salesperson_id": move_sudo.invoice_user_id.id,
            "date_last_contact": case_sudo.date_last_contact,
            "date_promised": promise_sudo.date_promised,
            "amount_promised": promise_sudo.amount,
        }
