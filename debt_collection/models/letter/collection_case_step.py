from odoo import SUPERUSER_ID, api, fields, models


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

        A step whose letter stays, approved and handed out on paper but not posted, gets no other.
        """
        kinds = self._get_drafted_kinds()
        written = self.sudo().letter_ids.filtered(
            lambda letter: letter.state != "cancelled"
        ).case_step_id
        steps = self.filtered(
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
                        "kind": step.step_id.letter_kind,
                        "case": step.case_id.sudo(),
                        "step": step,
                        # Which template is meant is the policy's decision, not the user's.
                        "template": step.step_id.letter_template_id.sudo(),
                        "user": step.case_id.user_id or step.user_id,
                    }
                    for step in company_steps.with_user(SUPERUSER_ID)
                ],
                as_of,
            )
            released = letters.filtered(
                lambda letter: not letter.case_step_id.step_id.approval_needed
                and not letter._needs_other()
            )
            if released:
                released._do_release(self.env["res.users"].browse(SUPERUSER_ID))

