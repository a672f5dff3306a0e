from odoo import api, fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    collection_is_landing = fields.Boolean(
        "Begin in Collections", help="Who has no home page of their own begins on their desk."
    )

    @api.depends_context("collection_page")
    def _compute_display_name(self):
        """A page of links is called what it is, not what the company is called."""
        super()._compute_display_name()
        if title := self.env.context.get("collection_page"):
            self.display_name = title

    def _get_collection_overdue_now(self):
        """Count and amount (company currency) of the items that are overdue today."""
        self.ensure_one()
        rows = self.env["account.move.line"].sudo()._get_collection_ageing(
            self._get_collection_today(), self
        )
        late = [row["residual"] for row in rows if row["tier_code"]]
        return len(late), sum(late)

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
            "context": {"collection_page": titles[view]},
        }
