from odoo import models
from odoo.tools import SQL


class AccountMoveLine(models.Model):
    """Payments, credit notes and their undoing show at once in tier and case."""

    _inherit = "account.move.line"

    def _on_settled(self, is_corrected=False):
        """Take settled items out of their tiers and bring their cases' figures up to date.

        Costs one look for a case where nobody chases the entry.
        """
        chased = self.filtered("collection_tier_id")
        if chased:
            # Whoever posts a payment need not have a right on cases.
            case_sudo = self.env["collection.case"].sudo()
            case_sudo._flush_for_classification()
            chased._leave_tiers()
            for company, lines in chased.grouped("company_id").items():
                case_sudo._update_collection_figures(
                    company, company._get_collection_today(), only_lines=lines.ids,
                    # It may be posted again within the day: the night closes what is over.
                    may_close=not is_corrected,
                )
            case_sudo._invalidate_classified()
            # Whoever posts a payment need not see the case.
            chased.sudo().collection_case_id._judge_agreements_on_payment()
        self._touch_positions()

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
        self.filtered(lambda line: line.collection_case_id or line.collection_tier_id)._reclassify()
        self._touch_positions()

    def _on_posted(self):
        """What is overdue when it is posted shows at once, where the customer has a case."""
        items = self.filtered(
            lambda line: line.account_id.account_type == "asset_receivable" and line.partner_id
        )
        todays = self._get_collection_today_by_company() if items else {}
        # A new invoice that is not due yet changes nothing.
        items = items.filtered(
            lambda line: line.balance < 0
            or (line.date_maturity or line.date) < todays[line.company_id]
        )
        if cases_sudo := items._touch_positions():
            items.filtered(
                lambda line: line.partner_id.commercial_partner_id in cases_sudo.partner_id
            )._reclassify()

    def _on_terms_changed(self):
        items = self.filtered(
            lambda line: line.parent_state == "posted"
            and line.account_id.account_type == "asset_receivable"
        )
        if items:
            # Whoever corrects an entry need not have a right on cases.
            case_sudo = self.env["collection.case"].sudo()
            case_sudo._flush_for_classification()
            held = items.filtered(lambda line: line.collection_case_id or line.collection_tier_id)
            if cases_sudo := items._touch_positions() | held.sudo().collection_case_id:
                cases_sudo._touch_positions()
                items._reclassify(only_open=False)

    def _reclassify(self, only_open=True):
        """Give these items their tier and case as of the company's today."""
        # Whoever undoes a payment need not have a right on cases.
        case_sudo = self.env["collection.case"].sudo()
        lines = self.filtered(lambda line: line._is_collectable()) if only_open else self
        if not lines:
            return
        case_sudo._flush_for_classification()
        for company, own in lines.grouped("company_id").items():
            case_sudo._classify_company(company, company._get_collection_today(), own.ids)

    def _touch_positions(self):
        """What the customers of these receivable lines owe is added up anew.

        :return: their open cases, as superuser
        """
        lines = self.filtered(
            lambda line: line.partner_id and line.account_id.account_type == "asset_receivable"
        )
        return self.env["collection.case"]._touch_customers(
            lines.partner_id.commercial_partner_id, lines.company_id
        )
