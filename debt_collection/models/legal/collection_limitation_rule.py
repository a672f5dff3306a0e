from odoo import api, fields, models
from odoo.tools import SQL

from ...tools.limitation import Rule


class CollectionLimitationRule(models.Model):
    """How long a debt can be claimed under the law of a country, and what starts that time anew.

    The law is data: managers keep it right, with its source. Where there is no rule, no date is
    claimed to be known. The rule of a debt is the one chosen on the customer, else that of the
    customer's country, else that of the company's.
    """

    _name = "collection.limitation.rule"
    _description = "Limitation Rule"
    _inherit = "collection.mixin"
    _order = "country_id, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    country_id = fields.Many2one("res.country", index=True, ondelete="restrict")
    years = fields.Integer(required=True, default=3)
    start_rule = fields.Selection(
        [("due", "Due Date"), ("year_end", "End of the Year of the Due Date")],
        "Runs From",
        required=True,
        default="due",
    )
    demand_interrupts = fields.Boolean(
        "A Delivered Demand Restarts It",
        help="Contacts marked as a delivered demand.",
    )
    acknowledgment_restarts = fields.Boolean(
        "An Acknowledgment Restarts It",
        help="Contacts marked as an acknowledgment of the debt, and accepted payment plans.",
    )
    part_payment_restarts = fields.Boolean("A Part Payment Restarts It")
    suit_restarts = fields.Boolean(
        "A Suit Restarts It", default=True, help="Contacts marked as a claim filed in court."
    )
    days_early = fields.Integer(
        "First Warning", default=180, help="Days before the last day; 0: none."
    )
    days_soon = fields.Integer("Second Warning", default=60)
    days_last = fields.Integer("Last Warning", default=30)
    source = fields.Text(
        translate=True, help="Statute and section, and what is particular about it."
    )
    _country_unique = models.UniqueIndex(
        "(country_id) WHERE active", "A country has one limitation rule."
    )
    _values = models.Constraint(
        "CHECK(years BETWEEN 1 AND 50 AND days_last >= 0 AND days_soon >= days_last"
        " AND days_early >= days_soon)",
        "A limitation runs 1 to 50 years; the warnings come one after the other.",
    )
    _people_share = True
    _people_write = {
        "*": {
            "name", "active", "country_id", "years", "start_rule", "demand_interrupts",
            "acknowledgment_restarts", "part_payment_restarts", "suit_restarts", "days_early",
            "days_soon", "days_last", "source",
        },
    }

    def _get_rules(self):
        """The pure rule of each of these records, by id."""
        return {
            rule.id: Rule(
                years=rule.years,
                start_rule=rule.start_rule,
                demand_interrupts=rule.demand_interrupts,
                acknowledgment_restarts=rule.acknowledgment_restarts,
                part_payment_restarts=rule.part_payment_restarts,
                suit_restarts=rule.suit_restarts,
            )
            for rule in self
        }

    def _get_thresholds(self):
        """Days before the last day on which somebody is warned."""
        self.ensure_one()
        return [days for days in (self.days_early, self.days_soon, self.days_last) if days]

    @api.model
    def _get_rule_sql(self, company):
        """Id of the rule for a ``customer`` (alias of ``res_partner``) of a company."""
        country = company.sudo().account_fiscal_country_id or company.sudo().country_id
        return SQL(
            """COALESCE(
                (SELECT chosen.id FROM collection_limitation_rule chosen
                  WHERE chosen.id = (customer.collection_limitation_rule_id->>%(key)s)::int),
                (SELECT rule.id FROM collection_limitation_rule rule
                  WHERE rule.active
                    AND rule.country_id = COALESCE(customer.country_id, %(country)s)))""",
            key=str(company.id),
            country=country.id or None,
        )

