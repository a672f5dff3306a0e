from odoo import api, fields, models


class CollectionLetterPart(models.AbstractModel):
    """What a letter consists of: kept as it is once the letter is approved."""

    _name = "collection.letter.part"
    _description = "Part of a Letter"

    letter_id = fields.Many2one(
        "collection.letter", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="letter_id.company_id", store=True, index=True)

    @api.model_create_multi
    def create(self, vals_list):
        self.env["collection.letter"].browse(
            {vals["letter_id"] for vals in vals_list if vals.get("letter_id")}
        )._check_not_frozen()
        return super().create(vals_list)

    def write(self, vals):
        self.letter_id._check_not_frozen()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_frozen(self):
        self.letter_id._check_not_frozen()


class CollectionLetterLine(models.Model):
    """A receivable item as a letter shows it; amounts in the item's own currency."""

    _name = "collection.letter.line"
    _inherit = ["collection.mixin", "collection.letter.part"]
    _description = "Item in a Letter"
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
        "Contested", readonly=True, help="In an open dispute, and not claimed here."
    )
    amount_claimed = fields.Monetary("Claimed", readonly=True)
    amount_charge = fields.Monetary("Late Charges", readonly=True)
    charge_per_day = fields.Monetary("Charges per Day", readonly=True)
    amount_company = fields.Monetary(
        "Claimed (Company)", currency_field="company_currency_id", readonly=True
    )
    is_ahead = fields.Boolean(readonly=True)

    _reminded_once = models.UniqueIndex(
        "(move_line_id) WHERE is_ahead", "An item is reminded of once before its due date."
    )


class CollectionLetterTotal(models.Model):
    """What a letter claims in one currency, in figures and in words, and where to pay it."""

    _name = "collection.letter.total"
    _inherit = ["collection.mixin", "collection.letter.part"]
    _description = "Total of a Letter"
    _order = "letter_id, currency_id"

    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    amount = fields.Monetary(readonly=True)
    amount_paid = fields.Monetary("Paid", readonly=True)
    amount_open = fields.Monetary("Open", readonly=True)
    amount_disputed = fields.Monetary("Contested", readonly=True)
    amount_credit = fields.Monetary("Unapplied Credits", readonly=True)
    amount_charge = fields.Monetary("Late Charges", readonly=True)
    charge_per_day = fields.Monetary("Charges per Day", readonly=True)
    amount_total = fields.Monetary("To Pay", readonly=True)
    amount_words = fields.Char("In Words", readonly=True)
    bank_text = fields.Char("Bank Account", readonly=True)
    qr_code = fields.Text("Payment QR Code", readonly=True)

    _once = models.UniqueIndex("(letter_id, currency_id)", "A letter has one total a currency.")
