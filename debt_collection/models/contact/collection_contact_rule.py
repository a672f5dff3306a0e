from odoo import api, fields, models, tools

from ...tools.contact_window import Rule

CHANNELS = [
    ("phone", "Calls"),
    ("visit", "Visits"),
    ("sms", "Text Messages"),
    ("email", "E-Mails"),
    ("attempt", "Calls, Visits and Texts"),
    ("any", "All Contacts"),
]
COVERED = {
    "attempt": frozenset({"phone", "visit", "sms"}),
    "any": frozenset({"phone", "visit", "sms", "email"}),
}


class CollectionContactRule(models.Model):
    """When and how often customers may be contacted: laws are records (P1.1, P1.2).

    A customer follows the rule set on it, else the first one whose country and kind of customer
    fit. Windows are [from, to) in the customer's time zone.
    """

    _name = "collection.contact.rule"
    _description = "Contact Rule"
    _inherit = ["collection.mixin", "collection.law.source"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=50)
    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: used in every company."
    )
    country_ids = fields.Many2many(
        "res.country", string="Countries", help="Fits customers there; empty: anywhere."
    )
    state_ids = fields.Many2many(
        "res.country.state", string="States",
        help="Fits customers of these states only; empty: of the whole country.",
    )
    customer_kind = fields.Selection(
        [("any", "All Customers"), ("company", "Companies"), ("person", "Persons")],
        required=True, default="any",
    )
    hour_from = fields.Float("From", required=True, default=9.0)
    hour_to = fields.Float("To", required=True, default=18.0, help="Not allowed any more.")
    working_days_only = fields.Boolean(
        help="By the company's calendar with its public holidays."
    )
    is_email_timed = fields.Boolean(
        "Hours Bind E-Mails", help="E-mails of steps wait for the next allowed hour."
    )
    limit_ids = fields.One2many("collection.contact.limit", "rule_id", "Limits", copy=True)
    wait_days = fields.Integer(
        "Wait After a Conversation",
        help="Days in a row without calls, the day of the conversation being the first.",
    )
    is_third_party_barred = fields.Boolean(
        "Debtor Only", help="Nobody but the customer and authorised contacts may learn of it."
    )
    on_violation = fields.Selection(
        [("warn", "Warn"), ("block", "Block")], "If Broken", required=True, default="warn",
        help="A manager can let a blocked contact pass, with a reason; both are on record.",
    )
    note = fields.Text("Source", translate=True)
    _hours = models.Constraint(
        "CHECK(hour_from >= 0 AND hour_from < 24 AND hour_to > 0 AND hour_to <= 24"
        " AND hour_from < hour_to)",
        "The hours of a contact rule begin before they end, between 0 and 24.",
    )
    _wait_days_positive = models.Constraint(
        "CHECK(wait_days BETWEEN 0 AND 60)", "Customers are left in peace for 0 to 60 days."
    )
    _people_share = True
    _people_create = {"company_id"}
    _people_write = {
        "*": {
            "state_ids",
            "name", "active", "sequence", "country_ids", "customer_kind", "hour_from", "hour_to",
            "working_days_only", "is_email_timed", "limit_ids", "wait_days",
            "is_third_party_barred", "on_violation", "note",
        },
    }

    def _as_rule(self):
        """The record in the form that the pure rules read."""
        self.ensure_one()
        timed = COVERED["any"] if self.is_email_timed else COVERED["attempt"]
        return Rule(
            self.hour_from, self.hour_to, self.working_days_only, timed,
            tuple(limit._as_limit() for limit in self.limit_ids), self.wait_days,
        )

    @api.model
    @tools.ormcache("company.id")
    def _get_ranked_ids(self, company):
        """The rules of a company in the order in which they are tried."""
        return tuple(self.sudo().search([("company_id", "in", (company.id, False))]).ids)

    @api.model
    def _choose_for(self, partner, company):
        """The rule that a customer follows; none if none fits."""
        # Which rule protects a customer does not depend on who asks.
        customer_sudo = partner.commercial_partner_id.sudo()
        own = customer_sudo.collection_contact_rule_id
        if own.active and own.company_id in (company, own.company_id.browse()):
            return own
        kind = "company" if customer_sudo.is_company else "person"
        for rule in self.sudo().browse(self._get_ranked_ids(company)):
            if rule.customer_kind in ("any", kind) and (
                not rule.country_ids or customer_sudo.country_id in rule.country_ids
            ) and (not rule.state_ids or customer_sudo.state_id in rule.state_ids):
                return rule
        # An empty one of the same kind as below.
        return self.sudo().browse()

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

