from odoo import models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ..base.collection_guard import OURS


class ResPartner(models.Model):
    """Who sees a statement; what it says below the balance: what has accrued, where to pay."""

    _inherit = "res.partner"

    def write(self, vals):
        """A customer that becomes part of another takes its case along; debts follow theirs."""
        if not {"parent_id", "is_company"} & vals.keys():
            return super().write(vals)
        before = {partner: partner.commercial_partner_id for partner in self}
        result = super().write(vals)
        moved = self.filtered(lambda partner: partner.commercial_partner_id != before[partner])
        # Whoever writes a contact need not have a right on cases.
        case_sudo = self.env["collection.case"].sudo()
        for partner in moved:
            customer = partner.commercial_partner_id
            if before[partner] == partner:
                case_sudo._join_cases(partner | customer, customer)
                case_sudo.search(
                    [("partner_id", "=", partner.id), ("stage", "!=", "closed")]
                ).write({"partner_id": customer.id})
        if moved:
            former = self.union(*(before[partner] for partner in moved))
            case_sudo._reclassify_customers(former | moved.commercial_partner_id)
        return result

    def unlink(self):
        """Of merged customers those stay, archived, whom something sealed names."""
        if self.env.context.get("collection_merge") is OURS:
            self -= self._get_named_in_seals()
        return super().unlink()

    def _get_named_in_seals(self):
        """Those of these partners whom sealed records, or what belongs to them, name."""
        columns = self.env["collection.seal"]._get_sealed_columns("res.partner")
        if not columns or not self:
            return self.browse()
        self.env.flush_all()
        rows = self.env.execute_query(SQL(" UNION ").join(
            SQL("SELECT %(column)s FROM %(table)s WHERE %(column)s = ANY(%(ids)s)",
                table=SQL.identifier(table), column=SQL.identifier(column), ids=self.ids)
            for table, column in columns
        ))
        return self.browse(partner_id for (partner_id,) in rows)

    def _on_collection_written(self):
        """A collector writes on customers whose open cases they see; others see all of them."""
        # Whether there is a case is asked of those the collector does not see, too, in every
        # company of the user's: which of them are switched on, a client says.
        companies = self.env.user.company_ids
        cases_sudo = self.env["collection.case"].sudo().search([
            ("partner_id", "in", self.commercial_partner_id.ids), ("stage", "!=", "closed"),
            ("company_id", "in", companies.ids),
        ])
        seen = cases_sudo.with_env(self.env).with_context(
            allowed_company_ids=companies.ids
        )._filtered_access("read")
        # Whose cases those are that the collector does not see.
        closed = cases_sudo.partner_id - seen.sudo().partner_id
        if closed:
            raise AccessError(
                self.env._(
                    "%(customer)s is the customer of another collector.",
                    customer=closed[:1].display_name,
                )
            )

    def _on_statement_access(self):
        domain = [("partner_id", "in", self.commercial_partner_id.ids)]
        return self.env["collection.case"].search(domain).partner_id

    def _on_statement_recipient(self):
        return self._get_collection_contact("statement")

    def _on_statement_send(self, contact, subject, body, attachment, company):
        """From the log of the open case, where it is an activity; else from the customer's."""
        self.ensure_one()
        # Who may send the statement was checked; the case is told whoever may open it.
        case_sudo = self.env["collection.case"].sudo().search([
            ("partner_id", "=", self.id), ("company_id", "=", company.id),
            ("stage", "!=", "closed"),
        ], limit=1)
        if case_sudo:
            case_sudo._check_contact_allowed("email", contact=contact)
        thread_sudo = (case_sudo or self.sudo()).with_context(mail_notify_force_send=False)
        # In the user's own name: finance sends statements without a right to write contacts.
        thread_sudo.message_post(
            author_id=self.env.user.partner_id.id,
            subject=subject,
            body=body or "",
            partner_ids=contact.ids,
            attachments=[attachment],
            subtype_xmlid="mail.mt_comment",
            message_type="comment",
        )

    def _on_statement(self, accounts, date_to, company):
        self._add_statement_position(accounts, date_to, company)
        self._add_statement_charges(accounts, date_to, company)

    def _on_statement_memo(self, sheet, row, account, date_to, company, formats, column):
        row = self._write_statement_position(
            sheet, row, account["position"], formats, column
        )
        row = self._write_statement_charges(
            sheet, row, account["charges"], date_to, formats, column
        )
        self._write_statement_pay_link(sheet, row, company, formats)

    def _prepare_statement_foot(self, account, company):
        """Where to pay and whom to ask, in the customer's language: dict of ``bank contact``."""
        self.ensure_one()
        lang = self._get_collection_document_lang(company)
        currencies = {part["currency"] for part in account}
        currency = currencies.pop() if len(currencies) == 1 else company.currency_id
        bank = self.env["collection.letter.total"]._prepare_bank(company, self, currency, 0, lang)
        # Who prints a statement need not see the collector's own record.
        person_sudo = self.sudo().with_company(company).collector_id.filtered(
            "active"
        ).partner_id
        person_sudo = person_sudo or company.sudo().partner_id
        contact = (person_sudo.name, person_sudo.phone, person_sudo.email)
        return {
            # Who is owed is not asked to pay.
            "bank": bank["bank_text"] if any(part["closing"] > 0 for part in account) else "",
            "contact": " · ".join(filter(None, contact)),
        }

    def _on_statement_print(self, statements, company):
        payers = self.filtered(lambda partner: statements[partner.id])
        return {
            "pay_urls": {payer.id: payer._get_collection_pay_url(company) for payer in payers},
            "pay_qr": self._get_collection_pay_qr,
            "feet": {
                partner.id: partner._prepare_statement_foot(statements[partner.id], company)
                for partner in payers
            },
        }
