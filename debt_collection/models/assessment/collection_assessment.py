from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from ...tools.spreadsheet import HEAD_HEIGHT, add_formats, open_book, write_cell

GRADES = [
    ("excellent", "Excellent"),
    ("good", "Good"),
    ("pass", "Pass"),
    ("fail", "Fail"),
    ("unrated", "Not Rated"),
]
STATES = [
    ("draft", "Draft"),
    ("confirmed", "Confirmed"),
    ("acknowledged", "Acknowledged"),
    ("appealed", "Appealed"),
    ("closed", "Closed"),
]
# What a manager writes by hand, and while which state.


class CollectionAssessment(models.Model):
    """A collector's month: indicators, grade, and the records behind them (P5.2).

    Made from the ledger as a draft and frozen when a manager confirms it, targets and weights
    included. What changes in the books afterwards is a correction in a later month. The record
    without a collector is the team's, worked out on its own: collectors' figures do not add up.
    """

    _name = "collection.assessment"
    _description = "Assessment"
    _inherit = [
        "collection.mixin", "mail.thread", "mail.activity.mixin", "collection.locked",
        "collection.sealed",
    ]
    _order = "month desc, company_id, score desc, id"
    _check_company_auto = True
    _mail_post_access = "read"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(
        "res.users", "Collector", readonly=True, index=True, ondelete="restrict",
        help="Empty: the team as a whole.",
    )
    is_team = fields.Boolean("Team", compute="_compute_is_team", store=True)
    month = fields.Date(required=True, readonly=True, index=True, help="Its first day.")
    date_end = fields.Date("Last Day", compute="_compute_date_end")
    state = fields.Selection(
        STATES, required=True, default="draft", readonly=True, index=True, copy=False,
        tracking=True,
    )
    line_ids = fields.One2many("collection.assessment.line", "assessment_id", readonly=True)
    indicator_ids = fields.One2many(
        "collection.assessment.line", "assessment_id", "Indicators", readonly=True,
        domain=[("is_indicator", "=", True)],
    )
    figure_ids = fields.One2many(
        "collection.assessment.line", "assessment_id", "Further Figures", readonly=True,
        domain=[("is_indicator", "=", False)],
    )
    grade = fields.Selection(
        GRADES, required=True, default="unrated", readonly=True, index=True, tracking=True
    )
    is_provisional = fields.Boolean(
        "Provisional", readonly=True,
        help="Fewer than three indicators have data, or fewer than 30 days assigned: at most good.",
    )
    score = fields.Float(
        readonly=True, digits=(16, 2), aggregator="avg", help="For ranking; never the grade."
    )
    met_count = fields.Integer("At Target", readonly=True, aggregator=None)
    measured_count = fields.Integer("With Data", readonly=True, aggregator=None)
    days_assigned = fields.Integer(
        readonly=True, aggregator=None, help="Days with cases, of the last sixty."
    )
    expected_recovery = fields.Float(
        readonly=True, digits=(16, 2), aggregator=None,
        help="Per cent: what the company recovered in the twelve months before of items as old as"
        " these. A low figure is a difficult portfolio. It stands beside the grade.",
    )
    has_expected_recovery = fields.Boolean(readonly=True)
    rank = fields.Integer(
        compute="_compute_rank", groups="debt_collection.group_manager", aggregator=None
    )
    comment = fields.Text("Manager's Comment")
    improvement = fields.Text("What Was Agreed", help="Goals and help for the next month.")
    _once = models.UniqueIndex(
        "(company_id, COALESCE(user_id, 0), month)",
        "There is one assessment per collector and month.",
    )
    _month_starts = models.Constraint(
        "CHECK(EXTRACT(DAY FROM month) = 1)", "A month is named by its first day."
    )

    reward_ids = fields.One2many("collection.reward", "assessment_id", "Rewards and Penalties")
    reward_count = fields.Integer(compute="_compute_reward_count")

    _sealed_when = [("state", "=", "closed")]
    _sealed_fields = (
        "company_id", "user_id", "month", "state", "grade", "score", "met_count",
        "measured_count", "confirmed_by_id", "date_confirmed",
    )
    _sealed_personal = ("comment", "improvement", "appeal_text", "appeal_answer")
    _sealed_lines = {
        "line_ids": (
            ("kind", "numerator", "denominator", "value", "target", "weight", "is_met"), (),
        ),
    }

    confirmed_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    date_confirmed = fields.Datetime("Confirmed On", readonly=True, copy=False)
    date_acknowledged = fields.Datetime("Acknowledged On", readonly=True, copy=False)
    appeal_text = fields.Text("Appeal", readonly=True, copy=False)
    date_appealed = fields.Datetime("Appealed On", readonly=True, copy=False)
    appeal_answer = fields.Text("Answer to the Appeal", copy=False)
    answered_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    date_answered = fields.Datetime("Answered On", readonly=True, copy=False)
    date_closed = fields.Datetime("Closed On", readonly=True, copy=False)
    is_own = fields.Boolean(compute="_compute_is_own")
    _people_write = {
        "draft": {"comment", "improvement"},
        "appealed": {"appeal_answer"},
    }

    @api.depends("user_id")
    def _compute_is_team(self):
        for assessment in self:
            assessment.is_team = not assessment.user_id

    @api.depends("month")
    def _compute_date_end(self):
        for assessment in self:
            assessment.date_end = assessment.month and assessment.month + relativedelta(
                months=1, days=-1
            )

    @api.depends("user_id", "month")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for assessment in self:
            # Everybody who may read the assessment reads the name on it.
            who = assessment.sudo().user_id.name or self.env._("Team")
            month = format_date(self.env, assessment.month, date_format="yyyy-MM")
            assessment.display_name = f"{who} – {month}"

    @api.depends("score", "month", "company_id")
    def _compute_rank(self):
        """Place by score among the rated collectors of the company and month, 1 the best."""
        scores = {}
        for company, month, values in self._read_group(
            [
                ("company_id", "in", self.company_id.ids),
                ("month", "in", self.mapped("month")),
                ("user_id", "!=", False),
                ("grade", "!=", "unrated"),
            ],
            ["company_id", "month:day"],
            ["score:array_agg"],
        ):
            scores[company, fields.Date.to_date(month)] = values
        for assessment in self:
            others = scores.get((assessment.company_id, assessment.month), [])
            rated = assessment.user_id and assessment.grade != "unrated"
            assessment.rank = (
                1 + sum(round(score, 2) > round(assessment.score, 2) for score in others)
                if rated else 0
            )

    def _get_file_name(self):
        self.ensure_one()
        return self.display_name.replace("/", "-")

    # The assessment form (考核表) on paper and as a spreadsheet.

    def action_print(self):
        """The form as PDF."""
        return self.env.ref("debt_collection.collection_assessment_report_action").report_action(
            self
        )

    def action_export_xlsx(self):
        """The form as spreadsheet, with the records behind each figure."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/debt_collection/assessment/{self.id}/xlsx",
            "target": "download",
        }

    def _get_xlsx(self):
        """One sheet with the form, one with the records behind it: the file's bytes."""
        self.ensure_one()
        output, book = open_book()
        formats = add_formats(book, 2)
        self._write_xlsx_form(book.add_worksheet(self.env._("Assessment")[:31]), formats)
        self._write_xlsx_records(book.add_worksheet(self.env._("Records")[:31]), formats)
        book.close()
        return output.getvalue()

    def _write_xlsx_form(self, sheet, formats):
        sheet.set_column(0, 0, 44)
        sheet.set_column(1, 6, 16)
        grades = dict(self._fields["grade"]._description_selection(self.env))
        sheet.write_string(0, 0, self.display_name, formats["title"])
        grade = grades[self.grade]
        if self.is_provisional:
            grade = self.env._("%(grade)s, provisional", grade=grade)
        facts = [
            (self.env._("Grade"), grade, "text"),
            (self.env._("Score"), self.score, "money"),
            (self.env._("Indicators at Target"), self.met_count, "number"),
            (self.env._("Indicators with Data"), self.measured_count, "number"),
            (self.env._("Manager's Comment"), self.comment, "text"),
            (self.env._("What Was Agreed"), self.improvement, "text"),
            (self.env._("Appeal"), self.appeal_text, "text"),
            (self.env._("Answer to the Appeal"), self.appeal_answer, "text"),
        ]
        if self.has_expected_recovery:
            facts.insert(4, (self.env._("Expected Recovery (%)"), self.expected_recovery, "money"))
        for row, (label, value, kind) in enumerate(facts, 1):
            sheet.write_string(row, 0, label, formats["bold"])
            write_cell(sheet, row, 1, value, kind, formats)
        head = len(facts) + 2
        titles = [
            self.env._("Figure"), self.env._("Numerator"), self.env._("Denominator"),
            self.env._("Value"), self.env._("Target"), self.env._("Weight"),
            self.env._("At Target"),
        ]
        for column, title in enumerate(titles):
            sheet.write_string(head, column, title, formats["head"])
        for row, line in enumerate(self.line_ids, head + 1):
            write_cell(sheet, row, 0, line.display_name, "text", formats)
            write_cell(sheet, row, 1, line.numerator, "money", formats)
            write_cell(sheet, row, 2, line.denominator, "money", formats)
            if line.has_data:
                write_cell(sheet, row, 3, line.value, "money", formats)
            else:
                write_cell(sheet, row, 3, line.value_text, "text", formats)
            if line.has_target:
                write_cell(sheet, row, 4, line.target, "money", formats)
                write_cell(sheet, row, 5, line.weight, "money", formats)
                met = self.env._("Yes") if line.is_met else self.env._("No")
                write_cell(sheet, row, 6, line.has_data and met, "text", formats)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)

    def _write_xlsx_records(self, sheet, formats):
        columns = [
            (self.env._("Figure"), lambda row: row.line_id.display_name, "text", 30),
            (self.env._("Counted, or Of"), lambda row: roles[row.role], "text", 14),
            (self.env._("Document"), lambda row: row.name, "text", 32),
            # Whoever reads the form reads the names on it.
            (self.env._("Customer"), lambda row: row.sudo().partner_id.name, "text", 30),
            (self.env._("Date"), lambda row: row.date, "date", 12),
            (self.env._("Tier"), lambda row: row.tier_code, "text", 12),
            (self.env._("Amount"), lambda row: row.amount, "money", 16),
            (self.env._("Counted For"), lambda row: row.month, "date", 12),
        ]
        sources = self.line_ids.source_ids
        roles = dict(sources._fields["role"]._description_selection(self.env))
        sheet.set_row(0, HEAD_HEIGHT)
        for column, (title, _get, _kind, width) in enumerate(columns):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, title, formats["head"])
        for row, source in enumerate(sources, 1):
            for column, (_title, get, kind, _width) in enumerate(columns):
                write_cell(sheet, row, column, get(source), kind, formats)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(len(sources), 1), len(columns) - 1)

    # What a grade may bring is proposed by a manager, with a reason (P5.4).

    def _compute_reward_count(self):
        counts = dict(self.env["collection.reward"]._read_group(
            [("assessment_id", "in", self.ids), ("state", "!=", "cancelled")],
            ["assessment_id"], ["__count"],
        ))
        for assessment in self:
            assessment.reward_count = counts.get(assessment, 0)

    def action_propose_rewards(self):
        """Draft what the rules say of the months, for people to reason and decide."""
        self._check_manager("confirmed", "acknowledged", "closed")
        proposed = self.reward_ids.filtered(lambda reward: reward.state != "cancelled")
        pairs = {(reward.assessment_id, reward.rule_id) for reward in proposed}
        rewards = self.env["collection.reward"].create([
            {
                "assessment_id": assessment.id, "rule_id": rule.id, "kind": rule.kind,
                "measure": rule.measure, "amount": rule.amount, "share": rule.share,
            }
            for assessment in self.filtered("user_id")
            for rule in assessment._get_reward_rules()
            if (assessment, rule) not in pairs
        ])
        if not rewards | proposed:
            raise UserError(
                self.env._(
                    "No rule says what these months bring. Add one under Configuration > Set"
                    " Up > Rewards and Penalties, or propose something by hand."
                )
            )
        return (rewards | proposed)._get_records_action(
            name=self.env._("Rewards and Penalties")
        )

    def _get_reward_rules(self):
        """The rules that a collector's month calls for; of a rate or amount the gravest."""
        self.ensure_one()
        rules = self.env["collection.reward.rule"]._get_rules_for(self.company_id)
        chosen = rules.filtered(
            lambda rule: rule.basis == "grade" and rule.grade == self.grade
        )
        rate = self.line_ids.filtered(lambda line: line.kind == "bad_debt" and line.has_data)[:1]
        chosen |= rules.filtered(
            lambda rule: rule.basis == "bad_debt" and rate and rate.value >= rule.rate_from
        ).sorted("rate_from")[-1:]
        recovered = self._get_largest_recovery()
        chosen |= rules.filtered(
            lambda rule: rule.basis == "recovered"
            and rule.currency_id.compare_amounts(recovered, rule.amount_from) >= 0
        ).sorted("amount_from")[-1:]
        return chosen

    def _get_largest_recovery(self):
        """The most that came in at once in the month of debts written off, while the collector
        had the customer.
        """
        self.ensure_one()
        # Whoever proposes need not see the recoveries of every customer.
        recoveries_sudo = self.env["collection.recovery"].sudo().search([
            ("company_id", "=", self.company_id.id), ("state", "=", "posted"),
            ("move_id.date", ">=", self.month),
            ("move_id.date", "<", self.month + relativedelta(months=1)),
        ])
        # Nor whose each customer was.
        periods_sudo = self.env["collection.case.assignment.period"].sudo()
        largest = 0
        for recovery in recoveries_sudo:
            day = recovery.date_received
            is_own = periods_sudo.search([
                ("company_id", "=", self.company_id.id),
                ("partner_id", "=", recovery.partner_id.commercial_partner_id.id),
                ("date_from", "<=", day),
            ], order="date_from desc, id desc", limit=1).user_id == self.user_id
            if is_own:
                largest = max(largest, recovery.amount_company)
        return largest

    @api.readonly
    def action_view_rewards(self):
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "debt_collection.collection_reward_action"
            ),
            "domain": [("assessment_id", "=", self.id)],
            "context": {"default_assessment_id": self.id},
        }

    # When a month is assessed: on its company's day, or when a manager asks for it (P5.2).

    @api.model
    def _cron_generate(self):
        """Assess the month before in every company whose day has come (P5.2)."""
        self.env["res.company"]._run_collection_job(
            lambda company: company._in_collection_language(self)._generate_when_due(
                company, company._get_collection_today()
            ),
            "the assessment",
        )

    @api.model
    def _generate_when_due(self, company, today):
        """The month before, once its day has come, unless it was made already."""
        month = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
        if today.day < company.collection_assessment_day or self.search_count(
            [("company_id", "=", company.id), ("month", "=", month)], limit=1
        ):
            return self.browse()
        assessments = self._generate(month, company)
        assessments._ask_manager()
        return assessments

    def _ask_manager(self):
        """Tell the collection manager that drafts wait: a to-do on the team's."""
        for team in self.filtered("is_team"):
            manager = self.env["collection.policy"]._get_default(team.company_id).manager_id
            if manager:
                team.activity_schedule(
                    "mail.mail_activity_data_todo",
                    user_id=manager.id,
                    date_deadline=team.company_id._get_collection_today(),
                    summary=self.env._("Assess the collectors: %(month)s", month=team.display_name),
                )

    @api.model
    def action_generate_last_month(self):
        """Make or renew the drafts of the month before, in the active companies."""
        if not self.env.user.has_group("debt_collection.group_manager"):
            raise AccessError(self.env._("Only a collection manager assesses collectors."))
        result = self.browse()
        for company in self.env.companies:
            last = company._get_collection_today().replace(day=1) - timedelta(days=1)
            result |= self._generate(last, company)
        return result._get_records_action(name=self.env._("Assessments"))

    # From draft to closed: confirmed by a manager, seen by the collector, open to appeal.

    @api.depends("user_id")
    @api.depends_context("uid")
    def _compute_is_own(self):
        for assessment in self:
            assessment.is_own = assessment.user_id == self.env.user

    def write(self, vals):
        if not self.env.su and {"comment", "improvement", "appeal_answer"} & vals.keys():
            self.check_access("write")
            self._check_not_own()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_frozen(self):
        self._check_state("draft")

    def _check_state(self, *states):
        """Raise a ``UserError`` naming the first assessment that is in none of the states."""
        labels = dict(self._fields["state"]._description_selection(self.env))
        for assessment in self:
            if assessment.state not in states:
                raise UserError(
                    self.env._(
                        "The assessment %(assessment)s is %(state)s: that cannot be done now.",
                        assessment=assessment.display_name,
                        state=labels[assessment.state],
                    )
                )

    def _check_not_own(self):
        for assessment in self:
            if assessment.user_id == self.env.user:
                raise UserError(
                    self.env._(
                        "%(assessment)s is your own assessment: another collection manager"
                        " decides on it.",
                        assessment=assessment.display_name,
                    )
                )

    def _check_manager(self, *states):
        """Raise unless a manager may act on these assessments, in one of the states."""
        if not self.env.user.has_group("debt_collection.group_manager"):
            raise AccessError(self.env._("Only a collection manager assesses collectors."))
        self.check_access("write")
        self._check_not_own()
        self._check_state(*states)

    def _check_assessed(self, *states):
        """Raise unless the assessed collector acts on own assessments."""
        self.check_access("read")
        for assessment in self:
            if assessment.user_id != self.env.user:
                raise AccessError(
                    self.env._(
                        "Only the assessed collector acknowledges or appeals %(assessment)s.",
                        assessment=assessment.display_name,
                    )
                )
        self._check_state(*states)

    def action_confirm(self):
        """Freeze these drafts and show them to the collectors; the team's goes along."""
        self._lock()
        self._check_manager("draft")
        for assessment in self:
            if assessment.date_end >= assessment.company_id._get_collection_today():
                raise UserError(
                    self.env._(
                        "The month of %(assessment)s is not over yet.",
                        assessment=assessment.display_name,
                    )
                )
        self._do_confirm()

    def _do_confirm(self):
        # The team's assessment goes along, whoever may see it.
        teams_sudo = self.sudo().search([
            ("is_team", "=", True), ("state", "=", "draft"),
            ("company_id", "in", self.company_id.ids), ("month", "in", self.mapped("month")),
        ]).filtered(lambda team: any(
            team.company_id == own.company_id and team.month == own.month for own in self
        ))
        # Checked above; states are written by the steps alone.
        (self.sudo() | teams_sudo).write({
            "state": "confirmed",
            "confirmed_by_id": self.env.uid,
            "date_confirmed": fields.Datetime.now(),
        })
        teams_sudo.activity_ids.action_done()
        for assessment in self.filtered("user_id"):
            assessment.sudo().activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=assessment.user_id.id,
                date_deadline=fields.Date.add(
                    assessment.company_id._get_collection_today(),
                    days=assessment.company_id.collection_appeal_days,
                ),
                summary=self.env._("Read your assessment; acknowledge it or appeal"),
            )

    def action_acknowledge(self):
        """The collector has read it."""
        self._lock()
        self._check_assessed("confirmed")
        # Checked above; collectors have no right to write.
        self.sudo().write({"state": "acknowledged", "date_acknowledged": fields.Datetime.now()})
        self._end_to_dos()

    def action_appeal(self, text=None):
        """The collector disagrees and says why; without a text the dialog asks for it."""
        self.ensure_one()
        if text is None:
            return {
                **self.env["ir.actions.act_window"]._for_xml_id(
                    "debt_collection.collection_assessment_appeal_action"
                ),
                "context": {"default_assessment_id": self.id},
            }
        self._lock()
        self._check_assessed("confirmed", "acknowledged")
        if not text.strip():
            raise UserError(self.env._("Write down what you disagree with, and why."))
        # Checked above; collectors have no right to write.
        self_sudo = self.sudo()
        self_sudo.write({
            "state": "appealed",
            "appeal_text": text.strip(),
            "date_appealed": fields.Datetime.now(),
            "appeal_answer": False,
            "answered_by_id": False,
            "date_answered": False,
        })
        self._end_to_dos()
        self_sudo.message_post(
            body=self.env._("Appeal: %(text)s", text=text.strip()),
            author_id=self.env.user.partner_id.id,
        )
        managers_sudo = self_sudo.confirmed_by_id
        if managers_sudo:
            self_sudo.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=managers_sudo.id,
                summary=self.env._("Answer the appeal"),
            )
        return True

    def _end_to_dos(self):
        # The to-do may be that of another person.
        self.sudo().activity_ids.action_done()

    def _check_answer(self):
        for assessment in self:
            if not (assessment.appeal_answer or "").strip():
                raise UserError(
                    self.env._(
                        "Write the answer to the appeal of %(assessment)s first.",
                        assessment=assessment.display_name,
                    )
                )

    def _note_answer(self, state):
        self._end_to_dos()
        for assessment in self:
            # Checked by the step; the assessed collector has no right to write.
            assessment.sudo().message_post(
                body=self.env._(
                    "Answer to the appeal: %(text)s", text=assessment.appeal_answer.strip()
                ),
                author_id=self.env.user.partner_id.id,
                partner_ids=assessment.user_id.partner_id.ids,
            )
        # States are written by the steps alone.
        self.sudo().write({
            "state": state,
            "answered_by_id": self.env.uid,
            "date_answered": fields.Datetime.now(),
        })

    def action_reject_appeal(self):
        """The figures stand, for the reasons in the answer; the assessment is closed."""
        self._lock()
        self._check_manager("appealed")
        self._check_answer()
        self._note_answer("closed")
        self.sudo().date_closed = fields.Datetime.now()
        self._seal()

    def action_uphold_appeal(self):
        """The collector is right: a draft again, made anew from the books as they are now."""
        self._lock()
        self._check_manager("appealed")
        self._check_answer()
        self._note_answer("draft")
        for company, own in self.grouped("company_id").items():
            for month in set(own.mapped("month")):
                self._generate(month, company)

    def action_close(self):
        """Close what was acknowledged, or what nobody appealed in time."""
        self._lock()
        self._check_manager("confirmed", "acknowledged")
        now = fields.Datetime.now()
        for assessment in self.filtered(lambda own: own.state == "confirmed" and own.user_id):
            until = assessment.date_confirmed + timedelta(
                days=assessment.company_id.collection_appeal_days
            )
            if now < until:
                raise UserError(
                    self.env._(
                        "%(collector)s can still appeal until %(date)s.",
                        collector=assessment.user_id.name,
                        date=fields.Datetime.context_timestamp(assessment, until).date(),
                    )
                )
        # Checked above; states are written by the steps alone.
        self.sudo().write({"state": "closed", "date_closed": now})
        self._end_to_dos()
        self._seal()

