from odoo import api, fields, models


class CollectionPolicy(models.Model):
    """When what is done in a company, and by whom: the written policy's open values."""

    _name = "collection.policy"
    _description = "Collection Policy"
    _inherit = "collection.mixin"
    _order = "company_id, sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    user_id = fields.Many2one(
        "res.users",
        "Default Collector",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Gets the cases of customers who have no collector of their own.",
    )
    manager_id = fields.Many2one(
        "res.users",
        "Collection Manager",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    collection_day = fields.Integer(
        "Day of the Overdue List",
        default=5,
        help="Day of the month on which finance gets the draft of the overdue list;"
        " the working day before when it is not a working day.",
    )
    note = fields.Html(
        "Written Policy", translate=True, help="The policy in the company's own words."
    )
    _collection_day_range = models.Constraint(
        "CHECK(collection_day BETWEEN 1 AND 31)",
        "The day of the overdue list is a day of the month, from 1 to 31.",
    )

    step_ids = fields.One2many("collection.policy.step", "policy_id", "Steps", copy=True)
    category_ids = fields.Many2many(
        "res.partner.category", string="Customer Tags", help="Fits customers with one of these."
    )
    country_ids = fields.Many2many(
        "res.country", string="Countries", help="Fits customers in one of these."
    )
    amount_from = fields.Monetary(
        "Overdue From", help="Fits cases with at least this amount overdue; 0: any."
    )
    amount_to = fields.Monetary(
        "Overdue Below", help="Fits cases with less than this amount overdue; 0: any."
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    amount_minimum = fields.Monetary(
        "Minimum Amount", default=1.0,
        help="Customers with less to collect than this are not contacted.",
    )
    letter_gap_days = fields.Integer(
        "Days Between Letters", default=7,
        help="No letter leaves within so many days after another one, by steps, runs or people;"
        " the steps of a debt that was old before it was known follow each other so, too.",
    )
    catch_up_days = fields.Integer(
        default=7,
        help="A step that was not made in time is still made within this many days after its"
        " deadline, and left out later.",
    )
    reply_pause_days = fields.Integer(
        "Pause After a Reply",
        default=3,
        help="Days without new steps after the customer has written.",
    )
    contact_days_back = fields.Integer(
        "Log Activities Up To (Days Back)", default=90,
        help="An activity is dated at most this many days before it is logged; 0: any day.",
    )
    promise_tolerance = fields.Float(
        "Promise Kept From (%)", default=95.0, digits=(5, 2),
        help="A promise is kept when at least this share of it was received.",
    )
    promise_grace_days = fields.Integer(
        "Grace of a Promise", default=3,
        help="Calendar days after the promised one on which a payment still counts.",
    )
    promise_late_days = fields.Integer(
        "Promise Grace Period", default=60,
        help="Days after the grace within which money still shows a promise as paid late.",
    )
    dispute_days = fields.Integer(
        "Time to Answer a Dispute", default=5, help="Working days that the owner has."
    )
    preparation_required = fields.Boolean(
        help="A new case is prepared first: steps begin when its plan names method, dates and"
        " person."
    )
    finance_user_id = fields.Many2one(
        "res.users",
        "Finance Contact",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Gets the steps and to-dos meant for finance.",
    )
    _promise_tolerance_range = models.Constraint(
        "CHECK(promise_tolerance > 0 AND promise_tolerance <= 100)",
        "A promise is kept from a share of more than 0 and at most 100 percent.",
    )
    _amounts_positive = models.Constraint(
        "CHECK(amount_from >= 0 AND amount_to >= 0 AND amount_minimum >= 0)",
        "The amounts of a policy are zero or more.",
    )
    _days_positive = models.Constraint(
        "CHECK(letter_gap_days >= 0 AND catch_up_days >= 0 AND reply_pause_days >= 0"
        " AND contact_days_back >= 0 AND promise_grace_days >= 0 AND promise_late_days >= 0"
        " AND dispute_days >= 0)",
        "The days of a policy are zero or more.",
    )
    _people_create = {"company_id"}
    _people_write = {
        "*": {
            "name", "active", "sequence", "user_id", "manager_id", "collection_day", "note",
            "step_ids", "category_ids", "country_ids", "amount_from", "amount_to", "amount_minimum",
            "letter_gap_days", "catch_up_days", "reply_pause_days", "contact_days_back",
            "promise_tolerance", "promise_grace_days", "promise_late_days", "dispute_days",
            "preparation_required", "finance_user_id",
        },
    }

    @api.model
    def _get_default(self, company):
        """The policy that ``company`` uses where nothing more special applies.

        A company without one gets it here, so that there is always an answer.
        """
        return company._ensure_collection_policy()

    @api.model
    def _get_for(self, case, company):
        """The policy that ``case`` follows; the company's without a case, or before it has one."""
        return case.policy_id or self._get_default(company)

    # Which policy a customer's case follows: the first that fits, and why.

    def _has_criteria(self):
        self.ensure_one()
        return bool(
            self.category_ids or self.country_ids or self.amount_from or self.amount_to
        )

    def _fits_customer(self, partner):
        """Whether the criteria that ask for the customer fit, leaving amounts aside."""
        self.ensure_one()
        return (not self.category_ids or bool(self.category_ids & partner.category_id)) and (
            not self.country_ids or partner.country_id in self.country_ids
        )

    def _get_first_steps(self, steps):
        """Those of some of its steps that a debt begins with that was old before we knew it.

        The preparation, the earliest call or visit and the earliest dunning letter; where there
        is neither of these, the earliest e-mail.
        """
        ordered = steps.sorted(lambda step: (step.offset, step.sequence, step.id))
        talk = ordered.filtered(lambda step: step.method in ("phone", "visit"))[:1]
        letter = ordered.filtered(lambda step: step.letter_kind in ("reminder", "dunning"))[:1]
        first = (talk | letter) or ordered.filtered(lambda step: step.method == "email")[:1]
        return ordered.filtered("is_preparation") | first

    @api.model
    def _get_ranked(self, company):
        """The company's policies with criteria, in the order in which they are tried."""
        # A case's policy is chosen the same whoever asks.
        policies_sudo = self.sudo().search([("company_id", "=", company.id)])
        return policies_sudo.filtered(lambda policy: policy._has_criteria())

