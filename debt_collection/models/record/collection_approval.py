from odoo import fields, models
from odoo.exceptions import AccessError, UserError

APPROVAL_STATES = [
    ("draft", "Draft"),
    ("requested", "Waiting for Approval"),
    ("approved", "Approved"),
    ("refused", "Refused"),
    ("cancelled", "Cancelled"),
]
# What every approval is sealed with, beside what was asked for.
SEALED_DECISION = (
    "requested_by_id", "date_requested", "approved_by_id", "date_approved",
    "second_approved_by_id", "date_second_approved",
)
UNDECIDED = ("draft", "requested", "refused")


class CollectionApproval(models.AbstractModel):
    """What one person asks for and another one approves: money and law (design rule 6).

    draft → requested → approved, or refused with a reason. What was asked for is frozen from
    the request on; who asked, who approved and when are written by the steps alone, whatever
    rights a user has. A model that is posted or sent names its own states.

    What is approved is sealed, and stays for good: it is cancelled and asked for anew. A model
    names in ``_sealed_fields`` what else than the decision its seal is over.
    """

    _name = "collection.approval"
    _description = "Request That Another Person Approves"
    _inherit = ["collection.sealed", "collection.locked"]

    state = fields.Selection(
        # Not a list: a model may name its own states, which need not have all of these.
        lambda self: APPROVAL_STATES,
        required=True, default="draft", readonly=True, index=True, copy=False, tracking=True,
    )
    requested_by_id = fields.Many2one("res.users", "Asked For By", readonly=True, copy=False)
    date_requested = fields.Datetime("Asked For On", readonly=True, copy=False)
    approved_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    date_approved = fields.Datetime("Approved On", readonly=True, copy=False)
    second_approved_by_id = fields.Many2one(
        "res.users", "Second Approver", readonly=True, copy=False
    )
    date_second_approved = fields.Datetime("Second Approval On", readonly=True, copy=False)
    refused_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    refuse_reason = fields.Char("Why Refused", copy=False)
    changed_by_id = fields.Many2one(
        "res.users", "Terms Changed By", readonly=True, copy=False,
        help="Who wrote last what is asked for: another person approves it.",
    )
    _sealed_fields = SEALED_DECISION
    _sealed_when = [("state", "not in", (*UNDECIDED, "cancelled"))]
    _sealed_state = models.Constraint(
        f"CHECK(seal IS NULL OR state NOT IN {UNDECIDED})",
        "What was approved is not undecided again: cancel it and ask for another one.",
    )
    _people_write = {"requested": {"refuse_reason"}}
    _people_roles = {"refuse_reason": "manager"}
    _people_changed_by = "changed_by_id"

    def _needs_second_approval(self):
        """Whether another manager has to approve as well, a third person."""
        self.ensure_one()
        return False

    def _check_state(self, *states):
        """Raise a ``UserError`` naming the first record that is in none of the states."""
        labels = dict(self._fields["state"]._description_selection(self.env))
        for record in self:
            if record.state not in states:
                raise UserError(
                    self.env._(
                        "“%(record)s” is %(state)s: that cannot be done with it now.",
                        record=record.display_name,
                        state=labels.get(record.state, record.state),
                    )
                )

    def _check_role(self, group, words):
        """Raise an ``AccessError`` with these words unless the user has the role."""
        if not self.env.user.has_group(f"debt_collection.group_{group}"):
            raise AccessError(words)

    def action_request(self):
        """Ask for approval of these drafts."""
        self._lock()
        self._prepare_request()
        self._check_can_request()
        self.sudo().write({
            "state": "requested",
            "requested_by_id": self.env.uid,
            "date_requested": fields.Datetime.now(),
            "refuse_reason": False,
            "refused_by_id": False,
        })
        self._notify_requested()
        self._after_request()

    def _prepare_request(self):
        """Bring up to date what is asked for, before it is looked at; a model says how."""

    def _notify_requested(self):
        """Tell whoever approves that it is asked; a model says who that is."""

    def _after_request(self):
        """What follows when these were asked for; a model says what."""

    def _check_can_request(self):
        """Raise unless these are drafts of the user, and what is asked for is complete."""
        self.check_access("write")
        self._check_state("draft")
        self._check_complete()

    def _check_complete(self):
        """Raise unless everything is there that is decided on; a model says what that is."""

    def action_approve(self):
        """Approve these requests; the last approval that is needed lets them take effect."""
        self._lock()
        self._check_can_approve()
        done = self.browse()
        for record in self:
            second = record.approved_by_id and record._needs_second_approval()
            vals = (
                {
                    "second_approved_by_id": self.env.uid,
                    "date_second_approved": fields.Datetime.now(),
                }
                if second
                else {"approved_by_id": self.env.uid, "date_approved": fields.Datetime.now()}
            )
            if second or not record._needs_second_approval():
                vals["state"] = "approved"
                done |= record
            # Approvals are written by this step alone, see `write`.
            record.sudo().write(vals)
        done._after_approve()
        # Sealed last: who holds the end of the chain lets others wait.
        done._seal()
        self._notify_approved()

    def _notify_approved(self):
        """Tell whoever is next that these were approved, once or for good."""

    def _check_can_approve(self):
        """Raise unless another manager than those involved so far decides."""
        self._check_role(
            "manager", self.env._("Only a collection manager approves or refuses requests.")
        )
        self.check_access("write")
        self._check_state("requested")
        for record in self:
            if self.env.user.id in {
                record.requested_by_id.id, record.create_uid.id, record.changed_by_id.id,
            }:
                raise UserError(
                    self.env._(
                        "You asked for “%(record)s” yourself: another manager approves it.",
                        record=record.display_name,
                    )
                )
            if self.env.user == record.approved_by_id:
                raise UserError(
                    self.env._(
                        "You have approved “%(record)s” already: a second manager does, too.",
                        record=record.display_name,
                    )
                )
        self._check_approvable()

    def _check_approvable(self):
        """Raise unless these are still right when they are decided on; a model says what is."""

    def _after_approve(self):
        """What follows from the last approval of these records."""

    def action_refuse(self):
        """Refuse these requests; each needs its reason."""
        self._lock()
        self._check_can_approve()
        self._check_can_refuse()
        for record in self:
            if not (record.refuse_reason or "").strip():
                raise UserError(
                    self.env._(
                        "Write down why “%(record)s” is refused.", record=record.display_name
                    )
                )
        # Checked above; decisions are written by the steps alone.
        self.sudo().write({
            "state": "refused",
            "refused_by_id": self.env.uid,
            "approved_by_id": False,
            "date_approved": False,
        })
        self._notify_ended()

    def _check_can_refuse(self):
        """Raise if these cannot be refused now; a model says when."""

    def _notify_ended(self):
        """Nobody is asked any more: refused, taken back or dropped."""

    def action_redraft(self):
        """Change what was refused, or withdraw a request; what is approved stays as it is."""
        self._lock()
        self.check_access("write")
        self._check_can_redraft()
        self._check_not_approved()
        self._check_state("requested", "refused")
        self.sudo().write({
            "state": "draft",
            "approved_by_id": False,
            "date_approved": False,
            "second_approved_by_id": False,
            "date_second_approved": False,
        })
        self._notify_ended()

    def _check_can_redraft(self):
        """Raise if these cannot be taken back now; a model says when."""

    def _check_not_approved(self):
        for record in self:
            if record.seal:
                raise UserError(
                    self.env._(
                        "“%(record)s” is approved and stays as it is: cancel it and ask for"
                        " another one.",
                        record=record.display_name,
                    )
                )

    def action_cancel(self):
        """Drop what did not take effect yet."""
        self._lock()
        self.check_access("write")
        self._check_can_cancel()
        self._check_state("draft", "requested", "approved", "refused")
        self._do_cancel()
        self._notify_ended()

    def _check_can_cancel(self):
        """Raise if the user may not drop these; a model says who may."""

    def _do_cancel(self):
        """Note that these were dropped; a model may say what follows."""
        self.sudo().write({"state": "cancelled"})

