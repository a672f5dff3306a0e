import hashlib
from datetime import datetime

import pytz

from odoo import fields, models
from odoo.exceptions import AccessError
from odoo.tools import formatLang
from odoo.tools.mimetypes import guess_mimetype

from ...tools.contact_window import to_local
from ...tools.evidence import Bundle, typed_name
from ...tools.spreadsheet import HEAD_HEIGHT, add_formats, open_book, write_cell

# The order of what is of one day: what has a time stands at TIMED, by its time.
ISSUED, DUE, OPENED, COURT, TIMED, AGREED, SETTLED, RESOLVED, DECIDED, ENFORCED, CLOSED = range(11)


class CollectionCase(models.Model):
    """The case file as evidence: everything of a case in one ZIP, with sums (P3.7, P6.1, P6.3).

    Each ``_add_*`` puts one kind of papers in.
    """

    _inherit = "collection.case"

    export_ids = fields.One2many("collection.case.export", "case_id", "Exports")

    def action_export_case_file(self):
        """Download the file of the case; the download is noted on the case."""
        self.ensure_one()
        self._check_can_export()
        return {
            "type": "ir.actions.act_url",
            "url": f"/debt_collection/case/{self.id}/file",
            "target": "download",
        }

    def _check_can_export(self):
        """Raise unless a manager or the case's own collector asks (P1.4)."""
        self.check_access("read")
        for case in self:
            if self.env.user.has_group("debt_collection.group_manager"):
                continue
            if (
                not self.env.user.has_group("debt_collection.group_collector")
                or case.user_id != self.env.user
            ):
                raise AccessError(
                    self.env._(
                        "Only a collection manager or the collector of %(case)s exports its file.",
                        case=case.display_name,
                    )
                )

    def _get_case_file_name(self):
        self.ensure_one()
        return f"{self.name} {self.partner_id.name or ''}".replace("/", "-").strip() + ".zip"

    def _export_case_file(self, now=None):
        """Make the ZIP of one case and note who took it.

        :param now: moment of the export, in UTC
        :return: the ZIP's bytes
        """
        self.ensure_one()
        self._check_can_export()
        now = now or fields.Datetime.now()
        # Checked above: the file is whole, whichever of its papers the user may open.
        bundle = self.sudo()._make_case_file(now)
        content = bundle.to_zip(now)
        checksum = hashlib.sha256(content).hexdigest()
        self.env["collection.case.export"].sudo().create({
            "case_id": self.id,
            "user_id": self.env.uid,
            "date": now,
            "file_count": len(bundle.files),
            "size": len(content),
            "checksum": checksum,
        })
        self.message_post(
            body=self.env._(
                "%(user)s exported the case file: %(count)s files, SHA-256 %(sum)s.",
                user=self.env.user.name, count=len(bundle.files), sum=checksum,
            )
        )
        return content

    def _make_case_file(self, now):
        """All files of one case, with an index of them as PDF."""
        bundle = Bundle()
        self._fill_case_file(bundle, now)
        index = self._render_case_file_pdf(
            "debt_collection.report_case_file", {"rows": bundle.sums(), "now": now}
        )
        bundle.add("", "00 Index.pdf", index)
        return bundle

    def _fill_case_file(self, bundle, now):
        """Put everything that is known of one case into the bundle."""
        self._add_accounts(bundle)
        self._add_records(bundle, now)
        self._add_papers(bundle)
        self._add_charges(bundle)
        self._add_letters(bundle)

    def _render_case_file_pdf(self, report, data):
        """A report about the case as PDF, also in tests."""
        return self.env["ir.actions.report"].with_context(
            force_report_rendering=True
        )._render_qweb_pdf(report, self.ids, data=data)[0]

    # The books in the case file: ledger, statement, invoices.

    def _add_accounts(self, bundle):
        bundle.add("", "02 Ledger.xlsx", self._get_ledger_xlsx())
        bundle.add("", "03 Statement.pdf", self._get_statement_pdf())
        for move in self.line_ids.move_id.sorted(lambda move: (move.date, move.id)):
            if move.is_invoice(include_receipts=True):
                bundle.add("invoices", f"{move.name}.pdf", self._get_invoice_pdf(move))

    def _get_statement_pdf(self):
        """The statement of account from the first item of the case until today."""
        today = self.company_id._get_collection_today()
        dates = self.line_ids.mapped("date")
        partner = self.partner_id
        data = partner._get_collection_statement_data(
            min(dates, default=today), today, self.company_id
        )
        return self.env["ir.actions.report"].with_context(
            force_report_rendering=True
        )._render_qweb_pdf("debt_collection.report_statement", partner.ids, data=data)[0]

    def _get_invoice_pdf(self, move):
        """The invoice as it was sent, else as it is printed now."""
        sent = move.invoice_pdf_report_id
        if sent:
            return sent.raw
        return self.env["ir.actions.report"].with_context(
            force_report_rendering=True
        )._render_qweb_pdf("account.account_invoices", move.ids)[0]

    def _get_ledger_xlsx(self):
        """Each item of the case with its payments, in its currency and the company's."""
        rows = []
        for line in self.line_ids.sorted(lambda line: (line.date, line.id)):
            rows.append((
                line.move_id.name, line.date, line._get_collection_due(), line.currency_id.name,
                line.amount_currency, line.amount_residual_currency, line.balance,
                line.amount_residual, "", None,
            ))
            for partial in line.matched_credit_ids.sorted("max_date"):
                source = partial.credit_move_id
                rows.append((
                    line.move_id.name, partial.max_date, None, line.currency_id.name,
                    -partial.debit_amount_currency, None, -partial.amount, None,
                    source.move_id.name, source.date,
                ))
        return self._get_table_xlsx(self.env._("Ledger"), [
            (self.env._("Document"), "text", 22), (self.env._("Date"), "date", 12),
            (self.env._("Due Date"), "date", 12), (self.env._("Currency"), "text", 9),
            (self.env._("Amount"), "money", 15), (self.env._("Open"), "money", 15),
            (self.env._("Amount (Company)"), "money", 15),
            (self.env._("Open (Company)"), "money", 15),
            (self.env._("Settled By"), "text", 22), (self.env._("Dated"), "date", 12),
        ], rows)

    def _get_table_xlsx(self, title, columns, rows):
        """A table as XLSX; text is text, whatever it begins with.

        :param columns: tuples of heading, kind and width
        """
        output, book = open_book()
        sheet = book.add_worksheet(title[:31])
        formats = add_formats(book, self.company_id.currency_id.decimal_places)
        sheet.write_string(0, 0, f"{self.display_name} – {title}", formats["title"])
        head = 2
        sheet.set_row(head, HEAD_HEIGHT)
        for column, (heading, _kind, width) in enumerate(columns):
            sheet.set_column(column, column, width)
            sheet.write_string(head, column, heading, formats["head"])
        for number, row in enumerate(rows, head + 1):
            for column, ((_heading, kind, _width), value) in enumerate(
                zip(columns, row, strict=True)
            ):
                if value is not None:
                    write_cell(sheet, number, column, value, kind, formats)
        sheet.freeze_panes(head + 1, 0)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(head)
        sheet.set_footer("&L&F&R&P / &N")
        book.close()
        return output.getvalue()

    # The charge sheet in the case file: late charges that a manager approved (P6.1).

    def _add_charges(self, bundle):
        charges = self.charge_ids.filtered(
            lambda charge: charge.state in ("approved", "posted", "waiving")
        ).sorted("id")
        if charges:
            bundle.add("", "08 Late Charges.xlsx", self._get_charges_xlsx(charges))

    def _get_charges_xlsx(self, charges):
        """Each item's late charges, with period, days, interest and fee, and what was let go."""
        columns = [
            (self.env._("Request"), "text", 16), (self.env._("State"), "text", 16),
            (self.env._("Document"), "text", 20), (self.env._("Due Date"), "date", 12),
            (self.env._("From"), "date", 12), (self.env._("To"), "date", 12),
            (self.env._("Days"), "number", 8), (self.env._("Currency"), "text", 9),
            (self.env._("Interest"), "money", 15), (self.env._("Fee"), "money", 12),
            (self.env._("Terms"), "text", 40), (self.env._("Debit Note"), "text", 20),
            (self.env._("Waived of the Debit Note"), "money", 15),
        ]
        rows = [
            (
                charge.name, self._label(charge, "state"), line.move_id.name,
                line.date_due or None, line.date_from or None, line.date_to or None, line.days,
                line.currency_id.name, line.interest, line.fee,
                line.terms_id.display_name or "", charge.move_id.name or "",
                # Once for a charge: columns are summed up.
                charge.amount_waived if line == charge.line_ids[0] else 0,
            )
            for charge in charges
            for line in charge.line_ids
        ]
        return self._get_table_xlsx(self.env._("Late Charges"), columns, rows)

    # The letters in the case file: as they were sent, with the proof that they arrived.

    def _add_letters(self, bundle):
        columns = [
            (self.env._("Number"), "text", 18), (self.env._("Kind"), "text", 20),
            (self.env._("Letter Date"), "date", 12), (self.env._("Deadline"), "date", 12),
            (self.env._("Amount due"), "money", 15), (self.env._("State"), "text", 12),
            (self.env._("Sent On"), "date", 12), (self.env._("Delivered On"), "date", 12),
            (self.env._("Proof of Delivery"), "text", 24),
            (self.env._("Tracking Number"), "text", 24), (self.env._("SHA-256"), "text", 66),
        ]
        rows = [
            (
                letter.name, self._label(letter, "kind"), letter.date, letter.date_deadline,
                letter.amount_total, self._label(letter, "state"), letter.date_sent or None,
                letter.date_delivered or None, self._label(letter, "delivery_proof"),
                letter.tracking_number, letter.pdf_checksum,
            )
            for letter in self._get_file_letters()
        ]
        bundle.add("", "07 Letters.xlsx",
                   self._get_table_xlsx(self.env._("Letters"), columns, rows))

    def _get_file_letters(self):
        """Letters that left the house; drafts are no record."""
        return self.letter_ids.filtered("date_sent").sorted("date_sent")

    def _get_letter_papers(self):
        for letter in self._get_file_letters():
            yield "letters", letter.pdf_attachment_id
            yield "letters/proof", letter.delivery_file_ids
            yield "letters/counsel", letter.counsel_file_ids

    # The papers in the case file: all files that are kept with the case.

    def _add_papers(self, bundle):
        """Each file once, in the first folder that has it."""
        # The PDF of an invoice is among the invoices already.
        seen = self.line_ids.move_id.invoice_pdf_report_id
        for folder, attachments in self._get_file_papers():
            for attachment in attachments - seen:
                if attachment.type == "binary" and attachment.raw:
                    content = attachment.raw
                    # A paper is what it contains: no program passes for a picture.
                    name = typed_name(attachment.name, guess_mimetype(content))
                    bundle.add(folder, name, content)
            seen |= attachments

    def _get_file_papers(self):
        """Folder of the file and attachments, in the order in which they are put in."""
        self.ensure_one()
        yield from self._get_letter_papers()
        for paper in self.document_ids:
            yield f"papers/{paper.kind}", paper.attachment_ids
        for contact in self._get_file_contacts():
            yield "contacts", contact.attachment_ids
        for action in self.legal_action_ids:
            for document in action.document_ids:
                yield f"legal/{document.kind}", document.attachment_ids
            yield "legal/checklist", action.check_ids.attachment_ids
            yield "legal/opinion", action.consultation_ids.attachment_ids
        for folder, records in (
            ("papers/other", self),
            ("papers/plan", self.plan_ids),
            ("papers/dispute", self.dispute_ids),
            ("legal/other", self.legal_action_ids),
            ("legal/hearing", self.legal_action_ids.hearing_ids),
            ("invoices/attachments", self.line_ids.move_id),
        ):
            yield folder, self._get_attachments_of(records)

    def _get_attachments_of(self, records):
        """Files attached to records; those of fields are shown elsewhere."""
        return self.env["ir.attachment"].search(
            [("res_model", "=", records._name), ("res_id", "in", records.ids),
             ("res_field", "=", False)],
            order="id",
        )

    # What was done about a case, in the case file: chronology, contacts, promises and so on.

    def _add_records(self, bundle, now):
        text, date, money = ("text", 30), ("date", 12), ("money", 15)
        for name, title, heads, kinds, rows in (
            (
                "01 Chronology", self.env._("Chronology"),
                (self.env._("Date"), self.env._("What Happened"), self.env._("By"),
                 self.env._("Time")),
                (date, ("text", 90), text, ("text", 8)),
                self._get_chronology(),
            ),
            (
                "04 Contacts", self.env._("Contacts"),
                (self.env._("Date"), self.env._("Method"), self.env._("Direction"),
                 self.env._("Outcome"), self.env._("Contact Person"), self.env._("Made By"),
                 self.env._("Notes"), self.env._("Reason"), self.env._("Corrects")),
                (date, text, text, text, text, text, ("text", 80), text, text),
                self._get_contact_rows(),
            ),
            (
                "05 Promises and Plans", self.env._("Promises and Plans"),
                (self.env._("Kind"), self.env._("Made On"), self.env._("Due On"),
                 self.env._("Amount"), self.env._("Received"), self.env._("State"),
                 self.env._("Note")),
                (text, date, date, money, money, text, ("text", 60)),
                self._get_promise_rows(),
            ),
            (
                "06 Disputes", self.env._("Disputes"),
                (self.env._("Opened On"), self.env._("Amount"), self.env._("What Is Disputed"),
                 self.env._("State"), self.env._("Resolution"), self.env._("Resolved On"),
                 self.env._("Note")),
                (date, money, ("text", 60), text, text, date, ("text", 60)),
                self._get_dispute_rows(),
            ),
        ):
            columns = [(head, *kind) for head, kind in zip(heads, kinds, strict=True)]
            bundle.add("", f"{name}.xlsx", self._get_table_xlsx(title, columns, rows))

    def _label(self, record, name):
        """The label of a selection's value."""
        return dict(record._fields[name]._description_selection(self.env)).get(record[name], "")

    def _get_contact_rows(self):
        return [
            (
                self._to_company_time(contact.date).date(),
                self._label(contact, "method"), self._label(contact, "direction"),
                self._label(contact, "outcome"), contact.contact_id.name, contact.user_id.name,
                contact.feedback, contact.reason_id.name, contact.corrects_id.display_name,
            )
            for contact in self._get_file_contacts()
        ]

    def _get_file_contacts(self):
        """Drafts are no record yet."""
        return self.collection_activity_ids.filtered(
            lambda contact: contact.state == "confirmed"
        ).sorted(lambda contact: (contact.date, contact.id))

    def _get_promise_rows(self):
        promise_label, plan_label = self.env._("Promise"), self.env._("Plan")

        def label(words, agreement):
            currency = agreement.currency_id
            return words if currency == self.currency_id else f"{words} ({currency.name})"

        rows = [
            (
                label(promise_label, promise), promise.date_made, promise.date_promised,
                promise.amount, promise.kept_amount, self._label(promise, "state"), promise.note,
            )
            for promise in self.promise_ids.sorted("date_made")
        ]
        for plan in self.plan_ids:
            rows.append((
                label(plan_label, plan), plan.date_accepted or None, plan.date_first, plan.amount,
                plan.amount_received, self._label(plan, "state"), plan.accepted_by,
            ))
            rows.extend(
                (label(plan_label, plan), None, line.date_due, line.amount, None,
                 self._label(line, "state"), "")
                for line in plan.line_ids
            )
        return rows

    def _get_dispute_rows(self):
        return [
            (
                dispute.date_open, dispute.amount, dispute.reason,
                self._label(dispute, "state"), self._label(dispute, "resolution"),
                dispute.date_resolved or None, dispute.resolution_note,
            )
            for dispute in self.dispute_ids.sorted("date_open")
        ]

    def _get_chronology(self):
        """What happened, in the order in which it happened: day, words, by whom, time.

        Nothing that was only drafted or planned, nothing that was called off, nothing that lies
        ahead. The time is text, empty where only the day is known.

        :return: list of tuples, the oldest first
        """
        self.ensure_one()
        today = self.company_id._get_collection_today()
        events = [*self._get_account_events(), *self._get_case_events(),
                  *self._get_legal_events()]
        found = []
        for number, (rank, when, words, who) in enumerate(events):
            if not when:
                continue
            moment = self._to_company_time(when) if isinstance(when, datetime) else None
            day = moment.date() if moment else when
            if day <= today:
                key = (day, TIMED if moment else rank, moment or datetime.min, number)
                found.append((key, (day, words, who, moment.strftime("%H:%M") if moment else "")))
        return [event for _key, event in sorted(found, key=lambda pair: pair[0])]

    def _to_company_time(self, moment):
        return to_local(moment, pytz.timezone(self.company_id._get_collection_tz()))

    def _get_moment(self, record, day):
        """When a record of a day was made, if that was on the day; else the day alone."""
        made = record.create_date
        if day and made and self._to_company_time(made).date() == day:
            return made
        return day

    def _money(self, amount, currency=None):
        return formatLang(self.env, amount, currency_obj=currency or self.currency_id)

    def _get_account_events(self):
        for line in self.line_ids.filtered(lambda line: line.parent_state == "posted"):
            currency = line.currency_id
            values = {"item": line.move_id.name,
                      "amount": self._money(line.amount_currency, currency)}
            yield ISSUED, line.date, self.env._("%(item)s of %(amount)s issued", **values), ""
            yield DUE, line._get_collection_due(), self.env._(
                "%(item)s of %(amount)s due", **values
            ), ""
            for partial in line.matched_credit_ids:
                yield SETTLED, partial.max_date, self.env._(
                    "%(amount)s of %(item)s settled by %(document)s",
                    amount=self._money(partial.debit_amount_currency, currency),
                    item=line.move_id.name, document=partial.credit_move_id.move_id.name,
                ), ""

    def _get_case_events(self):
        yield OPENED, self._get_moment(self, self.date_open), self.env._(
            "Case %(case)s opened", case=self.name
        ), ""
        yield CLOSED, self.date_closed, self.env._("Case %(case)s closed", case=self.name), ""
        for contact in self._get_file_contacts():
            words = ": ".join(filter(None, [
                f"{self._label(contact, 'method')}, {self._label(contact, 'outcome')}",
                contact.feedback,
            ]))
            yield TIMED, contact.date, words, contact.user_id.name
        # One that was recorded by mistake was never made.
        for promise in self.promise_ids.filtered(
            lambda promise: promise.state != "cancelled" or promise.is_ended_with_case
        ):
            yield AGREED, self._get_moment(promise, promise.date_made), self.env._(
                "Promise: %(promise)s", promise=promise.display_name
            ), promise.user_id.name
        for plan in self.plan_ids.filtered(
            lambda plan: plan.state in ("performing", "completed", "broken")
        ):
            yield AGREED, plan.date_accepted, self.env._(
                "Plan over %(amount)s accepted", amount=self._money(plan.amount, plan.currency_id)
            ), plan.approved_by.name or ""
        for dispute in self.dispute_ids:
            yield AGREED, self._get_moment(dispute, dispute.date_open), self.env._(
                "Disputed: %(amount)s. %(reason)s",
                amount=self._money(dispute.amount), reason=dispute.reason,
            ), dispute.user_id.name
            if dispute.state != "open":
                yield RESOLVED, dispute.date_resolved, self.env._(
                    "Dispute resolved: %(resolution)s",
                    resolution=self._label(dispute, "resolution"),
                ), ""

    def _get_legal_events(self):
        for action in self.legal_action_ids:
            name = action.name
            # What was asked for and refused, or called off, was not approved in the end.
            if action.state not in ("draft", "requested", "refused"):
                yield COURT, action.date_approved, self.env._(
                    "%(action)s approved", action=name
                ), action.approved_by_id.name or ""
                yield COURT, action.date_letter, self.env._(
                    "%(action)s: lawyer letter", action=name
                ), action.law_firm_id.name or ""
            yield from self._get_court_events(action)
            for consultation in action.consultation_ids.filtered(
                lambda consultation: consultation.state == "answered"
            ):
                yield COURT, consultation.date_opinion, self.env._(
                    "%(action)s: counsel's opinion", action=name
                ), consultation.lawyer_id.name or consultation.counsel_id.name or ""

    def _get_court_events(self, action):
        """What the court has and did, as far as the action went; dates alone are only noted."""
        name = action.name
        if action._has_reached("filed"):
            yield COURT, action.date_filed, self.env._(
                "%(action)s: %(amount)s claimed at %(court)s", action=name,
                amount=self._money(action.amount_claimed), court=action.court or "",
            ), ""
            if action.preservation_state in ("granted", "lifted"):
                yield COURT, action.preservation_date, self.env._(
                    "%(action)s: assets preserved by the court's order", action=name
                ), ""
        if action._has_reached("judgment"):
            result = self._label(action, "judgment_kind")
            awarded = action.judgment_kind != "lost" and action.judgment_amount
            yield DECIDED, action.judgment_date, self.env._(
                "%(action)s decided: %(result)s, %(amount)s", action=name, result=result,
                amount=self._money(awarded),
            ) if awarded else self.env._(
                "%(action)s decided: %(result)s", action=name, result=result
            ), ""
        if action._has_reached("enforcement"):
            yield ENFORCED, action.enforcement_date, self.env._(
                "%(action)s: enforcement applied for", action=name
            ), ""
        for hearing in action.hearing_ids.filtered(lambda hearing: hearing.state == "held"):
            yield COURT, hearing.date_start, (
                f"{hearing.display_name}: {hearing.result or ''}"
            ), hearing.user_id.name or ""

