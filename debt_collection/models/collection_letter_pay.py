from odoo import models
from odoo.fields import Command
from odoo.tools import formatLang

from .collection_guard import OURS

try:
    from num2words import CONVERTER_CLASSES
except ImportError:
    CONVERTER_CLASSES = {}

AMOUNTS = ("amount", "amount_paid", "amount_open", "amount_disputed", "amount_charge",
           "charge_per_day")


class CollectionLetter(models.Model):
    """What a letter asks for in each currency: figures, words, and the account (P3.4)."""

    _inherit = "collection.letter"

    def _update_totals(self):
        """Sum the items up by currency, with credits, words and where to pay."""
        for company, letters in self.grouped("company_id").items():
            credits = self._get_credits(company, letters.partner_id)
            for letter in letters:
                lines = [
                    {name: line[name] for name in (*AMOUNTS, "amount_claimed", "amount_company")}
                    | {"currency_id": line.currency_id.id}
                    for line in letter.line_ids
                ]
                own = credits.get(letter.partner_id.id, {})
                totals, amount_total = letter._prepare_totals(lines, own)
                letter.with_context(collection_letter_filling=OURS).write({
                    "total_ids": [Command.clear()] + [Command.create(vals) for vals in totals],
                    "amount_total": amount_total,
                })

    def _prepare_totals(self, lines, credits):
        """Values of the totals of a letter with such lines, and its amount in all.

        A credit in a currency that the letter has no item in is left out of it.
        """
        self.ensure_one()
        company = self.company_id
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
                    sums["amount_charge"], company.currency_id, company, self.date
                )
            totals.append({
                "currency_id": currency.id,
                **sums,
                "amount_credit": currency.round(credit),
                "amount_total": to_pay,
                "amount_words": self._get_words(currency, abs(to_pay)),
                **self._prepare_bank(currency, to_pay),
            })
        return totals, company.currency_id.round(amount_total)

    def _get_words(self, currency, amount):
        """The amount in words, in the customer's language if anybody can write it there."""
        self.ensure_one()
        lang = self.lang or self.env.lang or "en_US"
        capitals = lang.startswith("zh") and currency.with_context(lang=None).name == "CNY"
        known = {lang, lang.split("_")[0]} & CONVERTER_CLASSES.keys()
        return (
            currency.with_company(self.company_id)
            .with_context(lang=lang if capitals or known else "en_US")
            .amount_to_text(amount)
        )

    def _prepare_bank(self, currency, amount):
        """Where to pay an amount: the account in words, and a QR code where Odoo has one."""
        self.ensure_one()
        # Collectors do not manage bank accounts; what letters show of them is for everybody.
        company_sudo = self.company_id.sudo()
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
            "bank_text": ", ".join(filter(None, parts)),
            "qr_code": self._get_qr_code(bank, currency, amount),
        }

    def _get_qr_code(self, bank_sudo, currency, amount):
        """A payment QR code as a data URI, if some standard allows one here."""
        if currency.compare_amounts(amount, 0) <= 0:
            return False
        for method, _name in bank_sudo.get_available_qr_methods_in_sequence():
            if not bank_sudo._get_error_messages_for_qr(method, self.partner_id, currency):
                text = self.partner_id.ref or self.partner_id.name
                return bank_sudo.build_qr_code_base64(
                    amount, text, None, currency, self.partner_id, method, silent_errors=True
                ) or False
        return False

    def _format_amount(self, amount, currency=None):
        self.ensure_one()
        return formatLang(self.env, amount, currency_obj=currency or self.currency_id)
