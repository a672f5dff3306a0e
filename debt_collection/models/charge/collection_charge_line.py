from odoo import api, fields, models
from odoo.tools import SQL, format_date, formatLang

from .collection_charge import CHARGED, CLAIMED


class CollectionChargeLine(models.Model):
    """The charge on one item, frozen: from which day to which, interest and fee.

    The database itself refuses that a day of an item, or the fee of an invoice, is claimed by
    two charges at a time.
    """

    _name = "collection.charge.line"
    _description = "Late Charge on an Item"
    _inherit = "collection.mixin"
    _order = "charge_id, date_due, id"

    charge_id = fields.Many2one(
        "collection.charge", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="charge_id.company_id", store=True)
    case_id = fields.Many2one(related="charge_id.case_id")
    currency_id = fields.Many2one(related="charge_id.currency_id")
    line_id = fields.Many2one(
        "account.move.line", "Item", required=True, index=True, ondelete="restrict"
    )
    move_id = fields.Many2one(related="line_id.move_id", string="Document")
    terms_id = fields.Many2one("collection.charge.terms", ondelete="restrict")
    date_due = fields.Date("Due Date")
    date_from = fields.Date("From")
    date_to = fields.Date("To")
    days = fields.Integer()
    interest = fields.Monetary()
    fee = fields.Monetary()
    fee_key = fields.Char(help="What bears the fee once: an invoice, or an item of an entry.")
    amount_total = fields.Monetary("Total", compute="_compute_amount_total")
    segment_ids = fields.One2many("collection.charge.segment", "line_id", "Calculation")
    is_claimed = fields.Boolean(compute="_compute_is_claimed", store=True)
    # int4range stands for equality of the item, which GiST has without an extension.
    _no_day_twice = models.Constraint(
        "EXCLUDE USING gist (int4range(line_id, line_id, '[]') WITH =,"
        " daterange(date_from, date_to, '[]') WITH &&)"
        " WHERE (is_claimed AND date_from IS NOT NULL)",
        "Somebody else has just asked for charges on the same days of an item. Compute the"
        " charge again.",
    )
    _no_fee_twice = models.UniqueIndex(
        "(fee_key) WHERE is_claimed AND fee_key IS NOT NULL",
        "Somebody else has just asked for the fee of the same invoice. Compute the charge again.",
    )

    @api.depends("interest", "fee")
    def _compute_amount_total(self):
        for line in self:
            line.amount_total = line.interest + line.fee

    @api.depends("charge_id.state")
    def _compute_is_claimed(self):
        for line in self:
            line.is_claimed = line.charge_id.state in CLAIMED

    @api.model
    def _get_charged(self, line_ids, pending=False, without=None):
        """What was charged on items before, in one statement.

        :param pending: what is asked for counts, too
        :param without: a charge that does not count, nor what came after it
        :return: dict by item id of dicts ``days`` (last days of the charges) and ``has_fee``
        """
        self.env["collection.charge"].flush_model(["state"])
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT line.line_id,
                       ARRAY_AGG(line.date_to) FILTER (WHERE line.date_to IS NOT NULL),
                       BOOL_OR(line.fee_key IS NOT NULL)
                  FROM collection_charge_line line
                  JOIN collection_charge charge ON charge.id = line.charge_id
             LEFT JOIN collection_charge_line own
                    ON own.charge_id = %(without)s AND own.line_id = line.line_id
                 WHERE line.line_id = ANY(%(line_ids)s) AND charge.state = ANY(%(states)s)
                   AND charge.id != %(without)s
                   AND (own.date_from IS NULL OR line.date_from IS NULL
                        OR line.date_from < own.date_from)
              GROUP BY line.line_id
                """,
                line_ids=line_ids,
                states=list(CLAIMED if pending else CHARGED),
                without=without.id if without else 0,
            )
        )
        return {
            line_id: {"days": days or [], "has_fee": has_fee} for line_id, days, has_fee in rows
        }

    def _get_interest_words(self):
        """What the interest is for, as the debit note says it."""
        self.ensure_one()
        if self.charge_id.plan_id:
            plan_sudo = self.charge_id.plan_id.sudo()
            return self.env._(
                "Interest of the payment plan over %(amount)s: %(rate)s %% a year, %(count)s"
                " instalments from %(date)s",
                amount=plan_sudo.currency_id.format(plan_sudo.amount),
                rate=f"{plan_sudo.annual_rate:g}",
                count=len(plan_sudo.line_ids),
                date=format_date(self.env, plan_sudo.date_first),
            )
        lines = [
            self.env._(
                "Interest on late payment of %(invoice)s, due %(due)s: %(days)s days",
                invoice=self._get_document_name(),
                due=format_date(self.env, self.date_due),
                days=self.days,
            )
        ]
        for segment in self.segment_ids:
            words = {
                "start": format_date(self.env, segment.date_from),
                "end": format_date(self.env, segment.date_to),
                "days": segment.days,
                "rate": f"{segment.rate:g}",
                "principal": formatLang(
                    self.env, segment.principal, currency_obj=self.currency_id
                ),
                "interest": formatLang(self.env, segment.interest, currency_obj=self.currency_id),
            }
            if segment.base == 1:
                lines.append(
                    self.env._(
                        "%(start)s to %(end)s: %(days)s days at %(rate)s %% a day on"
                        " %(principal)s = %(interest)s",
                        **words,
                    )
                )
            else:
                lines.append(
                    self.env._(
                        "%(start)s to %(end)s: %(days)s days of %(base)s at %(rate)s %% a year"
                        " on %(principal)s = %(interest)s",
                        base=segment.base,
                        **words,
                    )
                )
        return "\n".join(lines)

    def _get_fee_words(self):
        self.ensure_one()
        return self.env._(
            "Fee for late payment of %(invoice)s, due %(due)s",
            invoice=self._get_document_name(),
            due=format_date(self.env, self.date_due),
        )

    def _get_document_name(self):
        move = self.line_id.move_id
        return f"{move.name} ({move.ref})" if move.ref and move.ref != move.name else move.name

