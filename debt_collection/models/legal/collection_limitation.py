from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ...tools.limitation import limitation as get_limitation
from ...tools.limitation import warning_level

KINDS = [
    ("due", "Due Date"),
    ("demand", "Delivered Demand"),
    ("acknowledgment", "Acknowledgment"),
    ("payment", "Part Payment"),
    ("plan", "Payment Plan"),
    ("suit", "Suit"),
]


class CollectionLimitation(models.Model):
    """The last day on which an open item can be claimed, and what that day rests on.

    Written by the nightly run only (``_update_limitations``): a row for each open item of an
    open case whose law is known.
    """

    _name = "collection.limitation"
    _description = "Limitation of an Item"
    _inherit = "collection.mixin"
    _order = "date_limit, id"

    line_id = fields.Many2one(
        "account.move.line", "Item", required=True, readonly=True, ondelete="cascade"
    )
    case_id = fields.Many2one(
        "collection.case", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    rule_id = fields.Many2one(
        "collection.limitation.rule", "Law", required=True, readonly=True, ondelete="cascade"
    )
    date_limit = fields.Date("Last Day", required=True, readonly=True, index=True)
    kind = fields.Selection(KINDS, "Rests On", required=True, readonly=True)
    date_event = fields.Date("Event On", required=True, readonly=True)
    warned_days = fields.Integer("Warned", readonly=True)
    partner_id = fields.Many2one(related="case_id.partner_id", string="Customer")
    user_id = fields.Many2one(related="case_id.user_id", string="Collector")
    case_stage = fields.Selection(related="case_id.stage")
    currency_id = fields.Many2one(related="company_id.currency_id")
    move_id = fields.Many2one(related="line_id.move_id", string="Invoice")
    date_due = fields.Date(related="line_id.collection_date_due", string="Due Date")
    amount_open = fields.Monetary(related="line_id.amount_residual", string="Open")
    days_left = fields.Integer(compute="_compute_days_left")
    event = fields.Char(compute="_compute_event")
    _line_unique = models.UniqueIndex("(line_id)", "An item has one limitation.")

    @api.depends("line_id", "date_limit")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for limitation in self:
            limitation.display_name = (
                f"{limitation.move_id.name or limitation.line_id.name or ''}"
                f" – {format_date(self.env, limitation.date_limit)}"
            )

    @api.depends("date_limit", "company_id")
    def _compute_days_left(self):
        """Days from the company's today to the last day; 0 on it, negative afterwards."""
        todays = {company: company._get_collection_today() for company in self.company_id}
        for limitation in self:
            limitation.days_left = (
                limitation.date_limit - todays[limitation.company_id]
            ).days if limitation.date_limit else 0

    @api.depends("kind", "date_event", "rule_id", "line_id")
    @api.depends_context("lang")
    def _compute_event(self):
        """The event in words, with the item and the law that it counts under."""
        for limitation in self:
            sentence = {
                "due": self.env._("%(item)s fell due on %(date)s"),
                "demand": self.env._("A demand for %(item)s was delivered on %(date)s"),
                "acknowledgment": self.env._("%(item)s was acknowledged on %(date)s"),
                "payment": self.env._("Part of %(item)s was paid on %(date)s"),
                "plan": self.env._("A payment plan for %(item)s was accepted on %(date)s"),
                "suit": self.env._("%(item)s was claimed in court on %(date)s"),
            }[limitation.kind] % {
                "item": limitation.move_id.name or limitation.line_id.name or "",
                "date": format_date(self.env, limitation.date_event),
            }
            law = self.env._(
                "%(law)s: %(years)s years",
                law=limitation.rule_id.name,
                years=limitation.rule_id.years,
            )
            limitation.event = f"{sentence} ({law})"

    @api.model
    def _get_at_risk_domain(self, as_of, days=180):
        """What is time-barred within so many days of a day, or is already."""
        return Domain("date_limit", "<=", fields.Date.add(as_of, days=days))

    @api.readonly
    def action_open_case(self):
        """Open the case that claims the item."""
        self.ensure_one()
        return self.case_id._get_records_action()

    # The limitation clock: a fixed number of statements for a company (Civil Code art. 188,
    # 195 and its like elsewhere).

    @api.model
    def _update_limitations(self, company, as_of, cases=None):
        """Bring the limitation of a company's open items up to date, and warn of those near.

        :param as_of: the day taken as today, for the warnings
        :param cases: look at the items of these cases only
        :return: number of to-dos made
        """
        self._flush_for_limitation()
        # Dates are kept for everybody's cases, whoever asks.
        self_sudo = self.sudo()
        only = SQL("AND opened.id = ANY(%s)", cases.ids) if cases is not None else SQL()
        rows = self.env.execute_query_dict(self._get_items_sql(company, as_of, only))
        laws = self_sudo.env["collection.limitation.rule"].browse(
            {row["rule_id"] for row in rows}
        )._get_rules()
        changed = []
        for row in rows:
            events = zip(row["event_dates"] or (), row["event_kinds"] or (), strict=True)
            result = get_limitation(laws[row["rule_id"]], row["date_due"], events)
            target = (row["case_id"], row["rule_id"], result.last_day, result.kind,
                      result.event_date)
            if target != (row["old_case"], row["old_rule"], row["old_limit"], row["old_kind"],
                          row["old_event"]):
                changed.append((row["line_id"], *target))
        self._write_limitations(company, changed)
        self._drop_limitations(company, [row["line_id"] for row in rows], only)
        self._write_case_limitations(company, only)
        self.invalidate_model(flush=False)
        self.env["collection.case"].invalidate_model(
            ["limitation_id", "limitation_date"], flush=False
        )
        return self_sudo._warn(company, as_of)

    @api.model
    def _flush_for_limitation(self):
        for name in ("account.move", "account.move.line", "account.partial.reconcile",
                     "account.payment", "account.journal", "res.partner", "collection.case",
                     "collection.activity", "collection.limitation",
                     "collection.limitation.rule", "collection.plan", "collection.promise",
                     "collection.agreement.item"):
            self.env[name].flush_model()

    @api.model
    def _get_items_sql(self, company, as_of, only):
        """Open items of open cases with their law, their events and what is stored of them."""
        return SQL(
            """
            WITH item AS MATERIALIZED (
                SELECT line.id, COALESCE(line.date_maturity, line.date) AS date_due,
                       opened.id AS case_id,
                       %(rule)s AS rule_id
                  FROM collection_case opened
                  JOIN res_partner customer ON customer.id = opened.partner_id
                  JOIN account_move_line line ON line.collection_case_id = opened.id
                   AND line.company_id = opened.company_id
                 WHERE opened.company_id = %(company)s AND opened.stage != 'closed' %(only)s
                   AND line.parent_state = 'posted' AND line.reconciled IS NOT TRUE
                   AND line.amount_residual > 0
            ),
            event AS (
                SELECT line_id, ARRAY_AGG(day) AS days, ARRAY_AGG(kind) AS kinds
                  FROM (%(events)s) happened (line_id, day, kind) WHERE day IS NOT NULL
              GROUP BY line_id
            )
            SELECT item.id AS line_id, item.date_due, item.case_id, item.rule_id,
                   event.days AS event_dates, event.kinds AS event_kinds,
                   stored.case_id AS old_case, stored.rule_id AS old_rule,
                   stored.date_limit AS old_limit, stored.kind AS old_kind,
                   stored.date_event AS old_event
              FROM item
         LEFT JOIN event ON event.line_id = item.id
         LEFT JOIN collection_limitation stored ON stored.line_id = item.id
             WHERE item.rule_id IS NOT NULL
            """,
            rule=self.env["collection.limitation.rule"]._get_rule_sql(company, as_of),
            company=company.id,
            only=only,
            events=SQL(" UNION ALL ").join(self._get_event_queries(company)),
        )

    @api.model
    def _get_event_queries(self, company):
        """Queries of ``item id, day, kind`` of what may start a period anew, over ``item``."""
        cash = self.env["collection.cash"]
        return [
            SQL(
                """SELECT item.id, (contact.date AT TIME ZONE 'UTC' AT TIME ZONE %s)::date,
                          contact.limitation_event
                     FROM item
                     JOIN collection_activity contact ON contact.case_id = item.case_id
                      AND contact.state = 'confirmed'
                      AND contact.limitation_event IS NOT NULL
                    WHERE NOT EXISTS (
                          SELECT 1 FROM collection_activity correction
                           WHERE correction.corrects_id = contact.id
                             AND correction.state = 'confirmed')""",
                company._get_collection_tz(),
            ),
            SQL(
                """SELECT item.id, plan.date_accepted, 'plan'
                     FROM item
                     JOIN collection_plan_move_line_rel planned ON planned.line_id = item.id
                     JOIN collection_plan plan ON plan.id = planned.plan_id
                      AND plan.state IN ('performing', 'completed', 'broken')
                     JOIN collection_limitation_rule law ON law.id = item.rule_id
                      AND (plan.is_written OR law.acknowledgment_written IS NOT TRUE)"""
            ),
            SQL(
                """SELECT item.id, promise.date_made, 'acknowledgment'
                     FROM item
                     JOIN collection_agreement_item promised ON promised.line_id = item.id
                     JOIN collection_promise promise ON promise.id = promised.promise_id
                      AND promise.is_written AND promise.state != 'cancelled'"""
            ),
            SQL(
                "SELECT cash.item_id, cash.date, 'payment' FROM (%s) cash"
                " WHERE cash.kind = 'cash'",
                cash._get_rows_sql(
                    cash._get_items_sql(SQL("line.id IN (SELECT id FROM item)"))
                ),
            ),
        ]

    @api.model
    def _write_limitations(self, company, changed):
        """Store rows that differ; a later last day is warned of anew."""
        if not changed:
            return
        lines, cases, rules, limits, kinds, events = (
            list(values) for values in zip(*changed, strict=True)
        )
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO collection_limitation (
                       line_id, case_id, company_id, rule_id, date_limit, kind, date_event,
                       warned_days, create_uid, write_uid, create_date, write_date)
                SELECT line_id, case_id, %(company)s, rule_id, date_limit, kind, date_event, 0,
                       %(uid)s, %(uid)s, %(now)s, %(now)s
                  FROM unnest(%(lines)s::int[], %(cases)s::int[], %(rules)s::int[],
                              %(limits)s::date[], %(kinds)s::text[], %(events)s::date[])
                       target (line_id, case_id, rule_id, date_limit, kind, date_event)
           ON CONFLICT (line_id) DO UPDATE
                   SET case_id = EXCLUDED.case_id, rule_id = EXCLUDED.rule_id,
                       kind = EXCLUDED.kind, date_event = EXCLUDED.date_event,
                       warned_days = CASE
                           WHEN EXCLUDED.date_limit = collection_limitation.date_limit
                           THEN collection_limitation.warned_days ELSE 0 END,
                       date_limit = EXCLUDED.date_limit,
                       write_uid = %(uid)s, write_date = %(now)s
                """,
                company=company.id, uid=self.env.uid, now=self.env.cr.now(),
                lines=lines, cases=cases, rules=rules, limits=limits, kinds=kinds,
                events=events,
            )
        )

    @api.model
    def _drop_limitations(self, company, line_ids, only):
        """Take away the rows of items that are settled, closed, or without a known law."""
        self.env.cr.execute(
            SQL(
                """DELETE FROM collection_limitation stored USING collection_case opened
                    WHERE opened.id = stored.case_id %(only)s
                      AND stored.company_id = %(company)s
                      AND NOT EXISTS (SELECT 1 FROM unnest(%(lines)s::int[]) kept (id)
                                       WHERE kept.id = stored.line_id)""",
                company=company.id, lines=line_ids, only=only,
            )
        )

    @api.model
    def _write_case_limitations(self, company, only):
        """The earliest last day of its items on each case, where it differs."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE collection_case target
                   SET limitation_id = first.id, limitation_date = first.date_limit
                  FROM collection_case opened
             LEFT JOIN (SELECT DISTINCT ON (case_id) case_id, id, date_limit
                          FROM collection_limitation WHERE company_id = %(company)s
                      ORDER BY case_id, date_limit, id) first ON first.case_id = opened.id
                 WHERE opened.id = target.id AND opened.company_id = %(company)s %(only)s
                   AND (target.limitation_id IS DISTINCT FROM first.id
                        OR target.limitation_date IS DISTINCT FROM first.date_limit)
                """,
                company=company.id, only=only,
            )
        )

    def _warn(self, company, as_of):
        """To-dos for the limitations that came near, once for each of the law's warnings.

        The first warning is the collector's, the later ones are the manager's. A case gets one
        to-do, however many items of it are near.
        """
        [(farthest,)] = self.env["collection.limitation.rule"]._read_group(
            [], aggregates=["days_early:max"]
        )
        near = self.search(
            self._get_at_risk_domain(as_of, farthest or 0)
            & Domain("company_id", "=", company.id)
        )
        crossed = {}
        for limitation_ in near:
            thresholds = limitation_.rule_id._get_thresholds()
            level = warning_level((limitation_.date_limit - as_of).days, thresholds)
            if level and (not limitation_.warned_days or level < limitation_.warned_days):
                crossed.setdefault(level, self.browse())
                crossed[level] |= limitation_
        to_dos = []
        for level, limitations in crossed.items():
            limitations.write({"warned_days": level})
            for case, items in limitations.grouped("case_id").items():
                role = "collector" if level > 60 else "manager"
                to_dos.append(case._prepare_limitation_to_do(items, as_of, role))
        to_dos = [vals for vals in to_dos if vals["user_id"]]
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(to_dos)
        return len(to_dos)

