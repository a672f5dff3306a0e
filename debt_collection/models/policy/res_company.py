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
        """Give every company that has no default policy one: its own first one, else a new one.

        Companies are made by forms, by SQL, by demo data of localisations, and stood there
        before the add-on: whoever asks for a company's policy comes here.

        :return: the policies of these companies, in their order
        """
        # Whoever makes a company, or asks for its policy, need not have a right on policies.
        companies_sudo = self.sudo()
        for company_sudo in companies_sudo.filtered(
            lambda company: not company.collection_policy_id
        ):
            policies_sudo = self.env["collection.policy"].sudo().search(
                [("company_id", "=", company_sudo.id)]
            )
            # One for all customers before one for some of them.
            company_sudo.collection_policy_id = (
                policies_sudo.filtered(lambda policy: not policy._has_criteria())
                or policies_sudo
                or company_sudo._create_collection_policy()
            )[0]
        return companies_sudo.collection_policy_id

    def _create_collection_policy(self):
        """Make the policy that a company starts with, with the usual steps, for it to change."""
        self.ensure_one()
        # Not in whose language and company somebody happens to ask.
        policies_sudo = self.env["collection.policy"].sudo().with_company(self)
        policy_sudo = policies_sudo.create(
            {"name": self.env._("Standard Policy"), "company_id": self.id}
        )
        standard = self.env.ref("debt_collection.policy_default", raise_if_not_found=False)
        if standard:
            # The standard policy belongs to another company, whose records few may read.
            standard.sudo().step_ids.copy({"policy_id": policy_sudo.id})
        return policy_sudo
