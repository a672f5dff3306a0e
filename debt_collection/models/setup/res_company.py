from odoo import api, fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    collection_is_landing = fields.Boolean(
        "Begin in Collections", help="Who has no home page of their own begins on their desk."
    )

    # What the upgrade found that no step had written; empty once a manager has read it.
    collection_audit_date = fields.Datetime(
        "Audited On", readonly=True, copy=False, groups="debt_collection.group_manager"
    )
    collection_audit_count = fields.Integer(
        "Findings of the Audit", readonly=True, copy=False,
        groups="debt_collection.group_manager",
    )

    def _note_collection_audit(self, count):
        """Keep what an audit found where managers see it, until they have read it."""
        # Managers do not write companies otherwise; who audits was checked.
        self.sudo().write({
            "collection_audit_date": fields.Datetime.now(), "collection_audit_count": count,
        })

    def _get_collection_pages(self):
        """Titles of the pages of links, by the name of their form."""
        return {
            "collection_setup_view_form": self.env._("Set Up"),
            "collection_reports_view_form": self.env._("All Reports"),
        }

    def web_read(self, specification):
        """On a page of links the reader sees what it is, not what the company is called."""
        rows = super().web_read(specification)
        if title := self._get_collection_pages().get(self.env.context.get("collection_page")):
            for row in rows:
                if "display_name" in row:
                    row["display_name"] = title
        return rows

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
        return {
            "type": "ir.actions.act_window",
            "name": self._get_collection_pages()[view],
            "res_model": "res.company",
            "res_id": self.env.company.id,
            "view_mode": "form",
            "views": [(self.env.ref(f"debt_collection.{view}").id, "form")],
            "context": {"collection_page": view},
        }
