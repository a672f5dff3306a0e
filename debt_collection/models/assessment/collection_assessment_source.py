from odoo import api, fields, models
from odoo.exceptions import UserError


class CollectionAssessmentSource(models.Model):
    """A record behind a figure, as it was when the month was assessed (P5.2).

    Values, not links alone: the record may be changed or deleted later, this stays. Rows are
    written by SQL when an assessment is made, and by nothing else.
    """

    _name = "collection.assessment.source"
    _description = "Record Behind a Figure"
    _inherit = "collection.mixin"
    _order = "line_id, role desc, date, id"
    _rec_name = "name"
    _log_access = False

    line_id = fields.Many2one(
        "collection.assessment.line", required=True, index=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    role = fields.Selection(
        [("numerator", "Numerator"), ("denominator", "Denominator")], required=True, readonly=True
    )
    model = fields.Char(required=True, readonly=True)
    res_id = fields.Many2oneReference("Record", model_field="model", readonly=True)
    item_id = fields.Integer(
        "Item ID", readonly=True, help="The overdue journal item that a payment settled."
    )
    name = fields.Char("Document", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True, ondelete="set null")
    date = fields.Date(readonly=True)
    amount = fields.Float(readonly=True, digits=(16, 2), help="An amount, or 1 for one record.")
    tier_code = fields.Char("Tier", readonly=True, help="On the day of the row.")
    month = fields.Date(
        "Counted For", readonly=True, help="An earlier month than the assessment's: a correction."
    )
    is_opening = fields.Boolean(
        "From Before", readonly=True, help="Of what was overdue when the month began."
    )

    def write(self, vals):
        self._check_frozen()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        self._check_frozen()

    def _check_frozen(self):
        """Raise a ``UserError``, for the superuser, too; rows go with a draft that is renewed."""
        if self:
            raise UserError(self.env._("The records behind a figure do not change any more."))

    @api.readonly
    def action_open(self):
        """Open the record, if it is still there and the user may see it."""
        self.ensure_one()
        record = self.env[self.model].browse(self.res_id).exists()
        if not record:
            raise UserError(
                self.env._(
                    "“%(name)s” does not exist any more; what counted is kept here.",
                    name=self.name,
                )
            )
        if self.model == "account.move.line":
            record = record.move_id
        record.check_access("read")
        return record._get_records_action()

