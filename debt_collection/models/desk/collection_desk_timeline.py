from odoo import api, fields, models
from odoo.tools import formatLang, html2plaintext

MOST_ENTRIES = 80
TEXT = 600


class CollectionDeskTimeline(models.AbstractModel):
    """What happened with the customer, whoever wrote it down, the latest first."""

    _name = "collection.desk.timeline"
    _description = "Timeline of the Desk"
    _inherit = "collection.desk.words"

    @api.model
    def _prepare_timeline(self, case, account):
        entries = [
            *self._get_contact_entries(case),
            *self._get_message_entries(case),
            *self._get_letter_entries(case),
            *self._get_money_entries(account),
            *self._get_promise_entries(case),
            *self._get_portal_entries(case),
        ]
        entries.sort(key=lambda entry: entry["moment"], reverse=True)
        return entries[:MOST_ENTRIES]

    @api.model
    def _entry(self, key, kind, moment, title, text="", **more):
        """An entry of the timeline; ``moment`` is a day, or a time in UTC."""
        return {
            "key": key,
            "kind": kind,
            "moment": fields.Datetime.to_string(moment),
            "has_time": not isinstance(moment, str) and hasattr(moment, "hour"),
            "title": title,
            "text": (text or "").strip()[:TEXT],
            **more,
        }

    @api.model
    def _get_contact_entries(self, case):
        confirmed = case.collection_activity_ids.filtered(lambda c: c.state == "confirmed")
        return [
            self._entry(
                f"activity-{contact.id}",
                "email" if contact.method == "email" else "activity",
                contact.date,
                " · ".join(filter(None, [
                    self._label(contact, "method"), self._label(contact, "outcome"),
                ])),
                contact.feedback,
                author=contact.user_id.name or "",
                person=contact.contact_id.name or "",
                is_inbound=contact.direction == "inbound",
                is_corrected=bool(contact.correction_ids),
                corrects=bool(contact.corrects_id),
                contact_id=contact.id,
                outcome=contact.outcome,
                can_correct=contact.user_id == self.env.user and not contact.correction_ids,
                seal={"number": contact.seal_number, "hash": contact.seal},
            )
            for contact in confirmed[:MOST_ENTRIES]
        ]

    @api.model
    def _get_message_entries(self, case):
        """Notes and e-mails of the log; an e-mail that is a contact already is not told twice."""
        known = case.collection_activity_ids.message_id
        messages = self.env["mail.message"].search([
            ("model", "=", "collection.case"), ("res_id", "=", case.id),
            ("message_type", "in", ("comment", "email", "email_outgoing", "notification")),
            ("id", "not in", known.ids),
        ], limit=MOST_ENTRIES)
        return [
            self._entry(
                f"message-{message.id}",
                "email" if message.message_type in ("email", "email_outgoing") else "note",
                message.date,
                message.subject or (
                    self.env._("Note") if message.message_type == "comment"
                    else self.env._("System note")
                ),
                html2plaintext(message.body or "", include_references=False),
                author=message.author_id.name or "",
            )
            for message in messages
            if html2plaintext(message.body or "").strip()
        ]

    @api.model
    def _get_letter_entries(self, case):
        return [
            self._entry(
                f"letter-{letter.id}",
                "letter",
                letter.date_sent or letter.date,
                letter.display_name,
                self._label(letter, "state"),
                letter_id=letter.id,
                is_corrected=letter.state == "cancelled",
            )
            for letter in case.letter_ids[:MOST_ENTRIES]
        ]

    @api.model
    def _get_money_entries(self, account):
        """Payments and credit notes as the statement of account has them."""
        entries = []
        for part in account:
            for number, row in enumerate(part["movements"]):
                if row["kind"] in ("payment", "credit_note") and row["credit"]:
                    amount = formatLang(self.env, row["credit"], currency_obj=part["currency"])
                    title = (
                        self.env._("Payment of %(amount)s", amount=amount)
                        if row["kind"] == "payment"
                        else self.env._("Credit note of %(amount)s", amount=amount)
                    )
                    entries.append(self._entry(
                        f"money-{part['currency'].name}-{number}", "payment", row["date"],
                        title, " ".join(filter(None, (row["name"], row["ref"]))),
                    ))
        return entries

    @api.model
    def _get_promise_entries(self, case):
        return [
            self._entry(
                f"promise-{promise.id}",
                "promise",
                promise.create_date,
                self.env._("Promise: %(promise)s", promise=promise.display_name),
                self._label(promise, "state"),
                author=promise.user_id.name or "",
                is_corrected=promise.state in ("cancelled", "superseded"),
            )
            for promise in case.promise_ids
        ]

    @api.model
    def _get_portal_entries(self, case):
        return [
            self._entry(
                f"portal-{entry.id}",
                "portal",
                entry.create_date,
                entry.display_name,
                entry.text or self._label(entry, "state"),
                author=entry.contact_name or entry.contact_id.name or "",
                request_id=entry.id,
                is_pending=entry.state == "pending",
            )
            for entry in case.portal_request_ids
        ]
