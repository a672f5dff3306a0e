from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

BILLS = ("in_invoice", "in_receipt", "in_refund")


class AccountMove(models.Model):
    """The invoice as people see it: the worst of its open receivable items (P3.1).

    Nothing of it is stored: the items know their tiers. Entries have some thirty indexes, and to
    write there what the items say already took half of the classification's time.
    """

    _name = "account.move"
    _inherit = ["collection.kept", "account.move"]

    collection_tier_id = fields.Many2one(
        "collection.tier",
        compute="_compute_collection_tier_id",
        search="_search_collection_tier_id",
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

    @api.depends("line_ids.collection_tier_id")
    def _compute_collection_tier_id(self):
        tiers = self._get_of_worst_item("collection_tier_id")
        for move in self:
            move.collection_tier_id = tiers.get(move._origin.id)

    def _get_of_worst_item(self, name):
        """What the item of the worst tier has in a column; the latest item's where none has a tier.

        :param str name: a column of the items
        :return: dict of entry's id to value, without entries of which no item has one
        """
        items = self.env["account.move.line"]
        items.flush_model(["move_id", "collection_tier_id", name])
        query = SQL(
            """
            SELECT DISTINCT ON (item.move_id) item.move_id, %(value)s
              FROM account_move_line item
         LEFT JOIN collection_tier tier ON tier.id = item.collection_tier_id
             WHERE item.move_id = ANY(%(moves)s) AND %(value)s IS NOT NULL
          ORDER BY item.move_id, tier.day_from DESC NULLS LAST, item.id DESC
            """,
            value=items._field_to_sql("item", name),
            moves=self._origin.ids,
        )
        return dict(self.env.execute_query(query))

    @api.model
    def _search_collection_tier_id(self, operator, value):
        """An invoice is in the tier of its worst item, not in that of any item."""
        if operator not in ("in", "any"):
            return NotImplemented
        tiers = self.env["collection.tier"].search(
            Domain("id", "in", [tier for tier in value if tier]) if operator == "in" else value
        )
        found = Domain.OR(
            Domain("line_ids.collection_tier_id", "in", tier.ids)
            & ~Domain("line_ids.collection_tier_id.day_from", ">", tier.day_from)
            for tier in tiers
        )
        if operator == "in" and False in value:
            found |= ~Domain("line_ids.collection_tier_id", "!=", False)
        return found

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
        """Tier and days overdue as expressions, so that lists can group and sort by them."""
        if field_expr not in ("collection_days_overdue", "collection_tier_id"):
            return super()._field_to_sql(alias, field_expr, query)
        self._check_field_access(self._fields[field_expr], "read")
        if field_expr == "collection_tier_id":
            return SQL(
                "(SELECT item.collection_tier_id FROM account_move_line item"
                " JOIN collection_tier tier ON tier.id = item.collection_tier_id"
                " WHERE item.move_id = %s ORDER BY tier.day_from DESC LIMIT 1)",
                SQL.identifier(alias, "id"),
            )
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
        if "state" in vals and (bills := self.filtered(lambda move: move.move_type in BILLS)):
            bills._on_bill_changed()
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

    def _on_bill_changed(self):
        """Called for vendor bills and refunds that were posted, reset or cancelled.

        Implemented in models/flow/account_move.py.
        """

    @api.model
    def _on_removed(self, partners, companies):
        """Called with the customers and companies of posted entries that were just deleted.

        Implemented in models/flow/account_move.py.
        """
