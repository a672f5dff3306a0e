from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..base.ir_cron_progress import Slice

VALID_DAYS = 365


class CollectionGuideline(models.Model):
    """A page of rules that each collector reads and acknowledges once a year (P2.1, P6.1)."""

    _name = "collection.guideline"
    _description = "Guideline for Collectors"
    _inherit = ["collection.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "sequence, id"

    name = fields.Char("Title", required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", index=True, help="Empty: for every company.")
    body = fields.Html("Text", translate=True, sanitize_style=True)
    date = fields.Date(
        "In Force Since", required=True, default=fields.Date.context_today, tracking=True,
        help="What was acknowledged before this day is acknowledged again.",
    )
    receipt_ids = fields.One2many("collection.guideline.receipt", "guideline_id", "Read By")
    is_read = fields.Boolean("Read by Me", compute="_compute_is_read", search="_search_is_read")
    missing_user_ids = fields.Many2many(
        "res.users", compute="_compute_missing_user_ids", string="Not Read By",
        groups="debt_collection.group_manager",
    )
    missing_count = fields.Integer(
        compute="_compute_missing_user_ids", groups="debt_collection.group_manager"
    )
    _people_share = True
    _people_create = {"company_id"}
    _people_write = {"*": {"name", "sequence", "active", "body", "date"}}

    @api.depends_context("uid")
    @api.depends("receipt_ids.date", "date")
    def _compute_is_read(self):
        readers = self._get_readers(fields.Date.context_today(self))
        for guideline in self:
            guideline.is_read = self.env.user in readers.get(guideline._origin, ())

    def _search_is_read(self, operator, value):
        if operator != "in":
            return NotImplemented
        readers = self.search([("active", "=", True)])._get_readers(fields.Date.context_today(self))
        ids = [guideline.id for guideline, users in readers.items() if self.env.user in users]
        return [("id", "in" if True in value else "not in", ids)]

    @api.depends("receipt_ids.date", "date", "company_id")
    def _compute_missing_user_ids(self):
        readers = self._get_readers(fields.Date.context_today(self))
        for guideline in self:
            missing = guideline._get_audience() - readers.get(
                guideline._origin, self.env["res.users"]
            )
            guideline.missing_user_ids = missing
            guideline.missing_count = len(missing)

    def _get_readers(self, today):
        """By guideline, the users whose acknowledgment still holds on a day."""
        # A manager and the job see who has read; each user sees own receipts only.
        groups = self.env["collection.guideline.receipt"].sudo()._read_group(
            [
                ("guideline_id", "in", self.ids),
                ("date", ">", today - timedelta(days=VALID_DAYS)),
            ],
            ["guideline_id", "user_id"], ["date:max"],
        )
        readers = {}
        for guideline_sudo, user_sudo, date in groups:
            guideline = self.browse(guideline_sudo.id)
            if date >= guideline_sudo.date:
                user = self.env["res.users"].browse(user_sudo.id)
                readers[guideline] = readers.get(guideline, user) | user
        return readers

    def _get_audience(self):
        """The collectors and managers who have to read it."""
        self.ensure_one()
        users_sudo = self.env.ref("debt_collection.group_collector").sudo().all_user_ids
        robot = self.env.ref("base.user_root")
        return users_sudo.filtered(
            lambda user: user.active and not user.share and user.id != robot.id
            and (not self.company_id or self.company_id in user.company_ids)
        ).with_env(self.env)

    def action_acknowledge(self):
        """The user has read these guidelines; valid for a year."""
        self.check_access("read")
        today = fields.Date.context_today(self)
        for guideline in self:
            if guideline.is_read:
                raise UserError(
                    self.env._("You have acknowledged “%s” already.", guideline.name)
                )
        # Checked above; a receipt is written by this step alone, for oneself.
        self.env["collection.guideline.receipt"].sudo().create([
            {"guideline_id": guideline.id, "user_id": self.env.uid, "date": today}
            for guideline in self
        ])
        self.sudo().activity_ids.filtered(
            lambda to_do: to_do.user_id == self.env.user
        ).action_done()

    @api.model
    def _ask_to_read(self, today):
        """A to-do for each collector and guideline that is not acknowledged; once at a time."""
        self.search([("active", "=", True)])._ask_audience(today)

    def _ask_audience(self, today):
        """Ask everybody who has not acknowledged these guidelines, nor was asked already."""
        guidelines_sudo = self.sudo()
        readers = guidelines_sudo._get_readers(today)
        for guideline_sudo in guidelines_sudo:
            missing = guideline_sudo._get_audience() - readers.get(
                guideline_sudo, self.env["res.users"]
            )
            for user in missing - guideline_sudo.activity_ids.user_id:
                guideline_sudo.activity_schedule(
                    "mail.mail_activity_data_todo",
                    user_id=user.id,
                    date_deadline=today + timedelta(days=14),
                    summary=self.env.company._in_collection_language(self, user).env._(
                        "Read and acknowledge the guideline"
                    ),
                )

    @api.model
    def _cron_ask_to_read(self):
        today = fields.Date.context_today(self)
        # Who has read what is asked of all guidelines, whoever may see which.
        guidelines_sudo = self.sudo().search([("active", "=", True)], order="id")
        self.env["ir.cron"]._run_collection_slices(
            [
                Slice(
                    f"guidelines|{today}", guideline.id, guideline,
                    lambda guidelines: guidelines._ask_audience(today),
                )
                for guideline in guidelines_sudo
            ],
            "asking to read",
        )

