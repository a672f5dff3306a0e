from odoo import api, fields, models

try:
    from num2words import CONVERTER_CLASSES
except ImportError:
    CONVERTER_CLASSES = {}

from ...tools.letter_text import bank_words

AMOUNTS = ("amount", "amount_paid", "amount_open", "amount_disputed", "amount_charge",
           "charge_per_day")


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
    amount_charge = fields.Monetary("Late Charges", readonly=True)
    charge_per_day = fields.Monetary("Charges per Day", readonly=True)
    amount_total = fields.Monetary("To Pay", readonly=True)
    amount_words = fields.Char("In Words", readonly=True)
    bank_text = fields.Char("Bank Account", readonly=True)
    qr_code = fields.Text("Payment QR Code", readonly=True)
    _once = models.UniqueIndex("(letter_id, currency_id)", "A letter has one total a currency.")

    @api.model
    def _prepare_totals(self, letter, lines, credits):
        """Values of the totals of a letter with such lines, and its amount in all.

        A credit in a currency that the letter has no item in is left out of it.
        """
        company = letter.company_id
        totals, amount_total = [], 0.0
        currencies = self.env["res.currency"].browse(
            dict.fromkeys(line["currency_id"] for line in lines)
        )
        for currency in currencies.sorted("name"):
            own = [line for line in lines if line["currency_id"] == currency.id]
            sums = {name: currency.round(sum(line[name] for line in own)) for name in AMOUNTS}
            credit, credit_company = credits.get(currency.id, (0.0, 0.0))
            claimed = sum(line["amount_claimed"] for line in own)
            to_pay = currency.round(claimed + sums["amount_charge"] - credit)
            amount_total += sum(line["amount_company"] for line in own) - credit_company
            if sums["amount_charge"]:
                amount_total += currency._convert(
                    sums["amount_charge"], company.currency_id, company, letter.date
                )
            totals.append({
                "currency_id": currency.id,
                **sums,
                "amount_credit": currency.round(credit),
                "amount_total": to_pay,
                "amount_words": self._get_words(letter, currency, abs(to_pay)),
                **self._prepare_bank(
                    company, letter.partner_id, currency, to_pay, letter.lang
                ),
            })
        return totals, company.currency_id.round(amount_total)

    @api.model
    def _get_words(self, letter, currency, amount):
        """The amount in words, in the letter's language if anybody can write it there."""
        lang = letter.lang or self.env.lang or "en_US"
        capitals = lang.startswith("zh") and currency.with_context(lang=None).name == "CNY"
        known = {lang, lang.split("_")[0]} & CONVERTER_CLASSES.keys()
        return (
            currency.with_company(letter.company_id)
            .with_context(lang=lang if capitals or known else "en_US")
            .amount_to_text(amount)
        )

    @api.model
    def _prepare_bank(self, company, partner, currency, amount, lang=None):
        """Where to pay an amount: the account in words, and a QR code where Odoo has one.

        :param lang: language of the words, by default the user's
        """
        # Collectors do not manage bank accounts; what letters show of them is for everybody.
        company_sudo = company.sudo()
        banks_sudo = company_sudo.partner_id.bank_ids
        bank = (
            company_sudo.collection_bank_id
            or banks_sudo.filtered(lambda bank: bank.currency_id == currency)[:1]
            or banks_sudo.filtered(lambda bank: not bank.currency_id)[:1]
            or banks_sudo[:1]
        )
        if not bank:
            return {"bank_text": False, "qr_code": False}
        parts = (bank.acc_holder_name or company_sudo.name, bank.bank_name, bank.acc_number,
                 bank.bank_bic)
        return {
            "bank_text": bank_words(parts, lang or self.env.lang or "en_US"),
            "qr_code": self._get_qr_code(bank, partner, currency, amount),
        }

    @api.model
    def _get_qr_code(self, bank_sudo, partner, currency, amount):
        """A payment QR code as a data URI, if some standard allows one here."""
        if currency.compare_amounts(amount, 0) <= 0:
            return False
        for method, _name in bank_sudo.get_available_qr_methods_in_sequence():
            if not bank_sudo._get_error_messages_for_qr(method, partner, currency):
                text = partner.ref or partner.name
                return bank_sudo.build_qr_code_base64(
                    amount, text, None, currency, partner, method, silent_errors=True
                ) or False
        return False
