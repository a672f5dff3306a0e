from datetime import date

from odoo import Command

from ..base.common import CollectionCommon


class ChargeCommon(CollectionCommon):
    """A company that charges late payers, and the people it takes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.journal = cls.env["account.journal"].create({
            "name": "Late Charges", "code": "LATE", "type": "sale",
        })
        cls.income = cls.env["account.account"].create({
            "name": "Late charge income", "code": "459999", "account_type": "income_other",
        })
        cls.env.company.write({
            "collection_charge_journal_id": cls.journal.id,
            "collection_charge_account_id": cls.income.id,
        })
        for name, rate in (("EUR", 0.8), ("GBP", 0.5), ("CNY", 7.0)):
            currency = cls.env.ref(f"base.{name}")
            currency.active = True
            if currency != cls.env.company.currency_id:
                cls.env["res.currency.rate"].create({
                    "currency_id": currency.id, "company_id": cls.env.company.id,
                    "name": "2020-01-01", "rate": rate,
                })
        cls.customer = cls.env["res.partner"].create({"name": "Late Ltd", "is_company": True})
        cls.collector = cls._role_user("charge_collector", "collector")
        cls.manager = cls._role_user("charge_manager", "manager")
        cls.finance = cls._role_user("charge_finance", "finance")

    @classmethod
    def _terms(cls, name):
        return cls.env.ref(f"debt_collection.charge_terms_{name}")

    @classmethod
    def _use_terms(cls, terms, **vals):
        """The customer's terms: those, or the preset of that name, changed."""
        terms = cls._terms(terms) if isinstance(terms, str) else terms
        if vals:
            terms = terms.copy(vals)
        cls.customer.collection_charge_terms_id = terms
        return terms

    @classmethod
    def _invoice(cls, due, amount=10000.0, currency=None, partner=None, **vals):
        """A posted invoice that is due on a day, its only item."""
        due = date.fromisoformat(due)
        currency = cls.env.ref(f"base.{currency}") if currency else cls.env.company.currency_id
        return cls._overdue_invoice(
            (cls.TODAY - due).days, amount, partner or cls.customer, currency_id=currency.id,
            **vals,
        )

    @classmethod
    def _case(cls, as_of=None):
        """The customer's case once its items are overdue, given to the collector."""
        cls._classify(as_of or cls.TODAY)
        case = cls.env["collection.case"].search([
            ("partner_id", "=", cls.customer.id), ("company_id", "=", cls.env.company.id),
            ("stage", "!=", "closed"),
        ])
        case.user_id = cls.collector
        return case

    @classmethod
    def _charge(cls, case, date_to, items=None, currency=None):
        """A draft that the collector made."""
        items = case.line_ids if items is None else items
        return cls.env["collection.charge"].with_user(cls.collector).create({
            "case_id": case.id,
            "currency_id": (currency or items.currency_id or cls.env.company.currency_id).id,
            "date_to": date_to,
            "item_ids": [Command.set(items.ids)],
        })

    def _approve(self, charge):
        charge.with_user(self.collector).action_request()
        charge.with_user(self.manager).action_approve()

    def _post(self, charge, day=None):
        """All the way: asked for, approved, posted by three people."""
        self._approve(charge)
        finance = charge.with_user(self.finance)
        if day:
            finance.date = day
        finance.action_post()
        return charge.sudo().move_id

    @classmethod
    def _pay_on(cls, move, day, amount):
        return cls._pay(
            move, payment_date=day, amount=amount, payment_difference_handling="open"
        )
