from odoo import api, fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    collection_policy_id = fields.Many2one(
        "collection.policy", "Default Collection Policy", check_company=True
    )

    collection_is_started = fields.Boolean(
        "Chase Started", copy=False,
        help="Until a manager starts the chase, cases, steps and drafts are made every night, and"
        " nothing is sent to a customer by itself.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        companies._ensure_collection_policy()
        return companies

    def _ensure_collection_policy(self):
        """Every company has a policy from its first day: create those that are missing."""
        # Whoever may create a company need not be a collection manager.
        without_sudo = self.sudo().filtered(lambda company: not company.collection_policy_id)
        standard_sudo = self.env.ref(
            "debt_collection.policy_default", raise_if_not_found=False
        )
        vals_list = [
            {"name": self.env._("Standard Policy"), "company_id": company.id}
            for company in without_sudo
        ]
        # Whoever makes a company need not have a right on policies.
        policies_sudo = self.env["collection.policy"].sudo().create(vals_list)
        if standard_sudo:
            # The usual cadence is a start; each company changes its own copy.
            for policy_sudo in policies_sudo:
                standard_sudo.sudo().step_ids.copy({"policy_id": policy_sudo.id})
        for company, policy in zip(without_sudo, policies_sudo, strict=True):
            company.collection_policy_id = policy

