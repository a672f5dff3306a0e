from freezegun import freeze_time

from odoo import Command

from ..base.common import CollectionCommon


class CollectionAccountingCommon(CollectionCommon):
    """A company whose accounts for the results of collection are chosen, and the four roles."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        # Entries are posted on the day the company has: let that be the day of the tests.
        cls.startClassPatcher(freeze_time(f"{cls.TODAY} 12:00:00"))
        cls.collector = cls._role_user("wo_collector", "collector")
        cls.manager = cls._role_user("wo_manager", "manager")
        cls.manager2 = cls._role_user("wo_manager2", "manager")
        cls.finance = cls._role_user("wo_finance", "finance")
        cls.company.collection_policy_id.write({
            "user_id": cls.collector.id,
            "manager_id": cls.manager.id,
            "finance_user_id": cls.finance.id,
        })
        cls._choose_accounts(cls.company)
        cls.insolvency = cls.env.ref("debt_collection.writeoff_reason_insolvency")
        cls.statute = cls.env.ref("debt_collection.writeoff_reason_statute_barred")
        cls.uneconomic = cls.env.ref("debt_collection.writeoff_reason_uneconomic")

    @classmethod
    def _choose_accounts(cls, company):
        """Accounts of their own for a company, so that balances show what was posted."""
        accounts = cls.env["account.account"].with_company(company).create([
            {"name": name, "code": code, "account_type": kind, "company_ids": company.ids}
            for name, code, kind in [
                ("Bad Debts", "X6001", "expense"),
                ("Allowance", "X1001", "asset_current"),
                ("Impairment", "X6002", "expense"),
                ("Recoveries", "X7001", "income_other"),
                ("Tax Relief", "X2001", "liability_current"),
            ]
        ])
        journal = cls.env["account.journal"].with_company(company).create({
            "name": "Collections", "code": "COLL", "type": "general", "company_id": company.id,
        })
        company.write({
            "collection_journal_id": journal.id,
            **dict(zip(
                ("collection_bad_debt_account_id", "collection_allowance_account_id",
                 "collection_impairment_account_id", "collection_recovery_account_id",
                 "collection_vat_relief_account_id"),
                accounts.ids,
                strict=True,
            )),
        })

    @classmethod
    def _choose_charges(cls, terms):
        """Journal, account and terms of late charges for the company."""
        income = cls.env["account.account"].create({
            "name": "Late Charges", "code": "X7002", "account_type": "income_other",
        })
        cls.company.write({
            "collection_charge_journal_id": cls.env["account.journal"].create(
                {"name": "Late Charges", "code": "LATE", "type": "sale"}
            ).id,
            "collection_charge_account_id": income.id,
        })
        cls.company.collection_policy_id.charge_terms_id = terms

    def _writeoff(self, moves, amounts=None, user=None, case=None, **vals):
        """A draft write-off of the receivable items of entries."""
        items = self._receivable(moves)
        case = items.collection_case_id if case is None else case
        return self.env["collection.writeoff"].with_user(user or self.collector).create({
            "case_id": case.id,
            "partner_id": items[:1].partner_id.commercial_partner_id.id,
            "reason_id": self.statute.id,
            "line_ids": [
                Command.create({
                    "item_id": item.id,
                    "amount": (amounts or {}).get(item, item.amount_residual_currency),
                })
                for item in items
            ],
            **vals,
        })

    def _approved(self, record):
        record.action_request()
        record.with_user(self.manager).action_approve()
        if record.state == "requested":
            record.with_user(self.manager2).action_approve()
        return record

    def _posted(self, record):
        self._approved(record).with_user(self.finance).action_post()
        return record.with_user(self.env.user)

    def _balance(self, account, company=None):
        """What the posted entries leave on an account."""
        self.env.flush_all()
        return self.env.company.currency_id.round(sum(
            self.env["account.move.line"].search([
                ("account_id", "=", account.id),
                ("company_id", "=", (company or self.company).id),
                ("parent_state", "=", "posted"),
            ]).mapped("balance")
        ))

    @classmethod
    def _rate(cls, currency, day, rate):
        """Units of a currency for one of the company's, from a day on."""
        cls.env["res.currency.rate"].create({
            "name": day, "rate": rate, "currency_id": currency.id, "company_id": cls.company.id,
        })
