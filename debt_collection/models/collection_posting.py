from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

POSTED_FIELDS = {"posted_by_id", "date_posted", "move_id"}


class CollectionPosting(models.AbstractModel):
    """A result of collection that finance posts to the books once it is approved (P2.4).

    requested by one person, approved by a manager, posted by finance. The accounting date is
    chosen before and never moved silently: a locked period is an error that names the first
    open day.
    """

    _name = "collection.posting"
    _inherit = ["collection.approval"]
    _description = "Result Posted to Accounting"

    state = fields.Selection(
        selection_add=[("posted", "Posted"), ("undone", "Undone"), ("refused",)],
        ondelete={"posted": "cascade", "undone": "cascade"},
    )
    date = fields.Date(
        "Accounting Date", copy=False, help="Day of the entry; empty: the day it is posted."
    )
    move_id = fields.Many2one("account.move", "Entry", readonly=True, copy=False, index=True)
    posted_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    date_posted = fields.Datetime("Posted On", readonly=True, copy=False)

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if not self.env.su and POSTED_FIELDS & vals.keys():
                raise UserError(self._get_words_steps_only())
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su and POSTED_FIELDS & vals.keys():
            raise UserError(self._get_words_steps_only())
        return super().write(vals)

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

    def _check_can_post(self):
        """Raise unless finance posts what is approved."""
        self._check_role("finance", self.env._("Only finance posts results to accounting."))
        self.check_access("read")
        self._check_state("approved")

    def _do_post(self, date):
        """Make, post and reconcile the entry of one record; return it.

        :param date date: day of the entry, in an open period
        """
        raise NotImplementedError

    def _get_posting_date(self):
        self.ensure_one()
        return self.date or self.company_id._get_collection_today()

    def _check_open_period(self, date, journal, has_tax=False):
        """Raise a ``UserError`` if the day is locked: Odoo would move the entry silently.

        :param date date: day of the entry
        :param bool has_tax: whether the entry is part of a tax return
        """
        self.ensure_one()
        locks = self.company_id._get_violated_lock_dates(date, has_tax, journal)
        if locks:
            first_open = fields.Date.add(max(lock[0] for lock in locks), days=1)
            raise UserError(
                self.env._(
                    "“%(record)s” cannot be posted on %(date)s: the period is locked. Choose"
                    " %(open)s or later as accounting date, or ask for the period to be opened.",
                    record=self.display_name,
                    date=format_date(self.env, date),
                    open=format_date(self.env, first_open),
                )
            )

    def action_undo(self):
        """Take back what was posted by mistake: reversed, and the items open again."""
        self._lock()
        self._check_role("finance", self.env._("Only finance undoes what was posted."))
        self._check_state("posted")
        for record in self:
            record.sudo()._do_undo(record.company_id._get_collection_today())
            record.sudo().write({"state": "undone"})

    def _do_undo(self, date):
        """Reverse the entry of one record on a day in an open period."""
        raise NotImplementedError

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

