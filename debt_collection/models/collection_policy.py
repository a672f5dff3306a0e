from odoo import api, fields, models


class CollectionPolicy(models.Model):
    """When what is done in a company, and by whom: the written policy's open values."""

    _name = "collection.policy"
    _inherit = ["collection.mixin"]
    _description = "Collection Policy"
    _order = "company_id, sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    user_id = fields.Many2one(
        "res.users",
        "Default Collector",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Gets the cases of customers who have no collector of their own.",
    )
    manager_id = fields.Many2one(
        "res.users",
        "Collection Manager",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    collection_day = fields.Integer(
        "Day of the Overdue List",
        default=5,
        help="Day of the month on which finance gets the draft of the overdue list (P3.2);"
        " the working day before when it is not a working day.",
    )

    note = fields.Html(
        "Written Policy", translate=True, help="The policy in the company's own words."
    )

    _collection_day_range = models.Constraint(
        "CHECK(collection_day BETWEEN 1 AND 31)",
        "The day of the overdue list is a day of the month, from 1 to 31.",
    )

    @api.model
    def _get_default(self, company):
        """The policy that ``company`` uses where nothing more special applies."""
        return company.sudo().collection_policy_id or self.sudo().search(
            [("company_id", "=", company.id)], limit=1
        )

    @api.model
    def _get_for(self, case, company):
        """The policy that ``case`` follows; the company's without a case, or before it has one."""
        return case.policy_id or self._get_default(company)
