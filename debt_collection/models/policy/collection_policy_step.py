from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools.steps import Span
from ...tools.working_days import deadline

METHODS = [
    ("phone", "Phone"),
    ("visit", "Visit"),
    ("letter", "Letter"),
    ("email", "Email"),
    ("legal", "Legal Action"),
    ("other", "Task"),
]
CONTACTING = ("phone", "visit", "letter", "email")


class CollectionPolicyStep(models.Model):
    """A scheduled action of a policy: what, by whom, how long after the due date.

    Days count from the oldest due date that the case is chased for (P3.4–P3.6).
    """

    _name = "collection.policy.step"
    _description = "Collection Policy Step"
    _inherit = "collection.mixin"
    _order = "policy_id, sequence, offset, id"

    policy_id = fields.Many2one(
        "collection.policy", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="policy_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    name = fields.Char("Step", required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    tier_id = fields.Many2one(
        "collection.tier",
        "Only in Tier",
        ondelete="restrict",
        help="The step is left out for cases whose highest overdue band is another one.",
    )
    offset = fields.Integer(
        "Days",
        required=True,
        default=1,
        help="Deadline: this many days after the due date, that day included.",
    )
    offset_unit = fields.Selection(
        [("calendar", "Calendar Days"), ("working", "Working Days")],
        "Unit",
        required=True,
        default="calendar",
        help="Working days follow the company's calendar with its public holidays.",
    )
    repeat_days = fields.Integer(
        "Again Every",
        help="The step comes again so many days after it was done, as long as its conditions are"
        " met; 0: once.",
    )
    repeat_unit = fields.Selection(
        [("calendar", "Calendar Days"), ("working", "Working Days")],
        "Unit of Repeating", required=True, default="calendar",
    )
    is_preparation = fields.Boolean(
        "Preparation",
        help="The to-do opens the preparation of the case: customer, documents, plan.",
    )
    days_ahead = fields.Integer(
        help="The to-do appears this many calendar days before the deadline."
    )
    method = fields.Selection(METHODS, required=True, default="phone")
    letter_kind = fields.Selection(
        [
            ("reminder", "Reminder"),
            ("dunning", "Dunning Letter"),
            ("final", "Final Notice"),
            ("lawyer", "Lawyer Letter"),
            ("statement", "Statement of Account"),
        ],
    )
    role = fields.Selection(
        [
            ("collector", "Collector"),
            ("manager", "Collection Manager"),
            ("lead", "Task Force Lead"),
            ("sales", "Salesperson"),
            ("finance", "Finance"),
        ],
        "Responsible",
        required=True,
        default="collector",
    )
    approval_needed = fields.Boolean(
        "Approve First", help="The e-mail or letter waits for the person responsible."
    )
    amount_minimum = fields.Monetary(
        "From Amount", help="The step is left out for cases with less to collect."
    )
    note = fields.Text("Instructions", translate=True)
    _days_ahead_positive = models.Constraint(
        "CHECK(days_ahead >= 0 AND repeat_days BETWEEN 0 AND 366)",
        "The days ahead of a deadline are zero or more, those of repeating at most 366.",
    )
    _amount_minimum_positive = models.Constraint(
        "CHECK(amount_minimum >= 0)", "The amount from which a step is done is zero or more."
    )

    amount_maximum = fields.Monetary(
        "Below Amount", help="The step is left out for cases with this much or more; 0: any."
    )
    customer_kind = fields.Selection(
        [("company", "Companies"), ("person", "Individuals")],
        "Only For",
        help="The step is left out for the other kind of customer.",
    )
    after_step_id = fields.Many2one(
        "collection.policy.step",
        "Only After",
        domain="[('policy_id', '=', policy_id), ('id', '!=', id)]",
        ondelete="restrict",
        copy=False,
        help="The step waits until this one was done, for example a final notice until the"
        " dunning letter was sent.",
    )
    _amount_maximum_positive = models.Constraint(
        "CHECK(amount_maximum >= 0)", "The amount below which a step is done is zero or more."
    )
    _people_create = {"policy_id"}
    _people_write = {
        "*": {
            "name", "active", "sequence", "tier_id", "offset", "offset_unit", "days_ahead",
            "method", "letter_kind", "role", "approval_needed", "amount_minimum", "note",
            "amount_maximum", "customer_kind", "after_step_id", "repeat_days", "repeat_unit",
            "is_preparation",
        },
    }

    @api.constrains("offset", "offset_unit", "method", "letter_kind", "is_preparation")
    def _check_step(self):
        for step in self:
            if step.offset < 0 or step.offset > 3650:
                raise ValidationError(
                    self.env._(
                        "The step “%(step)s” needs 0 to 3650 days after the due date.",
                        step=step.name,
                    )
                )
            if step.is_preparation and step.method != "other":
                raise ValidationError(
                    self.env._(
                        "“%(step)s” prepares the case: its method is a task.", step=step.name
                    )
                )
            if step.method == "letter" and not step.letter_kind:
                raise ValidationError(
                    self.env._("Choose which letter the step “%(step)s” sends.", step=step.name)
                )

    def _get_span(self, due, working_days):
        """When the step is to be done for items due on ``due``, as a `Span`.

        :param working_days: the company's working days around it, ascending
        """
        self.ensure_one()
        last = deadline(due, self.offset, self.offset_unit, working_days)
        return Span(fields.Date.subtract(last, days=self.days_ahead), last)

    def _get_repeated_span(self, date_done, working_days):
        """When the step comes again that was done on a day; ``None`` if it does not.

        :param working_days: the company's working days around it, ascending
        """
        self.ensure_one()
        if not self.repeat_days:
            return None
        last = deadline(date_done, self.repeat_days, self.repeat_unit, working_days)
        first = fields.Date.add(date_done, days=1)
        return Span(max(fields.Date.subtract(last, days=self.days_ahead), first), last)

    def _get_contact_channel(self):
        """How contact rules call the way by which the step reaches the customer."""
        self.ensure_one()
        return self._on_contact_channel() or self.method

    def _on_contact_channel(self):
        """Called for how contact rules call the way of the step's letter, if it names one.

        Implemented in models/flow/collection_policy_step.py.
        """
        return ""

    def _is_contacting(self):
        """Whether the step speaks or writes to the customer, other than by counsel."""
        self.ensure_one()
        return self.method in CONTACTING and self.letter_kind != "lawyer"

    # For which customers and amounts a step is meant, and what must have been done before.

    @api.constrains("after_step_id", "policy_id")
    def _check_after_step(self):
        for step in self:
            if step.after_step_id and step.after_step_id.policy_id != step.policy_id:
                raise ValidationError(
                    self.env._(
                        "The step “%(step)s” can only wait for a step of its own policy.",
                        step=step.name,
                    )
                )
        if self._has_cycle("after_step_id"):
            raise ValidationError(self.env._("Steps cannot wait for each other."))
