from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

WAIVE_FIELDS = {"waived_by_id", "date_waived", "is_waived"}


class CollectionLegalCheck(models.Model):
    """One line of a legal action's checklist: there, missing, or waived with a reason.

    What the books can tell is read from them whenever it is looked at, so that a dispute opened
    today counts today. The rest is ticked, with a file or a word on where it is.
    """

    _name = "collection.legal.check"
    _description = "Check of a Legal Action"
    _inherit = ["collection.mixin", "collection.legal.annex", "collection.locked"]
    _order = "action_id, sequence, id"

    requirement_id = fields.Many2one(
        "collection.legal.requirement", required=True, ondelete="restrict", index=True
    )
    sequence = fields.Integer(related="requirement_id.sequence", store=True)
    by_hand = fields.Boolean(related="requirement_id.by_hand")
    description = fields.Text(related="requirement_id.description")
    is_there = fields.Boolean("There", help="Ticked by hand, with a file or a note.")
    note = fields.Char("Where It Is")
    attachment_ids = fields.Many2many("ir.attachment", string="Files")
    waive_reason = fields.Char("Waived Because")
    is_waived = fields.Boolean(readonly=True)
    waived_by_id = fields.Many2one("res.users", readonly=True)
    date_waived = fields.Datetime("Waived On", readonly=True)
    # What the books say, whoever looks; the files themselves stay closed.
    state = fields.Selection(
        [("missing", "Missing"), ("there", "There"), ("waived", "Waived")],
        compute="_compute_state", compute_sudo=True,
    )
    answer = fields.Char(compute="_compute_state", compute_sudo=True)

    _one_of_each = models.UniqueIndex(
        "(action_id, requirement_id)", "A requirement is on a checklist once."
    )

    @api.depends("is_there", "is_waived", "waive_reason", "note", "attachment_ids",
                 "requirement_id.code", "requirement_id.days", "action_id.item_ids",
                 "action_id.approved_by_id", "action_id.partner_id")
    @api.depends_context("lang")
    def _compute_state(self):
        for check in self:
            found, words = check._get_answer()
            ticked = check.is_there and (check.by_hand or not check.requirement_id.code)
            check.state = (
                "waived" if check.is_waived else "there" if found or ticked else "missing"
            )
            check.answer = (
                check.waive_reason if check.is_waived
                else check.note if ticked and not found and check.note
                else words
            )

    @api.depends("requirement_id")
    def _compute_display_name(self):
        for check in self:
            check.display_name = check.requirement_id.name or ""

    @api.constrains("is_there", "note", "attachment_ids")
    def _check_evidence(self):
        for check in self:
            if check.is_there and not check.attachment_ids and not (check.note or "").strip():
                raise ValidationError(
                    self.env._(
                        "Attach the paper for “%(check)s” or write down where it is.",
                        check=check.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su and any(WAIVE_FIELDS & vals.keys() for vals in vals_list):
            raise UserError(self._get_words_waive())
        checks = super().create(vals_list)
        checks._own_attachments()
        return checks

    def write(self, vals):
        if not self.env.su:
            if WAIVE_FIELDS & vals.keys():
                raise UserError(self._get_words_waive())
            if "waive_reason" in vals:
                self._check_can_waive()
                if any(check.is_waived for check in self):
                    raise UserError(
                        self.env._("It is waived for the reason given: take the waiver back first.")
                    )
            if vals.keys() & {"is_there", "note", "attachment_ids", "waive_reason"}:
                self._check_running()
        result = super().write(vals)
        self._own_attachments()
        return result

    def _get_words_waive(self):
        return self.env._("Requirements are waived by the button, with a reason.")

    def _check_running(self):
        for check in self:
            if check.action_id.state in ("closed", "cancelled"):
                raise UserError(
                    self.env._(
                        "“%(action)s” has ended: its checklist stays as it was.",
                        action=check.action_id.display_name,
                    )
                )

    def _check_can_waive(self):
        if not self.env.user.has_group("debt_collection.group_manager"):
            raise AccessError(
                self.env._("Only a collection manager waives what a legal action requires.")
            )
        self._check_running()

    def action_waive(self):
        """Do without it; the reason is kept with who took the decision."""
        self._lock()
        self._check_can_waive()
        for check in self:
            if not (check.waive_reason or "").strip():
                raise UserError(
                    self.env._(
                        "Write down why “%(check)s” is waived.", check=check.display_name
                    )
                )
            # Waivers are written by this step alone, see `write`.
            check.sudo().write({
                "is_waived": True,
                "waived_by_id": self.env.uid,
                "date_waived": fields.Datetime.now(),
            })
            check.action_id.message_post(
                body=self.env._(
                    "Waived: %(check)s – %(reason)s",
                    check=check.display_name, reason=check.waive_reason,
                )
            )
        self.env["collection.decision"]._note("requirement", self, "waive_reason")

    def action_unwaive(self):
        """Require it again."""
        self._check_can_waive()
        self.sudo().write({"is_waived": False, "waived_by_id": False, "date_waived": False})
        self.env["collection.decision"]._note("required", self)
