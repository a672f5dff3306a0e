from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class CollectionCase(models.Model):
    """Write-offs of a case: asked for from it, and what came of them."""

    _inherit = "collection.case"

    writeoff_ids = fields.One2many("collection.writeoff", "case_id", "Write-offs")
    writeoff_count = fields.Integer(compute="_compute_writeoff_count")
    amount_written_off = fields.Monetary("Written Off", compute="_compute_amount_written_off")
    amount_recovered = fields.Monetary("Recovered", compute="_compute_amount_written_off")

    @api.depends("writeoff_ids")
    def _compute_writeoff_count(self):
        counts = dict(
            self.env["collection.writeoff"]._read_group(
                [("case_id", "in", self.ids)], ["case_id"], ["__count"]
            )
        )
        for case in self:
            case.writeoff_count = counts.get(case, 0)

    @api.depends("writeoff_ids.state", "writeoff_ids.amount", "writeoff_ids.amount_recovered")
    def _compute_amount_written_off(self):
        amounts = {
            case: sums
            for case, *sums in self.env["collection.writeoff"]._read_group(
                [("case_id", "in", self.ids), ("state", "=", "posted")],
                ["case_id"],
                ["amount:sum", "amount_recovered:sum"],
            )
        }
        for case in self:
            case.amount_written_off, case.amount_recovered = amounts.get(case, (0, 0))

    def action_write_off(self):
        """Ask for the write-off of what is overdue in the case."""
        self.ensure_one()
        items = self.line_ids.filtered("collection_tier_id")
        if not items:
            raise UserError(
                self.env._("Nothing of the case %(case)s is open.", case=self.display_name)
            )
        return self.env["collection.writeoff"]._get_new_action(
            self.partner_id, self.company_id, self, items
        )

    @api.readonly
    def action_view_writeoffs(self):
        """The write-offs of the case."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "debt_collection.collection_writeoff_action"
            ),
            "domain": [("case_id", "=", self.id)],
            "context": {"default_case_id": self.id},
        }

    @api.model
    def _get_written_off_sql(self):
        """Whether a write-off was the last to settle an item of the case ``opened``.

        Read for cases that close only. Exchange differences follow from a settlement and are
        none themselves.
        """
        return SQL(
            """COALESCE((
                SELECT counterpart.collection_writeoff_line_id IS NOT NULL
                  FROM account_move_line held
                  JOIN account_partial_reconcile partial ON partial.debit_move_id = held.id
                  JOIN account_move_line counterpart ON counterpart.id = partial.credit_move_id
                  JOIN res_company company ON company.id = held.company_id
                 WHERE held.collection_case_id = opened.id
                   AND counterpart.journal_id IS DISTINCT FROM
                       company.currency_exchange_journal_id
              ORDER BY partial.id DESC LIMIT 1), FALSE)"""
        )
