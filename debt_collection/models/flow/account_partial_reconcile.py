from odoo import api, models


class AccountPartialReconcile(models.Model):
    """What follows when an item is matched: its case is brought up to date, the customer thanked.

    A payment that leaves something overdue is acknowledged (P6.2).
    """

    _inherit = "account.partial.reconcile"

    def _on_matched(self):
        (self.debit_move_id | self.credit_move_id)._on_settled()
        # What was paid in the time keeps what was agreed, also in cases that are closed.
        self.env["collection.agreement.item"]._judge_items(self.debit_move_id)
        self._acknowledge_payments()

    @api.model
    def _on_unmatched(self, lines):
        lines._on_reopened()
        # Money that went away opens the judgement again.
        self.env["collection.agreement.item"]._judge_items(lines)

    def _acknowledge_payments(self):
        money = self.credit_move_id.filtered_domain(
            self.env["collection.cash"]._get_money_domain()
        )
        paid = self.filtered(lambda partial: partial.credit_move_id in money).debit_move_id
        # Whoever posts the payment need not have a right on cases.
        cases_sudo = paid.filtered("collection_case_id").sudo().collection_case_id
        cases_sudo.filtered(lambda case: not case.is_closed)._notify_customers("payment")
