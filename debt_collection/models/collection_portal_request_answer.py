from odoo import fields, models
from odoo.exceptions import UserError

OUTCOMES = {
    "promise": "promised",
    "dispute": "disputed",
    "plan": "reached",
    "plan_accept": "reached",
    "plan_decline": "refused",
    "message": "reached",
}


class CollectionPortalRequest(models.Model):
    """A collector confirms or declines what a customer entered."""

    _inherit = "collection.portal.request"

    def write(self, vals):
        """What the customer entered stays as it was."""
        if not self.env.su and vals.keys() - {"answer"}:
            raise UserError(self.env._("What a customer entered is not changed."))
        return super().write(vals)

    def _check_can_answer(self):
        self.check_access("write")
        for entry in self:
            if entry.state != "pending":
                raise UserError(
                    self.env._("“%(entry)s” was answered already.", entry=entry.display_name)
                )

    def action_accept(self):
        """Record the contact, and the promise, plan or dispute that follows from it."""
        self._lock()
        self._check_can_answer()
        for entry in self:
            entry._record_contact(**entry._prepare_promise())
            getattr(entry, f"_accept_{entry.kind}")()
        self._note_answer("accepted")
        return self._get_next_view() if len(self) == 1 else None

    def action_decline(self):
        """Decline these entries; each needs an answer that the customer can read."""
        self._lock()
        self._check_can_answer()
        for entry in self:
            if not (entry.answer or "").strip():
                raise UserError(
                    self.env._(
                        "Write the customer an answer to “%(entry)s” first.",
                        entry=entry.display_name,
                    )
                )
            entry._record_contact()
        self._note_answer("declined")

    def _note_answer(self, state):
        # The state is written by the buttons alone, see `write`.
        self.sudo().write({
            "state": state,
            "answered_by_id": self.env.uid,
            "date_answered": fields.Datetime.now(),
        })

    def _prepare_promise(self):
        """What the contact says of a promise; the promise follows from the contact."""
        self.ensure_one()
        if self.kind != "promise":
            return {}
        return {"amount_promised": self.amount, "date_promised": self.date_wanted}

    def _record_contact(self, **vals):
        """The entry is a contact of the customer's (P3.7)."""
        self.ensure_one()
        self.env["collection.activity"].create({
            "case_id": self.case_id.id,
            "date": self.create_date,
            "method": "other",
            "direction": "inbound",
            "outcome": OUTCOMES[self.kind],
            "contact_id": self._get_contact_person().id,
            "feedback": self.env._(
                "Entered on the customer's page: %(entry)s\n%(text)s",
                entry=self.display_name, text=self.text or "",
            ).strip(),
            "attachment_ids": self.attachment_ids.ids,
            "state": "confirmed",
            **vals,
        })

    def _accept_promise(self):
        """The promise is taken down with the contact."""

    def _accept_plan(self):
        plan = self.env["collection.plan"].create({
            "case_id": self.case_id.id,
            "count": self.count,
            "date_first": self.date_wanted,
            "note": self.text,
        })
        plan.action_generate()
        # What follows is noted by the button alone, see `write`.
        self.sudo().plan_id = plan

    def _accept_plan_accept(self):
        self.plan_id.accepted_by = self.env._(
            "%(name)s on the customer's page, %(date)s",
            name=self.contact_name or self.contact_id.name or self.partner_id.name,
            date=self.company_id._get_collection_date(self.create_date),
        )
        self.plan_id.action_accept()

    def _accept_plan_decline(self):
        if self.plan_id.state == "approved":
            self.plan_id.action_cancel()

    def _accept_dispute(self):
        dispute = self.env["collection.dispute"].create({
            "case_id": self.case_id.id,
            "line_ids": self.line_ids.filtered(lambda line: not line.reconciled).ids,
            "reason": self.text,
        })
        for attachment in self.attachment_ids:
            attachment.copy({"res_model": dispute._name, "res_id": dispute.id})

    def _accept_message(self):
        """A message needs no record of its own beside the contact."""

    def _get_next_view(self):
        """What the collector looks at next: the plan to finish, if one was asked for."""
        self.ensure_one()
        if self.kind == "plan":
            return self.plan_id._get_records_action()
        return None
