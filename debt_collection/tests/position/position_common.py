from datetime import timedelta

from odoo import Command

from ...models.position.collection_position import COLUMNS, NAMES
from ..posting.accounting_common import CollectionAccountingCommon


class PositionCommon(CollectionAccountingCommon):
    """A customer with a subsidiary and a contact, two currencies, and a branch of the company."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.euro = cls.setup_other_currency("EUR", rates=[("2016-01-01", 0.8)])
        cls.branch = cls.env["res.company"].create({
            "name": "Branch", "parent_id": cls.env.company.id,
        })
        cls.companies = cls.env.company | cls.branch
        cls.daughter = cls.env["res.partner"].create({
            "name": "Daughter", "is_company": True, "parent_id": cls.partner_a.id,
        })
        cls.contact = cls.env["res.partner"].create({
            "name": "Buyer", "parent_id": cls.partner_a.id,
        })
        # What the company's chart gives its customers, a branch's have to be given.
        customers = cls.partner_a | cls.daughter | cls.contact
        customers.with_company(cls.branch).property_account_receivable_id = (
            cls.company_data["default_account_receivable"]
        )
        cls.first = cls._overdue_invoice(60, 1000.0)
        cls.second = cls._overdue_invoice(40, 600.0)
        cls.foreign = cls._in_euro(50, 80.0)
        cls._overdue_invoice(30, 500.0, partner=cls.daughter)
        cls._classify()
        cls.case = cls.first.collection_case_id

    @classmethod
    def _in_euro(cls, days, amount, kind="out_invoice", partner=None, company=None, currency=None):
        move = cls.env["account.move"].with_company(company or cls.env.company).create({
            "move_type": kind,
            "partner_id": (partner or cls.partner_a).id,
            "invoice_date": cls.TODAY - timedelta(days=days + 30),
            "invoice_date_due": cls.TODAY - timedelta(days=days),
            "invoice_payment_term_id": False,
            "currency_id": (currency or cls.euro).id,
            "invoice_line_ids": [
                Command.create({
                    "name": "x", "price_unit": amount, "tax_ids": [],
                    "account_id": cls.company_data["default_account_revenue"].id,
                })
            ],
        })
        move.action_post()
        return move

    def _get_stored(self):
        """What is stored of the open cases: rows by case and currency, and amounts by case."""
        self.env.flush_all()
        self.env.invalidate_all()
        cases = self.env["collection.case"].search([
            ("stage", "!=", "closed"), ("company_id", "in", self.companies.ids),
        ])
        rows = {
            (row.case_id.id, row.currency_id.id): {name: row[name] for name in COLUMNS}
            for row in self.env["collection.position"].search([("case_id", "in", cases.ids)])
        }
        amounts = {
            case.id: {name: case[name] for name in (*NAMES, "collection_state")} for case in cases
        }
        return rows, amounts

    def _assert_anew(self, words=""):
        """What is stored is what a calculation from the ledger, and a night, would write."""
        rows, amounts = self._get_stored()
        promises = self.env["collection.promise"].search([])
        self.env.add_to_compute(promises._fields["amount_left"], promises)
        anew = {
            (row["case_id"], row["currency_id"]): {name: float(row[name]) for name in COLUMNS}
            for row in self.env["collection.position"]._get_positions(self.companies, self.TODAY)
        }
        self.assertEqual(rows, anew, words)
        for (case_id, _currency), row in rows.items():
            for name, amount in row.items():
                self.assertGreaterEqual(amount, 0, f"{name} of {case_id} {words}")
        for case_id, figures in amounts.items():
            for name in NAMES:
                total = sum(
                    row[f"{name}_company"] for key, row in rows.items() if key[0] == case_id
                )
                self.assertAlmostEqual(figures[name], total, 2, f"{name} of {case_id} {words}")
        self._classify(companies=self.companies)
        rows_after, amounts_after = self._get_stored()
        still_open = amounts_after.keys() & amounts.keys()
        self.assertEqual(
            {case_id: amounts_after[case_id] for case_id in still_open},
            {case_id: amounts[case_id] for case_id in still_open}, words,
        )
        self.assertEqual(
            {key: row for key, row in rows_after.items() if key[0] in still_open},
            {key: row for key, row in rows.items() if key[0] in still_open}, words,
        )
