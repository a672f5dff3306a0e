from odoo import api, models
from odoo.exceptions import UserError

SENT_KINDS = ("statement", "reminder", "dunning", "final")


class CollectionDeskLetter(models.AbstractModel):
    """Letters and statements: seen before they leave, and sent in one step."""

    _name = "collection.desk.letter"
    _description = "Letters from the Desk"
    _inherit = "collection.desk.words"

    @api.model
    def preview_letter(self, case_id, kind):
        """The letter as it would go out; nothing of it stays.

        :return: dict of ``html subject contact_id channel recipients draft_id needs_approval``
        """
        case = self._get_case(case_id)
        draft = self._get_draft(case, kind)
        with self.env.cr.savepoint() as savepoint:
            letter = draft or self._get_letter(case, kind)
            answer = {
                "html": letter.preview or "",
                "kind": kind,
                "subject": letter._get_texts()["mail_subject"] or letter.display_name,
                "contact_id": letter.contact_id.id or case.partner_id.id,
                "channel": letter.channel,
                "channels": letter._get_channels(),
                "recipients": self._get_recipients(case),
                "is_drafted": bool(draft),
                "needs_approval": letter._needs_other(),
            }
            # A letter that is only looked at is not kept.
            self.env.flush_all()
            savepoint.rollback()
            self.env.invalidate_all(flush=False)
        return answer

    @api.model
    def _get_recipients(self, case):
        people = case.partner_id | case.partner_id.child_ids
        return [
            {"id": person.id, "name": person.name or case.partner_id.name,
             "email": person.email or ""}
            for person in people
        ]

    @api.model
    def _get_draft(self, case, kind):
        """The draft of a kind that the policy, or somebody, wrote already."""
        return case.letter_ids.filtered(
            lambda letter: letter.kind == kind and letter.state == "draft"
            and not letter.date_released
        ).sorted("id")[-1:]

    @api.model
    def _get_letter(self, case, kind):
        """The draft that waits already, else a new one."""
        if kind not in SENT_KINDS:
            raise UserError(self.env._("Such a letter is not sent from the desk."))
        letter = self._get_draft(case, kind)
        if letter:
            return letter
        return self.env["collection.letter"].create({
            "case_id": case.id,
            "kind": kind,
            "date": case.company_id._get_collection_today(),
        })

    @api.model
    def send_letter(self, case_id, kind, contact_id=False, channel=False):
        """Send the letter that was looked at, or ask the manager where the template says so.

        E-mails leave by the job that sends letters: nobody waits for the PDF.
        """
        case = self._get_case(case_id)
        letter = self._get_letter(case, kind)
        vals = {
            name: value
            for name, value in (("contact_id", contact_id), ("channel", channel))
            if value and letter[name] != letter._fields[name].convert_to_record(
                letter._fields[name].convert_to_cache(value, letter), letter
            )
        }
        if vals:
            letter.write(vals)
        words = {"letter": self._label(letter, "kind"), "customer": case.partner_id.name}
        if letter._needs_other():
            letter.action_request()
            message = self.env._(
                "%(letter)s to %(customer)s: the manager is asked to approve it.", **words
            )
            return {"message": message, "undo": False}
        letter.action_release()
        if not letter.is_manual:
            message = self.env._("%(letter)s to %(customer)s: on its way.", **words)
        else:
            message = self.env._("%(letter)s to %(customer)s: ready to print.", **words)
        return {"message": message, "undo": {"letter": letter.id}}

    @api.model
    def send_statement(self, case_id, contact_id=False, channel=False):
        """Send the statement of account."""
        return self.send_letter(case_id, "statement", contact_id, channel)

    @api.model
    def send_copies(self, case_id, line_ids):
        """Send the customer the PDFs of the ticked invoices."""
        case = self._get_case(case_id)
        items = case.line_ids.filtered(lambda line: line.id in line_ids)
        if not items:
            raise UserError(
                self.env._(
                    "Tick the invoices to send to %(customer)s.",
                    customer=case.partner_id.display_name,
                )
            )
        contact = case._send_invoice_copies(items.move_id)
        return {
            "message": self.env._(
                "%(count)s invoices sent to %(email)s.",
                count=len(items.move_id), email=contact.email,
            ),
            "undo": False,
        }

    @api.model
    def get_pay_link(self, case_id, line_ids=()):
        """Where the customer pays the ticked invoices, else the customer's page of the case."""
        case = self._get_case(case_id)
        case.check_access("read")
        items = case.line_ids.filtered(
            lambda line: not line.reconciled and (not line_ids or line.id in line_ids)
        )
        url = case.partner_id._get_collection_pay_url(case.company_id, items)
        return url or f"{case.get_base_url()}{case.get_portal_url()}"
