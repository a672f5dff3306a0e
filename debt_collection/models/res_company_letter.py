from odoo import fields, models

KINDS = [
    ("reminder", "Reminder"),
    ("dunning", "Dunning Letter"),
    ("final", "Final Notice"),
    ("lawyer", "Lawyer Letter"),
    ("statement", "Statement of Account"),
]


class ResCompany(models.Model):
    """What the company's letters say of themselves: deadlines, bank, signature, seal (P3.4)."""

    _inherit = "res.company"

    collection_deadline_reminder = fields.Integer("Days to Pay: Reminder", default=7)
    collection_deadline_dunning = fields.Integer("Days to Pay: Dunning Letter", default=10)
    collection_deadline_final = fields.Integer("Days to Pay: Final Notice", default=7)
    collection_deadline_lawyer = fields.Integer("Days to Pay: Lawyer Letter", default=14)
    collection_deadline_statement = fields.Integer("Days to Answer: Statement", default=10)
    collection_bank_id = fields.Many2one(
        "res.partner.bank",
        "Bank Account on Letters",
        domain="[('partner_id', '=', partner_id)]",
        check_company=True,
        help="Empty: the bank account of the invoices, else the company's first one.",
    )
    collection_signatory = fields.Char(
        "Signed By", help="Name and position under the letters; empty: the person in charge."
    )
    collection_signature = fields.Binary("Signature", attachment=True)
    collection_stamp = fields.Binary("Seal", attachment=True, help="The company's stamp.")

    _collection_deadlines_positive = models.Constraint(
        "CHECK(collection_deadline_reminder >= 0 AND collection_deadline_dunning >= 0"
        " AND collection_deadline_final >= 0 AND collection_deadline_lawyer >= 0"
        " AND collection_deadline_statement >= 0)",
        "The days that a letter gives are zero or more.",
    )
