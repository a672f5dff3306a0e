from odoo import fields, models


class ResCompany(models.Model):
    """Who decides on write-offs, and where money that comes after all goes."""

    _inherit = "res.company"

    collection_writeoff_limit = fields.Monetary(
        "Second Approval Above",
        help="Write-offs above this amount need the approval of two managers; 0: one is enough.",
    )
    collection_recovery_mode = fields.Selection(
        [("income", "Income"), ("allowance", "Allowance for Doubtful Debts")],
        "Recoveries Go To",
        default="income",
        # Not required in the database: Odoo makes companies while this module is not loaded
        # yet, and empty means income.
    )
    _collection_writeoff_limit_positive = models.Constraint(
        "CHECK(collection_writeoff_limit >= 0)",
        "The amount above which two managers approve cannot be negative.",
    )

