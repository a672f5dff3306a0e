from decimal import Decimal

from odoo import models
from odoo.tools import get_lang

from ...tools.rmb_capitals import rmb_capitals


class ResCurrency(models.Model):
    _inherit = "res.currency"

    def amount_to_text(self, amount):
        """Yuan in Chinese are written in financial capitals; all else as Odoo does it."""
        self.ensure_one()
        # The language asked for counts even where it is not installed: no word is translated.
        lang = self.env.context.get("lang") or get_lang(self.env).code
        if lang.startswith("zh") and self.with_context(lang=None).name == "CNY":
            company = self.env.company.with_context(lang=None)
            return "人民币" + rmb_capitals(
                Decimal(str(amount)), jiao_zheng=company.collection_jiao_zheng
            )
        return super().amount_to_text(amount)

