from odoo import models
from odoo.exceptions import UserError
from odoo.tools import formatLang


class CollectionDispute(models.Model):
    """What follows from the answer: a credit note asked of finance, or the chase again."""

    _inherit = "collection.dispute"

    def _follow_resolution(self):
        """End the owner's to-do, note the result on the case, and ask for what follows."""
        self._end_to_dos()
        for dispute in self:
            # The owner has no right on the case, but the answer belongs to it.
            case_sudo = dispute.sudo().case_id
            label = dict(self._fields["resolution"]._description_selection(self.env))
            case_sudo.message_post(
                body=self.env._(
                    "Dispute of %(amount)s resolved by %(user)s: %(resolution)s. %(note)s",
                    amount=dispute._format_amount(),
                    user=self.env.user.name,
                    resolution=label[dispute.resolution],
                    note=dispute.resolution_note or "",
                ),
                author_id=self.env.user.partner_id.id,
            )
            if case_sudo.is_closed:
                continue
            if dispute.resolution == "valid":
                dispute._ask_for_credit_note(case_sudo)
            elif dispute.resolution == "invalid":
                case_sudo._ask_for_call(
                    self.env._(
                        "Dispute rejected: %(amount)s is to be paid",
                        amount=dispute._format_amount(),
                    ),
                    dispute.date_resolved,
                )

    def _ask_for_credit_note(self, case_sudo):
        """A to-do on the case for the finance contact; finance alone posts (P2.4)."""
        self.ensure_one()
        finance = self._get_policy().finance_user_id
        finance = finance and finance._get_collection_substitute()
        case_sudo.activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=self.date_resolved,
            summary=self.env._(
                "Credit note of %(amount)s for %(items)s",
                amount=self._format_amount(),
                # The invoices that the dispute is about, for its owner in any department.
                items=", ".join(self.sudo().line_ids.move_id.mapped("name")),
            ),
            note=self.resolution_note or False,
            user_id=(finance or case_sudo._get_responsible("collector")).id,
        )

    def _format_amount(self):
        self.ensure_one()
        return formatLang(self.env, self.amount, currency_obj=self.currency_id)

    def action_credit_note(self):
        """Open Odoo's own credit note for the contested invoices that are still open."""
        self.ensure_one()
        invoices = self.line_ids.move_id.filtered(
            lambda move: move.move_type == "out_invoice" and move.state == "posted"
        )
        if self.resolution != "valid" or not invoices:
            raise UserError(
                self.env._(
                    "A credit note is made for invoices whose dispute was resolved in favour of"
                    " the customer."
                )
            )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "account.action_view_account_move_reversal"
        )
        action["context"] = {
            "active_model": "account.move",
            "active_ids": invoices.ids,
            "default_reason": self.reason_id.name or self.reason,
        }
        return action
