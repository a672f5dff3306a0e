from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date


class CollectionCountryLaw(models.Model):
    """What the law of a country says beside limitation, interest and hours: notice before action,
    claims in an insolvency, the articles a claim rests on, tax on late charges and on bad debts.

    One value a record, each with its source. That the law sets nothing is a value, too; where
    there is no record, nobody knows, and whoever asks is told so.
    """

    _name = "collection.country.law"
    _description = "Value of a Country's Law"
    _inherit = ["collection.mixin", "collection.law.source"]
    _order = "country_id, state_id, kind, customer_kind, date_valid_from desc, id"

    active = fields.Boolean(default=True)
    country_id = fields.Many2one("res.country", required=True, index=True, ondelete="restrict")
    state_id = fields.Many2one(
        "res.country.state", ondelete="restrict",
        domain="[('country_id', '=', country_id)]", help="Empty: the whole country.",
    )
    kind = fields.Selection(
        [
            ("notice", "Notice Before Action"),
            ("insolvency", "Claims in an Insolvency"),
            ("contact", "Who May Be Contacted When"),
            ("interest", "Interest on Late Payment"),
            ("basis", "Articles That a Claim Rests On"),
            ("charge_tax", "Tax on Late Charges"),
            ("debt_tax", "Tax Back on Bad Debts"),
        ],
        required=True,
    )
    customer_kind = fields.Selection(
        [("any", "All Customers"), ("company", "Companies"), ("person", "Persons")],
        "Customers", required=True, default="any",
    )
    contract_kind = fields.Selection(
        [("any", "All Contracts"), ("sale", "Sale of Goods"), ("other", "Services and Others")],
        "Contracts", required=True, default="any",
    )
    is_none = fields.Boolean(
        "The Law Sets None",
        help="Tax on late charges: they bear none. Tax on bad debts: none is given back.",
    )
    count = fields.Integer(
        "How Long",
        help="Tax on bad debts: how long a debt is overdue before its tax is given back.",
    )
    unit = fields.Selection(
        [("day", "Days"), ("month", "Months"), ("day_before", "Days Before the Hearing")]
    )
    words = fields.Text(
        required=True, help="What it says; for articles, the words that go into letters."
    )

    _one = models.UniqueIndex(
        "(country_id, COALESCE(state_id, 0), kind, customer_kind, contract_kind,"
        " COALESCE(date_valid_from, '-infinity'::date)) WHERE active",
        "A country has one value of a kind from a day on.",
    )
    _count = models.Constraint(
        "CHECK((COALESCE(count, 0) = 0) = (unit IS NULL) AND COALESCE(count, 0) BETWEEN 0 AND 3650"
        " AND NOT (is_none AND COALESCE(count, 0) > 0))",
        "A period has a length and a unit; a law that sets none has neither.",
    )
    _people_share = True
    _people_write = {
        "*": {
            "active", "country_id", "state_id", "kind", "customer_kind", "contract_kind",
            "is_none", "count", "unit", "words",
        },
    }

    @api.depends("country_id", "state_id", "kind")
    @api.depends_context("lang")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for law in self:
            place = law.state_id.name or law.country_id.name or ""
            law.display_name = f"{place}: {kinds.get(law.kind, '')}"

    @api.model
    def _find_law(self, kind, country, state, day, customer_kind="company"):
        """The value that holds for customers of a place on a day; empty if nobody knows.

        What is said of a state, and of the kind of customer, goes before what is said of all.
        """
        if not country:
            return self.browse()
        # The law is the same for everybody.
        laws_sudo = self.sudo().search([
            ("kind", "=", kind), ("country_id", "=", country.id),
            ("state_id", "in", [state.id, False]),
            ("customer_kind", "in", [customer_kind, "any"]),
        ])
        return laws_sudo.filtered(lambda law: law._is_in_force(day)).sorted(
            lambda law: (not law.state_id, law.customer_kind == "any", -law.id)
        )[:1]

    @api.model
    def _find_tax_law(self, kind, company, day):
        """The value that holds for the tax that a company pays, by the country it pays it in."""
        # Whoever reads a company's records may know its address.
        company_sudo = company.sudo()
        country = company_sudo.account_fiscal_country_id or company_sudo.country_id
        return self._find_law(kind, country, company_sudo.state_id, day)

    @api.model
    def _get_words_unknown_tax(self, company):
        """That nobody knows what the law says of a tax, as a sentence."""
        # Whoever reads a company's records may know its address.
        company_sudo = company.sudo()
        country = company_sudo.account_fiscal_country_id or company_sudo.country_id
        return self.env._(
            "What the tax law of %(country)s says of it is not known here: ask your tax adviser.",
            country=country.name or self.env._("an unknown country"),
        )

    def _get_words_cited(self):
        """What it says, with where it says so, and whether somebody has compared it."""
        self.ensure_one()
        cited = self._get_source_words()
        words = f"{self.words} ({cited})" if cited else self.words
        if not self.is_confirmed:
            words = self.env._("%(words)s Not compared with the text: check it.", words=words)
        return words

    @api.model
    def _find_basis(self, country, state, day, contract_kind):
        """The articles that a claim from a kind of contract rests on; empty if nobody knows."""
        # The law is the same for everybody.
        laws_sudo = self.sudo().search([
            ("kind", "=", "basis"), ("country_id", "=", country.id),
            ("state_id", "in", [state.id, False]),
            ("contract_kind", "in", [contract_kind or "any", "any"]),
        ]) if country else self.browse()
        return laws_sudo.filtered(lambda law: law._is_in_force(day)).sorted(
            lambda law: (law.contract_kind == "any", not law.state_id, -law.id)
        )[:1]

    @api.model
    def _get_law(self, kind, country, state, day, customer_kind="company"):
        """The same, or a ``UserError`` that says what nobody knows."""
        law = self._find_law(kind, country, state, day, customer_kind)
        if not law:
            kinds = dict(self._fields["kind"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "%(kind)s: no value of the law of %(place)s is known for %(date)s. Enter it"
                    " with its source, or ask counsel.",
                    kind=kinds[kind],
                    place=state.name or country.name or self.env._("an unknown country"),
                    date=format_date(self.env, day),
                )
            )
        return law

    @api.model
    def _has_pack(self, country, state):
        """Whether anything is known of the law of a place."""
        return bool(country) and bool(
            # The law is the same for everybody.
            self.sudo().search_count(
                [("country_id", "=", country.id), ("kind", "=", "basis"),
                 ("state_id", "in", [state.id, False])],
                limit=1,
            )
        )
