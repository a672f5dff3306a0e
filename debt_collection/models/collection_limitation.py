from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

KINDS = [
    ("due", "Due Date"),
    ("demand", "Delivered Demand"),
    ("acknowledgment", "Acknowledgment"),
    ("payment", "Part Payment"),
    ("plan", "Payment Plan"),
    ("suit", "Suit"),
]


class CollectionLimitation(models.Model):
    """The last day on which an open item can be claimed, and what that day rests on.

    Written by the nightly run only (``_update_limitations``): a row for each open item of an
    open case whose law is known.
    """

    _name = "collection.limitation"
    _inherit = ["collection.mixin"]
    _description = "Limitation of an Item"
    _order = "date_limit, id"

    line_id = fields.Many2one(
        "account.move.line", "Item", required=True, readonly=True, ondelete="cascade"
    )
    case_id = fields.Many2one(
        "collection.case", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    rule_id = fields.Many2one(
        "collection.limitation.rule", "Law", required=True, readonly=True, ondelete="cascade"
    )
    date_limit = fields.Date("Last Day", required=True, readonly=True, index=True)
    kind = fields.Selection(KINDS, "Rests On", required=True, readonly=True)
    date_event = fields.Date("Event On", required=True, readonly=True)
    warned_days = fields.Integer("Warned", readonly=True)

    partner_id = fields.Many2one(related="case_id.partner_id", string="Customer")
    user_id = fields.Many2one(related="case_id.user_id", string="Collector")
    case_stage = fields.Selection(related="case_id.stage")
    currency_id = fields.Many2one(related="company_id.currency_id")
    move_id = fields.Many2one(related="line_id.move_id", string="Invoice")
    date_due = fields.Date(related="line_id.date_maturity", string="Due Date")
    amount_open = fields.Monetary(related="line_id.amount_residual", string="Open")
    days_left = fields.Integer(compute="_compute_days_left")
    event = fields.Char(compute="_compute_event")

    _line_unique = models.UniqueIndex("(line_id)", "An item has one limitation.")

    @api.depends("line_id", "date_limit")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for limitation in self:
            limitation.display_name = (
                f"{limitation.move_id.name or limitation.line_id.name or ''}"
                f" – {format_date(self.env, limitation.date_limit)}"
            )

    @api.depends("date_limit", "company_id")
    def _compute_days_left(self):
        """Days from the company's today to the last day; 0 on it, negative afterwards."""
        todays = {company: company._get_collection_today() for company in self.company_id}
        for limitation in self:
            limitation.days_left = (
                limitation.date_limit - todays[limitation.company_id]
            ).days if limitation.date_limit else 0

    @api.depends("kind", "date_event", "rule_id", "line_id")
    @api.depends_context("lang")
    def _compute_event(self):
        """The event in words, with the item and the law that it counts under."""
        for limitation in self:
            sentence = {
                "due": self.env._("%(item)s fell due on %(date)s"),
                "demand": self.env._("A demand for %(item)s was delivered on %(date)s"),
                "acknowledgment": self.env._("%(item)s was acknowledged on %(date)s"),
                "payment": self.env._("Part of %(item)s was paid on %(date)s"),
                "plan": self.env._("A payment plan for %(item)s was accepted on %(date)s"),
                "suit": self.env._("%(item)s was claimed in court on %(date)s"),
            }[limitation.kind] % {
                "item": limitation.move_id.name or limitation.line_id.name or "",
                "date": format_date(self.env, limitation.date_event),
            }
            law = self.env._(
                "%(law)s: %(years)s years",
                law=limitation.rule_id.name,
                years=limitation.rule_id.years,
            )
            limitation.event = f"{sentence} ({law})"

    @api.model
    def _get_at_risk_domain(self, as_of, days=180):
        """What is time-barred within so many days of a day, or is already."""
        return Domain("date_limit", "<=", fields.Date.add(as_of, days=days))

    @api.readonly
    def action_open_case(self):
        """Open the case that claims the item."""
        self.ensure_one()
        return self.case_id._get_records_action()
