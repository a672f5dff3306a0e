from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class CollectionLegalConsultation(models.Model):
    """A question to counsel and the opinion that came; counsel is asked before acting (P6.1).

    An opinion stays as it was given: a later one is a new consultation.
    """

    _name = "collection.legal.consultation"
    _description = "Consultation of Counsel"
    _inherit = ["collection.mixin", "collection.legal.annex"]
    _order = "date desc, id desc"

    question = fields.Text(required=True)
    date = fields.Date("Asked On", required=True, default=fields.Date.context_today)
    user_id = fields.Many2one(
        "res.users", "Asked By", required=True, readonly=True, default=lambda self: self.env.user
    )
    lawyer_id = fields.Many2one(
        "res.partner", domain="[('is_lawyer', '=', True)]", ondelete="restrict"
    )
    counsel_id = fields.Many2one(
        "res.users", "Internal Counsel", domain="[('share', '=', False)]"
    )
    opinion = fields.Text()
    date_opinion = fields.Date("Answered On")
    recommendation = fields.Selection(
        [("proceed", "Proceed"), ("conditions", "Proceed on Conditions"), ("stop", "Do Not")],
    )
    attachment_ids = fields.Many2many("ir.attachment", string="Files")
    state = fields.Selection(
        [("asked", "Asked"), ("answered", "Answered")], compute="_compute_state", store=True
    )
    _people_first_state = "asked"
    _people_create = {"action_id"}
    _people_write = {
        "asked": {
            "question", "date", "lawyer_id", "counsel_id", "opinion", "date_opinion",
            "recommendation",
        },
        "*": {"attachment_ids"},
    }

    @api.depends("opinion", "date_opinion", "recommendation")
    def _compute_state(self):
        for consultation in self:
            consultation.state = "answered" if (
                (consultation.opinion or "").strip()
                and consultation.date_opinion
                and consultation.recommendation
            ) else "asked"

    @api.depends("lawyer_id", "counsel_id", "date")
    def _compute_display_name(self):
        for consultation in self:
            counsel = consultation.lawyer_id.name or consultation.counsel_id.name or ""
            consultation.display_name = f"{counsel} {consultation.date or ''}".strip()

    @api.constrains("question", "lawyer_id", "counsel_id")
    def _check_by_whom(self):
        for consultation in self:
            if not consultation.lawyer_id and not consultation.counsel_id:
                raise ValidationError(
                    self.env._("Say who was asked: a lawyer or the internal counsel.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        consultations = super().create(vals_list)
        consultations._own_attachments()
        return consultations

    def write(self, vals):
        if set(vals) - {"attachment_ids"}:
            self._check_unanswered()
        result = super().write(vals)
        self._own_attachments()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_answered(self):
        self._check_unanswered()

    def _check_unanswered(self):
        for consultation in self:
            if consultation.state == "answered":
                raise UserError(
                    self.env._(
                        "The opinion “%(record)s” was given and stays as it is. Record a new"
                        " consultation.",
                        record=consultation.display_name,
                    )
                )

