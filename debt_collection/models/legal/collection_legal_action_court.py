from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...tools.court import Hearing, find_problem
from .collection_legal_action import OPEN, RUNNING

# The fields whose dates follow each other, by their names in the pure rules.
COURT_DATES = {
    "filed": "date_filed", "evidence": "date_evidence", "order": "preservation_date",
    "order_end": "preservation_until", "judgment": "judgment_date",
    "appeal_end": "appeal_deadline", "enforcement": "enforcement_date",
    "enforcement_end": "enforcement_deadline",
}

# Fields with a last day, and what is to be done by then.
DEADLINES = ("letter_deadline", "date_evidence", "preservation_until", "appeal_deadline",
             "enforcement_deadline")
# States in which a deadline still asks for something.
WATCHED = {
    "letter_deadline": ("letter",),
    "date_evidence": ("filed", "hearing"),
    "preservation_until": ("filed", "hearing", "judgment", "enforcement"),
    "appeal_deadline": ("judgment",),
    "enforcement_deadline": ("judgment",),
}


class CollectionLegalAction(models.Model):
    """A legal action in court: filing to enforcement, deadlines, lawyer letter, costs."""

    _inherit = "collection.legal.action"

    court = fields.Char("Court or Tribunal", tracking=True)
    court_case_number = fields.Char("Court's Case Number", copy=False, tracking=True, index=True)
    judge = fields.Char("Judge or Contact at the Court", copy=False)
    date_filed = fields.Date("Filed On", copy=False, tracking=True)
    date_evidence = fields.Date(
        "Evidence Due", copy=False, help="Last day on which the court takes evidence, inclusive."
    )
    preservation_state = fields.Selection(
        [
            ("none", "Not Applied For"),
            ("applied", "Applied For"),
            ("granted", "Granted"),
            ("refused", "Refused"),
            ("lifted", "Lifted"),
        ],
        "Preservation (财产保全)", required=True, default="none", copy=False, tracking=True,
        help="An order of the court that keeps the debtor's assets where they are.",
    )
    preservation_number = fields.Char("Order Number", copy=False)
    preservation_date = fields.Date("Ordered On", copy=False)
    preservation_until = fields.Date(
        copy=False, help="Last day of the order, inclusive: renew it before."
    )
    preservation_amount = fields.Monetary("Preserved", copy=False)
    preservation_assets = fields.Text("Assets", copy=False)
    judgment_date = fields.Date("Decided On", copy=False, tracking=True)
    judgment_kind = fields.Selection(
        [
            ("won", "Won"),
            ("part", "Won in Part"),
            ("settled", "Settled in Court"),
            ("lost", "Lost"),
        ],
        "Decision", copy=False, tracking=True,
    )
    judgment_amount = fields.Monetary("Amount Awarded", copy=False, tracking=True)
    judgment_note = fields.Text("What Was Decided", copy=False)
    appeal_deadline = fields.Date(copy=False, help="Last day to appeal, inclusive.")
    is_appealed = fields.Boolean("Appealed", copy=False, tracking=True)
    enforcement_date = fields.Date("Applied For On", copy=False, tracking=True)
    enforcement_number = fields.Char(copy=False)
    enforcement_deadline = fields.Date(
        copy=False, help="Last day on which enforcement can be applied for, inclusive."
    )
    enforcement_note = fields.Text("Measures", copy=False)
    _court_amounts = models.Constraint(
        "CHECK((preservation_amount IS NULL OR preservation_amount >= 0)"
        " AND (judgment_amount IS NULL OR judgment_amount >= 0))",
        "Nothing negative is preserved or awarded.",
    )

    date_letter = fields.Date("Letter Sent On", readonly=True, copy=False)
    letter_deadline = fields.Date(
        "Pay By", copy=False, help="Last day to pay that the lawyer letter gives, inclusive."
    )
    date_next_deadline = fields.Date("Next Deadline", compute="_compute_date_next_deadline",
                                     store=True, index="btree_not_null")

    letter_ids = fields.One2many("collection.letter", "legal_action_id", "Lawyer Letters")
    letter_count = fields.Integer(compute="_compute_letter_count")

    is_running = fields.Boolean(compute="_compute_is_running", search="_search_is_running")
    cost_ids = fields.One2many("collection.legal.cost", "action_id", "Costs")
    amount_cost = fields.Monetary("Total Costs", compute="_compute_amount_cost", store=True)
    amount_recovered = fields.Monetary(
        "Recovered", compute="_compute_amount_recovered",
        help="Cash on the claimed items since the claim was filed, or since the lawyer letter"
        " if nothing was filed; credit notes and write-offs do not count.",
    )
    amount_recovered_final = fields.Monetary(readonly=True, copy=False)
    amount_net = fields.Monetary("Recovered Less Costs", compute="_compute_amount_recovered")
    _people_write = {
        "*": {"cost_ids"},
        OPEN: {
            "court", "court_case_number", "judge", "date_filed", "date_evidence",
            "preservation_state", "preservation_number", "preservation_date", "preservation_until",
            "preservation_amount", "preservation_assets", "judgment_date", "judgment_kind",
            "judgment_amount", "judgment_note", "appeal_deadline", "is_appealed",
            "enforcement_date", "enforcement_number", "enforcement_deadline", "enforcement_note",
            "letter_deadline",
        },
    }

    @api.constrains(*COURT_DATES.values())
    def _check_court_dates(self):
        """What happens in court happens one after the other; nothing decided lies ahead."""
        for action in self:
            hearings = [
                Hearing(
                    action.company_id._get_collection_date(hearing.date_start),
                    hearing.state == "held",
                    hearing.kind in ("appeal", "enforcement"),
                )
                for hearing in action.hearing_ids if hearing.state != "cancelled"
            ]
            today = action.company_id._get_collection_today()
            dates = {key: action[name] or None for key, name in COURT_DATES.items()}
            if dates["filed"] and dates["filed"] > today and not action._has_reached("filed"):
                # The day on which it is to be filed is a plan until it is.
                dates["filed"] = None
            problem = find_problem(dates, hearings, today)
            if problem:
                raise ValidationError(action._explain_dates(problem))

    def _explain_dates(self, problem):
        self.ensure_one()

        def label(key):
            if key == "hearing":
                return self.env._("Hearing")
            return self._fields[COURT_DATES[key]]._description_string(self.env)

        if problem.code == "future":
            return self.env._(
                "“%(record)s”: “%(first)s” is a day to come. What is not decided yet cannot be"
                " entered.",
                record=self.display_name, first=label(problem.first),
            )
        return self.env._(
            "“%(record)s”: “%(second)s” cannot be before “%(first)s”.",
            record=self.display_name, first=label(problem.first), second=label(problem.second),
        )

    # Deadlines of a legal action are to-dos of its responsible, on the case.

    @api.depends("state", *DEADLINES)
    def _compute_date_next_deadline(self):
        for action in self:
            action.date_next_deadline = min(
                (action[name] for name in DEADLINES if action._is_watched(name)), default=False
            )

    def _is_watched(self, name):
        self.ensure_one()
        if name == "preservation_until" and self.preservation_state != "granted":
            return False
        return bool(self[name]) and self.state in WATCHED[name]

    def _follow_deadlines(self, vals):
        """Plan the to-dos anew when values were written that decide on them."""
        if {"state", "user_id", "preservation_state", *DEADLINES} & vals.keys():
            self._plan_deadlines()

    def _get_deadline_words(self):
        return {
            "letter_deadline": self.env._("Lawyer letter: paid by now? Decide about a suit"),
            "date_evidence": self.env._("Evidence is due at the court"),
            "preservation_until": self.env._("Preservation order ends: renew it"),
            "appeal_deadline": self.env._("Last day to appeal"),
            "enforcement_deadline": self.env._("Last day to apply for enforcement"),
        }

    def _plan_deadlines(self):
        """Bring the to-dos of deadlines in line with the dates; done ones are not made again."""
        # To-dos are kept for the responsible, whoever changes the date.
        activity_sudo = self.env["mail.activity"].sudo().with_context(
            mail_activity_quick_update=True, active_test=False
        )
        stored = activity_sudo.search([("collection_legal_action_id", "in", self.ids)])
        by_key = {(todo.collection_legal_action_id.id, todo.collection_legal_deadline): todo
                  for todo in stored}
        words, to_create, to_drop = self._get_deadline_words(), [], activity_sudo.browse()
        for action in self:
            for name in DEADLINES:
                todo = by_key.get((action.id, name))
                if not action._is_watched(name) or not action.user_id:
                    to_drop |= todo.filtered("active") if todo else activity_sudo.browse()
                    continue
                vals = {"date_deadline": action[name], "user_id": action.user_id.id}
                if todo and todo.active:
                    if (todo.date_deadline, todo.user_id) != (action[name], action.user_id):
                        todo.write(vals)
                elif not todo or todo.date_deadline != action[name]:
                    to_create.append(vals | {
                        "res_model_id": self.env["ir.model"]._get_id("collection.case"),
                        "res_id": action.case_id.id,
                        "activity_type_id":
                            self.env.ref("debt_collection.mail_activity_type_legal").id,
                        "summary": f"{action.name}: {words[name]}",
                        "collection_legal_action_id": action.id,
                        "collection_legal_deadline": name,
                    })
        to_drop.unlink()
        activity_sudo.create(to_create)

    # The lawyer letter of a legal action: drafted here, sent like every letter (P3.6).

    @api.depends("letter_ids")
    def _compute_letter_count(self):
        counts = dict(
            self.env["collection.letter"]._read_group(
                [("legal_action_id", "in", self.ids)], ["legal_action_id"], ["__count"]
            )
        )
        for action in self:
            action.letter_count = counts.get(action, 0)

    def action_draft_letter(self):
        """Write the draft of a lawyer letter over the claimed items."""
        self.ensure_one()
        self._check_can_draft_letter()
        partner = self.partner_id
        country = partner.country_id or self.company_id.sudo().country_id
        letter = self.env["collection.letter"]._draft_letters(
            self.company_id,
            [{
                "partner": partner,
                "kind": "lawyer",
                "case": self.case_id,
                "template": self.env["collection.letter.template"]._choose_law(
                    country, self.company_id
                ),
                "items": self.item_ids,
                "user": self.user_id,
                "vals": {"legal_action_id": self.id},
            }],
            self.company_id._get_collection_today(),
        )
        if not letter:
            raise UserError(
                self.env._(
                    "Nothing of the items of “%(record)s” can be claimed now: they are paid,"
                    " contested or in a payment plan.",
                    record=self.display_name,
                )
            )
        return letter._get_records_action(name=self.env._("Lawyer Letter"))

    def _check_can_draft_letter(self):
        self.check_access("read")
        self._check_state("draft", "requested", "approved", "letter")
        waiting = self.letter_ids.filtered(lambda letter: letter.state in ("draft", "approved"))
        if waiting:
            raise UserError(
                self.env._(
                    "“%(letter)s” is written already and was not sent: use it, or cancel it.",
                    letter=waiting[0].display_name,
                )
            )

    @api.readonly
    def action_view_letters(self):
        """The lawyer letters of the action."""
        self.ensure_one()
        return self.letter_ids._get_records_action(name=self.env._("Lawyer Letters"))

    def _note_letter_sent(self, letter):
        """The letter is out: its deadline runs, and is a to-do."""
        self.ensure_one()
        vals = {
            "date_letter": self.company_id._get_collection_date(letter.sudo().date_sent),
            "letter_deadline": letter.date_deadline,
        }
        self._note_checks(
            self.env._("%(letter)s sent with the checklist", letter=letter.display_name)
        )
        if self.state == "approved":
            self._set_state("letter", **vals)
        else:
            # Checked above; dates of steps are written by the steps alone.
            self.sudo().write(vals)

    # What an action cost and what it brought.

    @api.depends("state")
    def _compute_is_running(self):
        for action in self:
            action.is_running = action.state in RUNNING

    def _search_is_running(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("state", "in" if True in value else "not in", RUNNING)]

    @api.depends("cost_ids.amount")
    def _compute_amount_cost(self):
        sums = dict(
            self.env["collection.legal.cost"]._read_group(
                [("action_id", "in", self.ids)], ["action_id"], ["amount:sum"]
            )
        )
        for action in self:
            action.amount_cost = sums.get(action._origin, 0) if action._origin else sum(
                action.cost_ids.mapped("amount")
            )

    @api.depends("date_filed", "date_letter", "state", "item_ids", "amount_cost",
                 "amount_recovered_final", "case_id.amount_overdue")
    def _compute_amount_recovered(self):
        spans = []
        for action in self._origin:
            start = action.date_filed or action.date_letter
            if action.state != "closed" and start and action.item_ids:
                today = action.company_id._get_collection_today()
                spans.append((action.id, action.item_ids.ids, start, today))
        # The books say it, whoever may open the payments.
        received = self.env["collection.cash"].sudo()._get_received(spans)
        for action in self:
            action.amount_recovered = (
                action.amount_recovered_final
                if action.state == "closed"
                else float(received.get(action._origin.id, 0))
            )
            action.amount_net = action.amount_recovered - action.amount_cost

