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
    _inherit = ["collection.mixin", "collection.law.source"]
    _order = "country_id, state_id, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    country_id = fields.Many2one("res.country", index=True, ondelete="restrict")
    state_id = fields.Many2one(
        "res.country.state", ondelete="restrict", index="btree_not_null",
        domain="[('country_id', '=', country_id)]",
        help="For customers of this state only; empty: for the whole country.",
    )
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
        help="Contacts marked as an acknowledgment of the debt, promises in writing, and accepted"
        " payment plans.",
    )
    acknowledgment_written = fields.Boolean(
        "Only in Writing", help="A plan that was not accepted in writing does not restart it."
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
        "(country_id, COALESCE(state_id, 0)) WHERE active",
        "A country, or a state, has one limitation rule.",
    )
    _values = models.Constraint(
        "CHECK(years BETWEEN 1 AND 50 AND days_last >= 0 AND days_soon >= days_last"
        " AND days_early >= days_soon)",
        "A limitation runs 1 to 50 years; the warnings come one after the other.",
    )
    _people_share = True
    _people_write = {
        "*": {
            "state_id",
            "name", "active", "country_id", "years", "start_rule", "demand_interrupts",
            "acknowledgment_restarts", "acknowledgment_written", "part_payment_restarts",
            "suit_restarts", "days_early", "days_soon", "days_last", "source",
        },
    }

    @api.model
    def _keep_own_rules(self, packs):
        """Let rules that people made for a country stand for those of the country packs.

        Called when the add-on is installed or updated, before the packs are loaded: a country
        has one rule, and theirs stays as it is.

        :param packs: lists of the pack's XML id, and those of country and state (or empty)
        """
        # The system loads the packs.
        data_sudo = self.env["ir.model.data"].sudo()
        for name, country, state in packs:
            if self.env.ref(f"debt_collection.{name}", raise_if_not_found=False):
                continue
            own = self.search([
                ("country_id", "=", self.env.ref(country).id),
                ("state_id", "=", self.env.ref(state).id if state else False),
            ], limit=1)
            if own:
                data_sudo.create({
                    "module": "debt_collection", "name": name, "model": self._name,
                    "res_id": own.id, "noupdate": True,
                })

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
    def _get_rule_sql(self, company, as_of):
        """Id of the rule for a ``customer`` (alias of ``res_partner``) of a company.

        The rule of the customer's state goes before that of the country. A rule that is no law
        any more on a day is none: no date is claimed from it.
        """
        country = company.sudo().account_fiscal_country_id or company.sudo().country_id
        return SQL(
            """COALESCE(
                (SELECT chosen.id FROM collection_limitation_rule chosen
                  WHERE chosen.id = (customer.collection_limitation_rule_id->>%(key)s)::int
                    AND (chosen.date_valid_to IS NULL OR chosen.date_valid_to >= %(today)s)),
                (SELECT rule.id FROM collection_limitation_rule rule
                  WHERE rule.active
                    AND (rule.date_valid_to IS NULL OR rule.date_valid_to >= %(today)s)
                    AND rule.country_id = COALESCE(customer.country_id, %(country)s)
                    AND (rule.state_id IS NULL OR rule.state_id =
                         CASE WHEN customer.country_id IS NULL THEN %(state)s
                              ELSE customer.state_id END)
               ORDER BY rule.state_id NULLS LAST
                  LIMIT 1))""",
            key=str(company.id),
            country=country.id or None,
            state=company.sudo().state_id.id or None,
            today=as_of,
        )

