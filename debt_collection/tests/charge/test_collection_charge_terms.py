from datetime import date
from decimal import Decimal

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..base.common import CollectionCommon


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionChargeTerms(CollectionCommon):
    """What is charged on paying late, as records."""

    def test_presets(self):
        for name, summary in [
            ("eu", "ECB main refinancing rate + 8 points by half-year, plus EUR 40 once"),
            ("uk", "Bank of England Bank Rate + 8 points by half-year, plus GBP 40/70/100 once"),
            ("cn_sale", "Loan prime rate (LPR), 1 year × 1.5"),
            ("cn_sale_low", "Loan prime rate (LPR), 1 year × 1.3"),
            ("cn_sme", "0.05 % a Day"),
            ("fixed", "10 % a Year"),
        ]:
            with self.subTest(name):
                terms = self.env.ref(f"debt_collection.charge_terms_{name}")
                self.assertEqual(terms.summary, summary)

    def test_fees_in_another_currency(self):
        company = self.env.company
        eur, gbp = self.env.ref("base.EUR"), self.env.ref("base.GBP")
        (eur | gbp).active = True
        terms = self.env.ref("debt_collection.charge_terms_uk")
        self.assertFalse(terms._has_exchange_rate(company.currency_id, company))
        self.env["res.currency.rate"].create({
            "currency_id": gbp.id, "company_id": company.id, "name": "2025-01-01", "rate": 0.8,
        })
        self.assertTrue(terms._has_exchange_rate(company.currency_id, company))
        day = date(2025, 9, 30)
        self.assertEqual(
            terms._get_rule(company.currency_id, company, day).fee_tiers,
            ((0, 50), (1250, Decimal("87.5")), (12500, 125)),
        )
        self.assertEqual(
            terms._get_rule(gbp, company, day).fee_tiers, ((0, 40), (1000, 70), (10000, 100))
        )

    def test_values(self):
        for vals in ({"rate": -1}, {"grace_days": -1}, {"amount_minimum": -0.01},
                     {"fee_ids": [(0, 0, {"amount": -1})]},
                     {"fee_ids": [(0, 0, {"amount": 1}), (0, 0, {"amount": 2})]}):
            with self.subTest(vals=vals), mute_logger("odoo.sql_db"), self.cr.savepoint():
                with self.assertRaises(IntegrityError):
                    self.env["collection.charge.terms"].create({"name": "Bad", **vals})
                    self.env.flush_all()

    def test_terms_of_another_company(self):
        other = self.setup_other_company()["company"]
        terms = self.env["collection.charge.terms"].create(
            {"name": "Theirs", "company_id": other.id}
        )
        with self.assertRaises(UserError):
            self.env.company.collection_policy_id.charge_terms_id = terms
        user = self._role_user("terms_manager", "manager")
        self.assertFalse(
            self.env["collection.charge.terms"].with_user(user).search([("id", "=", terms.id)])
        )

    def test_roles(self):
        terms = self.env.ref("debt_collection.charge_terms_fixed")
        for role in ("sales", "collector", "finance"):
            with self.subTest(role=role), self.assertRaises(AccessError):
                terms.with_user(self._role_user(f"terms_{role}", role)).rate = 1
        manager = self._role_user("terms_boss", "manager")
        with Form(self.env["collection.charge.terms"].with_user(manager)) as form:
            form.name = "Framework contract"
            form.rate = 9
            with form.fee_ids.new() as fee:
                fee.amount = 15
        terms = form.save()
        self.assertRecordValues(terms, [{"rate": 9.0, "multiplier": 1.0}])
        self.assertEqual(terms.fee_ids.amount, 15)
