from odoo import models
from odoo.tools import SQL


class AccountMoveLine(models.Model):
    """Payments, credit notes and their undoing show at once in tier and case."""

    _inherit = "account.move.line"

    def _on_settled(self):
        """Take settled items out of their tiers and bring their cases' figures up to date.

        Costs nothing for entries that nobody chases.
        """
        chased = self.filtered("collection_tier_id")
        if not chased:
            return
        # Whoever posts a payment need not have a right on cases.
        case_sudo = self.env["collection.case"].sudo()
        case_sudo._flush_for_classification()
        chased._leave_tiers()
        for company, lines in chased.grouped("company_id").items():
            case_sudo._write_invoice_tiers(company, lines.ids)
            case_sudo._update_collection_figures(
                company, company._get_collection_today(), only_lines=lines.ids
            )
        case_sudo._invalidate_classified()
        # Whoever posts a payment need not see the case.
        cases_sudo = chased.sudo().collection_case_id
        cases_sudo._judge_agreements_on_payment()
        cases_sudo._recompute_held_amounts()

    def _leave_tiers(self):
        """Settled items are in no tier any more."""
        self.env.cr.execute(
            SQL(
                """UPDATE account_move_line SET collection_tier_id = NULL
                    WHERE id = ANY(%s) AND collection_tier_id IS NOT NULL
                      AND (reconciled OR amount_residual <= 0 OR parent_state != 'posted')""",
                self.ids,
            )
        )

    def _on_reopened(self):
        """Items open again are classified at once, as of the company's today."""
        # Whoever undoes a payment need not have a right on cases.
        case_sudo = self.env["collection.case"].sudo()
        opened = self.filtered(
            lambda line: line._is_collectable()
            and line.date_maturity
            and (line.collection_case_id or line.collection_tier_id)
        )
        if not opened:
            return
        case_sudo._flush_for_classification()
        for company, lines in opened.grouped("company_id").items():
            case_sudo._classify_company(company, company._get_collection_today(), lines.ids)
