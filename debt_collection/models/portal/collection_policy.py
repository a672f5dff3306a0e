from odoo import fields, models


class CollectionPolicy(models.Model):
    """What customers may do on their page, and what they are told by themselves (P6.2)."""

    _inherit = "collection.policy"

    portal_days = fields.Integer(
        "Link Valid For", default=30, help="Days that the link to the customer's page works."
    )
    portal_pause = fields.Boolean(
        "Entries Pause the Chase", default=True,
        help="A promise, plan or dispute that the customer enters pauses new steps as a reply"
        " does, until somebody has looked at it.",
    )
    notify_promise = fields.Boolean("Confirm Promises", default=True)
    notify_payment = fields.Boolean("Thank for Payments", default=False)
    notify_plan = fields.Boolean("Send Approved Plans", default=True)
    notify_closed = fields.Boolean("Tell When Settled", default=True)
    _portal_days_range = models.Constraint(
        "CHECK(portal_days BETWEEN 1 AND 366)",
        "The link to the customer's page is valid for 1 to 366 days.",
    )
    _people_write = {
        "*": {
            "portal_days", "portal_pause", "notify_promise", "notify_payment", "notify_plan",
            "notify_closed",
        },
    }

