from odoo import fields, models


class ResCompany(models.Model):
    """How many years what is kept; afterwards a proposal is made, nothing goes by itself (P6.3)."""

    _inherit = "res.company"

    collection_keep_case_years = fields.Integer(
        "Keep Closed Cases", default=10, help="Years after the case was closed; 0: for good."
    )
    collection_keep_list_years = fields.Integer(
        "Keep Overdue Lists", default=10, help="Years after the day of the list; 0: for good."
    )
    collection_keep_log_years = fields.Integer(
        "Keep Access Logs", default=3, help="Years after the access; 0: for good."
    )
    collection_keep_entry_years = fields.Integer(
        "Keep Names on Entries", default=10,
        help="Years for which accounting law asks for customers' names and addresses.",
    )
    _collection_keep_years = models.Constraint(
        "CHECK(collection_keep_case_years BETWEEN 0 AND 100"
        " AND collection_keep_list_years BETWEEN 0 AND 100"
        " AND collection_keep_log_years BETWEEN 0 AND 100"
        " AND collection_keep_entry_years BETWEEN 0 AND 100)",
        "Records are kept for 0 to 100 years.",
    )

    collection_seal_number = fields.Integer("Seals Verified", readonly=True)
    collection_seal = fields.Char("Last Seal Verified", readonly=True)
    collection_seal_date = fields.Datetime("Record Verified On", readonly=True)

    def _get_collection_kept_since(self, kind, today):
        """The first day whose records are still kept; ``False`` if all are kept for good.

        :param kind: ``case``, ``list``, ``log`` or ``entry``
        """
        self.ensure_one()
        years = self.sudo()[f"collection_keep_{kind}_years"]
        if not years:
            return fields.Date.to_date("1900-01-01") if kind == "entry" else False
        return fields.Date.subtract(today, years=years)

