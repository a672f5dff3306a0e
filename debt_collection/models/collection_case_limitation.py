from odoo import api, fields, models
from odoo.tools import format_date


class CollectionCase(models.Model):
    """The limitation clock of a case: the first of its items that will be time-barred."""

    _inherit = "collection.case"

    limitation_id = fields.Many2one(
        "collection.limitation", "First Time-Barred", readonly=True, copy=False,
        ondelete="set null", index="btree_not_null",
    )
    limitation_ids = fields.One2many("collection.limitation", "case_id", "Limitations")
    limitation_event = fields.Char("Limitation Rests On", related="limitation_id.event")

    @api.model
    def _update_limitation_of(self, company, as_of=None):
        today = fields.Date.to_date(as_of) or company._get_collection_today()
        localized = company._in_collection_language(self.with_company(company))
        return localized.env["collection.limitation"]._update_limitations(company, today)

    def _refresh_limitation(self):
        """Bring the dates of these cases up to date, outside the nightly run."""
        for company, cases in self.grouped("company_id").items():
            self.env["collection.limitation"]._update_limitations(
                company, company._get_collection_today(), cases
            )

    def _prepare_limitation_to_do(self, limitations, as_of, role):
        """A to-do on the case that its items are time-barred soon, or are by now."""
        self.ensure_one()
        first = min(limitations, key=lambda limitation: limitation.date_limit)
        values = {
            "item": first.move_id.name or first.line_id.name,
            "count": len(limitations),
            "date": format_date(self.env, first.date_limit),
            "days": (first.date_limit - as_of).days,
        }
        if values["days"] < 0:
            summary = self.env._("Time-barred since %(date)s: %(item)s", **values)
        else:
            summary = self.env._(
                "Limitation: %(item)s can be claimed until %(date)s, %(days)s days left", **values
            )
        if len(limitations) > 1:
            summary = self.env._("%(summary)s; %(count)s items", summary=summary, **values)
        return {
            "res_model_id": self.env["ir.model"]._get_id(self._name),
            "res_id": self.id,
            "activity_type_id": self.env.ref("mail.mail_activity_data_todo").id,
            "summary": summary,
            "date_deadline": as_of,
            "user_id": self._get_responsible(role).id,
        }
