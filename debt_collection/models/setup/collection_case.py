from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from ..chase.collection_case import ENDING


class CollectionCase(models.Model):
    """Cases from before: open ones go on here, closed ones are the customer's history."""

    _name = "collection.case"
    _inherit = ["collection.case", "collection.opening"]

    _opening_required = ("date_open",)
    # Odoo's import fills only fields that a form could; the guards say who really may.
    date_open = fields.Date(readonly=False)
    date_closed = fields.Date(readonly=False)
    close_reason = fields.Selection(readonly=False)

    def _message_auto_subscribe_notify(self, partner_ids, template):
        """Whom an old case is assigned to has known it for long."""
        if self._is_opening_import():
            return None
        return super()._message_auto_subscribe_notify(partner_ids, template)

    def _complete_opening_vals(self, vals):
        ended = {name for name in ENDING if vals.get(name)}
        if ended and ended != ENDING:
            raise UserError(
                self.env._("A closed case has a day and a reason of closing, an open one neither.")
            )
        if ended:
            vals["stage"] = "closed"
        elif vals.get("stage") == "closed":
            raise UserError(self.env._("Say when and how the closed case ended."))
        else:
            self._check_no_open_case(vals)
        return vals

    @api.model
    def _check_no_open_case(self, vals):
        partner = self.env["res.partner"].browse(vals.get("partner_id")).commercial_partner_id
        company = self.env["res.company"].browse(vals.get("company_id")) or self.env.company
        case = self._get_open(partner, company)
        if partner and case:
            raise UserError(
                self.env._(
                    "%(customer)s has the open case %(case)s already. Leave the row out and give"
                    " that case's External ID to its contacts and promises.",
                    customer=partner.display_name, case=case.name,
                )
            )

    @api.constrains("is_opening", "date_open", "date_closed")
    def _check_opening_days(self):
        for case in self.filtered("is_opening"):
            today = case.company_id._get_collection_today()
            if case.date_open > today or (case.date_closed or today) > today:
                raise ValidationError(self.env._("Opening history cannot lie in the future."))
            if case.date_closed and case.date_closed < case.date_open:
                raise ValidationError(
                    self.env._(
                        "The case was closed on %(closed)s, before it was opened on %(opened)s.",
                        closed=format_date(self.env, case.date_closed),
                        opened=format_date(self.env, case.date_open),
                    )
                )

    @api.model
    def get_import_templates(self):
        """The file that Odoo's import offers for download."""
        return [{
            "label": self.env._("Import Template for Cases"),
            "template": "/debt_collection/static/import/collection_case.csv",
        }]

