from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date


class CollectionLegalAction(models.Model):
    """The way of a legal action: asked for, approved by another, letter, court, money."""

    _inherit = "collection.legal.action"

    date_closed = fields.Date("Closed On", readonly=True, copy=False)
    outcome = fields.Selection(
        [
            ("paid", "Paid in Full"),
            ("part", "Paid in Part"),
            ("settled", "Settled"),
            ("lost", "Lost"),
            ("withdrawn", "Withdrawn"),
            ("uncollectible", "Nothing to Collect"),
        ],
        copy=False, tracking=True,
    )
    outcome_note = fields.Text(copy=False)

    def _check_complete(self):
        """Reason, items and counsel are named before anybody decides (P6.1)."""
        for action in self:
            missing = [
                words
                for words, is_there in [
                    (self.env._("why legal means are needed"), (action.reason or "").strip()),
                    (self.env._("the items that are claimed"), action.item_ids),
                    (
                        self.env._("counsel: a law firm or the internal counsel"),
                        action.law_firm_id or action.internal_counsel_id,
                    ),
                ]
                if not is_there
            ]
            if missing:
                raise UserError(
                    self.env._(
                        "Enter for “%(record)s” first: %(missing)s.",
                        record=action.display_name,
                        missing="; ".join(missing),
                    )
                )
            if action.currency_id.compare_amounts(action.amount_claimed, 0) <= 0:
                raise UserError(
                    self.env._(
                        "“%(record)s” claims nothing: enter the amount.",
                        record=action.display_name,
                    )
                )

    def _after_approve(self):
        """The case is at the legal stage from the approval on (P3.6)."""
        for case in self.case_id:
            if case.stage not in ("legal", "closed"):
                case.action_move_to_legal()

    def _check_can_proceed(self, *states):
        """Raise unless a manager carries on an action that is in one of these states."""
        self._check_role(
            "manager", self.env._("Only a collection manager carries on an approved legal action.")
        )
        self.check_access("write")
        self._check_state(*states)

    def _require(self, *names):
        """Raise a ``UserError`` that names the first action with fields that are still empty."""
        for action in self:
            empty = [
                action._fields[name]._description_string(self.env)
                for name in names
                if not action[name]
            ]
            if empty:
                raise UserError(
                    self.env._(
                        "Enter for “%(record)s” first: %(fields)s.",
                        record=action.display_name,
                        fields=", ".join(empty),
                    )
                )

    def _set_state(self, state, **vals):
        # The steps alone write states, after their checks; see `collection.approval`.
        self.sudo().write({"state": state, **vals})

    def action_file(self):
        """The claim is with the court: from now on its cash is counted, and limitation rests."""
        self._lock()
        self._check_can_file()
        for action in self:
            action._note_checks(self.env._("Filed with the checklist"))
            action._do_file()

    def _check_can_file(self):
        self._check_can_proceed("approved", "letter")
        self._require("court", "date_filed")
        for action in self:
            if action.route == "letter":
                raise UserError(
                    self.env._(
                        "“%(record)s” is for a lawyer letter only. A suit is another decision:"
                        " make a new legal action for it.",
                        record=action.display_name,
                    )
                )
            today = action.company_id._get_collection_today()
            if action.date_filed > today:
                raise UserError(
                    self.env._(
                        "“%(record)s” cannot have been filed on %(date)s, a day to come.",
                        record=action.display_name,
                        date=format_date(self.env, action.date_filed),
                    )
                )
        self._check_gate("filing")

    def _do_file(self):
        self.ensure_one()
        self._set_state("filed")
        contact = self.env["collection.activity"].create({
            "case_id": self.case_id.id,
            "date": min(
                fields.Datetime.to_datetime(self.date_filed).replace(hour=12),
                fields.Datetime.now(),
            ),
            "method": "legal",
            "outcome": "other",
            "limitation_event": "suit",
            "feedback": self.env._(
                "%(action)s: claim of %(amount)s filed with %(court)s.",
                action=self.name,
                amount=self._format_amount(self.amount_claimed),
                court=self.court,
            ),
        })
        contact.action_confirm()
        self.case_id._refresh_limitation()

    def action_hearing(self):
        """The court hears the claim."""
        self._lock()
        self._check_can_proceed("filed")
        self._set_state("hearing")

    def action_judgment(self):
        """The court has decided."""
        self._lock()
        self._check_can_proceed("filed", "hearing")
        self._require("judgment_date", "judgment_kind")
        for action in self.filtered(lambda action: action.judgment_kind != "lost"):
            action._require("judgment_amount")
        self._set_state("judgment")

    def action_enforce(self):
        """Enforcement of the decision is applied for."""
        self._lock()
        self._check_can_proceed("judgment")
        self._require("enforcement_date")
        for action in self:
            if action.judgment_kind == "lost":
                raise UserError(
                    self.env._("“%(record)s” was lost.", record=action.display_name)
                )
        self._set_state("enforcement")

    def action_close(self):
        """End the action with its outcome; what was recovered is kept as it is today."""
        self._lock()
        self._check_can_proceed("approved", "letter", "filed", "hearing", "judgment",
                                "enforcement")
        self._require("outcome")
        for action in self:
            action._set_state(
                "closed",
                date_closed=action.company_id._get_collection_today(),
                amount_recovered_final=action.amount_recovered,
            )
        # Whoever was asked to close it need not any more.
        self.sudo().activity_unlink(["mail.mail_activity_data_todo"])
        self._leave_legal_stage()

    def _check_can_cancel(self):
        """Collectors drop what nobody was asked for; all else a manager cancels."""
        if any(action.state not in ("draft", "refused") for action in self):
            self._check_role(
                "manager", self.env._("Only a collection manager cancels what was asked for.")
            )

    def _do_cancel(self):
        """Note that these were dropped; the cases of those that ran are chased again."""
        running = self.filtered("is_running")
        self._set_state("cancelled")
        running._leave_legal_stage()

    def _leave_legal_stage(self):
        """Without a running action an open case is chased again, at the stage of its worst item."""
        for case in self.case_id:
            if case.stage == "legal" and not case.legal_action_ids.filtered("is_running"):
                case.action_leave_legal()
