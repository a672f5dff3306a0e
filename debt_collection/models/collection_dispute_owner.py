from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import format_date

from ..tools.working_days import nth_working_day

# What an owner who is no collector answers with.
ANSWER = {"resolution", "resolution_note", "state", "date_resolved"}


class CollectionDispute(models.Model):
    """A dispute's owner, in whatever department: the to-do, its deadline, the reminder."""

    _inherit = "collection.dispute"

    department = fields.Selection(
        [
            ("sales", "Sales"),
            ("logistics", "Logistics"),
            ("finance", "Finance"),
            ("other", "Other"),
        ],
        compute="_compute_department",
        store=True,
        readonly=False,
        precompute=True,
        help="Where the dispute is looked into.",
    )
    date_deadline = fields.Date(
        "Answer By", compute="_compute_date_deadline", store=True, readonly=False,
        precompute=True, help="Last day to answer, inclusive; the policy's working days.",
    )
    is_reminded = fields.Boolean(readonly=True, copy=False)
    items_text = fields.Text(
        "Items", compute="_compute_items_text", compute_sudo=True,
        help="The contested documents, for an owner without rights on accounting.",
    )

    @api.depends("reason_id")
    def _compute_department(self):
        for dispute in self:
            dispute.department = dispute.reason_id.department or dispute.department or False

    @api.depends("date_open", "case_id")
    def _compute_date_deadline(self):
        for dispute in self:
            company = dispute.company_id or dispute.case_id.company_id
            if not company or not dispute.date_open:
                dispute.date_deadline = dispute.date_deadline or False
                continue
            days = dispute._get_policy().dispute_days
            working_days = company._get_collection_working_days(
                dispute.date_open, fields.Date.add(dispute.date_open, days=3 * days + 60)
            )
            dispute.date_deadline = (
                nth_working_day(working_days, dispute.date_open, days)
                if days else dispute.date_open
            )

    @api.depends("line_ids")
    def _compute_items_text(self):
        for dispute in self:
            dispute.items_text = "\n".join(dispute.line_ids.move_id.mapped("name"))

    def _get_policy(self):
        """The policy of the dispute's case."""
        self.ensure_one()
        # The owner of a dispute need not see its case.
        return self.sudo().case_id._get_policy()

    def _check_can_write(self, vals):
        """Who is no collector only answers own disputes (P1.4).

        :raises AccessError: when other values than the answer are written
        """
        if self.env.su or self.env.user.has_group("debt_collection.group_collector"):
            return
        if not vals.keys() <= ANSWER | {*self._get_chatter_fields()}:
            raise AccessError(
                self.env._(
                    "As the owner of a dispute you answer it: choose the resolution and give"
                    " your reasons. Ask the collector for any other change."
                )
            )

    @api.model
    def _get_chatter_fields(self):
        return {"message_follower_ids", "message_ids", "activity_ids"}

    def _ask_owner(self):
        """A to-do for the owner, to answer by the deadline."""
        for dispute in self:
            dispute.activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=dispute.date_deadline,
                summary=dispute.env._("Answer the dispute of %(customer)s",
                                      customer=dispute.partner_id.name),
                user_id=dispute.user_id.id,
            )

    def _end_to_dos(self):
        # A to-do can be another person's; who ends the dispute ends it.
        self.sudo().activity_ids.unlink()

    @api.model
    def _remind_late(self, as_of, companies):
        """Remind the owners of disputes that were to be answered before a day, once.

        :return: the disputes whose owners were reminded
        """
        # The job works for everybody, on disputes of every collector.
        late_sudo = self.sudo().search([
            ("state", "=", "open"), ("is_reminded", "=", False),
            ("date_deadline", "<", as_of), ("company_id", "in", companies.ids),
        ])
        for dispute in late_sudo:
            people = dispute.user_id | dispute.case_id._get_responsible("collector")
            dispute.message_notify(
                partner_ids=people.partner_id.ids,
                subject=self.env._("A dispute waits for its answer"),
                body=self.env._(
                    "The dispute of %(customer)s was to be answered by %(date)s. Owner:"
                    " %(owner)s.",
                    customer=dispute.partner_id.name,
                    date=format_date(self.env, dispute.date_deadline),
                    owner=dispute.user_id.name,
                ),
            )
        late_sudo.write({"is_reminded": True})
        return late_sudo
