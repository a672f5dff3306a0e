from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ...models.policy.collection_policy_step import METHODS


class CollectionNextAction(models.TransientModel):
    """Plan what is done next on cases, or postpone what is on one's list for them.

    Postponing moves the to-dos only. The deadlines of the policy's steps stay, so that a late
    step is seen as late.
    """

    _name = "collection.next.action"
    _description = "Next Action on Cases"
    _inherit = "collection.mixin"

    case_ids = fields.Many2many("collection.case", required=True)
    kind = fields.Selection(
        [("plan", "Plan the Next Action"), ("postpone", "Postpone My To-Dos")],
        "What to Do",
        required=True,
        default="plan",
    )
    method = fields.Selection(
        [method for method in METHODS if method[0] != "legal"], default="phone"
    )
    date = fields.Date(
        "On", required=True,
        default=lambda self: fields.Date.add(fields.Date.context_today(self), days=1),
    )
    note = fields.Char(help="What to do; when postponing, the reason.")
    user_id = fields.Many2one(
        "res.users", "For", default=lambda self: self.env.user, domain="[('share', '=', False)]"
    )

    def action_apply(self):
        self.ensure_one()
        self._check_can_apply()
        if self.kind == "plan":
            self._do_plan()
        else:
            self._do_postpone()
        return {"type": "ir.actions.act_window_close"}

    def _check_can_apply(self):
        closed = self.case_ids.filtered("is_closed")
        if closed:
            raise UserError(
                self.env._(
                    "The case %(case)s is closed: nothing is planned on it.",
                    case=closed[0].display_name,
                )
            )
        if self.date < fields.Date.context_today(self):
            raise UserError(
                self.env._(
                    "%(date)s is over: choose today or a later day.",
                    date=format_date(self.env, self.date),
                )
            )
        if self.kind == "plan" and not (self.method and self.user_id):
            raise UserError(self.env._("Choose how the customer is contacted, and by whom."))
        if self.kind == "postpone" and not (self.note or "").strip():
            raise UserError(self.env._("Give the reason why the to-dos are postponed."))

    def _do_plan(self):
        types = self.env["mail.activity.type"]._get_collection_types()
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create([
            {
                "res_model_id": self.env["ir.model"]._get_id("collection.case"),
                "res_id": case.id,
                "activity_type_id": types[self.method].id,
                "summary": self.note or False,
                "date_deadline": self.date,
                "user_id": self.user_id.id,
            }
            for case in self.case_ids
        ])

    def _do_postpone(self):
        """Move the user's own to-dos that are due before the day, and note why."""
        to_dos = self.env["mail.activity"].search([
            ("res_model", "=", "collection.case"), ("res_id", "in", self.case_ids.ids),
            ("user_id", "=", self.env.uid), ("date_deadline", "<", self.date),
        ])
        if not to_dos:
            raise UserError(
                self.env._(
                    "None of your to-dos on these cases is due before %(date)s.",
                    date=format_date(self.env, self.date),
                )
            )
        to_dos.write({"date_deadline": self.date})
        for case in self.case_ids.filtered(lambda case: case.id in to_dos.mapped("res_id")):
            case._message_log(
                body=self.env._(
                    "To-dos postponed until %(date)s: %(reason)s",
                    date=format_date(self.env, self.date), reason=self.note,
                )
            )

