from odoo import api, fields, models
from odoo.exceptions import UserError


class CollectionAssessment(models.Model):
    """What a grade may bring is proposed by a manager, with a reason (P5.4)."""

    _inherit = "collection.assessment"

    reward_ids = fields.One2many("collection.reward", "assessment_id", "Rewards and Penalties")
    reward_count = fields.Integer(compute="_compute_reward_count")

    def _compute_reward_count(self):
        counts = dict(self.env["collection.reward"]._read_group(
            [("assessment_id", "in", self.ids), ("state", "!=", "cancelled")],
            ["assessment_id"], ["__count"],
        ))
        for assessment in self:
            assessment.reward_count = counts.get(assessment, 0)

    def action_propose_rewards(self):
        """Draft what the rules say of the grades, for people to reason and decide."""
        self._check_manager("confirmed", "acknowledged", "closed")
        rules = self.env["collection.reward.rule"].search([
            ("company_id", "in", self.company_id.ids), ("grade", "in", self.mapped("grade")),
        ])
        proposed = self.reward_ids.filtered(lambda reward: reward.state != "cancelled")
        pairs = {(reward.assessment_id, reward.rule_id) for reward in proposed}
        rewards = self.env["collection.reward"].create([
            {
                "assessment_id": assessment.id, "rule_id": rule.id, "kind": rule.kind,
                "measure": rule.measure, "amount": rule.amount, "share": rule.share,
            }
            for assessment in self.filtered("user_id")
            for rule in rules
            if rule.company_id == assessment.company_id and rule.grade == assessment.grade
            and (assessment, rule) not in pairs
        ])
        if not rewards | proposed:
            raise UserError(
                self.env._(
                    "No rule says what these grades bring. Add one under Configuration > Rewards"
                    " and Penalties, or propose something by hand."
                )
            )
        return (rewards | proposed)._get_records_action(
            name=self.env._("Rewards and Penalties")
        )

    @api.readonly
    def action_view_rewards(self):
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "debt_collection.collection_reward_action"
            ),
            "domain": [("assessment_id", "=", self.id)],
            "context": {"default_assessment_id": self.id},
        }
