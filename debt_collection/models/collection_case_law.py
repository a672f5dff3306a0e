from odoo import api, fields, models


class CollectionCase(models.Model):
    """The legal actions of a case."""

    _inherit = "collection.case"

    legal_action_ids = fields.One2many("collection.legal.action", "case_id", "Legal Actions")
    legal_action_count = fields.Integer(compute="_compute_legal_action_count")

    @api.depends("legal_action_ids")
    def _compute_legal_action_count(self):
        counts = dict(
            self.env["collection.legal.action"]._read_group(
                [("case_id", "in", self.ids)], ["case_id"], ["__count"]
            )
        )
        for case in self:
            case.legal_action_count = counts.get(case, 0)

    def _ask_to_end_legal_actions(self):
        """A case that closes leaves its legal actions to their responsible: a suit is withdrawn
        or closed by people, with its outcome."""
        # Whoever posts the payment need not see the action.
        for action_sudo in self.sudo().legal_action_ids.filtered("is_running"):
            if action_sudo.user_id:
                action_sudo.activity_schedule(
                    "mail.mail_activity_data_todo",
                    summary=self.env._("The case is closed: withdraw or close the legal action"),
                    user_id=action_sudo.user_id.id,
                )

    @api.readonly
    def action_view_legal_actions(self):
        """The legal actions of the case; a new one is prepared if there is none."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "debt_collection.collection_legal_action_action"
        )
        action["domain"] = [("case_id", "=", self.id)]
        action["context"] = {"default_case_id": self.id}
        if self.legal_action_count < 2:
            action.update(
                views=[(False, "form")], view_mode="form", res_id=self.legal_action_ids[:1].id
            )
        return action
