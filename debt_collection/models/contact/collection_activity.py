from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import clean_context, format_datetime

from ..base.collection_guard import is_uninstalling, with_ours

# A workstation's clock may run a little ahead of the server's.
CLOCK_TOLERANCE = timedelta(minutes=5)
WHEN_AND_WHO = {"date", "user_id"}
RULED = ("phone", "visit", "sms", "email")


class CollectionActivity(models.Model):
    """One contact with a customer that happened: when, how, and what was said (P3.7).

    Confirmed, it stays as it is for everybody, the superuser included. A mistake is put
    right by a new contact that names the one it corrects.
    """

    _name = "collection.activity"
    _description = "Collection Activity"
    _inherit = ["collection.mixin", "collection.sealed"]
    _order = "date desc, id desc"
    _check_company_auto = True

    case_id = fields.Many2one(
        "collection.case", required=True, ondelete="restrict", index=True, check_company=True
    )
    company_id = fields.Many2one(related="case_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(
        related="case_id.partner_id", string="Customer", store=True, index=True
    )
    date = fields.Datetime(
        required=True,
        default=fields.Datetime.now,
        copy=False,
        help="When the contact took place; not in the future.",
    )
    method = fields.Selection(
        [
            ("phone", "Phone"),
            ("visit", "Visit"),
            ("letter", "Letter"),
            ("email", "Email"),
            ("sms", "Text Message"),
            ("legal", "Legal Action"),
            ("other", "Other"),
        ],
        required=True,
        default="phone",
    )
    direction = fields.Selection(
        [("outbound", "We Contacted"), ("inbound", "Customer Contacted Us")],
        required=True,
        default="outbound",
    )
    outcome = fields.Selection(
        [
            ("reached", "Spoke with Customer"),
            ("no_answer", "No Answer"),
            ("wrong_number", "Wrong Number or Address"),
            ("promised", "Promised to Pay"),
            ("disputed", "Disputed"),
            ("refused", "Refused"),
            ("left_message", "Left a Message"),
            ("other", "Other"),
        ],
        help="Needed to confirm the contact.",
    )
    contact_id = fields.Many2one(
        "res.partner",
        "Contact Person",
        domain="[('commercial_partner_id', '=', partner_id)]",
        index="btree_not_null",
        check_company=True,
    )
    user_id = fields.Many2one(
        "res.users",
        "Made By",
        required=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
        index=True,
        copy=False,
    )
    feedback = fields.Text("Notes", help="What the customer said, in plain words.")
    reason_id = fields.Many2one("collection.reason", "Reason for Late Payment", index=True)
    attachment_ids = fields.Many2many("ir.attachment", string="Documents", copy=False)
    corrects_id = fields.Many2one(
        "collection.activity",
        domain="[('case_id', '=', case_id), ('state', '=', 'confirmed')]",
        ondelete="restrict",
        index="btree_not_null",
        check_company=True,
        copy=False,
    )
    correction_ids = fields.One2many("collection.activity", "corrects_id", "Corrected By")
    state = fields.Selection(
        [("draft", "Draft"), ("confirmed", "Confirmed")],
        required=True,
        default="draft",
        index=True,
        copy=False,
    )

    duration = fields.Float(
        "Time Spent", digits=(16, 2),
        help="In hours, preparation and travel included. Leave it empty if nobody measured it.",
    )
    _duration_of_a_day = models.Constraint(
        "CHECK(duration >= 0 AND duration <= 24)",
        "The time spent on one contact is between nothing and 24 hours.",
    )

    limitation_event = fields.Selection(
        [
            ("demand", "Demand Delivered"),
            ("acknowledgment", "Debt Acknowledged"),
            ("suit", "Claim Filed in Court"),
        ],
        "Counts for Limitation",
        copy=False,
        help="Where the law says so, the limitation of the case's debts starts anew on the day of"
        " the contact. Attach the proof: the receipt, the signed paper, the court's stamp.",
    )

    message_id = fields.Many2one(
        "mail.message", "E-Mail", readonly=True, copy=False, index="btree_not_null",
        ondelete="set null", help="The message in the case's log that this contact is.",
    )

    rule_warning = fields.Char("Contact Rule", compute="_compute_rule_warning")
    rule_breach = fields.Char(
        "Rule Broken", readonly=True, copy=False, help="What the contact rule said."
    )
    override_reason = fields.Char(
        copy=False, help="A manager lets a blocked contact pass, with a reason."
    )
    override_by_id = fields.Many2one("res.users", "Overridden By", readonly=True, copy=False)
    allowed_contact_ids = fields.Many2many(
        "res.partner", compute="_compute_allowed_contact_ids", string="Who May Be Contacted"
    )

    _sealed_when = [("state", "=", "confirmed")]
    # What the seal is over, fields of other rooms included: models/flow/collection_activity.py.
    _people_create = {"case_id", "corrects_id"}
    _people_import = {"state"}
    _people_write = {
        "draft": {
            "date", "method", "direction", "outcome", "contact_id", "user_id", "feedback",
            "reason_id", "attachment_ids", "duration", "limitation_event", "override_reason",
            "state",
        },
    }
    _people_roles = {"override_reason": "manager"}

    @api.depends("method", "date")
    @api.depends_context("lang", "tz")
    def _compute_display_name(self):
        methods = dict(self._fields["method"]._description_selection(self.env))
        for activity in self:
            date = format_datetime(self.env, activity.date, dt_format="short")
            activity.display_name = f"{methods.get(activity.method, '')} {date}".strip()

    @api.constrains("state", "date", "outcome")
    def _check_confirmed(self):
        """A confirmed contact has an outcome and took place already."""
        latest = fields.Datetime.now() + CLOCK_TOLERANCE
        for activity in self.filtered(lambda activity: activity.state == "confirmed"):
            if not activity.outcome:
                raise ValidationError(
                    self.env._("Choose the outcome before you confirm the contact.")
                )
            if activity.date > latest:
                raise ValidationError(
                    self.env._(
                        "A contact dated %(date)s has not taken place yet. Correct the date,"
                        " or plan a to-do on the case instead.",
                        date=format_datetime(self.env, activity.date, dt_format="short"),
                    )
                )

    def _check_noted(self):
        """Raise a ``ValidationError`` if a user spoke with a customer and notes nothing (P3.7)."""
        if self.env.su:
            return
        for activity in self.filtered(
            lambda activity: activity.outcome == "reached" and not activity.is_opening
            and activity.method in ("phone", "visit")
        ):
            if not (activity.feedback or "").strip():
                raise ValidationError(
                    self.env._(
                        "You spoke with %(customer)s: note in a few words what was said.",
                        customer=activity.case_id.partner_id.display_name,
                    )
                )

    def _check_when_and_who(self):
        """People log their own activities of late; a manager logs those of others as well.

        No constraint: those are checked as superuser, whoever asks.
        """
        if self.env.su or self._is_opening_import():
            return
        is_manager = self.env.user.has_group("debt_collection.group_manager")
        for activity in self:
            if activity.user_id != self.env.user and not is_manager:
                raise ValidationError(
                    self.env._("Only a collection manager logs an activity for somebody else.")
                )
            days = activity.case_id._get_policy().contact_days_back
            earliest = fields.Datetime.subtract(fields.Datetime.now(), days=days)
            if days and activity.date < earliest and not activity.corrects_id:
                raise ValidationError(
                    self.env._(
                        "An activity is logged within %(days)s days: %(date)s is too long ago.",
                        days=days,
                        date=format_datetime(self.env, activity.date, dt_format="short"),
                    )
                )

    @api.constrains("case_id", "corrects_id", "contact_id")
    def _check_same_case(self):
        """The corrected contact is of this case, the person is of its customer."""
        for activity in self:
            activity._check_is_of_case(activity.corrects_id)
            if activity.corrects_id and activity.corrects_id.state != "confirmed":
                raise ValidationError(
                    self.env._("A contact that is still a draft can be changed directly.")
                )
            contact = activity.contact_id
            if contact and contact.commercial_partner_id != activity.partner_id:
                raise ValidationError(
                    self.env._(
                        "%(contact)s is not a contact of %(customer)s.",
                        contact=contact.display_name,
                        customer=activity.partner_id.display_name,
                    )
                )

    def _check_is_of_case(self, record):
        """Raise a ``ValidationError`` if a record belongs to another case than the contact."""
        # Of which case it is, whoever may see that one.
        if record and record.sudo().case_id != self.case_id:
            raise ValidationError(self.env._("What is named belongs to another case."))

    @api.model_create_multi
    def create(self, vals_list):
        """A contact entered as confirmed is a draft that is confirmed at once."""
        vals_list = self._on_creating(vals_list)
        default = self.env.context.get("default_state")
        states = [vals.get("state", default) for vals in vals_list]
        contacts = super().create([with_ours(vals, state="draft") for vals in vals_list])
        contacts._check_when_and_who()
        # The defaults were for the contact, not for the promise or to-do that follow from it.
        self.with_context(clean_context(self.env.context)).browse(
            contact.id
            for contact, state in zip(contacts, states, strict=True)
            if state == "confirmed"
        ).action_confirm()
        return contacts

    def write(self, vals):
        if vals:
            self._check_not_confirmed()
        # Whichever way a contact is confirmed, the same follows from it.
        result = super().write({name: value for name, value in vals.items() if name != "state"})
        if WHEN_AND_WHO & vals.keys():
            self._check_when_and_who()
        if vals.get("state") != "confirmed":
            return result
        self._check_noted()
        self._on_confirming()
        super().write(with_ours({}, state="confirmed"))
        self._on_confirmed()
        return True

    @api.model
    def _on_creating(self, vals_list):
        """Called before contacts are created; returns the values they are created with.

        Implemented in models/flow/collection_activity.py.
        """
        return vals_list

    def _on_confirming(self):
        """Called before contacts are confirmed, while they can still be changed.

        Implemented in models/flow/collection_activity.py.
        """

    def _on_confirmed(self):
        """Called once for contacts that were just confirmed, whichever way.

        Implemented in models/flow/collection_activity.py.
        """

    @api.ondelete(at_uninstall=True)
    def _unlink_except_confirmed(self):
        if is_uninstalling(self):
            return
        self._check_not_confirmed()

    def _check_not_confirmed(self):
        """Raise a ``UserError`` if any of these contacts is confirmed (P3.7)."""
        for activity in self:
            if activity.state == "confirmed":
                raise UserError(
                    self.env._(
                        "The contact “%(contact)s” is confirmed and cannot be changed or"
                        " deleted. Record a correction instead.",
                        contact=activity.display_name,
                    )
                )

    def action_confirm(self):
        """Confirm the drafts among these contacts, for good."""
        self.filtered(lambda activity: activity.state == "draft").write({"state": "confirmed"})

    def action_correct(self):
        """Open a new draft, filled from this confirmed contact, that corrects it."""
        self.ensure_one()
        if self.state != "confirmed":
            raise UserError(
                self.env._("A contact that is still a draft can be changed directly.")
            )
        # Same moment of contact; the person who corrects it answers for the correction.
        correction = self.create([
            with_ours(vals, corrects_id=self.id) for vals in self.copy_data({"date": self.date})
        ])
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Correction"),
            "res_model": self._name,
            "res_id": correction.id,
            "view_mode": "form",
        }

    # Contacts follow the customer's contact rule; exceptions are on record (P1.1, P1.2).

    @api.depends("case_id", "contact_id", "method", "direction", "date", "state", "rule_breach")
    def _compute_rule_warning(self):
        """What a contact at that time breaks, before it is made."""
        for activity in self:
            if activity.state == "confirmed":
                activity.rule_warning = activity.rule_breach
            else:
                activity.rule_warning = activity._get_rule_refusal()[1] or False

    @api.depends("case_id")
    def _compute_allowed_contact_ids(self):
        for activity in self:
            case = activity.case_id
            people = case.partner_id | case.partner_id.child_ids
            if case and case._get_contact_rule().is_third_party_barred:
                people = people.filtered(lambda person: person._is_collection_authorised())
            activity.allowed_contact_ids = people

    def _get_rule_refusal(self):
        """The rule that the contact breaks, and how in words; empty if none."""
        self.ensure_one()
        case = self.case_id
        if (
            not case or not self.date or self.direction != "outbound" or self.method not in RULED
            or self._is_same_moment(self.corrects_id)
        ):
            return self.env["collection.contact.rule"], ""
        return case._origin._get_contact_refusal(
            self.method, self.date, self.contact_id._origin
        )

    def _is_same_moment(self, corrected):
        """Whether this only corrects what was recorded of that day: nobody is contacted again."""
        return bool(corrected) and corrected.date.date() == self.date.date()

    @api.constrains("contact_id", "case_id", "direction")
    def _check_third_party(self):
        """Nobody else learns of the debt where the law says so."""
        for activity in self:
            contact, case = activity.contact_id, activity.case_id
            if not contact or activity.direction != "outbound":
                continue
            rule = case._get_contact_rule()
            if rule.is_third_party_barred and not contact._is_collection_authorised():
                raise ValidationError(
                    self.env._(
                        "%(rule)s: %(contact)s is not authorised to learn of the debts of"
                        " %(customer)s.",
                        rule=rule.name, contact=contact.display_name,
                        customer=case.partner_id.display_name,
                    )
                )

    def _apply_rule(self):
        """Block, or note on the contact which rule it broke and who let it pass."""
        self.ensure_one()
        rule, words = self._get_rule_refusal()
        if not words:
            return
        vals = {"rule_breach": words}
        # What the system records did happen already.
        if rule.on_violation == "block" and not self.env.su:
            reason = (self.override_reason or "").strip()
            if not (reason and self.env.user.has_group("debt_collection.group_manager")):
                raise UserError(
                    self.env._(
                        "%(words)s A collection manager can confirm the contact all the same,"
                        " with a reason.",
                        words=words,
                    )
                )
            vals["override_by_id"] = self.env.uid
        # Written by the step alone, see `write`.
        self.sudo().write(vals)

