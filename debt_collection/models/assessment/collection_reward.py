import csv
import io

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools.csv_safe import neutralise
from ...tools.spreadsheet import HEAD_HEIGHT, add_formats, open_book, write_cell
from ..record.collection_approval import SEALED_DECISION
from .collection_reward_rule import KINDS, MEASURES


class CollectionReward(models.Model):
    """A reward or penalty that a manager proposes for a month, with its reason (P5.4).

    Never automatic: it follows from an assessment that was confirmed, one manager asks for it,
    another one approves it, and nobody decides on their own. Payroll gets the approved ones.
    """

    _name = "collection.reward"
    _description = "Reward or Penalty"
    _inherit = ["collection.mixin", "mail.thread", "mail.activity.mixin", "collection.approval"]
    _order = "month desc, id desc"
    _check_company_auto = True
    _mail_post_access = "read"

    assessment_id = fields.Many2one(
        "collection.assessment", required=True, index=True, ondelete="restrict",
        domain="[('state', 'not in', ('draft', 'appealed')), ('is_team', '=', False)]",
        check_company=True,
    )
    company_id = fields.Many2one(related="assessment_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(related="assessment_id.user_id", store=True, index=True)
    month = fields.Date(related="assessment_id.month", store=True, index=True)
    grade = fields.Selection(related="assessment_id.grade", store=True)
    rule_id = fields.Many2one(
        "collection.reward.rule", ondelete="set null", check_company=True, index="btree_not_null"
    )
    kind = fields.Selection(KINDS, required=True, tracking=True)
    measure = fields.Selection(MEASURES, required=True, default="none")
    amount = fields.Monetary(tracking=True)
    share = fields.Float("Share (%)", digits=(5, 2), tracking=True)
    reason = fields.Text(help="Needed to ask for approval.")
    _once = models.UniqueIndex(
        "(assessment_id, rule_id) WHERE rule_id IS NOT NULL AND state != 'cancelled'",
        "This was proposed for the assessment already.",
    )
    _amount_positive = models.Constraint("CHECK(amount >= 0)", "An amount is zero or more.")
    _share_range = models.Constraint(
        "CHECK(share BETWEEN 0 AND 100)", "A share is between 0 and 100 per cent."
    )

    _sealed_fields = (
        "assessment_id", "company_id", "user_id", "month", "kind", "measure", "amount", "share",
        *SEALED_DECISION,
    )
    _sealed_personal = ("reason",)
    _people_create = {"assessment_id"}
    _people_write = {"draft": {"rule_id", "kind", "measure", "amount", "share", "reason"}}

    @api.depends("kind", "assessment_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for reward in self:
            reward.display_name = (
                f"{kinds.get(reward.kind, '')}: {reward.assessment_id.display_name or ''}"
            )

    @api.model_create_multi
    def create(self, vals_list):
        rewards = super().create(vals_list)
        rewards._check_not_own()
        return rewards

    def _check_not_own(self):
        """Raise a ``UserError`` for what would reward or punish the user."""
        for reward in self:
            if not self.env.su and reward.user_id == self.env.user:
                raise UserError(
                    self.env._(
                        "“%(reward)s” is about yourself: other managers decide on it.",
                        reward=reward.display_name,
                    )
                )

    def _check_complete(self):
        self._check_not_own()
        for reward in self:
            if not (reward.reason or "").strip():
                raise UserError(
                    self.env._("Write down the reason for “%(reward)s”.",
                               reward=reward.display_name)
                )
            if reward.assessment_id.state in ("draft", "appealed") or not reward.user_id:
                raise UserError(
                    self.env._(
                        "%(assessment)s is not decided: confirm it, or answer the appeal, first.",
                        assessment=reward.assessment_id.display_name,
                    )
                )

    def _check_approvable(self):
        self._check_not_own()
        self.assessment_id._check_state("confirmed", "acknowledged", "closed")

    @api.ondelete(at_uninstall=False)
    def _unlink_except_decided(self):
        self._check_state("draft", "cancelled")

    def _get_payroll_columns(self):
        """Columns of what payroll gets: title, value of a reward, kind of cell, width."""
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        grades = dict(self._fields["grade"]._description_selection(self.env))
        return [
            (self.env._("Month"), lambda reward: reward.month, "date", 12),
            # Payroll reads the names, of people it may not see as users, too.
            (self.env._("Collector"), lambda reward: reward.sudo().user_id.name, "text", 28),
            (self.env._("Login"), lambda reward: reward.sudo().user_id.login, "text", 22),
            (self.env._("Grade"), lambda reward: grades[reward.grade], "text", 14),
            (self.env._("Kind"), lambda reward: kinds[reward.kind], "text", 26),
            (self.env._("Amount"),
             lambda reward: reward.amount if reward.measure == "amount" else 0, "money", 14),
            (self.env._("Currency"), lambda reward: reward.currency_id.name, "text", 9),
            (self.env._("Share of Performance Pay (%)"),
             lambda reward: reward.share if reward.measure == "share" else 0, "money", 14),
            (self.env._("Reason"), lambda reward: reward.reason, "text", 50),
            (self.env._("Approved By"),
             # Payroll reads this name, too.
             lambda reward: reward.sudo().approved_by_id.name, "text", 26),
            (self.env._("Approved On"),
             lambda reward: fields.Datetime.context_timestamp(
                 reward, reward.date_approved).date(), "date", 12),
        ]

    def _get_approved(self):
        approved = self.filtered(lambda reward: reward.state == "approved")
        if not approved:
            raise UserError(
                self.env._("Choose approved rewards or penalties: payroll gets nothing else.")
            )
        approved._check_seals()
        return approved.sorted(lambda reward: (reward.month, reward.user_id.id, reward.id))

    def _get_payroll_csv(self):
        """The approved ones as CSV, in which no text becomes a formula; bytes, UTF-8 with BOM."""
        output = io.StringIO()
        writer = csv.writer(output)
        columns = self._get_payroll_columns()
        writer.writerow([title for title, _get, _kind, _width in columns])
        for reward in self._get_approved():
            writer.writerow([neutralise(get(reward)) for _title, get, _kind, _width in columns])
        return output.getvalue().encode("utf-8-sig")

    def _get_payroll_xlsx(self):
        """The approved ones as a spreadsheet: the file's bytes."""
        approved = self._get_approved()
        output, book = open_book()
        sheet = book.add_worksheet(self.env._("Payroll")[:31])
        formats = add_formats(book, 2)
        sheet.set_row(0, HEAD_HEIGHT)
        columns = self._get_payroll_columns()
        for column, (title, _get, _kind, width) in enumerate(columns):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, title, formats["head"])
        for row, reward in enumerate(approved, 1):
            for column, (_title, get, kind, _width) in enumerate(columns):
                write_cell(sheet, row, column, get(reward), kind, formats)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, len(approved), len(columns) - 1)
        book.close()
        return output.getvalue()

    def _get_payroll_url(self, kind):
        self._get_approved()
        return {
            "type": "ir.actions.act_url",
            "url": f"/debt_collection/payroll/{'-'.join(map(str, self.ids))}/{kind}",
            "target": "download",
        }

    def action_export_csv(self):
        """The approved ones among these for payroll, as CSV."""
        return self._get_payroll_url("csv")

    def action_export_xlsx(self):
        """The approved ones among these for payroll, as spreadsheet."""
        return self._get_payroll_url("xlsx")

