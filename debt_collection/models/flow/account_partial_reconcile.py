from odoo import models


class AccountPartialReconcile(models.Model):
    """What follows when an item is matched: its case is brought up to date, the customer thanked.

    A payment that leaves something overdue is acknowledged (P6.2).
    """

    _inherit = "account.partial.reconcile"

    def _on_matched(self):
        (self.debit_move_id | self.credit_move_id)._on_settled()
        self._acknowledge_payments()

    def _acknowledge_payments(self):
        paid = self.filtered(
            lambda partial: partial.credit_move_id.payment_id
            or partial.credit_move_id.statement_line_id
        ).debit_move_id
        # Whoever posts the payment need not have a right on cases.
        cases_sudo = paid.filtered("collection_case_id").sudo().collection_case_id
        cases_sudo.filtered(lambda case: not case.is_closed)._notify_customers("payment")
