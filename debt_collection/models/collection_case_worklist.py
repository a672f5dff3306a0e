from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class CollectionCase(models.Model):
    """The collector's worklist: whose case it is today, and whether it waits for work (P2.2).

    A case is mine when I collect it, belong to its task force, or stand in for its collector
    who is away.
    """

    _inherit = "collection.case"

    is_mine = fields.Boolean("Mine Today", compute="_compute_is_mine", search="_search_is_mine")
    is_stand_in = fields.Boolean(
        "I Stand In", compute="_compute_is_mine", search="_search_is_stand_in"
    )
    is_for_today = fields.Boolean(
        "To Do Today",
        compute="_compute_is_for_today",
        search="_search_is_for_today",
        help="A to-do is due, a promise is due, or nobody has spoken to the customer yet. A case"
        " contacted today comes back only when a to-do is due.",
    )
    date_promised = fields.Date("Promised For", compute="_compute_date_promised")
    date_last_payment = fields.Date("Last Payment On", compute="_compute_last_payment")
    amount_last_payment = fields.Monetary("Last Payment", compute="_compute_last_payment")

    @api.model
    def _get_stand_in_domain(self):
        """The record rules repeat these terms (``security/collection_stand_in_rules.xml``)."""
        return Domain("user_id", "any", [
            ("collection_substitute_id", "=", self.env.uid),
            ("collection_absent_from", "<=", "today"),
            ("collection_absent_to", ">=", "today"),
        ])

    @api.model
    def _get_my_domain(self):
        return (
            Domain("user_id", "=", self.env.uid)
            | Domain("member_ids", "in", self.env.uid)
            | self._get_stand_in_domain()
        )

    @api.model
    def _get_promise_due_domain(self):
        return Domain(
            "promise_ids", "any", [("state", "=", "open"), ("date_promised", "<=", "today")]
        )

    @api.model
    def _get_today_domain(self):
        """Cases that wait for work today."""
        untouched = Domain("date_last_contact", "=", False)
        contacted_before = untouched | Domain("date_last_contact", "<", "today")
        waiting = self._get_promise_due_domain() | (
            untouched & Domain("pause_reason", "in", [False, ""])
        )
        return Domain("stage", "!=", "closed") & (
            Domain("next_action_date", "<=", "today") | (contacted_before & waiting)
        )

    @api.depends_context("uid")
    @api.depends("user_id", "member_ids")
    def _compute_is_mine(self):
        stand_in = self.filtered_domain(self._get_stand_in_domain())
        for case in self:
            case.is_stand_in = case in stand_in
            case.is_mine = (
                case in stand_in
                or case.user_id == self.env.user
                or self.env.user in case.member_ids
            )

    @api.model
    def _search_is_mine(self, operator, value):
        return self._get_my_domain() if operator == "in" and True in value else NotImplemented

    @api.model
    def _search_is_stand_in(self, operator, value):
        if operator != "in" or True not in value:
            return NotImplemented
        return self._get_stand_in_domain()

    @api.depends("stage", "next_action_date", "date_last_contact", "pause_reason",
                 "promise_ids.state", "promise_ids.date_promised")
    def _compute_is_for_today(self):
        due = self.filtered_domain(self._get_today_domain())
        for case in self:
            case.is_for_today = case in due

    @api.model
    def _search_is_for_today(self, operator, value):
        return self._get_today_domain() if operator == "in" and True in value else NotImplemented

    @api.depends("promise_ids.state", "promise_ids.date_promised")
    def _compute_date_promised(self):
        for case in self:
            promise = case.promise_ids.filtered(lambda promise: promise.state == "open")[:1]
            case.date_promised = promise.date_promised

    @api.depends("partner_id", "company_id", "amount_overdue")
    def _compute_last_payment(self):
        """The customer's latest payment, in company currency; one statement for all cases."""
        payments = self._get_last_payments()
        for case in self:
            case.date_last_payment, case.amount_last_payment = payments.get(
                case.id, (False, 0)
            )

    def _get_last_payments(self):
        """By case id, day and amount of the customer's latest payment."""
        if not self.ids:
            return {}
        for name in ("account.move", "account.move.line", "res.partner"):
            self.env[name].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT work.id, paid.date, paid.amount
                  FROM collection_case work
    CROSS JOIN LATERAL (
                SELECT line.date, -line.balance AS amount
                  FROM account_move_line line
                  JOIN account_account account ON account.id = line.account_id
                   AND account.account_type = 'asset_receivable'
                  JOIN account_move source ON source.id = line.move_id
                 WHERE line.partner_id IN (SELECT id FROM res_partner customer
                                            WHERE customer.commercial_partner_id = work.partner_id)
                   AND line.company_id = work.company_id
                   AND line.parent_state = 'posted'
                   AND line.balance < 0
                   AND (source.origin_payment_id IS NOT NULL
                        OR source.statement_line_id IS NOT NULL)
              ORDER BY line.date DESC, line.id DESC
                 LIMIT 1) paid
                 WHERE work.id = ANY(%s)
                """,
                self.ids,
            )
        )
        return {case_id: (date, amount) for case_id, date, amount in rows}

    @api.model
    def _get_next_case(self, after):
        """The first case of the user's list for today, another one than ``after``."""
        return self.search(
            self._get_my_domain() & self._get_today_domain() & Domain("id", "not in", after.ids),
            limit=1,
        )

    @api.model
    def _open_next_case(self, after):
        """The action that opens the next case; a word of praise when none is left."""
        case = self._get_next_case(after)
        if not case:
            return {
                "type": "ir.actions.client",
                "tag": "display_notification",
                "params": {
                    "type": "success",
                    "message": self.env._("That was the last case of your list for today."),
                    "next": {"type": "ir.actions.act_window_close"},
                },
            }
        return {
            "type": "ir.actions.client",
            "tag": "debt_collection.next_case",
            "params": {
                "action": {
                    "type": "ir.actions.act_window",
                    "name": case.display_name,
                    "res_model": self._name,
                    "res_id": case.id,
                    "views": [(False, "form")],
                    "target": "current",
                }
            },
        }

    def action_next_case(self):
        """Leave this case and open the next one of today's list."""
        return self._open_next_case(self)
