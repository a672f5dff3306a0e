from odoo import Command
from odoo.tests import tagged

from ..charge.charge_common import ChargeCommon


@tagged("post_install", "-at_install", "debt_collection")
class TestResConfigSettingsCharge(ChargeCommon):
    """Late charges on the settings page: the company's own, and its policy's terms."""

    def test_settings(self):
        tax = self.company_data["default_tax_sale"]
        other = self.setup_other_company()["company"]
        self.env["res.config.settings"].create({
            "collection_charge_tax_ids": [Command.set(tax.ids)],
            "collection_charge_product_id": self.product_a.id,
            "collection_charge_payment_term_id": self.pay_terms_a.id,
            "collection_charge_terms_id": self._terms("eu").id,
        }).execute()
        self.assertRecordValues(self.env.company, [{
            "collection_charge_journal_id": self.journal.id,
            "collection_charge_account_id": self.income.id,
            "collection_charge_tax_ids": tax.ids,
            "collection_charge_product_id": self.product_a.id,
            "collection_charge_payment_term_id": self.pay_terms_a.id,
        }])
        self.assertEqual(
            self.env.company.collection_policy_id.charge_terms_id, self._terms("eu")
        )
        self.assertFalse(other.collection_policy_id.charge_terms_id)
        self.assertFalse(other.collection_charge_tax_ids)
