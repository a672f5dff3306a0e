from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..base.collection_guard import with_ours

EVENT_FIELDS = {"date_start", "hours", "place", "user_id", "kind", "state", "attendee_ids"}


class CollectionLegalHearing(models.Model):
    """A hearing, in the calendars of those who go there."""

    _name = "collection.legal.hearing"
    _description = "Hearing"
    _inherit = ["collection.mixin", "collection.legal.annex", "mail.thread"]
    _order = "date_start, id"

    kind = fields.Selection(
        [
            ("hearing", "Hearing"),
            ("mediation", "Mediation"),
            ("evidence", "Exchange of Evidence"),
            ("pronouncement", "Pronouncement"),
            ("appeal", "Hearing on Appeal"),
            ("enforcement", "Enforcement"),
        ],
        required=True, default="hearing",
    )
    date_start = fields.Datetime("Starts", required=True, index=True, tracking=True)
    hours = fields.Float("Duration", required=True, default=2.0)
    date_stop = fields.Datetime("Ends", compute="_compute_date_stop", store=True)
    place = fields.Char("Court and Room", compute="_compute_place", store=True, readonly=False)
    user_id = fields.Many2one(
        "res.users", "Responsible", compute="_compute_user_id", store=True, readonly=False,
        domain="[('share', '=', False)]",
    )
    attendee_ids = fields.Many2many("res.users", string="Also Attend",
                                    domain="[('share', '=', False)]")
    state = fields.Selection(
        [("planned", "Planned"), ("held", "Held"), ("cancelled", "Cancelled")],
        required=True, default="planned", tracking=True,
    )
    result = fields.Text()
    # The entry in the calendar goes with the hearing, whoever organises it.
    event_id = fields.Many2one("calendar.event", readonly=True, copy=False, ondelete="set null")
    _hours_positive = models.Constraint(
        "CHECK(hours > 0 AND hours <= 24)", "A hearing takes more than 0 and at most 24 hours."
    )
    _people_create = {"action_id"}
    _people_write = {
        "*": {
            "kind", "date_start", "hours", "place", "user_id", "attendee_ids", "state", "result",
        },
    }

    @api.depends("date_start", "hours")
    def _compute_date_stop(self):
        for hearing in self:
            hearing.date_stop = hearing.date_start and hearing.date_start + timedelta(
                hours=hearing.hours
            )

    @api.depends("action_id")
    def _compute_place(self):
        for hearing in self:
            hearing.place = hearing.place or hearing.action_id.court

    @api.depends("action_id")
    def _compute_user_id(self):
        for hearing in self:
            hearing.user_id = hearing.user_id or hearing.action_id.user_id

    @api.depends("kind", "action_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for hearing in self:
            hearing.display_name = (
                f"{kinds.get(hearing.kind, '')} – {hearing.action_id.display_name or ''}"
            )

    @api.constrains("state", "date_start", "kind", "action_id")
    def _check_dates(self):
        """A hearing keeps to the dates of its action, and is not held before its day."""
        self.action_id._check_court_dates()

    @api.constrains("state", "result")
    def _check_held(self):
        for hearing in self:
            if hearing.state == "held" and not (hearing.result or "").strip():
                raise ValidationError(
                    self.env._("Write down the result of “%(record)s”.",
                               record=hearing.display_name)
                )

    @api.model_create_multi
    def create(self, vals_list):
        hearings = super().create(vals_list)
        hearings._check_filed()
        hearings._plan_event()
        hearings.action_id.filtered(lambda action: action.state == "filed")._set_state("hearing")
        return hearings

    def write(self, vals):
        result = super().write(vals)
        if EVENT_FIELDS & vals.keys():
            self._plan_event()
        return result

    def unlink(self):
        # The entry is ours, whoever organises it.
        events_sudo = self.sudo().event_id
        result = super().unlink()
        events_sudo.unlink()
        return result

    def _check_filed(self):
        for hearing in self:
            if hearing.action_id.state not in ("filed", "hearing", "judgment", "enforcement"):
                raise UserError(
                    self.env._(
                        "“%(record)s” is not with the court: a hearing can be entered once it is"
                        " filed.",
                        record=hearing.action_id.display_name,
                    )
                )

    def _plan_event(self):
        """Make, move or remove the entries in the calendar; others see them as busy only."""
        # Entries of colleagues' calendars, kept by the hearing; no invitation is sent.
        event_sudo = self.env["calendar.event"].sudo().with_context(
            dont_notify=True, no_mail_to_attendees=True, mail_create_nolog=True
        )
        for hearing in self:
            if hearing.state == "cancelled":
                hearing.event_id.sudo().unlink()
                continue
            vals = hearing._prepare_event_vals()
            if hearing.event_id:
                event_sudo.browse(hearing.event_id.id).write(vals)
            else:
                event = event_sudo.create(vals | {
                    "res_model_id": self.env["ir.model"]._get_id(self._name),
                    "res_id": hearing.id,
                })
                hearing.write(with_ours({}, event_id=event.id))

    def _prepare_event_vals(self):
        self.ensure_one()
        users = self.user_id | self.attendee_ids | self.action_id.internal_counsel_id
        return {
            "name": self.display_name,
            "start": self.date_start,
            "stop": self.date_stop,
            "location": self.place,
            "user_id": (self.user_id or self.env.user).id,
            "partner_ids": [(6, 0, users.partner_id.ids)],
            "privacy": "private",
            "show_as": "busy",
        }

