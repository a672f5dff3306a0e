from odoo import api, fields, models


class CollectionDecision(models.Model):
    """That somebody set a requirement or rule aside, with the reason: for good (P6.3).

    A decision that is taken back is not deleted: taking it back is another decision.
    """

    _name = "collection.decision"
    _description = "Decision on Record"
    _inherit = ["collection.mixin", "collection.sealed"]
    _order = "id desc"

    name = fields.Char("About", required=True, readonly=True)
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="restrict"
    )
    case_id = fields.Many2one(
        "collection.case", readonly=True, ondelete="restrict", index="btree_not_null"
    )
    kind = fields.Selection(
        [
            ("preparation", "Preparation Waived"),
            ("requirement", "Requirement Waived"),
            ("required", "Requirement Restored"),
            ("charge", "Late Charge Waived"),
            ("charge_kept", "Late Charge Kept"),
            ("order", "Order Let Pass"),
        ],
        required=True, readonly=True,
    )
    reason = fields.Text(readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    amount = fields.Monetary(readonly=True, help="What was let go, where it is money.")
    user_id = fields.Many2one(
        "res.users", "Decided By", required=True, readonly=True, ondelete="restrict"
    )
    date = fields.Datetime("Decided On", required=True, readonly=True)
    res_model = fields.Char("Model", required=True, readonly=True)
    res_id = fields.Many2oneReference("Record", model_field="res_model", required=True,
                                      readonly=True)
    _sealed_when = [("id", "!=", False)]
    _sealed_fields = (
        "company_id", "case_id", "kind", "user_id", "date", "res_model", "res_id", "amount",
    )
    _sealed_later = ("amount",)
    _sealed_personal = ("name", "reason")

    @api.model
    def _note(self, kind, records, reason=None, amounts=None):
        """Note for good that the user has decided so about some records.

        :param reason: name of the field with the reason; empty if none was asked for
        :param amounts: by record's id, how much of the record's currency is let go
        """
        now = fields.Datetime.now()
        is_case = records._name == "collection.case"
        # Nobody has a right to write decisions; the caller has checked who may take them.
        decisions_sudo = self.sudo().create([
            {
                "name": record.display_name,
                "kind": kind,
                "company_id": record.company_id.id,
                "case_id": (
                    record.id if is_case
                    else record.case_id.id if "case_id" in record._fields else False
                ),
                "reason": record[reason] if reason else False,
                "currency_id": record.currency_id.id if amounts else False,
                "amount": amounts[record.id] if amounts else 0,
                "user_id": self.env.uid,
                "date": now,
                "res_model": record._name,
                "res_id": record.id,
            }
            # What was decided on, as far as the words on it go.
            for record in records.sudo()
        ])
        decisions_sudo.with_env(self.env)._seal()

    @api.model
    def _get_last(self, kind, record):
        """What was decided last about a record, as superuser, with a valid seal."""
        # Whoever carries a decision out need not see it.
        decision_sudo = self.sudo().search([
            ("res_model", "=", record._name), ("res_id", "=", record.id), ("kind", "=", kind),
        ], limit=1)
        decision_sudo._check_seals()
        return decision_sudo

    def action_open_record(self):
        """What was decided on."""
        self.ensure_one()
        record = self.env[self.res_model].browse(self.res_id)
        record.check_access("read")
        return record._get_records_action()

