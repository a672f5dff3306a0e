from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..base.collection_guard import OURS

BEFORE_POSTING = ("draft", "requested", "approved", "refused")
"""States in which the day of the entry can be chosen, where it is no part of what is approved."""


class CollectionPosting(models.AbstractModel):
    """A result of collection that finance posts to the books once it is approved (P2.4).

    requested by one person, approved by a manager, posted by finance. The accounting date is
    chosen before and never moved silently: a locked period is an error that names the first
    open day.
    """

    _name = "collection.posting"
    _description = "Result Posted to Accounting"
    _inherit = "collection.approval"

    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("requested", "Waiting for Approval"),
            ("approved", "Approved"),
            ("posted", "Posted"),
            ("undone", "Undone"),
            ("refused", "Refused"),
            ("cancelled", "Cancelled"),
        ]
    )
    date = fields.Date(
        "Accounting Date", copy=False, help="Day of the entry; empty: the day it is posted."
    )
    move_id = fields.Many2one("account.move", "Entry", readonly=True, copy=False, index=True)
    posted_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    date_posted = fields.Datetime("Posted On", readonly=True, copy=False)
    date_undo = fields.Date(
        "Reversal Date", copy=False,
        help="Day on which the entry is reversed when it is undone; empty: the day of undoing.",
    )
    reversal_id = fields.Many2one("account.move", readonly=True, copy=False)
    undone_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    # The books are sealed by themselves; who posted what is not exchanged.
    _sealed_once = ("move_id", "posted_by_id", "date_posted", "reversal_id", "undone_by_id")
    _people_write = {("posted", "waiving"): {"date_undo"}}
    _people_roles = {"date_undo": "finance"}

    def action_post(self):
        """Post these approved requests as journal entries."""
        self._lock()
        self._check_can_post()
        for record in self:
            # Finance posts results without being an accountant; the entry keeps who did it.
            move = record.sudo()._do_post(record._get_posting_date())
            record.sudo().write({
                "state": "posted",
                "move_id": move.id,
                "posted_by_id": self.env.uid,
                "date_posted": fields.Datetime.now(),
            })
        self._notify_ended()

    def _check_can_post(self):
        """Raise unless finance posts what is approved."""
        self._check_role("finance", self.env._("Only finance posts results to accounting."))
        self.check_access("read")
        self._check_state("approved")
        self._check_seals()
        self._check_postable()

    def _check_postable(self):
        """Raise unless what was approved is still right; a model says what is."""

    def _do_post(self, date):
        """Make, post and reconcile the entry of one record; return it.

        :param date date: day of the entry, in an open period
        """
        raise NotImplementedError

    def _get_posting_date(self):
        self.ensure_one()
        return self.date or self.company_id._get_collection_today()

    def _check_posting_date(self, date, journal, has_tax=False, field="date"):
        """Raise a ``UserError`` unless an entry can be made on just that day.

        :param str field: where the user chooses that day
        """
        self.ensure_one()
        if date > self.company_id._get_collection_today():
            raise UserError(
                self.env._(
                    "“%(record)s” cannot be posted on %(date)s: that day is still to come.",
                    record=self.display_name,
                    date=format_date(self.env, date),
                )
            )
        self._check_open_period(date, journal, has_tax, field)

    def _check_open_period(self, date, journal, has_tax=False, field="date"):
        """Raise a ``UserError`` if the day is locked: Odoo would move the entry silently.

        :param date date: day of the entry
        :param bool has_tax: whether the entry is part of a tax return
        :param str field: where the user chooses that day
        """
        self.ensure_one()
        locks = self.company_id._get_violated_lock_dates(date, has_tax, journal)
        if locks:
            first_open = fields.Date.add(max(lock[0] for lock in locks), days=1)
            values = {
                "record": self.display_name,
                "date": format_date(self.env, date),
                "open": format_date(self.env, first_open),
                "field": self._fields[field].get_description(self.env, ["string"])["string"],
            }
            if self.seal and field in self._sealed_fields:
                raise UserError(
                    self.env._(
                        "“%(record)s” cannot be posted on %(date)s: the period is locked. Cancel it"
                        " and ask for it anew, with %(open)s or later as “%(field)s”, or ask for"
                        " the period to be opened.",
                        **values,
                    )
                )
            raise UserError(
                self.env._(
                    "“%(record)s” cannot be posted on %(date)s: the period is locked. Choose"
                    " %(open)s or later as “%(field)s”, or ask for the period to be opened.",
                    **values,
                )
            )

    def _check_not_before(self, date, move):
        """Raise a ``UserError`` if a day is before the entry that is reversed on it."""
        if date < move.date:
            raise UserError(
                self.env._(
                    "“%(record)s” was posted on %(date)s: its reversal cannot be of an earlier"
                    " day.",
                    record=self.display_name,
                    date=format_date(self.env, move.date),
                )
            )

    def action_undo(self):
        """Take back what was posted by mistake: reversed, and the items open again."""
        self._lock()
        self._check_can_undo()
        for record in self:
            # Finance undoes results without being an accountant; the entry keeps who did it.
            reversal = record.sudo()._do_undo(
                record.date_undo or record.company_id._get_collection_today()
            )
            record.sudo().write({
                "state": "undone",
                "reversal_id": reversal.id if reversal else False,
                "undone_by_id": self.env.uid,
            })

    def _check_can_undo(self):
        """Raise unless finance undoes what is posted."""
        self._check_role("finance", self.env._("Only finance undoes what was posted."))
        self.check_access("read")
        self._check_state("posted")

    def _do_undo(self, date):
        """Reverse the entry of one record on a day; return the reversal.

        :param date date: day of the reversal, in an open period
        """
        return self._reverse_entry(date)

    def _reverse_entry(self, date):
        """Unmatch and reverse the entry of one record on just that day; return the reversal."""
        self.ensure_one()
        move = self.move_id.with_context(collection_posting_undo=OURS)
        self._check_posting_date(date, move.journal_id, field="date_undo")
        self._check_not_before(date, move)
        move.line_ids.remove_move_reconcile()
        return move._reverse_moves(
            [{"date": date, "ref": self.env._("Undone: %(record)s", record=self.display_name)}],
            cancel=True,
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_posted(self):
        """What was posted stays, undone or not: the books refer to it."""
        self._check_state("draft", "requested", "approved", "refused", "cancelled")

    def _require_setting(self, name):
        """The company's account or journal in a field; a ``UserError`` if none is chosen."""
        self.ensure_one()
        company = self.company_id.sudo()
        if not company[name]:
            raise UserError(
                self.env._(
                    "Choose “%(setting)s” of %(company)s under Collections > Configuration >"
                    " Settings first.",
                    setting=company._fields[name].get_description(self.env, ["string"])["string"],
                    company=company.name,
                )
            )
        return company[name]

    # To-dos that follow a request to whoever is next: the manager, then finance.

    def _notify_requested(self):
        for record in self:
            record._ask_next(
                "manager", self.env._("Approve %(record)s", record=record.display_name)
            )

    def _notify_approved(self):
        for record in self:
            record._end_to_dos()
            if record.state == "approved":
                record._ask_next(
                    "finance", self.env._("Post %(record)s", record=record.display_name)
                )

    def _notify_ended(self):
        self._end_to_dos()

    def _ask_next(self, role, summary):
        """A to-do for the manager or finance contact of the customer's policy, if it is another.

        :param str role: ``manager`` or ``finance``
        """
        self.ensure_one()
        # Whoever asks need not see the case or the policy.
        record_sudo = self.sudo()
        case_sudo = record_sudo.case_id if "case_id" in self._fields else False
        policy_sudo = self.env["collection.policy"]._get_default(record_sudo.company_id)
        if case_sudo and case_sudo.policy_id:
            policy_sudo = case_sudo.policy_id
        user = {
            "manager": (case_sudo and case_sudo.manager_id) or policy_sudo.manager_id,
            "finance": policy_sudo.finance_user_id,
        }[role]
        if user and user != self.env.user and hasattr(self, "activity_schedule"):
            record_sudo.activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=fields.Date.context_today(self),
                summary=summary,
                user_id=(user._get_collection_substitute() or user).id,
            )

    def _end_to_dos(self):
        """Nobody is asked any more; the to-dos of these records that people made stay."""
        if hasattr(self, "activity_unlink"):
            self.sudo().activity_unlink(["mail.mail_activity_data_todo"])

