import secrets

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ...tools.trial import LOOKS, commit, draw, get_bound, get_needed, judge

ARMS = [("champion", "Champion"), ("challenger", "Challenger")]
METHODS = [
    ("phone", "More Calls"), ("visit", "More Visits"), ("letter", "More Letters"),
    ("email", "More E-mails"), ("other", "Something Else"),
]


class CollectionTrial(models.Model):
    """Another step plan for a share of the new cases, to see whether it collects more.

    Who gets it is drawn by a random number whose secret is sealed before the first case, so
    that nobody chooses. How many cases it takes and when it stops is fixed at the start: see
    `tools/trial.py`. A case ends well when it is closed as paid within the days named.
    """

    _name = "collection.trial"
    _description = "Trial of a Policy"
    _inherit = ["collection.mixin", "collection.sealed"]
    _order = "id desc"

    name = fields.Char(required=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    policy_id = fields.Many2one(
        "collection.policy", "Champion", required=True, ondelete="restrict", index=True,
        domain="[('company_id', '=', company_id)]", help="The policy that the cases follow today.",
    )
    challenger_id = fields.Many2one(
        "collection.policy", required=True, ondelete="restrict", index=True,
        domain="[('company_id', '=', company_id), ('id', '!=', policy_id)]",
        help="The policy with the other step plan.",
    )
    method = fields.Selection(
        METHODS, "What Is Different", required=True, default="other",
        help="A trial that ends with more money lets this action rank cases.",
    )
    share = fields.Float(
        "Share of New Cases (%)", required=True, default=50.0, digits=(5, 1),
        help="Of the champion's new cases, so many get the challenger.",
    )
    outcome_days = fields.Integer(
        "Ends Well Within (Days)", required=True, default=45,
        help="A case ends well when it is closed as paid within so many days after it began.",
    )
    base_rate = fields.Float(
        "Ends Well Today (%)", compute="_compute_base_rate", store=True, readonly=False,
        precompute=True, digits=(5, 1),
        help="Measured on the champion's cases of the last year, where there are any.",
    )
    effect = fields.Float(
        "Effect to Be Seen (Points)", required=True, default=10.0, digits=(5, 1),
        help="Percentage points more, or with a minus less, that the trial must be able to see.",
    )
    power = fields.Float(
        "Seen With (%)", required=True, default=80.0, digits=(5, 1),
        help="How often an effect of this size is found if it is there.",
    )
    case_needed = fields.Integer(
        "Cases Needed", compute="_compute_case_needed", store=True,
        help="In both arms together, until the last of four looks.",
    )
    date_from = fields.Date("Cases From", readonly=True, copy=False)
    date_stopped = fields.Date("Stopped On", readonly=True, copy=False)
    state = fields.Selection(
        [("draft", "Draft"), ("running", "Running"), ("stopped", "Stopped")],
        required=True, default="draft", readonly=True, copy=False, index=True,
    )
    stop_reason = fields.Selection(
        [
            ("effect", "A Difference Was Seen"),
            ("complete", "All Cases Have Ended"),
            ("hand", "Stopped by Hand"),
        ],
        readonly=True, copy=False,
    )
    commitment = fields.Char(
        "Seal of the Draw", readonly=True, copy=False,
        help="SHA-256 of the secret that the cases are drawn by. The secret is shown when the"
        " trial has stopped.",
    )
    secret = fields.Char(readonly=True, copy=False, groups="base.group_system")
    secret_shown = fields.Char("Secret of the Draw", compute="_compute_secret_shown")
    case_ids = fields.One2many("collection.case", "trial_id", "Cases")
    champion_count = fields.Integer("Champion's Cases", compute="_compute_result")
    challenger_count = fields.Integer("Challenger's Cases", compute="_compute_result")
    ended_count = fields.Integer("Cases Whose Time Is Up", compute="_compute_result")
    look = fields.Integer("Looks So Far", compute="_compute_result")
    champion_rate = fields.Float("Champion Ended Well", compute="_compute_result")
    challenger_rate = fields.Float("Challenger Ended Well", compute="_compute_result")
    difference = fields.Float(compute="_compute_result")
    low = fields.Float("At Least", compute="_compute_result")
    high = fields.Float("At Most", compute="_compute_result")
    result_text = fields.Char("Result", compute="_compute_result")
    _people_first_state = "draft"
    _people_create = {"company_id"}
    _people_write = {
        "draft": {
            "name", "policy_id", "challenger_id", "method", "share", "outcome_days", "base_rate",
            "effect", "power",
        },
    }
    _sealed_when = [("state", "!=", "draft")]
    _sealed_fields = (
        "company_id", "policy_id", "challenger_id", "method", "share", "outcome_days",
        "base_rate", "effect", "power", "case_needed", "date_from", "commitment",
    )
    _values = models.Constraint(
        "CHECK(share > 0 AND share < 100 AND outcome_days BETWEEN 1 AND 366"
        " AND power BETWEEN 50 AND 99)",
        "A trial takes a share of the cases, 1 to 366 days, and a power of 50 to 99 percent.",
    )

    @api.constrains("policy_id", "challenger_id", "company_id", "base_rate", "effect")
    def _check_plans(self):
        for trial in self:
            plans = trial.policy_id | trial.challenger_id
            if len(plans) < 2 or plans.company_id != trial.company_id:
                raise ValidationError(self.env._(
                    "Champion and challenger are two policies of the trial's company."
                ))
            if not trial.effect or not 0 < trial.base_rate + trial.effect < 100:
                raise ValidationError(self.env._(
                    "With what ends well today, the effect must lead to more than 0 and less"
                    " than 100 percent."
                ))

    @api.depends("policy_id", "outcome_days")
    def _compute_base_rate(self):
        for trial in self:
            today = (trial.company_id or self.env.company)._get_collection_today()
            last = fields.Date.subtract(today, days=trial.outcome_days + 1)
            # A rate of all cases of the company, whoever works on them.
            outcomes = self._get_outcomes(self.env["collection.case"].sudo().search([
                ("policy_id", "=", trial.policy_id.id), ("date_open", "<=", last),
                ("date_open", ">", fields.Date.subtract(last, days=365)),
            ]), trial.outcome_days) if trial.policy_id else []
            well = sum(well for _arm, well in outcomes)
            trial.base_rate = round(100 * well / len(outcomes), 1) if len(outcomes) >= 30 else 50.0

    @api.depends("base_rate", "effect", "share", "power")
    def _compute_case_needed(self):
        for trial in self:
            trial.case_needed = 0
            if trial.effect and 0 < trial.share < 100 and 50 <= trial.power <= 99:
                trial.case_needed = get_needed(
                    trial.base_rate / 100, trial.effect / 100, trial.share / 100,
                    trial.power / 100,
                )

    @api.depends("state")
    def _compute_secret_shown(self):
        for trial in self:
            # While the trial runs, who knows the secret knows what the next case gets.
            trial.secret_shown = trial.state == "stopped" and trial.sudo().secret

    @api.model
    def _get_outcomes(self, cases, days):
        """Tuples ``is_challenger ended_well`` of some cases, in the order in which they began."""
        return [
            (
                case.trial_arm == "challenger",
                case.stage == "closed" and case.close_reason == "paid"
                and (case.date_closed - case.date_open).days <= days,
            )
            for case in cases.sorted(lambda case: (case.date_open, case.id))
        ]

    def _get_ended(self, as_of):
        """What became of the cases whose time is up on a day."""
        self.ensure_one()
        last = fields.Date.subtract(as_of, days=self.outcome_days + 1)
        # The result counts all cases, whoever works on them.
        return self._get_outcomes(
            self.sudo().case_ids.filtered(lambda case: case.date_open <= last), self.outcome_days
        )

    @api.depends("case_ids.stage", "state")
    @api.depends_context("lang")
    def _compute_result(self):
        for trial in self:
            cases = trial.sudo().case_ids  # counted, whoever works on them
            today = trial.date_stopped or trial.company_id._get_collection_today()
            outcomes = trial._get_ended(today) if trial.id else []
            look, result, _stop = judge(outcomes, trial.case_needed)
            trial.champion_count = len(cases.filtered(lambda case: case.trial_arm == "champion"))
            trial.challenger_count = len(cases) - trial.champion_count
            trial.ended_count = len(outcomes)
            trial.look = look
            trial.champion_rate = result.champion if result else 0.0
            trial.challenger_rate = result.challenger if result else 0.0
            trial.difference = result.difference if result else 0.0
            trial.low = result.low if result else 0.0
            trial.high = result.high if result else 0.0
            trial.result_text = trial._get_result_text(look, result, len(outcomes))

    def _get_result_text(self, look, result, ended):
        self.ensure_one()
        if not result:
            first = -(-self.case_needed // LOOKS)
            return self.env._(
                "No look yet: the first comes after %(first)s of %(needed)s cases, %(ended)s have"
                " ended. An effect of %(effect)s points is seen with %(power)s %% after all of"
                " them.", first=first, needed=self.case_needed, ended=ended,
                effect=f"{self.effect:g}", power=f"{self.power:g}",
            )
        values = {
            "look": look, "looks": LOOKS, "difference": f"{100 * result.difference:+.1f}",
            "low": f"{100 * result.low:+.1f}", "high": f"{100 * result.high:+.1f}",
        }
        if abs(result.score) >= get_bound(look):
            return self.env._(
                "Look %(look)s of %(looks)s: %(difference)s points, between %(low)s and %(high)s."
                " The difference is not chance.", **values,
            )
        return self.env._(
            "Look %(look)s of %(looks)s: %(difference)s points, between %(low)s and %(high)s. That"
            " may be chance.", **values,
        )

    # What people do with a trial.

    def _check_can_run(self):
        if not self.env.user.has_group("debt_collection.group_manager"):
            raise AccessError(self.env._("Only a collection manager runs trials."))
        self.check_access("write")

    def action_start(self):
        """Seal the rule and the draw, and take new cases from today on."""
        self._check_can_run()
        for trial in self:
            if trial.state != "draft":
                raise UserError(self.env._("The trial “%(name)s” was started.", name=trial.name))
            if self.search_count([
                ("policy_id", "=", trial.policy_id.id), ("state", "=", "running"),
            ]):
                raise UserError(self.env._(
                    "Another trial of “%(policy)s” is running: one at a time, or neither tells"
                    " what it was.", policy=trial.policy_id.name,
                ))
            secret = secrets.token_hex(32)
            # Checked above; what a trial is made of is written by its buttons alone.
            trial_sudo = trial.sudo()
            trial_sudo.write({
                "state": "running",
                "date_from": trial.company_id._get_collection_today(),
                "secret": secret,
                "commitment": commit(secret),
            })
            trial_sudo._seal()

    def action_stop(self):
        """Stop before the rule does: the result is no proof of anything, and says so."""
        self._check_can_run()
        for trial in self:
            if trial.state != "running":
                raise UserError(self.env._("The trial “%(name)s” does not run.", name=trial.name))
            # Checked above; what a trial is made of is written by its buttons alone.
            trial.sudo()._stop("hand", trial.company_id._get_collection_today())

    def _stop(self, reason, as_of):
        self.write({"state": "stopped", "stop_reason": reason, "date_stopped": as_of})

    def action_check_draw(self):
        """Draw all cases again by the secret: each must be in the arm it is in."""
        self._check_can_run()
        for trial in self:
            trial_sudo = trial.sudo()  # the secret is nobody's to read while it runs
            wrong = trial_sudo.case_ids.filtered(
                lambda case, trial=trial_sudo: case.trial_arm != trial._get_arm(case)
            )
            if wrong or commit(trial_sudo.secret or "") != trial.commitment:
                raise UserError(self.env._(
                    "The draw does not fit its seal: %(cases)s",
                    cases=", ".join(wrong.mapped("name")) or trial.name,
                ))
        return {
            "type": "ir.actions.client", "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("Each case is in the arm that the sealed draw gave it."),
            },
        }

    def action_view_cases(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window", "name": self.env._("Cases of the Trial"),
            "res_model": "collection.case", "view_mode": "list,form",
            "domain": [("trial_id", "=", self.id)],
            "context": {"group_by": "trial_arm", "create": False, "active_test": False},
        }

    # Who gets which plan, and when the rule stops it.

    def _get_arm(self, case):
        """The arm that the draw gives a case."""
        self.ensure_one()
        return "challenger" if draw(self.secret, case.id) < self.share / 100 else "champion"

    @api.model
    def _take_cases(self, cases, ranked):
        """Draw those of these cases that are new and would follow a policy on trial.

        :param ranked: what ``collection.policy._get_ranked`` says of the cases' company
        """
        # Whoever moves a case need not see the trial that it falls into.
        running_sudo = self.sudo().search([
            ("state", "=", "running"), ("company_id", "in", cases.company_id.ids),
        ])
        trials = {trial.policy_id.id: trial for trial in running_sudo}
        if not trials:
            return
        # A case is new as long as no policy was chosen for it.
        for case in cases.filtered(lambda case: not case.trial_id and not case.policy_id):
            policy = self.env["collection.policy"]._choose_untried(case, ranked)[0]
            trial = trials.get(policy.id)
            if trial and case.date_open and case.date_open >= trial.date_from:
                case.write({"trial_id": trial.id, "trial_arm": trial._get_arm(case)})

    @api.model
    def _judge(self, company, as_of):
        """Stop the trials of a company that their rule stops on a day."""
        # The job's own records, whoever runs it.
        for trial in self.sudo().search(
            [("company_id", "=", company.id), ("state", "=", "running")]
        ):
            _look, _result, stop = judge(trial._get_ended(as_of), trial.case_needed)
            if stop:
                trial._stop(stop, as_of)

    @api.model
    def _get_effects(self, company):
        """By method, the trial that proved it collects more, and by how much at least.

        :return: dict of tuples: the share of cases, as the low end of the interval, and the trial
        """
        effects = {}
        # What a trial proved holds for whoever ranks cases.
        for trial in self.sudo().search([
            ("company_id", "=", company.id), ("stop_reason", "in", ("effect", "complete")),
            ("method", "!=", "other"),
        ]):
            if trial.low > 0 and trial.low > effects.get(trial.method, (0.0,))[0]:
                effects[trial.method] = (trial.low, trial)
        return effects
