from odoo import api, models


class ResCompany(models.Model):
    _inherit = "res.company"

    @api.model
    def action_collection_page(self, view):
        """Open a page of links for the current company.

        :param view: name of the form, as the two server actions give it
        """
        titles = {
            "collection_setup_view_form": self.env._("Set Up"),
            "collection_reports_view_form": self.env._("All Reports"),
        }
        return {
            "type": "ir.actions.act_window",
            "name": titles[view],
            "res_model": "res.company",
            "res_id": self.env.company.id,
            "view_mode": "form",
            "views": [(self.env.ref(f"debt_collection.{view}").id, "form")],
        }
