from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class AccountMove(models.Model):
    """The invoice as people see it: the worst of its open receivable items (P3.1)."""

    _name = "account.move"
    _inherit = ["collection.kept", "account.move"]

    # Written by the classification in SQL, never by people.
    collection_tier_id = fields.Many2one(
        "collection.tier", readonly=True, copy=False, ondelete="set null"
    )
    collection_tier_color = fields.Integer(related="collection_tier_id.color")
    collection_days_overdue = fields.Integer(
        "Days Overdue",
        compute="_compute_collection_days_overdue",
        search="_search_collection_days_overdue",
        aggregator="max",
    )
    can_send_document = fields.Boolean(
        compute="_compute_can_send_document",
        help="Whether the user may use Odoo's assistant that sends invoices.",
    )
    _collection_tier_index = models.Index("(company_id) WHERE collection_tier_id IS NOT NULL")

    @api.depends("line_ids.collection_days_overdue")
    def _compute_collection_days_overdue(self):
        for move in self:
            move.collection_days_overdue = max(
                move.line_ids.mapped("collection_days_overdue"), default=0
            )

    @api.depends_context("uid")
    def _compute_can_send_document(self):
        self.can_send_document = self.env["account.move.send.wizard"].has_access("create")

    def _search_collection_days_overdue(self, operator, value):
        """An invoice is as overdue as its worst item: compare the maximum, not any line."""
        if operator == "in":
            return Domain.OR(self._get_days_overdue_domain("=", days) for days in value)
        if operator in (">", ">=", "<", "<="):
            return self._get_days_overdue_domain(operator, value)
        return NotImplemented

    @api.model
    def _get_days_overdue_domain(self, operator, days):
        days = int(days or 0)
        if operator == "<":
            return ~self._get_days_overdue_domain(">=", days)
        if operator == "<=":
            return ~self._get_days_overdue_domain(">=", days + 1)
        if operator == ">":
            return self._get_days_overdue_domain(">=", days + 1)
        if operator == "=":
            return self._get_days_overdue_domain(">=", days) & self._get_days_overdue_domain(
                "<", days + 1
            )
        if days <= 0:
            return Domain.TRUE
        return Domain(
            "line_ids",
            "any",
            self.env["account.move.line"]._get_days_overdue_domain(">=", days),
        )

    def _field_to_sql(self, alias, field_expr, query=None):
        """Days overdue as an expression, so that lists can group and sort by it."""
        if field_expr != "collection_days_overdue":
            return super()._field_to_sql(alias, field_expr, query)
        self._check_field_access(self._fields[field_expr], "read")
        lines = self.env["account.move.line"]
        return SQL(
            "(SELECT COALESCE(MAX(%s), 0) FROM account_move_line overdue_line"
            " WHERE overdue_line.move_id = %s)",
            lines._get_days_overdue_sql("overdue_line"),
            SQL.identifier(alias, "id"),
        )

    def write(self, vals):
        result = super().write(vals)
        if vals.get("state") in ("draft", "cancel"):
            self.line_ids._on_settled(is_corrected=vals["state"] == "draft")
        elif vals.get("state") == "posted":
            self.line_ids._on_posted()
        return result

    def unlink(self):
        """What is taken off the bank's list goes from the ledger, posted or not."""
        lines = self.line_ids.filtered(
            lambda line: line.partner_id and line.parent_state == "posted"
            and line.account_id.account_type == "asset_receivable"
        )
        partners, companies = lines.partner_id.commercial_partner_id, lines.company_id
        result = super().unlink()
        if partners:
            self._on_removed(partners, companies)
        return result

    @api.model
    def _on_removed(self, partners, companies):
        """Called with the customers and companies of posted entries that were just deleted.

        Implemented in models/flow/account_move.py.
        """
