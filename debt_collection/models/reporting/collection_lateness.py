from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..contact.collection_reason import CAUSES

PAST_DAYS = 365
SENT_DAYS = 3  # days after its date within which an invoice is sent in time
REFUSED = {"peppol_move_state": ("error",), "l10n_it_edi_state": ("rejected",)}
DEPARTMENTS = {
    "refused": "finance", "sent": "finance", "reference": "sales", "price": "sales",
    "delivery": "sales", "contact": "sales", "no_email": "sales",
}


class CollectionLateness(models.Model):
    """Items that are late, or were paid late in the last year, and whose doing it is.

    Each item has one cause, the first that is on record, so that figures add up: the e-invoice
    was refused, the invoice was sent late or not received, the purchase number is missing, the
    price or delivery is contested with reason or not yet answered, the contact is wrong, there
    is no e-mail address. What has none of these is the customer's own. Days of an invoice sent
    late are ours as far as it was sent late, those of the other causes are all ours.
    """

    _name = "collection.lateness"
    _description = "Cause of Late Payment"
    _inherit = "collection.mixin"
    _auto = False
    _order = "amount_days desc, id"
    _rec_name = "move_id"

    _depends = {
        "account.move.line": [
            "move_id", "partner_id", "company_id", "account_id", "date", "date_maturity",
            "balance", "amount_residual", "parent_state", "reconciled", "invoice_date",
            "collection_case_id",
        ],
        "account.move": ["ref", "is_move_sent", "invoice_user_id", "move_type"],
        "account.partial.reconcile": ["debit_move_id", "max_date"],
        "account.account": ["account_type"],
        "res.partner": ["commercial_partner_id", "collector_id", "email"],
        "collection.case": ["partner_id", "company_id", "stage", "user_id"],
        "collection.dispute": [
            "case_id", "line_ids", "reason_id", "resolution", "state", "date_open",
        ],
        "collection.dispute.reason": ["cause"],
        "collection.activity": ["case_id", "date", "outcome", "reason_id", "state"],
        "collection.reason": ["cause"],
    }
    move_line_id = fields.Many2one("account.move.line", "Journal Item", readonly=True)
    move_id = fields.Many2one("account.move", "Invoice", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    case_id = fields.Many2one("collection.case", readonly=True)
    user_id = fields.Many2one("res.users", "Collector", readonly=True)
    salesperson_id = fields.Many2one("res.users", readonly=True)
    contested_by_id = fields.Many2one("collection.dispute", "Dispute", readonly=True)
    cause = fields.Selection(
        [*CAUSES, ("no_email", "No E-mail Address"), ("customer", "Customer's Own")],
        readonly=True,
    )
    is_ours = fields.Boolean("Our Doing", readonly=True)
    is_open = fields.Boolean("Still Open", readonly=True)
    date_invoice = fields.Date("Invoice Date", readonly=True)
    date_sent = fields.Date("Sent On", readonly=True, help="First e-mail to the customer with it.")
    date_due = fields.Date("Due Date", readonly=True)
    date_settled = fields.Date("Settled On", readonly=True)
    days_late = fields.Integer(readonly=True, aggregator="avg")
    days_ours = fields.Integer("Days by Our Doing", readonly=True, aggregator="avg")
    amount = fields.Monetary(readonly=True)
    amount_days = fields.Float(
        "Amount × Days Late", readonly=True, digits=(16, 0),
        help="A thousand that comes ten days late weighs like ten thousand one day late.",
    )
    amount_days_ours = fields.Float(
        "Amount × Days by Our Doing", readonly=True, digits=(16, 0)
    )
    share_ours = fields.Float(
        "Our Share", readonly=True, aggregator="avg",
        help="The part of the lateness that is our doing. Of several items it is that of their"
        " sums.",
    )

    def _read_group_select(self, aggregate_spec, query):
        if aggregate_spec == "share_ours:avg":
            self._check_field_access(self._fields["share_ours"], "read")
            return SQL(
                "SUM(%s)::float / NULLIF(SUM(%s), 0)::float",
                self._field_to_sql(self._table, "amount_days_ours", query),
                self._field_to_sql(self._table, "amount_days", query),
            )
        return super()._read_group_select(aggregate_spec, query)

    @property
    def _table_query(self):
        companies = (
            # Whoever works for everybody sees all companies; the rules leave others their own.
            self.env["res.company"]._get_collection_companies()
            if self.env.su else self.env.companies
        )
        return SQL(
            "WITH today (company_id, day) AS (%s), %s %s",
            self.env["collection.ageing.report"]._get_today_sql(companies),
            self._get_item_sql(),
            self._get_rows_sql(),
        )

    def _get_item_sql(self):
        """``item``: what is late; ``mailed``, ``contested``, ``told``: what is on record of it."""
        return SQL(
            """
            item AS MATERIALIZED (
                SELECT line.id, line.move_id, line.company_id, line.company_currency_id,
                       partner.commercial_partner_id AS partner_id, line.collection_case_id,
                       COALESCE(line.invoice_date, line.date) AS issued,
                       COALESCE(line.date_maturity, line.date) AS due,
                       settled.date AS settled, line.balance, today.day,
                       COALESCE(settled.date, today.day)
                           - COALESCE(line.date_maturity, line.date) AS days_late
                  FROM today
                  JOIN account_move_line line ON line.company_id = today.company_id
                   AND line.parent_state = 'posted' AND line.balance > 0 AND %(chased)s
                  JOIN account_account account ON account.id = line.account_id
                   AND account.account_type = 'asset_receivable'
             LEFT JOIN res_partner partner ON partner.id = line.partner_id
             LEFT JOIN LATERAL (
                       SELECT MAX(part.max_date) AS date FROM account_partial_reconcile part
                        WHERE line.reconciled AND part.debit_move_id = line.id) settled ON TRUE
                 WHERE COALESCE(settled.date, today.day)
                           > COALESCE(line.date_maturity, line.date)
                   AND (line.reconciled IS NOT TRUE OR settled.date > today.day - %(past)s)),
            mailed AS (
                SELECT message.res_id AS move_id, MIN(message.date)::date AS day,
                       bool_and(note.notification_status IN ('bounce', 'exception')) AS is_lost
                  FROM mail_message message
                  JOIN mail_notification note ON note.mail_message_id = message.id
                   AND note.notification_type = 'email'
                  JOIN res_partner partner ON partner.id = note.res_partner_id
                  JOIN account_move move ON move.id = message.res_id
                   AND move.commercial_partner_id = partner.commercial_partner_id
                 WHERE message.model = 'account.move'
                   AND message.res_id IN (SELECT move_id FROM item)
              GROUP BY message.res_id),
            sender AS (
                SELECT DISTINCT move.company_id FROM account_move move
                 WHERE move.is_move_sent AND move.move_type = 'out_invoice'),
            contested AS (
                SELECT DISTINCT ON (rel.line_id) rel.line_id, dispute.id, reason.cause
                  FROM collection_dispute dispute
                  JOIN collection_dispute_move_line_rel rel ON rel.dispute_id = dispute.id
             LEFT JOIN collection_dispute_reason reason ON reason.id = dispute.reason_id
                 WHERE reason.cause IS NOT NULL
                   AND dispute.resolution IS DISTINCT FROM 'invalid'
              ORDER BY rel.line_id, dispute.date_open, dispute.id),
            told AS (
                SELECT item.id AS line_id,
                       (array_agg(COALESCE(reason.cause, 'contact') ORDER BY activity.date))[1]
                           AS cause
                  FROM item
                  JOIN collection_activity activity ON activity.case_id = item.collection_case_id
                   AND activity.state = 'confirmed' AND activity.date::date > item.due
                   AND activity.date::date <= COALESCE(item.settled, item.day)
             LEFT JOIN collection_reason reason ON reason.id = activity.reason_id
                 WHERE reason.cause IS NOT NULL OR activity.outcome = 'wrong_number'
              GROUP BY item.id)
            """,
            chased=self.env["account.move.line"]._get_chased_sql("line"), past=PAST_DAYS,
        )

    def _get_rows_sql(self):
        return SQL(
            """
            SELECT late.*, late.cause != 'customer' AS is_ours,
                   late.amount * late.days_late AS amount_days,
                   late.amount * late.days_ours AS amount_days_ours,
                   late.days_ours::float / late.days_late AS share_ours
              FROM (
                SELECT item.id, item.id AS move_line_id, item.move_id, item.partner_id,
                       item.company_id, item.company_currency_id AS currency_id,
                       cases.id AS case_id,
                       COALESCE(cases.user_id,
                                (customer.collector_id->>item.company_id::text)::int) AS user_id,
                       move.invoice_user_id AS salesperson_id, contested.id AS contested_by_id,
                       found.cause, item.settled IS NULL AS is_open, item.issued AS date_invoice,
                       mailed.day AS date_sent, item.due AS date_due,
                       item.settled AS date_settled, item.days_late, item.balance AS amount,
                       CASE WHEN found.cause = 'customer' THEN 0
                            WHEN found.cause = 'sent' AND mailed.day IS NOT NULL
                             AND contested.cause IS DISTINCT FROM 'sent'
                             AND told.cause IS DISTINCT FROM 'sent'
                            THEN LEAST(item.days_late, mailed.day - item.issued - %(sent_days)s)
                            ELSE item.days_late END AS days_ours
                  FROM item
                  JOIN account_move move ON move.id = item.move_id
             LEFT JOIN res_partner customer ON customer.id = item.partner_id
             LEFT JOIN mailed ON mailed.move_id = item.move_id
             LEFT JOIN sender ON sender.company_id = item.company_id
             LEFT JOIN contested ON contested.line_id = item.id
             LEFT JOIN told ON told.line_id = item.id
             LEFT JOIN collection_case cases ON cases.partner_id = item.partner_id
                   AND cases.company_id = item.company_id AND cases.stage != 'closed'
            CROSS JOIN LATERAL (
                SELECT CASE
                    WHEN %(refused)s OR 'refused' IN (contested.cause, told.cause) THEN 'refused'
                    WHEN mailed.day - item.issued > %(sent_days)s
                      OR (mailed.day IS NULL AND sender.company_id IS NOT NULL
                          AND move.move_type = 'out_invoice' AND move.is_move_sent IS NOT TRUE)
                      OR 'sent' IN (contested.cause, told.cause) THEN 'sent'
                    WHEN (customer.collection_needs_reference AND COALESCE(move.ref, '') = '')
                      OR 'reference' IN (contested.cause, told.cause) THEN 'reference'
                    WHEN contested.cause IS NOT NULL THEN contested.cause
                    WHEN told.cause IS NOT NULL THEN told.cause
                    WHEN mailed.is_lost THEN 'contact'
                    WHEN customer.id IS NOT NULL AND NOT EXISTS (
                         SELECT 1 FROM res_partner contact
                          WHERE contact.commercial_partner_id = customer.id AND contact.active
                            AND COALESCE(contact.email, '') != '')
                     AND COALESCE(customer.invoice_sending_method->>item.company_id::text, '')
                         NOT IN ('snailmail', 'manual') THEN 'no_email'
                    ELSE 'customer' END AS cause) found
              ) late
            """,
            sent_days=SENT_DAYS, refused=self._get_refused_sql(),
        )

    def _get_refused_sql(self):
        """Whether an invoice's e-invoice came back, by the add-ons that are installed."""
        fields_ = self.env["account.move"]._fields
        known = [
            SQL("%s IN %s", SQL.identifier("move", name), states)
            for name, states in REFUSED.items() if name in fields_ and fields_[name].store
        ]
        return SQL("(%s)", SQL(" OR ").join(known)) if known else SQL("FALSE")

    # Who can end it is asked to.

    def action_create_tasks(self):
        """Tasks for sales or finance, one for each case and cause of these open items.

        :raises AccessError: for users who are neither collectors nor finance
        """
        user = self.env.user
        if not (
            user.has_group("debt_collection.group_collector")
            or user.has_group("debt_collection.group_finance")
        ):
            raise AccessError(self.env._("Only collectors and finance ask for tasks."))
        chosen = self.filtered(lambda row: row.is_open and row.is_ours and row.case_id)
        if not chosen:
            raise UserError(self.env._(
                "Choose open items of cases whose lateness is our doing: the others have nobody"
                " here who could end it."
            ))
        tasks = self.env["collection.sales.task"]
        labels = dict(self._fields["cause"]._description_selection(self.env))
        for (case, cause), rows in chosen.grouped(lambda row: (row.case_id, row.cause)).items():
            name = self.env._(
                "%(cause)s: %(invoices)s", cause=labels[cause],
                invoices=", ".join(rows.move_id.mapped("name")),
            )[:500]
            known = tasks.search([
                ("case_id", "=", case.id), ("state", "=", "open"), ("name", "=", name),
            ], limit=1)
            tasks |= known or tasks.create({
                "case_id": case.id, "name": name, "department": DEPARTMENTS[cause],
            })
        return tasks._get_records_action(name=self.env._("Tasks"))

    def action_open_records(self):
        """The invoice, or the dispute that says why."""
        self.ensure_one()
        return (self.contested_by_id or self.move_id)._get_records_action()
