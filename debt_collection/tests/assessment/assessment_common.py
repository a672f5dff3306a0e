from datetime import date

from freezegun import freeze_time

from odoo import Command

from ..base.common import CollectionCommon

MONTH = date(2025, 9, 1)


class AssessmentCommon(CollectionCommon):
    """September 2025 with two collectors; amounts are those of the facts of each test."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.collector = cls._role_user("assess_collector", "collector")
        cls.other = cls._role_user("assess_other", "collector")
        cls.manager = cls._role_user("assess_manager", "manager")
        cls.assessments = cls.env["collection.assessment"]

    @classmethod
    def _case(cls, invoices, user=None, date_from="2025-08-15"):
        """The case that the classification of a day opens for invoices, with its collector."""
        invoices.partner_id.with_company(cls.company).collector_id = user
        with freeze_time(f"{date_from} 10:00:00"):
            cls._classify(date.fromisoformat(date_from))
            cases = invoices.collection_case_id
            # Opened before, for all customers at once, some cases have no collector yet.
            cases.filtered(lambda case: case.user_id != (user or case.user_id)).user_id = user
        return cases

    @classmethod
    def _partner(cls, name="Customer"):
        return cls.env["res.partner"].create({"name": name})

    @classmethod
    def _invoice(cls, due, amount, partner, **vals):
        return cls._overdue_invoice(
            (cls.TODAY - date.fromisoformat(due)).days, amount, partner, **vals
        )

    @classmethod
    def _pay_on(cls, invoices, day, amount=None, **vals):
        with freeze_time(f"{day} 12:00:00"):
            return cls._pay(invoices, payment_date=day, **({"amount": amount} if amount else {}),
                            **vals)

    @classmethod
    def _write_off(cls, invoice, day, amount, account=None):
        """A miscellaneous entry that takes an amount off an invoice."""
        line = cls._receivable(invoice)
        move = cls.env["account.move"].create({
            "move_type": "entry",
            "date": day,
            "journal_id": cls.company_data["default_journal_misc"].id,
            "line_ids": [
                Command.create({
                    "account_id": (account or cls.company_data["default_account_expense"]).id,
                    "balance": amount,
                    "partner_id": line.partner_id.id,
                }),
                Command.create({
                    "account_id": line.account_id.id,
                    "balance": -amount,
                    "partner_id": line.partner_id.id,
                }),
            ],
        })
        move._post(soft=False)
        (line + cls._receivable(move).filtered(lambda own: own.balance < 0)).reconcile()
        return move

    @classmethod
    def _assess(cls, month=MONTH):
        return cls.assessments._generate(month, cls.company)

    def _figure(self, month, user, kind, **expected):
        """Assert numerator, denominator and value of a figure; ``value=None``: no data."""
        line = self.assessments.search([
            ("company_id", "=", self.company.id), ("month", "=", month),
            ("user_id", "=", user.id if user else False),
        ]).line_ids.filtered(lambda line: line.kind == kind)
        self.assertEqual(len(line), 1, f"{kind} of {user and user.login}")
        actual = {
            "numerator": round(line.numerator, 2),
            "denominator": round(line.denominator, 2),
            "value": round(line.value, 2) if line.has_data else None,
        }
        self.assertEqual({name: actual[name] for name in expected}, expected)
        return line
