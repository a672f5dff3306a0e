from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged

from ...models.posting.res_company import ACCOUNT_TYPES, OPTIONAL
from ..base.common import CollectionCommon

CHARTS = ("generic_coa", "us", "cn", "cn_large_bis")


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionAccountingSetup(CollectionCommon):
    """Journals and accounts are proposed and checked on any chart."""

    def _accountant(self, company):
        return new_test_user(
            self.env, login=f"accountant_{company.id}",
            groups="base.group_user,debt_collection.group_finance,account.group_account_manager",
            company_id=company.id, company_ids=[company.id],
        )

    def test_charts(self):
        """Every chart that is here; those of localisations when they are installed."""
        mapping = self.env["account.chart.template"]._get_chart_template_mapping()
        charts = [chart for chart in CHARTS if (mapping.get(chart) or {}).get("installed", True)
                  and chart in mapping]
        self.assertIn("generic_coa", charts)
        for chart in charts:
            with self.subTest(chart=chart):
                company = self.env["res.company"].create({"name": f"On {chart}"})
                self.env.user.company_ids |= company
                self.env["account.chart.template"].try_loading(
                    chart, company=company, install_demo=False
                )
                self.assertEqual(
                    set(company._get_collection_accounting_problems()),
                    set(ACCOUNT_TYPES) - OPTIONAL | {"collection_journal_id"},
                )
                accounts = self.env["account.account"].search_count(
                    [("company_ids", "in", company.ids)]
                )
                setup = self.env["collection.accounting.setup"].with_user(
                    self._accountant(company)
                ).with_company(company).create({"company_id": company.id})
                self.assertFalse(any(setup.line_ids.mapped("problem")))
                new = setup.line_ids.filtered("is_new")
                self.assertEqual(len(set(new.mapped("code"))), len(new))
                self.assertFalse([code for code in new.mapped("code") if "copy" in code])
                setup.action_apply()
                self.assertFalse(company._get_collection_accounting_problems())
                self.assertEqual(company.collection_journal_id.type, "general")
                self.assertEqual(company.collection_charge_journal_id.type, "sale")
                for name, kinds in ACCOUNT_TYPES.items():
                    self.assertIn(company[name].account_type, (*kinds, False))
                made = self.env["account.account"].search_count(
                    [("company_ids", "in", company.ids)]
                )
                self.assertEqual(made - accounts, len(new))
                self.env["collection.accounting.setup"]._set_up(company)
                self.assertEqual(made, self.env["account.account"].search_count(
                    [("company_ids", "in", company.ids)]
                ), "a second time nothing is made")

    def test_what_the_chart_has(self):
        """Told by the localisation's name, then by type and name; else beside the receivable."""
        company = self.env.company
        accounts = self.env["account.account"]
        receivable = self.company_data["default_account_receivable"]
        other = receivable.copy({"code": "888888", "name": "Customers (PoS)"})
        self.assertGreater(other.id, receivable.id)
        setups = self.env["collection.accounting.setup"]
        proposed = {vals["setting"]: vals for vals in setups._prepare_proposals(company)}
        allowance = proposed["collection_allowance_account_id"]
        self.assertTrue(allowance["is_new"])
        self.assertEqual(allowance["code"][:-2], receivable.code[:-2])
        self.assertEqual(len(allowance["code"]), len(receivable.code))
        # By name, among liabilities, with a note; not those of others than customers.
        accounts.create([
            {"name": "Provision for taxes on doubtful receivables", "code": "211111",
             "account_type": "asset_current"},
            {"name": "Bad debt provision", "code": "222222", "account_type": "liability_current"},
        ])
        loss = accounts.create(
            {"name": "Losses", "code": "785555", "account_type": "income"}
        )
        # By the localisation's name.
        company.chart_template = "ch"
        self.env["ir.model.data"].create({
            "module": "account", "name": f"{company.id}_ch_coa_3805",
            "model": "account.account", "res_id": loss.id,
        })
        setup = setups.create({"company_id": company.id})
        lines = {line.setting: line for line in setup.line_ids}
        self.assertEqual(lines["collection_allowance_account_id"].account_id.code, "222222")
        self.assertIn("liabilities", lines["collection_allowance_account_id"].note)
        for setting in ("collection_bad_debt_account_id", "collection_impairment_account_id"):
            self.assertEqual(lines[setting].account_id, loss)
            self.assertIn("reduces income", lines[setting].note)
        self.assertFalse(any(setup.line_ids.mapped("problem")))
        setup.action_apply()
        self.assertFalse(company._get_collection_accounting_problems())

    def test_tax_on_late_charges_is_what_the_law_says(self):
        company = self.env.company
        usual = self.company_data["default_tax_sale"]
        company.account_sale_tax_id = usual
        for country, taxes, words in [
            ("uk", self.env["account.tax"], "outside the scope of VAT"),
            ("de", self.env["account.tax"], "damages"),
            ("in", usual, "15 (2)(d)"),
            ("mx", usual, "LIVA"),
            ("us", self.env["account.tax"], "ask your tax adviser"),
        ]:
            with self.subTest(country=country):
                company.account_fiscal_country_id = self.env.ref(f"base.{country}")
                company.collection_charge_tax_ids = False
                setup = self.env["collection.accounting.setup"].create({"company_id": company.id})
                self.assertEqual(setup.charge_tax_ids, taxes)
                self.assertIn(words, setup.charge_tax_note)
                setup.action_apply()
                self.assertEqual(company.collection_charge_tax_ids, taxes)
        # What is chosen stays, and is told.
        company.account_fiscal_country_id = self.env.ref("base.uk")
        company.collection_charge_tax_ids = usual
        setup = self.env["collection.accounting.setup"].create({"company_id": company.id})
        self.assertEqual(setup.charge_tax_ids, usual)
        self.assertIn("all the same", setup.charge_tax_note)

    def test_chosen_accounts_stay(self):
        company = self.env.company
        own = self.env["account.account"].create(
            {"name": "Own", "code": "X1", "account_type": "expense"}
        )
        company.collection_bad_debt_account_id = own
        setup = self.env["collection.accounting.setup"].create({"company_id": company.id})
        line = setup.line_ids.filtered(lambda line: line.account_id == own)
        self.assertRecordValues(line, [
            {"setting": "collection_bad_debt_account_id", "is_new": False, "problem": False}
        ])
        setup.action_apply()
        self.assertEqual(company.collection_bad_debt_account_id, own)

    def test_problems_are_told(self):
        company = self.env.company
        self.env["collection.accounting.setup"]._set_up(company)
        euro = self.setup_other_currency("EUR")
        cases = [
            ("collection_bad_debt_account_id", {"account_type": "equity"}, "of the type"),
            ("collection_allowance_account_id", {"active": False}, "archived"),
            ("collection_recovery_account_id", {"currency_id": euro.id}, "another currency"),
        ]
        for name, vals, words in cases:
            with self.subTest(name=name), self.cr.savepoint() as savepoint:
                company[name].write(vals)
                self.assertRegex(company._get_collection_accounting_problems()[name], words)
                savepoint.rollback()
        company.collection_vat_relief_account_id = company.collection_allowance_account_id
        self.assertEqual(
            set(company._get_collection_accounting_problems()),
            {"collection_vat_relief_account_id", "collection_allowance_account_id"},
        )
        company.collection_journal_id.active = False
        self.assertIn("collection_journal_id", company._get_collection_accounting_problems())
        with self.assertRaises(ValidationError), self.cr.savepoint():
            company.collection_journal_id = company.currency_exchange_journal_id
        settings = self.env["res.config.settings"].new({"company_id": company.id})
        self.assertIn("archived", settings.collection_accounting_problems)

    def test_who_may(self):
        finance = self._role_user("setup_finance", "finance")
        with self.assertRaises(AccessError):
            self.env["collection.accounting.setup"].with_user(finance).create({})
        self.assertFalse(self.env.company.collection_journal_id)
