from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools.contact_window import (
    FOREVER,
    check_everywhere,
    next_allowed_everywhere,
    to_local,
)

# Notices that the law asks for before a claim is filed: no wish of the debtor stops them.
LEGAL_NOTICES = ("final", "lawyer")


class CollectionCase(models.Model):
    """The letters of a case: a click away, and one to write them."""

    _inherit = "collection.case"

    date_last_letter = fields.Date(
        "Last Letter",
        compute="_compute_date_last_letter",
        help="The last letter that went out, delivered or not.",
    )

    letter_ids = fields.One2many("collection.letter", "case_id", "Letters")
    letter_count = fields.Integer(compute="_compute_letter_count")
    _people_write = {"*": {"letter_ids"}}

    @api.depends("letter_ids.state")
    def _compute_date_last_letter(self):
        dates = dict(
            self.env["collection.letter"]._read_group(
                [("case_id", "in", self.ids), ("state", "in", ("sent", "delivered"))],
                ["case_id"],
                ["date:max"],
            )
        )
        for case in self:
            case.date_last_letter = dates.get(case._origin)

    # The letters of a case: a click away, and one to write them.

    def _compute_letter_count(self):
        counts = dict(
            self.env["collection.letter"]._read_group(
                [("case_id", "in", self.ids)], ["case_id"], ["__count"]
            )
        )
        for case in self:
            case.letter_count = counts.get(case, 0)

    @api.readonly
    def action_view_letters(self):
        """The letters of the case, whatever became of them."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "debt_collection.collection_letter_action"
            ),
            "domain": [("case_id", "=", self.id)],
            "context": {"default_case_id": self.id},
        }

    def action_new_letter(self):
        """A draft of a dunning letter with all that is overdue, to look at and change."""
        self.ensure_one()
        letter = self.env["collection.letter"].create({
            "case_id": self.id,
            "kind": self.env.context.get("collection_letter_kind", "dunning"),
            "date": self.company_id._get_collection_today(),
        })
        return letter._get_records_action(name=self.env._("Letter"))

    def _send_invoice_copies(self, moves):
        """Send the customer the PDFs of invoices of the case, from its log.

        :return: the person who gets them
        """
        self.ensure_one()
        contact = self.partner_id._get_collection_contact(items=moves.line_ids)
        if not contact.email:
            raise UserError(
                self.env._("%(customer)s has no e-mail address.", customer=contact.display_name)
            )
        self._check_contact_allowed("email", contact=contact)
        moves.check_access("read")
        writer = self.with_context(lang=contact._get_collection_document_lang(self.company_id))
        # The user may read the invoices; what their layout needs besides is the report's.
        report_sudo = self.env["ir.actions.report"].sudo()
        attachments = [
            (
                f"{(move.name or '').replace('/', '_')}.pdf",
                move.invoice_pdf_report_id.raw
                or report_sudo._render_qweb_pdf("account.account_invoices", move.ids)[0],
            )
            for move in moves
        ]
        self.message_post(
            subject=writer.env._("Copies of your invoices"),
            body=writer.env._(
                "Please find attached: %(numbers)s", numbers=", ".join(moves.mapped("name"))
            ),
            partner_ids=contact.ids,
            attachments=attachments,
            subtype_xmlid="mail.mt_comment",
            message_type="comment",
        )
        return contact

    def _cancel_letters(self):
        """A case that closes takes its unsent letters along."""
        letters_sudo = self.sudo().letter_ids.filtered(
            lambda letter: letter.state in ("draft", "approved") and not letter.date_queued
        )
        for letter_sudo in letters_sudo:
            letter_sudo._cancel_for(self.env._("The case was closed."))

    def _get_next_contact(self, channel, contact=None, is_legal_notice=False, is_strict=False):
        """The first moment (UTC) from now on at which the customer may be contacted.

        :param is_strict: nobody is there to be warned: a rule that only warns binds, too
        :return: tuple of the moment, ``None`` if never, and why not, in words
        """
        self.ensure_one()
        now = fields.Datetime.now()
        zones = self._get_contact_zones(contact)
        day = to_local(now, zones[0]).date()
        rule, pure, is_working_day, past = self._get_contact_facts(day, day)[self]
        if not rule:
            return now, ""
        arguments = (
            zones, pure, self._get_contact_debtor(contact), now, channel, past, is_working_day,
            is_legal_notice,
        )
        refusal, local = check_everywhere(*arguments)
        if refusal is None:
            return now, ""
        words = self._describe_refusal(rule, refusal, local, zones)
        if refusal.code not in FOREVER and rule.on_violation == "warn" and not is_strict:
            return now, words
        return next_allowed_everywhere(*arguments), words

