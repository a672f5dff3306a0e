from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date, formatLang

MAX_PENDING = 10
MAX_TEXT = 4000


class CollectionPortalRequest(models.Model):
    """What a customer entered on the own page: it waits until a collector confirms it.

    A promise, a wish for a plan, the answer to an offered plan, a dispute, or a message. What
    was entered is never changed; confirming it records the contact and what follows from it.
    """

    _name = "collection.portal.request"
    _description = "Entry of a Customer"
    _inherit = ["collection.mixin", "collection.locked"]
    _order = "id desc"
    _check_company_auto = True

    case_id = fields.Many2one(
        "collection.case", required=True, readonly=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(related="case_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(
        related="case_id.partner_id", string="Customer", store=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    contact_id = fields.Many2one("res.partner", "Entered By", readonly=True)
    contact_name = fields.Char("Name Given", readonly=True)
    kind = fields.Selection(
        [
            ("promise", "Promise to Pay"),
            ("plan", "Wish for a Payment Plan"),
            ("plan_accept", "Payment Plan Accepted"),
            ("plan_decline", "Payment Plan Declined"),
            ("dispute", "Dispute"),
            ("message", "Message"),
        ],
        required=True,
        readonly=True,
    )
    amount = fields.Monetary(readonly=True)
    date_wanted = fields.Date("Day Entered", readonly=True)
    count = fields.Integer("Instalments", readonly=True)
    line_ids = fields.Many2many("account.move.line", string="Items", readonly=True)
    plan_id = fields.Many2one("collection.plan", readonly=True, index="btree_not_null")
    text = fields.Text("What the Customer Wrote", readonly=True)
    attachment_ids = fields.Many2many("ir.attachment", string="Papers", readonly=True)
    state = fields.Selection(
        [("pending", "To Confirm"), ("accepted", "Confirmed"), ("declined", "Declined")],
        required=True, default="pending", readonly=True, index=True,
    )
    answer = fields.Char(
        "Answer to the Customer", help="Shown to the customer beside the entry."
    )
    answered_by_id = fields.Many2one("res.users", readonly=True)
    date_answered = fields.Datetime("Answered On", readonly=True)

    _pending_index = models.Index("(case_id) WHERE state = 'pending'")

    @api.depends("kind", "amount", "date_wanted")
    @api.depends_context("lang")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for entry in self:
            parts = [kinds.get(entry.kind, "")]
            if entry.amount:
                parts.append(formatLang(self.env, entry.amount, currency_obj=entry.currency_id))
            if entry.date_wanted:
                parts.append(format_date(self.env, entry.date_wanted))
            entry.display_name = " ".join(parts)

    @api.constrains("kind", "amount", "date_wanted", "count", "line_ids", "text")
    def _check_entry(self):
        for entry in self:
            today = entry.company_id._get_collection_today()
            latest = fields.Date.add(today, years=2)
            if entry.kind in ("promise", "plan"):
                if entry.currency_id.compare_amounts(entry.amount, 0) <= 0:
                    raise ValidationError(self.env._("Enter an amount of more than zero."))
                owed = sum(entry.case_id._get_portal_items().mapped("amount_residual"))
                if entry.currency_id.compare_amounts(entry.amount, owed) > 0:
                    raise ValidationError(
                        self.env._(
                            "You owe %(owed)s: enter at most this amount.",
                            owed=formatLang(self.env, owed, currency_obj=entry.currency_id),
                        )
                    )
                if not entry.date_wanted or not today <= entry.date_wanted <= latest:
                    raise ValidationError(
                        self.env._("Choose a day from today on, within the next two years.")
                    )
            if entry.kind == "plan" and not 1 <= entry.count <= 60:
                raise ValidationError(self.env._("Choose 1 to 60 instalments."))
            if entry.kind == "dispute" and not (entry.line_ids and (entry.text or "").strip()):
                raise ValidationError(
                    self.env._("Choose the invoices and write what is wrong with them.")
                )
            if entry.kind == "message" and not (entry.text or "").strip():
                raise ValidationError(self.env._("Write your message first."))
            if len(entry.text or "") > MAX_TEXT:
                raise ValidationError(
                    self.env._("Write at most %(count)s characters.", count=MAX_TEXT)
                )

    @api.model
    def _enter(self, case_sudo, contact, kind, **vals):
        """Take down what a customer entered, and tell the collector.

        :param case_sudo: the case, access to its page checked
        :param contact: partner of the signed-in customer; empty with a link
        :raises UserError: if the case is closed or too much is waiting already
        """
        if case_sudo.is_closed:
            raise UserError(self.env._("Everything is settled: there is nothing to enter."))
        if case_sudo.portal_request_count >= MAX_PENDING:
            raise UserError(
                self.env._("We are still looking at what you sent. Please call us.")
            )
        # The customer has no right on the model; the page was checked by the caller.
        entry_sudo = self.sudo().create({
            "case_id": case_sudo.id, "contact_id": contact.id, "kind": kind, **vals,
        })
        entry_sudo._tell_collector()
        if case_sudo._get_policy().portal_pause:
            case_sudo._pause_for_reply()
        return entry_sudo

    def _tell_collector(self):
        self.ensure_one()
        case = self.case_id
        today = self.company_id._get_collection_today()
        user = case._get_responsible("collector", today)
        # The customer's page is in the customer's language.
        entry = self.company_id._in_collection_language(self, user)
        case.activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=today,
            summary=entry.env._("Customer's entry: %(entry)s", entry=entry.display_name),
            user_id=user.id,
        )

    def _get_contact_person(self):
        """The person as a contact of the customer; nobody for a link."""
        contact = self.contact_id
        own = contact.commercial_partner_id == self.partner_id
        return contact if own else contact.browse()
