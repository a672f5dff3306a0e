from odoo import fields, models


class CollectionLetterTotal(models.Model):
    """What a letter claims in one currency, in figures and in words, and where to pay it."""

    _name = "collection.letter.total"
    _description = "Total of a Letter"
    _inherit = ["collection.mixin", "collection.letter.part"]
    _order = "letter_id, currency_id"

    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    amount = fields.Monetary(readonly=True)
    amount_paid = fields.Monetary("Paid", readonly=True)
    amount_open = fields.Monetary("Open", readonly=True)
    amount_disputed = fields.Monetary("Contested", readonly=True)
    amount_credit = fields.Monetary("Unapplied Credits", readonly=True)
    amount_on_its_way = fields.Monetary(
        "On Its Way", readonly=True, help="Registered or begun online, not at the bank yet."
    )
    amount_charge = fields.Monetary("Late Charges", readonly=True)
    charge_per_day = fields.Monetary("Charges per Day", readonly=True)
    amount_total = fields.Monetary("To Pay", readonly=True)
    amount_words = fields.Char("In Words", readonly=True)
    bank_text = fields.Char("Bank Account", readonly=True)
    qr_code = fields.Text("Payment QR Code", readonly=True)
    _once = models.UniqueIndex("(letter_id, currency_id)", "A letter has one total a currency.")

