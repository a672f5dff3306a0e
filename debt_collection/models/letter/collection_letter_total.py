from decimal import Decimal

from odoo import api, fields, models

from ...tools.amount_words import amount_words
from ...tools.letter_text import bank_words
from ..position.collection_position import Pot

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
    amount_disputed = fields.Monetary("Disputed", readonly=True)
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

    @api.model
    def _prepare_totals(self, letter, lines, pots):
        """Values of the totals of a letter with such lines, and its amount in all.

        What asks for money asks for nothing below zero; a balance in the customer's favour is
        said on a statement, as a credit.

        :param pots: by currency's id, what covers the customer's items
        """
        company = letter.company_id
        totals, amount_total = [], 0.0
        for asked in self._sum_up(company, lines, pots, letter.kind, letter.date):
            currency, to_pay = asked.pop("currency"), asked["amount_total"]
            amount_total += asked.pop("amount_company")
            totals.append({
                "currency_id": currency.id,
                **asked,
                "amount_words": self._get_words(letter, currency, to_pay),
                **(
                    self._prepare_bank(
                        company, letter.partner_id, currency, to_pay, letter._get_lang()
                    )
                    if currency.compare_amounts(to_pay, 0) > 0
                    else {"bank_text": False, "qr_code": False}
                ),
            })
        return totals, company.currency_id.round(amount_total)

    @api.model
    def _sum_up(self, company, lines, pots, kind, date):
        """What a letter with such lines asks for: what runs preview and letters say.

        :return: list by currency of dicts ``currency``, the amounts of a total, and
            ``amount_company``, what is asked for in company currency
        """
        by_currency = {}
        for line in lines:
            by_currency.setdefault(line["currency_id"], []).append(line)
        if kind == "statement":
            for currency_id, pot in pots.items():
                if pot.credit:
                    by_currency.setdefault(currency_id, [])
        result = []
        for currency in self.env["res.currency"].browse(by_currency).sorted("name"):
            own = by_currency[currency.id]
            pot = pots.get(currency.id, Pot())
            sums = {name: currency.round(sum(line[name] for line in own)) for name in AMOUNTS}
            claimed = currency.round(sum(line["amount_claimed"] for line in own))
            claimed_company = sum(line["amount_company"] for line in own)
            credit, way = (pot.credit if pot.nets else 0.0), pot.on_its_way
            if kind == "statement":
                # All of the account: in the customer's favour, too.
                credit, way = pot.credit, 0.0
                rest = claimed - credit
                rest_company = claimed_company - pot.credit_company
            else:
                way = min(way, claimed)
                credit = min(credit, claimed - way)
                rest = claimed - way - credit
                rest_company = claimed_company * rest / claimed if claimed else 0.0
            charge = sums["amount_charge"]
            if charge:
                rest_company += currency._convert(charge, company.currency_id, company, date)
            result.append({
                "currency": currency,
                **sums,
                "amount_credit": currency.round(credit),
                "amount_on_its_way": currency.round(way),
                "amount_total": currency.round(rest + charge),
                "amount_company": rest_company,
            })
        return result

    @api.model
    def _leave_out_covered(self, rows, pots, kind):
        """The rows of the currencies in which something is owed; all where that is none.

        A statement lists everything.

        :param pots: by currency's id, what covers the customer's items
        """
        if kind == "statement":
            return rows
        claimed = {}
        for row in rows:
            claimed.setdefault(row["currency_id"], []).append(row["amount_claimed"])
        owed = {
            currency.id
            for currency in self.env["res.currency"].browse(claimed)
            if currency.compare_amounts(
                sum(claimed[currency.id]), pots.get(currency.id, Pot()).cover
            ) > 0
        }
        return [row for row in rows if row["currency_id"] in owed] if owed else rows

    @api.model
    def _get_words(self, letter, currency, amount):
        """The amount in words, in the letter's language; nothing if nobody can write it there."""
        lang, code = letter._get_lang(), currency.with_context(lang=None).name
        if lang.startswith("en") or (lang.startswith("zh") and code == "CNY"):
            words = (
                currency.with_company(letter.company_id)
                .with_context(lang=lang)
                .amount_to_text(abs(amount))
            )
        else:
            words = amount_words(Decimal(str(amount)), code, currency.decimal_places, lang)
        if not words:
            return False
        if currency.compare_amounts(amount, 0) < 0:
            return self.with_context(lang=lang).env._(
                "a credit of %(amount)s in your favour", amount=words
            )
        return words

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
