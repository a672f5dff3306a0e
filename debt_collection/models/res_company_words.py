from odoo import fields, models


class ResCompany(models.Model):
    """How amounts are written out in the company's papers."""

    _inherit = "res.company"

    collection_jiao_zheng = fields.Boolean(
        "整 After 角",
        default=True,
        help="Amounts in Chinese capitals that end with 角 close with 整.",
    )
