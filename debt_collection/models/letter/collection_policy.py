from odoo import fields, models

from ..position.collection_position import Pot


class CollectionPolicy(models.Model):
    """What a policy says of letters: reminders ahead, and what holds a letter back."""

    _inherit = "collection.policy"

    reminder_days_before = fields.Integer(
        "Remind Before the Due Date",
        default=3,
        help="Customers get an e-mail this many days before an item falls due; 0: never.",
    )
    statement_ids = fields.One2many(
        "collection.policy.statement", "policy_id", "Scheduled Statements", copy=True
    )
    letter_credit_guard = fields.Selection(
        [("warn", "Deduct Them and Warn"), ("block", "No Letter")],
        "Unapplied Credits",
        required=True,
        default="warn",
        help="What to do with a letter while the customer has payments or credit notes that are"
        " not matched yet. When they cover all that is claimed, there is no letter either way.",
    )
    letter_bank_guard = fields.Selection(
        [("warn", "Warn"), ("block", "No Letter")],
        "Unmatched Bank Lines",
        required=True,
        default="block",
        help="What to do with a letter while money of the customer stands on a bank statement"
        " that is not reconciled yet.",
    )
    _letter_days_positive = models.Constraint(
        "CHECK(reminder_days_before >= 0)",
        "The days of a policy are zero or more.",
    )
    _people_write = {
        "*": {
            "reminder_days_before", "letter_credit_guard", "letter_bank_guard", "statement_ids",
        },
    }

    def _choose_for_reminder(self, partner, company, default):
        """The one of these, in their order, for a customer who has no case yet.

        Amounts overdue cannot fit before the due date.
        """
        own = partner.collection_policy_id
        if own and own.active and own.company_id == company:
            return own
        return self.filtered(
            lambda policy: not policy.amount_from and policy._fits_customer(partner)
        )[:1] or default

    def _reminds(self, partner, items, pots, as_of):
        """Whether a customer gets the reminder: an address, enough to pay, nobody on hold."""
        self.ensure_one()
        currency = self.company_id.currency_id
        amount = sum(row["amount"] for row in items)
        falling_due = {}
        for row in items:
            falling_due[row["currency_id"]] = (
                falling_due.get(row["currency_id"], 0) + float(row["own"])
            )
        return bool(
            items
            and self.reminder_days_before
            and partner._get_collection_contact(
                "reminder", self.env["account.move.line"].browse(row["id"] for row in items)
            ).email_normalized
            and not partner._is_on_collection_hold(as_of)
            and not partner.collection_no_email
            and not (partner.collection_cease_date and partner.collection_cease_date <= as_of)
            and currency.compare_amounts(amount, self.amount_minimum) >= 0
            and any(
                own.compare_amounts(
                    falling_due[own.id], pots.get(own.id, Pot(nets=self.net_credits)).cover
                ) > 0
                for own in self.env["res.currency"].browse(falling_due)
            )
        )
