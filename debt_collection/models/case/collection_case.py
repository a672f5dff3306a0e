from collections import Counter

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL

from ...tools.assignment import share_out
from ..base.collection_guard import with_ours
from .collection_trial import ARMS

STAGES = [
    ("new", "New"),
    ("preparation", "Preparation"),
    ("first", "First Stage"),
    ("midterm", "Second Stage"),
    ("severe", "Escalated"),
    ("legal", "Legal"),
    ("closed", "Closed"),
]

# What a list of cases may show without telling what a case says.
IN_ANY_LIST = frozenset({"id", "name", "display_name", "partner_id", "company_id"})


class CollectionCase(models.Model):
    """The effort to collect all overdue items of one customer in one company.

    At most one case per customer and company is open. Its overdue figures follow the
    ledger: the nightly classification and each reconciliation write them, people do not.
    """

    _name = "collection.case"
    _description = "Collection Case"
    _inherit = ["collection.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "priority desc, amount_to_collect desc, id"
    _rec_names_search = ["name", "partner_id.name", "partner_id.ref"]
    _check_company_auto = True

    name = fields.Char(readonly=True, copy=False, default="/")
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_phone = fields.Char(related="partner_id.phone")
    partner_email = fields.Char(related="partner_id.email")
    stage = fields.Selection(
        STAGES, default="new", required=True, tracking=True, copy=False, index=True,
        group_expand=True,
    )
    is_closed = fields.Boolean(compute="_compute_is_closed", search="_search_is_closed")
    close_reason = fields.Selection(
        [
            ("paid", "Paid"),
            ("written_off", "Written Off"),
            ("uncollectible", "Uncollectible"),
            ("cancelled", "Cancelled"),
        ],
        readonly=True,
        copy=False,
        tracking=True,
    )
    date_open = fields.Date("Opened On", default=fields.Date.context_today, readonly=True)
    date_closed = fields.Date("Closed On", readonly=True, copy=False)
    is_starred = fields.Boolean("Starred", copy=False)
    user_id = fields.Many2one("res.users", "Collector", tracking=True, index=True)
    manager_id = fields.Many2one("res.users", tracking=True)
    lead_id = fields.Many2one("res.users", "Task Force Lead", tracking=True)
    member_ids = fields.Many2many("res.users", string="Task Force")
    line_ids = fields.One2many("account.move.line", "collection_case_id", "Items", readonly=True)
    item_count = fields.Integer(compute="_compute_item_count")
    invoice_count = fields.Integer(compute="_compute_item_count")
    tier_amount_ids = fields.One2many("collection.case.tier.amount", "case_id", readonly=True)
    tier_id = fields.Many2one("collection.tier", "Highest Overdue Band", readonly=True, copy=False)
    tier_code = fields.Char(related="tier_id.code", store=True)
    tier_color = fields.Integer(related="tier_id.color")
    date_oldest_due = fields.Date("Oldest Due Date", readonly=True, copy=False)
    days_overdue = fields.Integer(compute="_compute_days_overdue")
    amount_overdue = fields.Monetary("Overdue", readonly=True, copy=False)
    next_action_date = fields.Date(
        "Next Action", compute="_compute_next_action_date", store=True, index=True
    )
    _one_open_case = models.UniqueIndex(
        "(partner_id, company_id) WHERE stage != 'closed'",
        "This customer already has an open case in this company.",
    )

    is_confidential = fields.Boolean(
        "Confidential", tracking=True, copy=False,
        help="Only the people named see the case; who opens it is noted.",
    )
    confidential_user_ids = fields.Many2many(
        "res.users", "collection_case_confidential_rel", "case_id", "user_id", "Open To",
        copy=False, domain=[("share", "=", False)],
    )
    access_log_ids = fields.One2many("collection.access.log", "case_id", "Opened By")

    policy_id = fields.Many2one("collection.policy", readonly=True, copy=False, index=True)
    policy_reason = fields.Char("Why This Policy", readonly=True, copy=False)
    trial_id = fields.Many2one(
        "collection.trial", readonly=True, copy=False, index="btree_not_null",
        ondelete="restrict",
    )
    trial_arm = fields.Selection(ARMS, "Arm of the Trial", readonly=True, copy=False)
    cycle = fields.Integer(
        default=1, readonly=True, copy=False,
        help="Grows when the case falls back to an earlier stage or is opened again; each step"
        " is made once in a cycle.",
    )

    legal_hold = fields.Boolean(
        tracking=True, copy=False,
        help="All papers of the case are evidence: nothing of it is erased or archived.",
    )
    legal_hold_reason = fields.Char("Why Kept", tracking=True, copy=False)
    active = fields.Boolean(default=True, copy=False)

    assignment_period_ids = fields.One2many(
        "collection.case.assignment.period", "case_id", "Collectors So Far", readonly=True
    )
    _people_create = {"partner_id", "company_id"}
    _people_import = {"date_open", "date_closed", "close_reason"}
    _people_write = {
        "*": {
            "stage", "user_id", "manager_id", "lead_id", "member_ids", "is_starred",
            "is_confidential", "confidential_user_ids", "legal_hold", "legal_hold_reason",
        },
    }
    _people_roles = {
        "is_confidential": "manager",
        "confidential_user_ids": "manager",
        "legal_hold": "manager",
        "legal_hold_reason": "manager",
        "manager_id": "manager",
    }

    @api.depends("line_ids")
    def _compute_item_count(self):
        """Items of the case, paid ones included, and the invoices they belong to."""
        counts = {
            case: numbers
            for case, *numbers in self.env["account.move.line"]._read_group(
                [("collection_case_id", "in", self.ids)],
                ["collection_case_id"],
                ["__count", "move_id:count_distinct"],
            )
        }
        for case in self:
            case.item_count, case.invoice_count = counts.get(case, (0, 0))

    @api.depends("name", "partner_id")
    def _compute_display_name(self):
        for case in self:
            case.display_name = f"{case.name} – {case.partner_id.name or ''}"

    @api.depends("stage")
    def _compute_is_closed(self):
        for case in self:
            case.is_closed = case.stage == "closed"

    def _search_is_closed(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("stage", "=" if True in value else "!=", "closed")]

    @api.depends("date_oldest_due", "company_id")
    def _compute_days_overdue(self):
        todays = {company: company._get_collection_today() for company in self.company_id}
        for case in self:
            due = case.date_oldest_due
            case.days_overdue = max((todays[case.company_id] - due).days, 0) if due else 0

    @api.depends("activity_ids.date_deadline", "activity_ids.active")
    def _compute_next_action_date(self):
        for case in self:
            case.next_action_date = min(
                case.activity_ids.filtered("active").mapped("date_deadline"), default=False
            )

    @api.model_create_multi
    def create(self, vals_list):
        """A case opened by hand is that of the commercial partner, like all others."""
        vals_list = self._on_creating(vals_list)
        numbers = iter(self._next_case_numbers(len(vals_list)))
        vals_list = [
            with_ours(
                vals,
                name=next(numbers),
                partner_id=self.env["res.partner"].browse(
                    vals.get("partner_id")
                ).commercial_partner_id.id,
            )
            for vals in vals_list
        ]
        # A case closed in this transaction must be so in the database before the next opens.
        self.flush_model(["stage"])
        cases = super().create(vals_list)
        cases._on_created()
        return cases

    def write(self, vals):
        """Whichever way the stage is written, closing and opening again are the same."""
        closed = reopened = self.browse()
        if "stage" in vals:
            were_closed = self.filtered("is_closed")
            if vals["stage"] == "closed":
                closed = self - were_closed
            else:
                reopened = were_closed
        self._on_writing(vals)
        result = super().write(vals)
        # How a case ended is no person's to type, so it is written past what guards that.
        for case_sudo in closed.sudo().filtered(lambda case: not case.date_closed):
            super(CollectionCase, case_sudo).write({
                "close_reason": case_sudo.close_reason or "cancelled",
                "date_closed": case_sudo.company_id._get_collection_today(),
            })
        if reopened:
            super(CollectionCase, reopened.sudo()).write(
                {"close_reason": False, "date_closed": False}
            )
        self._on_written(vals)
        # Whoever posts the payment that closes a case need not have a right on it.
        if closed:
            closed.sudo()._on_closed()
        if reopened:
            reopened.sudo()._on_reopened()
        return result

    @api.model
    def _on_opening(self):
        """Called before the night opens cases; returns what columns of other rooms begin with.

        Implemented in models/flow/collection_case.py.
        """
        return {}

    def _on_creating(self, vals_list):
        """Called before cases are created by the ORM; raises for what may not be.

        :return: the values to create them with
        """
        return vals_list

    def _on_created(self):
        """Called for cases that the ORM has just created."""

    def _on_writing(self, vals):
        """Called before these cases are written; raises for what may not be."""

    def _on_written(self, vals):
        """Called after these cases were written."""

    def _on_closed(self):
        """Called once, as superuser, for cases that were just closed, whoever closed them."""

    def _on_reopened(self):
        """Called once, as superuser, for closed cases that were just opened again."""

    @api.readonly
    def action_view_items(self):
        """The receivable items of the case, paid ones included."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "debt_collection.collection_overdue_item_action"
            ),
            "domain": [("collection_case_id", "=", self.id)],
            "context": {},
        }

    @api.readonly
    def action_view_invoices(self):
        """The invoices that the items of the case belong to."""
        self.ensure_one()
        return self.line_ids.move_id._get_records_action(name=self.env._("Invoices"))

    def _check_role_to_close(self):
        if not self.env.user.has_group("debt_collection.group_manager"):
            raise AccessError(
                self.env._("Only a collection manager closes a case by hand or opens it again.")
            )

    def _check_close_or_reopen(self, vals):
        """Raise unless a manager writes a stage that closes these cases or opens them again."""
        if "stage" in vals and not self.env.su:
            if vals["stage"] == "closed" or any(case.is_closed for case in self):
                self._check_role_to_close()

    def _check_can_close(self):
        if not self.env.su:
            self._check_role_to_close()
        for case in self:
            if case.is_closed:
                raise UserError(
                    self.env._("The case %(case)s is closed already.", case=case.display_name)
                )

    def action_close(self):
        """Close by hand, as cancelled; overdue items open a new case in the next run."""
        self._check_can_close()
        self._do_close("cancelled")

    def action_close_uncollectible(self):
        """Give these cases up: their items are not chased any more, and age on in all reports.

        A manager's decision; what is written off or provided for is decided apart.
        """
        self._check_can_close()
        self.check_access("write")
        # The items are left out of the chase for the manager, who need not be an accountant.
        self.sudo().line_ids.filtered(lambda line: not line.reconciled).write(
            {"no_followup": True}
        )
        self._do_close("uncollectible")

    def _do_close(self, reason, date=None):
        """Close these cases.

        :param reason: a key of ``close_reason``
        :param date: the day that they are closed on; each company's own today by default
        """
        self.check_access("write")
        # Checked above; how a case ended is written by the steps alone.
        for company, cases_sudo in self.sudo().grouped("company_id").items():
            cases_sudo.write({
                "stage": "closed",
                "close_reason": reason,
                "date_closed": date or company._get_collection_today(),
            })

    def action_reopen(self):
        """Work on a closed case again, with what is overdue now."""
        if not self.env.su:
            self._check_role_to_close()
            self.check_access("write")
        for case in self:
            if not case.is_closed:
                raise UserError(
                    self.env._("The case %(case)s is open already.", case=case.display_name)
                )
        # Checked above, as for closing; what was given up is chased again.
        self.sudo().filtered(
            lambda case: case.close_reason == "uncollectible"
        ).line_ids.filtered(lambda line: not line.reconciled).write({"no_followup": False})
        self.sudo().write({"stage": "new"})

    def _remove_to_dos(self):
        """All to-dos of these cases go, whoever has them."""
        self.env["mail.activity"].sudo().search(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)]
        ).unlink()

    # Who collects: new cases are shared out, and people may decide otherwise (P2.1).

    @api.model
    def _share_out_new(self, company, policy, new, as_of):
        """The collectors of new cases; one statement, whatever their number.

        A customer's own collector comes first, then the one of the rota who carries least,
        then the policy's default collector.

        :param new: list of tuples of the amount overdue and the customer's own collector or None
        :return: list of user ids or None, in the order of ``new``
        """
        rota = policy._get_rota(as_of)
        by_amount = policy.load_measure == "amount"
        loads = dict.fromkeys(rota.ids, 0)
        if rota:
            loads |= dict(
                self.env.execute_query(
                    SQL(
                        """
                        SELECT user_id, CASE WHEN %(by_amount)s
                               THEN SUM(amount_to_collect) ELSE COUNT(*) END
                          FROM collection_case
                         WHERE company_id = %(company)s AND stage != 'closed'
                           AND user_id = ANY(%(users)s)
                      GROUP BY user_id
                        """,
                        by_amount=by_amount,
                        company=company.id,
                        users=rota.ids,
                    )
                )
            )
        own = Counter()
        for amount, user_id in new:
            own[user_id] += amount if by_amount else 1
        loads = {user_id: load + own[user_id] for user_id, load in loads.items()}
        shared = iter(share_out(
            [amount if by_amount else 1 for amount, user_id in new if not user_id], loads
        ))
        default = policy.user_id.id or None
        return [user_id or next(shared) or default for _amount, user_id in new]

    @api.model
    def _warn_of_departed(self, users):
        """Tell the managers whose open cases lost their collectors, once for each of these."""
        # Whoever archives a user need not have a right on cases.
        groups = self.sudo()._read_group(
            [("user_id", "in", users.ids), ("stage", "!=", "closed")],
            ["user_id", "company_id"],
            ["id:recordset"],
        )
        warnings = []
        for user, company, cases_sudo in groups:
            today = company._get_collection_today()
            for manager, own_sudo in cases_sudo.grouped(
                lambda case, today=today: case._get_responsible("manager", today)
            ).items():
                if manager:
                    warnings.append(own_sudo[0]._prepare_warning(
                        self.env._(
                            "%(user)s has left: give %(count)s cases to another collector",
                            user=user.name,
                            count=len(own_sudo),
                        ),
                        today,
                    ))
        # To-dos for the manager, on customers that the collector may not see.
        self.env["mail.activity"].sudo().create(warnings)

    def action_assign(self):
        """Give the chosen cases to a collector, many at once (P2.1)."""
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "debt_collection.collection_case_assign_action"
            ),
            "context": {"default_case_ids": self.ids},
        }

    # Confidential cases: open to the people named alone, and each opening is noted (P1.4).

    def _open_to_team(self, vals):
        """Who works on a confidential case sees it, whichever way they came to it."""
        if {"is_confidential", "user_id", "lead_id", "member_ids"} & vals.keys():
            # Those who work on it are named with it, and so is who decides.
            for case_sudo in self.sudo().filtered("is_confidential"):
                team = case_sudo.user_id | case_sudo.lead_id | case_sudo.member_ids
                if vals.get("is_confidential") and not self.env.su:
                    team |= self.env.user
                case_sudo.confidential_user_ids = [Command.link(user.id) for user in team]

    def _end_following(self, vals):
        """Who is not named on a confidential case hears no more of it and of what is its own."""
        if not {"is_confidential", "confidential_user_ids"} & vals.keys():
            return
        followed = [self._name, *(
            name for name, model in sorted(self.env.registry.items())
            if name.startswith("collection.") and model._auto and not model._abstract
            and {"case_id", "message_follower_ids"} <= model._fields.keys()
            and model._fields["case_id"].store
        )]
        # Nobody sees all followers; who decides on them was checked when the case was written.
        follower_sudo = self.env["mail.followers"].sudo()
        for case_sudo in self.sudo().filtered("is_confidential"):
            for name in followed:
                records_sudo = case_sudo if name == self._name else self.env[name].sudo().search(
                    [("case_id", "=", case_sudo.id)]
                )
                follower_sudo.search([
                    ("res_model", "=", name), ("res_id", "in", records_sudo.ids),
                    ("partner_id.user_ids.share", "=", False),
                    ("partner_id.user_ids", "not in", case_sudo.confidential_user_ids.ids),
                ]).unlink()

    def read(self, fields=None, load="_classic_read"):
        """Opening one confidential case is noted, whatever of it is read."""
        result = super().read(fields, load)
        if len(self) == 1 and result and fields and IN_ANY_LIST.issuperset(fields):
            self._log_access_to_confidential()
        return result

    def _read_format(self, fnames, load="_classic_read"):
        """Whoever reads what a confidential case says is noted, in a form or in a list.

        Lists that show number and customer alone tell nothing, and cost nothing.
        """
        result = super()._read_format(fnames, load)
        if not IN_ANY_LIST.issuperset(fnames):
            self._log_access_to_confidential()
        return result

    def export_data(self, fields_to_export):
        self._log_access_to_confidential()
        return super().export_data(fields_to_export)

    def _log_access_to_confidential(self):
        """Note that the user has opened those of these cases that are confidential."""
        if self.env.su:
            return
        # Whether it is confidential is asked of everybody who reads it.
        opened = self.sudo().filtered("is_confidential").sudo(False)
        if not opened:
            return
        if self.env.cr.readonly:
            # Read on a replica: the log is written on the primary.
            with self.env.registry.cursor() as cr:
                opened.with_env(self.env(cr=cr))._log_access()
        else:
            opened._log_access()

    def _log_access(self):
        # Written by the system: nobody has a right to write the log.
        self.env["collection.access.log"].sudo().create([
            {
                "case_id": case.id,
                "user_id": self.env.uid,
                "date": self.env.cr.now().replace(microsecond=0),
            }
            for case in self
        ])

    def _get_policy(self):
        """The policy the case follows; the company's before an escalation has chosen one."""
        self.ensure_one()
        return self.policy_id._get_for(self, self.company_id)

    def _choose_policies(self, company):
        """Note on each of these cases of a company which policy it follows, and why."""
        policy_model = self.env["collection.policy"]
        ranked = policy_model._get_ranked(company)
        self.env["collection.trial"]._take_cases(self, ranked)
        groups = self.grouped(lambda case: policy_model._choose_for(case, ranked))
        for (policy, reason), cases in groups.items():
            cases.filtered(
                lambda case, policy=policy, reason=reason: case.policy_id != policy
                or case.policy_reason != reason
            ).write({"policy_id": policy.id, "policy_reason": reason})

    # A legal hold keeps everything of a case: nothing is erased or archived meanwhile (P6.1).

    @api.constrains("legal_hold", "legal_hold_reason")
    def _check_legal_hold(self):
        for case in self:
            if case.legal_hold and not (case.legal_hold_reason or "").strip():
                raise ValidationError(
                    self.env._("The legal hold on the case %(case)s needs a reason.",
                               case=case.display_name)
                )

    @api.constrains("active", "stage")
    def _check_archived(self):
        for case in self:
            if not case.active and case.stage != "closed":
                raise ValidationError(
                    self.env._("The case %(case)s is open: it is closed before it is archived.",
                               case=case.display_name)
                )

    def _check_can_archive(self, vals):
        if vals.get("active") is False:
            self._check_no_legal_hold()

    def _check_no_legal_hold(self):
        """Raise a ``UserError`` naming the first of these cases that is under legal hold."""
        for case in self:
            if case.legal_hold:
                raise UserError(
                    self.env._(
                        "The case %(case)s is under legal hold (%(reason)s): nothing of it is"
                        " erased or archived.",
                        case=case.display_name, reason=case.legal_hold_reason,
                    )
                )

    # Open cases: all of a company opened in one statement, numbered together (P3.1).

    @api.model
    def _get_open(self, partner, company):
        """The open case of a customer in a company, empty if there is none.

        :param partner: the commercial entity
        """
        return self.search(
            [
                ("partner_id", "=", partner.id),
                ("company_id", "=", company.id),
                ("stage", "!=", "closed"),
            ],
            limit=1,
        )

    @api.model
    def _next_case_numbers(self, count):
        """``count`` names from the sequence of cases, in one statement."""
        sequence_sudo = self.env.ref("debt_collection.sequence_collection_case").sudo()
        if sequence_sudo.implementation != "standard" or sequence_sudo.use_date_range:
            return [sequence_sudo.next_by_id() for _number in range(count)]
        rows = self.env.execute_query(
            SQL(
                "SELECT nextval(%s) FROM generate_series(1, %s)",
                f"ir_sequence_{sequence_sudo.id:03d}",
                count,
            )
        )
        # As `get_next_char` does for one; the date is told once for all.
        prefix, suffix = sequence_sudo._get_prefix_suffix()
        return [f"{prefix}{number:0{sequence_sudo.padding}d}{suffix}" for (number,) in rows]

    def _open_cases(self, company, as_of, items):
        """Open a case for each customer with overdue items who has none."""
        new = self.env.execute_query(
            SQL(
                """
                SELECT item.partner_id, SUM(item.amount_residual), collector.id
                  FROM (%(items)s) item
                  JOIN res_partner partner ON partner.id = item.partner_id
             LEFT JOIN res_users collector ON collector.active
                   AND collector.id = (partner.collector_id->>%(company_key)s)::int
                 WHERE NOT EXISTS (
                       SELECT 1 FROM collection_case opened
                        WHERE opened.partner_id = item.partner_id
                          AND opened.company_id = %(company)s
                          AND opened.stage != 'closed')
              GROUP BY item.partner_id, collector.id
              ORDER BY item.partner_id
                """,
                items=items,
                company=company.id,
                company_key=str(company.id),
            )
        )
        if not new:
            return 0
        policy = self.env["collection.policy"]._get_default(company)
        users = self._share_out_new(company, policy, [row[1:] for row in new], as_of)
        figures = self._on_opening()
        return len(
            self.env.execute_query(
                SQL(
                    """
                    INSERT INTO collection_case (
                           name, active, partner_id, company_id, user_id, manager_id, stage,
                           priority, cycle, date_open,
                           create_uid, write_uid, create_date, write_date%(columns)s)
                    SELECT numbered.name, TRUE, numbered.partner_id, %(company)s, numbered.user_id,
                           %(manager)s, 'new', 0, 1,
                           %(as_of)s, %(uid)s, %(uid)s, %(now)s, %(now)s%(values)s
                      FROM unnest(%(names)s, %(partners)s::int[], %(users)s::int[])
                           numbered (name, partner_id, user_id)
                        ON CONFLICT (partner_id, company_id) WHERE stage != 'closed' DO NOTHING
                 RETURNING id
                    """,
                    columns=SQL().join(SQL(", %s", SQL.identifier(name)) for name in figures),
                    values=SQL().join(SQL(", %s", value) for value in figures.values()),
                    company=company.id,
                    manager=policy.manager_id.id or None,
                    as_of=as_of,
                    uid=self.env.uid,
                    now=self.env.cr.now(),
                    names=self._next_case_numbers(len(new)),
                    partners=[partner_id for partner_id, _amount, _user_id in new],
                    users=users,
                )
            )
        )

    @api.model
    def _analyze_cases(self):
        """Tell the planner of new cases.

        It would take the table for as small as before, and go through all cases for each item.
        Does not wait: whoever has the lock is at the same.
        """
        self.env.cr.execute(SQL("ANALYZE (SKIP_LOCKED) collection_case"))

    # Each change of a case's collector is kept, whichever way it comes about (P5.1).

    def _check_can_assign(self, user_id):
        """Raise unless a manager gives cases to another collector: figures follow them (P2.1)."""
        changed = self.filtered(lambda case: case.user_id.id != (user_id or False))
        if changed and not (
            self.env.su or self.env.user.has_group("debt_collection.group_manager")
        ):
            raise AccessError(
                self.env._(
                    "Only a collection manager gives the case %(case)s to another collector. Ask"
                    " for it in the case's log.",
                    case=changed[0].display_name,
                )
            )

    def _keep_assignment(self):
        """Note the collectors of these cases as of today: two statements for a company."""
        for company, cases in self.grouped("company_id").items():
            # Whoever assigns or closes a case does not write its history by hand.
            self.env["collection.case.assignment.period"].sudo()._sync(
                company._get_collection_today(), SQL("owned.id = ANY(%s)", cases.ids)
            )

    def _begin_assignments(self, company, as_of):
        # The classification works for everybody, on cases of every collector.
        self.env["collection.case.assignment.period"].sudo()._sync(
            as_of, SQL("owned.company_id = %s", company.id)
        )

    def _get_writer(self):
        """Who signs e-mails of the case: its collector, if they have not left; else nobody."""
        self.ensure_one()
        # Whose name is under an e-mail is no secret.
        return self.sudo().user_id.filtered("active")

    def _get_responsible(self, role, date=None):
        """The user who has a role for the case; the next one who answers for it if none.

        :param date: the day of the work: who is away then is stood in for; by default today
        """
        self.ensure_one()
        policy = self._get_policy()
        collector, manager = self.user_id, self.manager_id or policy.manager_id
        wanted = {
            "collector": collector,
            "manager": manager,
            "lead": self.lead_id or manager,
            "sales": self.partner_id.user_id,
            "finance": policy.finance_user_id,
        }[role]
        present = wanted._get_collection_substitute(date) if wanted else wanted
        return present or collector.filtered("active") or manager

    def _prepare_warning(self, summary, as_of):
        """A to-do on the case for its manager."""
        self.ensure_one()
        return {
            "res_model_id": self.env["ir.model"]._get_id(self._name),
            "res_id": self.id,
            # Kept in memory: asked for each late step of a night.
            "activity_type_id": self.env["ir.model.data"]._xmlid_to_res_id(
                "mail.mail_activity_data_todo"
            ),
            "summary": summary,
            "date_deadline": as_of,
            "user_id": self._get_responsible("manager", as_of).id,
        }

    def _tell_manager(self, body):
        """Notify the manager of the case at once (P3.7, special events)."""
        for case in self:
            manager = case._get_responsible("manager")
            case.message_post(
                body=body,
                partner_ids=manager.partner_id.ids,
                subtype_xmlid="mail.mt_note",
                message_type="notification",
            )

    def _message_track(self, fields_iter, initial_values_dict):
        """Note what changed on many cases in a night for all of them at once."""
        if len(self) == 1:
            return super()._message_track(fields_iter, initial_values_dict)
        tracked = self.fields_get(
            fields_iter, attributes=("string", "type", "selection", "currency_field")
        )
        tracking = {
            case.id: case._mail_track(tracked, initial_values_dict[case.id])
            for case in self.exists()
        }
        bodies = self.env.cr.precommit.data.pop(f"mail.tracking.message.{self._name}", {})
        noted = self.browse(case_id for case_id, (_names, rows) in tracking.items() if rows)
        # Who may change a case may leave the note that says so.
        messages_sudo = noted._message_log_batch(
            {case_id: bodies.get(case_id, "") for case_id in noted.ids}
        ).sudo() if noted else self.env["mail.message"].sudo()
        self.env["mail.tracking.value"].sudo().create([
            {**command[2], "mail_message_id": message.id}
            for message in messages_sudo
            for command in tracking[message.res_id][1]
        ])
        return tracking
