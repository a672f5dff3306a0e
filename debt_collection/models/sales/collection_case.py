from odoo import fields, models


class CollectionCase(models.Model):
    """What sales contribute, and what they are told (P2.3)."""

    _inherit = "collection.case"

    sales_task_ids = fields.One2many("collection.sales.task", "case_id", "Tasks for Colleagues")
    _people_write = {"*": {"sales_task_ids"}}

    def action_ask_finance(self):
        """Ask finance what the books and banks tell of the customer's ability to pay (P2.4)."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Ask Finance"),
            "res_model": "collection.sales.task",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_case_id": self.id,
                "default_department": "finance",
                "default_name": self.env._("What is known of the customer's ability to pay?"),
            },
        }

    def _tell_salespeople(self):
        """A salesperson hears once when a customer's debts become moderate or worse.

        To-dos on the customers, which sales may open, for their salespeople.
        """
        partner_model_id = self.env["ir.model"]._get_id("res.partner")
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create([
            {
                "res_model_id": partner_model_id,
                "res_id": case.partner_id.id,
                "activity_type_id": self.env.ref("mail.mail_activity_data_todo").id,
                "summary": case.company_id._in_collection_language(
                    case, case.partner_id.user_id
                ).env._(
                    "Overdue more than %(days)s days: please support the collection",
                    days=case.tier_id.day_from - 1,
                ),
                "date_deadline": case.company_id._get_collection_today(),
                "user_id": case.partner_id.user_id.id,
            }
            for case in self
            if case.partner_id.user_id
        ])

