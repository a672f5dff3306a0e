from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResPartner(models.Model):
    """The customer as collections see it; amounts are those of the active company."""

    _inherit = "res.partner"

    type = fields.Selection(selection_add=[("collection", "Collection")])
    collection_case_ids = fields.One2many(
        "collection.case", "partner_id", "Collection Cases",
        groups="debt_collection.group_collector,debt_collection.group_finance",
    )
    collection_case_count = fields.Integer(
        compute="_compute_collection_status", compute_sudo=True,
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
    )
    collection_tier_id = fields.Many2one(
        "collection.tier", compute="_compute_collection_status", compute_sudo=True
    )
    collection_tier_color = fields.Integer(
        compute="_compute_collection_status", compute_sudo=True
    )
    collection_amount_overdue = fields.Monetary(
        "Overdue Amount",
        compute="_compute_collection_status",
        compute_sudo=True,
        currency_field="collection_currency_id",
    )
    collection_currency_id = fields.Many2one(
        "res.currency", compute="_compute_collection_currency_id"
    )
    collector_id = fields.Many2one(
        "res.users", company_dependent=True, domain=[("share", "=", False)]
    )
    collection_policy_id = fields.Many2one(
        "collection.policy", company_dependent=True
    )
    collection_hold = fields.Boolean(company_dependent=True)
    collection_hold_until = fields.Date(
        "Hold Until", company_dependent=True, help="Last day of the hold, inclusive."
    )
    collection_hold_reason = fields.Char("Reason of the Hold", company_dependent=True)

    @api.constrains("collection_hold", "collection_hold_until", "collection_hold_reason")
    def _check_collection_hold(self):
        for partner in self:
            if partner.collection_hold and not (
                partner.collection_hold_until and (partner.collection_hold_reason or "").strip()
            ):
                raise ValidationError(
                    self.env._(
                        "A collection hold on %(customer)s needs a reason and a last day.",
                        customer=partner.display_name,
                    )
                )

    def write(self, vals):
        result = super().write(vals)
        # A company's time zone is kept in the cache, and is that of its address.
        if "tz" in vals and self.sudo().ref_company_ids:
            self.env.registry.clear_cache()
        return result

    def _is_on_collection_hold(self, as_of):
        """Whether nobody chases the customer on a day; a hold ends by itself."""
        self.ensure_one()
        return bool(
            self.collection_hold
            and (not self.collection_hold_until or self.collection_hold_until >= as_of)
        )

    def _get_collection_contact(self):
        """Who gets the e-mails and letters: the collection contact, the invoice contact, or
        the customer."""
        self.ensure_one()
        contacts = self.commercial_partner_id.child_ids
        return (
            contacts.filtered(lambda contact: contact.type == "collection" and contact.email)
            or contacts.filtered(lambda contact: contact.type == "invoice" and contact.email)
            or self.commercial_partner_id
        )[:1]

    @api.depends_context("company")
    def _compute_collection_currency_id(self):
        self.collection_currency_id = self.env.company.currency_id

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
