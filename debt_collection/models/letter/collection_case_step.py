from odoo import SUPERUSER_ID, api, fields, models

STRICTNESS = ("reminder", "dunning", "final")


class CollectionCaseStep(models.Model):
    """Letter steps write a draft; the policy or a person sends it (P3.4, P4.1)."""

    _inherit = "collection.case.step"

    letter_ids = fields.One2many("collection.letter", "case_step_id", "Letters")

    def _drop_letters(self, reason):
        """Cancel the letters of these steps that did not go out."""
        letters_sudo = self.sudo().letter_ids.filtered(
            lambda letter: letter.state in ("draft", "approved") and not letter.date_queued
        )
        for letter_sudo in letters_sudo:
            letter_sudo._cancel_for(reason)

    @api.model
    def _get_drafted_kinds(self):
        """Kinds of letter that a step writes by itself."""
        return ("reminder", "dunning", "final", "statement")

    def _draft_step_letters(self, as_of):
        """Write the drafts of these steps; those that need nobody's word are released.

        An e-mail to a customer without an address for it becomes a reminder by post. A step whose
        letter stays, approved and handed out on paper but not posted, gets no other.
        """
        kinds = self._get_drafted_kinds()
        written = self.sudo().letter_ids.filtered(
            lambda letter: letter.state != "cancelled"
        ).case_step_id
        posted = (self - written).filtered(
            lambda step: step.method == "email" and step.state == "planned"
            and not step.case_id.partner_id._get_collection_contact().email
        )
        steps = posted | self.filtered(
            lambda step: step.method == "letter"
            and step.state == "planned"
            and step.step_id.letter_kind in kinds
            and step not in written
        )
        for company, company_steps in steps.grouped("company_id").items():
            # The policy writes them, whoever runs the escalation.
            letter_model = self.env["collection.letter"].with_user(SUPERUSER_ID)
            letters = letter_model._draft_letters(
                company,
                [
                    {
                        "partner": step.case_id.partner_id.sudo(),
                        "kind": "reminder" if step in posted else step.step_id.letter_kind,
                        "case": step.case_id.sudo(),
                        "step": step,
                        # Which template is meant is the policy's decision, not the user's.
                        "template": step.step_id.letter_template_id.sudo(),
                        "user": step.case_id.user_id or step.user_id,
                        "channel": "post" if step in posted else step._choose_channel(),
                    }
                    for step in company_steps.with_user(SUPERUSER_ID)
                ],
                as_of,
            )
            self._drop_overtaken(letters)
            released = letters.filtered(
                lambda letter: not letter.case_step_id.step_id.approval_needed
                and not letter._needs_other()
            )
            # The first nights write to nobody: a person looks, and starts the chase.
            if released and company.collection_is_started:
                released._do_release(self.env["res.users"].browse(SUPERUSER_ID))

    def _choose_channel(self):
        """The channel that the policy names for the letter of the step, if it can be used."""
        self.ensure_one()
        key, case = self.step_id.letter_channel, self.case_id
        if not key:
            return False
        channel = self.env["collection.channel"]._get(key)
        contact = channel._choose_contact(
            case.partner_id, self.step_id.letter_kind, case.line_ids
        )
        return False if channel._get_missing(case.partner_id, contact) else key

    @api.model
    def _drop_overtaken(self, letters):
        """One letter at a time: drafts that nobody let go yet make way for what was written now.

        Those of the same or a milder kind: their steps end, another letter takes their place.
        """
        strictness = {kind: number for number, kind in enumerate(STRICTNESS)}
        newest = {
            letter.case_id: letter for letter in letters if letter.kind in strictness
        }
        if not newest:
            return
        # The policy withdraws what it wrote, whoever may see it.
        waiting_sudo = self.env["collection.letter"].sudo().search([
            ("case_id", "in", [case.id for case in newest]), ("state", "=", "draft"),
            ("date_released", "=", False), ("case_step_id.state", "=", "planned"),
            ("kind", "in", STRICTNESS), ("id", "not in", letters.ids),
        ])
        waiting_sudo.filtered(
            lambda letter: strictness[letter.kind] <= strictness[newest[letter.case_id].kind]
        ).case_step_id._cancel("letter")
