from odoo import api, models


class AccountPartialReconcile(models.Model):
    """A payment that leaves something overdue is acknowledged to the customer (P6.2)."""

    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list):
        partials = super().create(vals_list)
        paid = partials.filtered(lambda partial: partial.credit_move_id.payment_id
                                 or partial.credit_move_id.statement_line_id).debit_move_id
        # Whoever posts the payment need not have a right on cases.
        cases_sudo = paid.filtered("collection_case_id").sudo().collection_case_id
        cases_sudo.filtered(lambda case: not case.is_closed)._notify_customers("payment")
        return partials
