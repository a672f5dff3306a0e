from odoo import api, fields, models

from .collection_position import NAMES

# All four roles are salespeople, too; what a customer owes is nothing for others.
ROLES = "debt_collection.group_sales"


class ResPartner(models.Model):
    _inherit = "res.partner"

    collection_case_count = fields.Integer(
        compute="_compute_collection_status", compute_sudo=True, groups=ROLES
    )
    collection_state = fields.Selection(
        [
            ("none", "Nothing Overdue"),
            ("open", "Overdue"),
            ("promised", "Promised"),
            ("plan", "Payment Plan"),
            ("disputed", "Disputed"),
            ("legal", "Legal"),
        ],
        "Collection Status",
        compute="_compute_collection_status",
        # Sales see the status of their customers without seeing the case (P1.4).
        compute_sudo=True,
        groups=ROLES,
    )
    collection_tier_id = fields.Many2one(
        "collection.tier", compute="_compute_collection_status", compute_sudo=True, groups=ROLES
    )
    collection_tier_color = fields.Integer(
        compute="_compute_collection_status", compute_sudo=True, groups=ROLES
    )
    collection_amount_overdue = fields.Monetary(
        "Overdue Amount",
        compute="_compute_collection_status",
        compute_sudo=True,
        currency_field="collection_currency_id",
        groups=ROLES,
    )
    is_collection_customer = fields.Boolean(
        compute="_compute_is_collection_customer", search="_search_is_collection_customer",
        compute_sudo=True, groups=ROLES, help="Has or had a case in one of the user's companies.",
    )
    collection_currency_id = fields.Many2one(
        "res.currency", compute="_compute_collection_currency_id"
    )

    @api.depends_context("company")
    def _compute_collection_currency_id(self):
        self.collection_currency_id = self.env.company.currency_id

    @api.depends("collection_case_ids")
    @api.depends_context("allowed_company_ids")
    def _compute_is_collection_customer(self):
        customers = self.search([("id", "in", self.ids), ("is_collection_customer", "=", True)])
        for partner in self:
            partner.is_collection_customer = partner in customers

    @api.model
    def _get_collection_customers(self):
        # That a customer has a case is no secret to sales; the case itself is (P1.4).
        cases_sudo = self.env["collection.case"].sudo().with_context(active_test=False)
        return cases_sudo._search(
            [("company_id", "in", self.env.companies.ids)]
        ).subselect("partner_id")

    @api.model
    def _search_is_collection_customer(self, operator, _value):
        if operator != "in":
            return NotImplemented
        # The ORM asks who may read a field, not who searches by one that is not stored.
        self._check_field_access(self._fields["is_collection_customer"], "read")
        return [("id", "in", self._get_collection_customers())]

    @api.depends_context("company")
    @api.depends(
        "commercial_partner_id.collection_case_ids.stage",
        "commercial_partner_id.collection_case_ids.collection_state",
        "commercial_partner_id.collection_case_ids.amount_overdue",
        "commercial_partner_id.collection_case_ids.tier_id",
    )
    def _compute_collection_status(self):
        """What the company's cases of the commercial partner say."""
        cases = self.env["collection.case"].search([
            ("partner_id", "in", self.commercial_partner_id.ids),
            ("company_id", "=", self.env.company.id),
        ])
        cases_by_partner = cases.grouped("partner_id")
        for partner in self:
            partner_cases = cases_by_partner.get(partner.commercial_partner_id, cases.browse())
            case = partner_cases.filtered(lambda c: not c.is_closed)
            partner.collection_case_count = len(partner_cases)
            partner.collection_state = case.collection_state or "none"
            partner.collection_tier_id = case.tier_id
            partner.collection_tier_color = case.tier_id.color
            partner.collection_amount_overdue = case.amount_overdue

    # The statement of account says what of the balance is to be paid now.

    @api.model
    def _add_statement_position(self, statement, date_to, company):
        """Adds to each account ``position``: dict of amounts by their names, from the position.

        Of a customer with an open case, on a statement up to today; ``None`` otherwise.
        """
        positions = self.env["collection.position"]
        if date_to >= company._get_collection_today():
            # Who may see the statement was checked; the case behind it need not be theirs.
            positions = self.env["collection.case"].sudo().search([
                ("partner_id", "in", list(statement)), ("company_id", "=", company.id),
                ("stage", "!=", "closed"),
            ])._get_positions()
        rows = {
            (row.case_id.partner_id.id, row.currency_id): {
                name.removeprefix("amount_"): row[name] for name in NAMES
            }
            for row in positions
        }
        for partner_id, accounts in statement.items():
            for account in accounts:
                account["position"] = rows.get((partner_id, account["currency"]))

    def _get_statement_position_names(self):
        """What the amounts of a position are called below a statement, in their order."""
        return {
            "overdue": self.env._("Overdue"),
            "disputed": self.env._("Less disputed"),
            "planned": self.env._("Less in a payment plan"),
            "on_its_way": self.env._("Less on its way"),
            "credit": self.env._("Less covered by credits"),
            "promised": self.env._("Less promised"),
            "to_collect": self.env._("To pay now"),
        }

    def _write_statement_position(self, sheet, row, position, formats, column):
        """The rows below what is to be paid now, if something is overdue."""
        if not position or not position["overdue"]:
            return row
        for key, title in self._get_statement_position_names().items():
            if key in ("overdue", "to_collect") or position[key]:
                sheet.write_string(row, 1, title, formats["bold"] if key == "to_collect" else None)
                sheet.write_number(row, column, position[key], formats["money"])
                row += 1
        return row + 1

    @api.readonly
    def action_open_collection_cases(self):
        """The customer's cases, the open one first."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "debt_collection.collection_case_action"
            ),
            "domain": [("partner_id", "=", self.commercial_partner_id.id)],
            "context": {},
        }

