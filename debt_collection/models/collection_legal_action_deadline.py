from odoo import api, fields, models

# Fields with a last day, and what is to be done by then.
DEADLINES = ("letter_deadline", "date_evidence", "preservation_until", "appeal_deadline",
             "enforcement_deadline")
# States in which a deadline still asks for something.
WATCHED = {
    "letter_deadline": ("letter",),
    "date_evidence": ("filed", "hearing"),
    "preservation_until": ("filed", "hearing", "judgment", "enforcement"),
    "appeal_deadline": ("judgment",),
    "enforcement_deadline": ("judgment",),
}


class CollectionLegalAction(models.Model):
    """Deadlines of a legal action are to-dos of its responsible, on the case."""

    _inherit = "collection.legal.action"

    date_letter = fields.Date("Letter Sent On", readonly=True, copy=False)
    letter_deadline = fields.Date(
        "Pay By", copy=False, help="Last day to pay that the lawyer letter gives, inclusive."
    )
    date_next_deadline = fields.Date("Next Deadline", compute="_compute_date_next_deadline",
                                     store=True, index="btree_not_null")

    @api.depends("state", *DEADLINES)
    def _compute_date_next_deadline(self):
        for action in self:
            action.date_next_deadline = min(
                (action[name] for name in DEADLINES if action._is_watched(name)), default=False
            )

    def _is_watched(self, name):
        self.ensure_one()
        if name == "preservation_until" and self.preservation_state != "granted":
            return False
        return bool(self[name]) and self.state in WATCHED[name]

    def _follow_deadlines(self, vals):
        """Plan the to-dos anew when values were written that decide on them."""
        if {"state", "user_id", "preservation_state", *DEADLINES} & vals.keys():
            self._plan_deadlines()

    def _get_deadline_words(self):
        return {
            "letter_deadline": self.env._("Lawyer letter: paid by now? Decide about a suit"),
            "date_evidence": self.env._("Evidence is due at the court"),
            "preservation_until": self.env._("Preservation order ends: renew it"),
            "appeal_deadline": self.env._("Last day to appeal"),
            "enforcement_deadline": self.env._("Last day to apply for enforcement"),
        }

    def _plan_deadlines(self):
        """Bring the to-dos of deadlines in line with the dates; done ones are not made again."""
        # To-dos are kept for the responsible, whoever changes the date.
        activity_sudo = self.env["mail.activity"].sudo().with_context(
            mail_activity_quick_update=True, active_test=False
        )
        stored = activity_sudo.search([("collection_legal_action_id", "in", self.ids)])
        by_key = {(todo.collection_legal_action_id.id, todo.collection_legal_deadline): todo
                  for todo in stored}
        words, to_create, to_drop = self._get_deadline_words(), [], activity_sudo.browse()
        for action in self:
            for name in DEADLINES:
                todo = by_key.get((action.id, name))
                if not action._is_watched(name) or not action.user_id:
                    to_drop |= todo.filtered("active") if todo else activity_sudo.browse()
                    continue
                vals = {"date_deadline": action[name], "user_id": action.user_id.id}
                if todo and todo.active:
                    if (todo.date_deadline, todo.user_id) != (action[name], action.user_id):
                        todo.write(vals)
                elif not todo or todo.date_deadline != action[name]:
                    to_create.append(vals | {
                        "res_model_id": self.env["ir.model"]._get_id("collection.case"),
                        "res_id": action.case_id.id,
                        "activity_type_id":
                            self.env.ref("debt_collection.mail_activity_type_legal").id,
                        "summary": f"{action.name}: {words[name]}",
                        "collection_legal_action_id": action.id,
                        "collection_legal_deadline": name,
                    })
        to_drop.unlink()
        activity_sudo.create(to_create)
