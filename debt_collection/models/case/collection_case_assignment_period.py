from odoo import api, fields, models
from odoo.tools import SQL


class CollectionCaseAssignmentPeriod(models.Model):
    """Who owned a case from when to when: what a collector's figures rest on (P5.1).

    Days are ``[date_from, date_to)``: on the day of a handover the case is the new owner's. The
    last period of an open case has no end; that of a closed case ends after its last day.
    """

    _name = "collection.case.assignment.period"
    _description = "Time That a Collector Owned a Case"
    _inherit = "collection.mixin"
    _order = "date_from desc, id desc"
    _rec_name = "case_id"

    case_id = fields.Many2one(
        "collection.case", required=True, ondelete="cascade", index=True, readonly=True
    )
    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, index=True, ondelete="restrict", readonly=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(
        "res.users", "Collector", required=True, index=True, ondelete="restrict", readonly=True
    )
    date_from = fields.Date("From", required=True, readonly=True)
    date_to = fields.Date("To, Not Included", readonly=True)
    amount_handover = fields.Monetary(
        "Overdue at Handover", readonly=True, help="What was overdue when the collector took over."
    )
    _one_current = models.UniqueIndex(
        "(case_id) WHERE date_to IS NULL", "A case has one collector at a time."
    )
    _order_of_days = models.Constraint(
        "CHECK(date_to >= date_from)", "A period ends on or after the day it begins."
    )

    @api.model
    def _sync(self, date, domain_sql):
        """Bring the periods of some cases up to date with who owns them now: two statements.

        :param date date: the day of the handover
        :param SQL domain_sql: which cases, on the alias ``owned``
        """
        self.env["collection.case"].flush_model()
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """
                UPDATE collection_case_assignment_period period
                   SET date_to = GREATEST(period.date_from, CASE WHEN owned.stage = 'closed'
                           THEN COALESCE(owned.date_closed, %(date)s::date) + 1
                           ELSE %(date)s::date END),
                       write_uid = %(uid)s, write_date = %(now)s
                  FROM collection_case owned
                 WHERE period.case_id = owned.id AND period.date_to IS NULL AND %(domain)s
                   AND (owned.stage = 'closed' OR owned.user_id IS DISTINCT FROM period.user_id)
                """,
                date=date, domain=domain_sql, uid=self.env.uid, now=self.env.cr.now(),
            )
        )
        ended = self.env.cr.rowcount
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO collection_case_assignment_period (
                       case_id, company_id, partner_id, user_id, date_from, amount_handover,
                       create_uid, write_uid, create_date, write_date)
                SELECT owned.id, owned.company_id, owned.partner_id, owned.user_id,
                       %(date)s, COALESCE(owned.amount_overdue, 0),
                       %(uid)s, %(uid)s, %(now)s, %(now)s
                  FROM collection_case owned
                 WHERE owned.stage != 'closed' AND owned.user_id IS NOT NULL AND %(domain)s
                   AND NOT EXISTS (SELECT 1 FROM collection_case_assignment_period period
                                    WHERE period.case_id = owned.id AND period.date_to IS NULL)
                    ON CONFLICT (case_id) WHERE date_to IS NULL DO NOTHING
                """,
                date=date, domain=domain_sql, uid=self.env.uid, now=self.env.cr.now(),
            )
        )
        if ended or self.env.cr.rowcount:
            self.invalidate_model(flush=False)
            self.env["collection.case"].invalidate_model(["assignment_period_ids"], flush=False)

    @api.model
    def _begin(self):
        """Periods of the cases there were before any were kept: from the day they were opened.

        Who owned a case before its present collector is not known; nobody is made up.
        """
        self.env["collection.case"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO collection_case_assignment_period (
                       case_id, company_id, partner_id, user_id, date_from, date_to,
                       amount_handover, create_uid, write_uid, create_date, write_date)
                SELECT owned.id, owned.company_id, owned.partner_id, owned.user_id,
                       opened.date,
                       CASE WHEN owned.stage = 'closed'
                            THEN GREATEST(opened.date, owned.date_closed + 1) END,
                       0, %(uid)s, %(uid)s, %(now)s, %(now)s
                  FROM collection_case owned
            CROSS JOIN LATERAL (
                       SELECT COALESCE(owned.date_open, owned.create_date::date)) opened (date)
                 WHERE owned.user_id IS NOT NULL
                   AND (owned.stage != 'closed' OR owned.date_closed IS NOT NULL)
                   AND NOT EXISTS (SELECT 1 FROM collection_case_assignment_period period
                                    WHERE period.case_id = owned.id)
                """,
                uid=self.env.uid, now=self.env.cr.now(),
            )
        )
        self.invalidate_model(flush=False)

