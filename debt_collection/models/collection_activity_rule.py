from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

RULED = ("phone", "visit", "sms", "email")
DECIDED = {"rule_breach", "override_by_id"}


class CollectionActivity(models.Model):
    """Contacts follow the customer's contact rule; exceptions are on record (P1.1, P1.2)."""

    _inherit = "collection.activity"

    rule_warning = fields.Char("Contact Rule", compute="_compute_rule_warning")
    rule_breach = fields.Char(
        "Rule Broken", readonly=True, copy=False, help="What the contact rule said."
    )
    override_reason = fields.Char(
        "Why All the Same", copy=False, help="A manager lets a blocked contact pass, with a reason."
    )
    override_by_id = fields.Many2one("res.users", "Let Pass By", readonly=True, copy=False)
    allowed_contact_ids = fields.Many2many(
        "res.partner", compute="_compute_allowed_contact_ids", string="Who May Be Contacted"
    )

    @api.depends("case_id", "contact_id", "method", "direction", "date", "state", "rule_breach")
    def _compute_rule_warning(self):
        """What a contact at that time breaks, before it is made."""
        for activity in self:
            if activity.state == "confirmed":
                activity.rule_warning = activity.rule_breach
            else:
                activity.rule_warning = activity._get_rule_refusal()[1] or False

    @api.depends("case_id")
    def _compute_allowed_contact_ids(self):
        for activity in self:
            case = activity.case_id
            people = case.partner_id | case.partner_id.child_ids
            if case and case._get_contact_rule().is_third_party_barred:
                people = people.filtered(lambda person: person._is_collection_authorised())
            activity.allowed_contact_ids = people

    def _get_rule_refusal(self):
        """The rule that the contact breaks, and how in words; empty if none."""
        self.ensure_one()
        case = self.case_id
        if (
            not case or not self.date or self.direction != "outbound" or self.method not in RULED
            or self.corrects_id
        ):
            return self.env["collection.contact.rule"], ""
        return case._origin._get_contact_refusal(
            self.method, self.date, self.contact_id._origin
        )

    @api.constrains("contact_id", "case_id", "direction")
    def _check_third_party(self):
        """Nobody else learns of the debt where the law says so."""
        for activity in self:
            contact, case = activity.contact_id, activity.case_id
            if not contact or activity.direction != "outbound":
                continue
            rule = case._get_contact_rule()
            if rule.is_third_party_barred and not contact._is_collection_authorised():
                raise ValidationError(
                    self.env._(
                        "%(rule)s: %(contact)s is not authorised to learn of the debts of"
                        " %(customer)s.",
                        rule=rule.name, contact=contact.display_name,
                        customer=case.partner_id.display_name,
                    )
                )

    def _check_not_decided(self, vals):
        if DECIDED & vals.keys() and not self.env.su:
            raise UserError(
                self.env._("What a contact rule said and who let it pass is noted by the system.")
            )

    def _apply_rule(self):
        """Block, or note on the contact which rule it broke and who let it pass."""
        self.ensure_one()
        # E-mails of steps were checked before they left.
        if self.method == "email" and self.case_step_id and self.env.su:
            return
        rule, words = self._get_rule_refusal()
        if not words:
            return
        vals = {"rule_breach": words}
        # What the system records did happen already.
        if rule.on_violation == "block" and not self.env.su:
            reason = (self.override_reason or "").strip()
            if not (reason and self.env.user.has_group("debt_collection.group_manager")):
                raise UserError(
                    self.env._(
                        "%(words)s A collection manager can confirm the contact all the same,"
                        " with a reason.",
                        words=words,
                    )
                )
            vals["override_by_id"] = self.env.uid
        # Written by the step alone, see `write`.
        self.sudo().write(vals)
