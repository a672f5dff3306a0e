import pytz

from odoo import api, fields, models
from odoo.tools import ormcache


class ResCompany(models.Model):
    _inherit = "res.company"

    collection_policy_id = fields.Many2one(
        "collection.policy", "Default Collection Policy", check_company=True
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

    @api.model
    def _get_collection_companies(self):
        """All companies whose ledgers are collected, whoever asks."""
        return self.sudo().search([("active", "=", True)], order="id")

    @api.model
    def _get_collection_todays(self):
        """The date it is for each company, by company; no query once the companies are known."""
        now = fields.Datetime.now().replace(tzinfo=pytz.utc)
        return {
            self.browse(company_id): now.astimezone(pytz.timezone(tz)).date()
            for company_id, tz in self._get_collection_zones()
        }

    @api.model
    @ormcache()
    def _get_collection_zones(self):
        """Pairs of a company's id and the name of its time zone."""
        return tuple(
            (company.id, company._get_collection_tz())
            for company in self._get_collection_companies()
        )

    def _get_collection_today(self):
        """The date it is for the company: in the time zone of its address, else in UTC."""
        return self._get_collection_date(fields.Datetime.now())

    def _get_collection_date(self, moment):
        """The company's date at a moment given in UTC."""
        zone = pytz.timezone(self._get_collection_tz())
        return moment.replace(tzinfo=pytz.utc).astimezone(zone).date()

    def _get_collection_tz(self):
        """Name of the time zone of the company's address, else UTC."""
        self.ensure_one()
        tz = self.sudo().partner_id.tz
        return tz if tz in pytz.all_timezones_set else "UTC"
