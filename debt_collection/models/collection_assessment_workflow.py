from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

# What a manager writes by hand, and while which state.
WRITTEN_BY_HAND = {"comment": "draft", "improvement": "draft", "appeal_answer": "appealed"}
CHATTER_FIELDS = {"message_follower_ids", "message_ids", "activity_ids",
                  "message_main_attachment_id"}


class CollectionAssessment(models.Model):
    """From draft to closed: confirmed by a manager, seen by the collector, open to appeal.

    Nobody assesses themselves: who is assessed neither comments, confirms, answers nor closes.
    """

    _inherit = "collection.assessment"

    confirmed_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    date_confirmed = fields.Datetime("Confirmed On", readonly=True, copy=False)
    date_acknowledged = fields.Datetime("Acknowledged On", readonly=True, copy=False)
    appeal_text = fields.Text("Appeal", readonly=True, copy=False)
    date_appealed = fields.Datetime("Appealed On", readonly=True, copy=False)
    appeal_answer = fields.Text("Answer to the Appeal", copy=False)
    answered_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    date_answered = fields.Datetime("Answered On", readonly=True, copy=False)
    date_closed = fields.Datetime("Closed On", readonly=True, copy=False)
    is_own = fields.Boolean(compute="_compute_is_own")

    @api.depends("user_id")
    @api.depends_context("uid")
    def _compute_is_own(self):
        for assessment in self:
            assessment.is_own = assessment.user_id == self.env.user

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise UserError(self.env._("Assessments are made from the books, not typed."))
        return super().create(vals_list)

    def write(self, vals):
        names = set(vals) - CHATTER_FIELDS
        if names and not self.env.su:
            self.check_access("write")
            if names - WRITTEN_BY_HAND.keys():
                raise UserError(
                    self.env._("The figures and steps of an assessment are not typed.")
                )
            self._check_not_own()
            for name in names:
                self._check_state(WRITTEN_BY_HAND[name])
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_frozen(self):
        self._check_state("draft")

    def _check_state(self, *states):
        """Raise a ``UserError`` naming the first assessment that is in none of the states."""
        labels = dict(self._fields["state"]._description_selection(self.env))
        for assessment in self:
            if assessment.state not in states:
                raise UserError(
                    self.env._(
                        "The assessment %(assessment)s is %(state)s: that cannot be done now.",
                        assessment=assessment.display_name,
                        state=labels[assessment.state],
                    )
                )

    def _check_not_own(self):
        for assessment in self:
            if assessment.user_id == self.env.user:
                raise UserError(
                    self.env._(
                        "%(assessment)s is your own assessment: another collection manager"
                        " decides on it.",
                        assessment=assessment.display_name,
                    )
                )

    def _check_manager(self, *states):
        """Raise unless a manager may act on these assessments, in one of the states."""
        if not self.env.user.has_group("debt_collection.group_manager"):
            raise AccessError(self.env._("Only a collection manager assesses collectors."))
        self.check_access("write")
        self._check_not_own()
        self._check_state(*states)

    def _check_assessed(self, *states):
        """Raise unless the assessed collector acts on own assessments."""
        self.check_access("read")
        for assessment in self:
            if assessment.user_id != self.env.user:
                raise AccessError(
                    self.env._(
                        "Only the assessed collector acknowledges or appeals %(assessment)s.",
                        assessment=assessment.display_name,
                    )
                )
        self._check_state(*states)

    def action_confirm(self):
        """Freeze these drafts and show them to the collectors; the team's goes along."""
        self._lock()
        self._check_manager("draft")
        for assessment in self:
            if assessment.date_end >= assessment.company_id._get_collection_today():
                raise UserError(
                    self.env._(
                        "The month of %(assessment)s is not over yet.",
                        assessment=assessment.display_name,
                    )
                )
        self._do_confirm()

    def _do_confirm(self):
        # The team's assessment goes along, whoever may see it.
        teams_sudo = self.sudo().search([
            ("is_team", "=", True), ("state", "=", "draft"),
            ("company_id", "in", self.company_id.ids), ("month", "in", self.mapped("month")),
        ]).filtered(lambda team: any(
            team.company_id == own.company_id and team.month == own.month for own in self
        ))
        # Checked above; states are written by the steps alone.
        (self.sudo() | teams_sudo).write({
            "state": "confirmed",
            "confirmed_by_id": self.env.uid,
            "date_confirmed": fields.Datetime.now(),
        })
        teams_sudo.activity_ids.action_done()
        for assessment in self.filtered("user_id"):
            assessment.sudo().activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=assessment.user_id.id,
                date_deadline=fields.Date.add(
                    assessment.company_id._get_collection_today(),
                    days=assessment.company_id.collection_appeal_days,
                ),
                summary=self.env._("Read your assessment; acknowledge it or appeal"),
            )

    def action_acknowledge(self):
        """The collector has read it."""
        self._lock()
        self._check_assessed("confirmed")
        # Checked above; collectors have no right to write.
        self.sudo().write({"state": "acknowledged", "date_acknowledged": fields.Datetime.now()})
        self._end_to_dos()

    def action_appeal(self, text=None):
        """The collector disagrees and says why; without a text the dialog asks for it."""
        self.ensure_one()
        if text is None:
            return {
                **self.env["ir.actions.act_window"]._for_xml_id(
                    "debt_collection.collection_assessment_appeal_action"
                ),
                "context": {"default_assessment_id": self.id},
            }
        self._lock()
        self._check_assessed("confirmed", "acknowledged")
        if not text.strip():
            raise UserError(self.env._("Write down what you disagree with, and why."))
        # Checked above; collectors have no right to write.
        self_sudo = self.sudo()
        self_sudo.write({
            "state": "appealed",
            "appeal_text": text.strip(),
            "date_appealed": fields.Datetime.now(),
            "appeal_answer": False,
            "answered_by_id": False,
            "date_answered": False,
        })
        self._end_to_dos()
        self_sudo.message_post(
            body=self.env._("Appeal: %(text)s", text=text.strip()),
            author_id=self.env.user.partner_id.id,
        )
        managers_sudo = self_sudo.confirmed_by_id
        if managers_sudo:
            self_sudo.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=managers_sudo.id,
                summary=self.env._("Answer the appeal"),
            )
        return True

    def _end_to_dos(self):
        # The to-do may be that of another person.
        self.sudo().activity_ids.action_done()

    def _check_answer(self):
        for assessment in self:
            if not (assessment.appeal_answer or "").strip():
                raise UserError(
                    self.env._(
                        "Write the answer to the appeal of %(assessment)s first.",
                        assessment=assessment.display_name,
                    )
                )

    def _note_answer(self, state):
        self._end_to_dos()
        for assessment in self:
            # Checked by the step; the assessed collector has no right to write.
            assessment.sudo().message_post(
                body=self.env._(
                    "Answer to the appeal: %(text)s", text=assessment.appeal_answer.strip()
                ),
                author_id=self.env.user.partner_id.id,
                partner_ids=assessment.user_id.partner_id.ids,
            )
        # States are written by the steps alone.
        self.sudo().write({
            "state": state,
            "answered_by_id": self.env.uid,
            "date_answered": fields.Datetime.now(),
        })

    def action_reject_appeal(self):
        """The figures stand, for the reasons in the answer; the assessment is closed."""
        self._lock()
        self._check_manager("appealed")
        self._check_answer()
        self._note_answer("closed")
        self.sudo().date_closed = fields.Datetime.now()
        self._seal()

    def action_uphold_appeal(self):
        """The collector is right: a draft again, made anew from the books as they are now."""
        self._lock()
        self._check_manager("appealed")
        self._check_answer()
        self._note_answer("draft")
        for company, own in self.grouped("company_id").items():
            for month in set(own.mapped("month")):
                self._generate(month, company)

    def action_close(self):
        """Close what was acknowledged, or what nobody appealed in time."""
        self._lock()
        self._check_manager("confirmed", "acknowledged")
        now = fields.Datetime.now()
        for assessment in self.filtered(lambda own: own.state == "confirmed" and own.user_id):
            until = assessment.date_confirmed + timedelta(
                days=assessment.company_id.collection_appeal_days
            )
            if now < until:
                raise UserError(
                    self.env._(
                        "%(collector)s can still appeal until %(date)s.",
                        collector=assessment.user_id.name,
                        date=fields.Datetime.context_timestamp(assessment, until).date(),
                    )
                )
        # Checked above; states are written by the steps alone.
        self.sudo().write({"state": "closed", "date_closed": now})
        self._end_to_dos()
        self._seal()
