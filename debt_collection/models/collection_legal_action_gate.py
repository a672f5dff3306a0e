from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError


class CollectionLegalAction(models.Model):
    """The gate before lawyer letters and courts: a checklist, complete or waived (P6.1)."""

    _inherit = "collection.legal.action"

    check_ids = fields.One2many("collection.legal.check", "action_id", "Checklist")
    consultation_ids = fields.One2many(
        "collection.legal.consultation", "action_id", "Consultations"
    )
    hearing_ids = fields.One2many("collection.legal.hearing", "action_id", "Hearings")
    document_ids = fields.One2many("collection.legal.document", "action_id", "Papers")
    missing_count = fields.Integer("Missing", compute="_compute_missing_count")

    @api.depends("state", "check_ids.state")
    def _compute_missing_count(self):
        for action in self:
            is_before = action.state in ("draft", "requested", "approved", "letter")
            action.missing_count = len(action._get_missing()) if is_before else 0

    def _get_missing(self, purpose=None):
        """The lines that hold up the letter or the filing.

        :param purpose: ``letter``, ``filing``, or by default what the route leads to
        """
        self.ensure_one()
        purpose = purpose or ("letter" if self.route == "letter" else "filing")
        return self.check_ids.filtered(
            lambda check: check.state == "missing" and check.requirement_id[f"for_{purpose}"]
        )

    def _add_checks(self):
        """Put the requirements that are new on the checklists."""
        requirements = self.env["collection.legal.requirement"].search([("active", "=", True)])
        self.env["collection.legal.check"].create([
            {"action_id": action.id, "requirement_id": requirement.id}
            for action in self
            for requirement in requirements - action.check_ids.requirement_id
        ])

    def action_refresh_checks(self):
        """Add requirements that are new, and bring the limitation up to date."""
        for action in self:
            if action.state not in ("closed", "cancelled"):
                action._add_checks()
        self.case_id._refresh_limitation()

    def _check_gate(self, purpose):
        """Raise a ``UserError`` that lists what is missing.

        :param purpose: ``letter`` or ``filing``
        """
        self.case_id._refresh_limitation()
        self.check_ids.invalidate_recordset(["state", "answer"])
        for action in self:
            missing = action._get_missing(purpose)
            if missing:
                lines = "\n".join(
                    f"• {check.display_name}" + (f": {check.answer}" if check.answer else "")
                    for check in missing
                )
                raise UserError(
                    self.env._(
                        "“%(record)s” is not ready. Missing:\n%(missing)s\nAdd what is missing, or"
                        " let a manager waive it with a reason.",
                        record=action.display_name,
                        missing=lines,
                    )
                )

    def _note_checks(self, title):
        """Keep on the log how each requirement was met on the day it counted."""
        labels = dict(self.env["collection.legal.check"]._fields["state"]
                      ._description_selection(self.env))
        for action in self:
            rows = Markup().join(
                Markup("<li>%s: %s. %s</li>")
                % (check.display_name, labels[check.state], check.answer or "")
                for check in action.check_ids
            )
            action.message_post(body=Markup("<p>%s</p><ul>%s</ul>") % (title, rows))
