from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date


class CollectionStatement(models.TransientModel):
    """Asks for the period of a statement of account; prints it, or sends it by e-mail (P3.3)."""

    _name = "collection.statement"
    _description = "Statement of Account"
    _inherit = "collection.mixin"

    partner_id = fields.Many2one("res.partner", "Customer", required=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    date_from = fields.Date(
        "From", required=True,
        default=lambda self: fields.Date.subtract(fields.Date.context_today(self), months=3),
    )
    date_to = fields.Date("To", required=True, default=fields.Date.context_today)
    commercial_partner_id = fields.Many2one(related="partner_id.commercial_partner_id")
    contact_id = fields.Many2one(
        "res.partner", "Recipient", compute="_compute_contact_id", store=True, readonly=False,
        precompute=True, domain="[('id', 'child_of', commercial_partner_id)]",
    )
    email = fields.Char("E-Mail Address", related="contact_id.email")
    body = fields.Html(
        "Message", compute="_compute_body", store=True, readonly=False, precompute=True,
        help="Goes with the statement, which is attached as a PDF.",
    )

    @api.depends("partner_id")
    def _compute_contact_id(self):
        for wizard in self:
            partner = wizard.partner_id
            wizard.contact_id = (partner and partner._on_statement_recipient()) or partner

    @api.depends("contact_id", "date_to", "company_id")
    def _compute_body(self):
        for wizard in self:
            writer = wizard._in_language()
            wizard.body = wizard.contact_id and writer.env._(
                "Dear %(contact)s, please find attached the statement of your account with"
                " %(company)s up to %(date)s.",
                contact=wizard.contact_id.name or wizard.partner_id.name,
                company=wizard.company_id.name,
                date=format_date(writer.env, wizard.date_to) if wizard.date_to else "",
            )

    def _get_subject(self):
        writer = self._in_language()
        return writer.env._(
            "Statement of Account %(date)s", date=format_date(writer.env, self.date_to)
        )

    def _in_language(self):
        """The dialog in the customer's language."""
        partner = self.partner_id.commercial_partner_id
        return self.with_context(lang=partner._get_collection_document_lang(self.company_id))

    def _check_can_print(self):
        self.partner_id._check_collection_statement()
        for wizard in self:
            if wizard.date_from > wizard.date_to:
                raise UserError(
                    self.env._(
                        "The statement of %(customer)s begins on %(from)s and ends on %(to)s"
                        " already: choose a first day that is not after the last one.",
                        **{
                            "customer": wizard.partner_id.display_name,
                            "from": format_date(self.env, wizard.date_from),
                            "to": format_date(self.env, wizard.date_to),
                        },
                    )
                )

    def _get_url(self, kind):
        partner = self.partner_id.commercial_partner_id
        return (
            f"/debt_collection/statement/{partner.id}/{kind}?date_from={self.date_from}"
            f"&date_to={self.date_to}&company_id={self.company_id.id}"
        )

    def action_print(self):
        """The statement as a PDF that is named after the customer and its last day."""
        self.ensure_one()
        self._check_can_print()
        # Not "download": Odoo closes the dialog for other targets alone.
        return {
            "type": "ir.actions.act_url", "url": self._get_url("pdf"), "target": "new",
            "close": True,
        }

    def action_download(self):
        """The statement as a spreadsheet."""
        self.ensure_one()
        self._check_can_print()
        return {
            "type": "ir.actions.act_url", "url": self._get_url("xlsx"), "target": "download",
        }

    def action_send(self):
        """Send the statement to the recipient as a PDF; the e-mail leaves by the mail queue."""
        self.ensure_one()
        self._check_can_print()
        contact = self.contact_id
        if not contact:
            raise UserError(
                self.env._(
                    "Choose who gets the statement of %(customer)s.",
                    customer=self.partner_id.display_name,
                )
            )
        if not contact.email:
            raise UserError(
                self.env._(
                    "%(contact)s has no e-mail address: enter one on the contact, choose another"
                    " recipient, or print the statement.",
                    contact=contact.display_name,
                )
            )
        partner = self.partner_id.commercial_partner_id
        name, content = partner._get_collection_statement_pdf(
            self.date_from, self.date_to, self.company_id
        )
        partner._on_statement_send(
            contact,
            self._get_subject(),
            self.body,
            (name, content),
            self.company_id,
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "The statement of %(customer)s goes to %(email)s.",
                    customer=partner.display_name, email=contact.email,
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
