from odoo import fields, models


class CollectionAuditFinding(models.TransientModel):
    """A row of the list that an audit shows: what was found, and the record to look at (P6.3)."""

    _name = "collection.audit.finding"
    _description = "Finding of the Audit"
    _inherit = "collection.mixin"

    name = fields.Char("Finding", readonly=True)
    res_model = fields.Char("Model", readonly=True)
    res_id = fields.Many2oneReference("Record", model_field="res_model", readonly=True)

    def action_open_record(self):
        """The record that the finding is about, as far as the user may see it."""
        self.ensure_one()
        record = self.env[self.res_model].browse(self.res_id)
        record.check_access("read")
        return record._get_records_action()
