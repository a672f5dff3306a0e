from odoo import api, fields, models


class CollectionActivity(models.Model):
    """The call guide that fits the case, beside the form of the contact (P4.2)."""

    _inherit = "collection.activity"

    guide_id = fields.Many2one(
        "collection.call.guide",
        "Situation",
        compute="_compute_guide_id",
        store=True,
        readonly=False,
        copy=False,
    )
    guide_body = fields.Html(related="guide_id.body")

    @api.depends("case_id", "state", "reason_id")
    def _compute_guide_id(self):
        """The guide of the case's situation; the user may look at another one."""
        guides = self.env["collection.call.guide"].search([("body", "!=", False)])
        for activity in self:
            if activity.state == "confirmed":
                activity.guide_id = activity.guide_id
                continue
            situation = activity._get_situation()
            activity.guide_id = guides.filtered(
                lambda guide, situation=situation: guide.situation == situation
            )[:1]

    def _get_situation(self):
        self.ensure_one()
        case = self.case_id
        if self.reason_id in self._get_hardship_reasons():
            return "hardship"
        if case.amount_disputed:
            return "dispute"
        if case.promise_ids._is_last_broken():
            return "broken"
        return "general" if case.date_last_contact else "first"

    @api.model
    def _get_hardship_reasons(self):
        """The reasons told by customers who would pay if they could (P6.2)."""
        return self.env["collection.reason"].search([("is_hardship", "=", True)])
