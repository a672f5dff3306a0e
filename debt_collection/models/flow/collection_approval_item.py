from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, format_date, formatLang

# A row's id is the record's id times this, plus the position of its model.
FACTOR = 16
# Model, and columns where it has none of that name: requester, amount, date, what waits.
SOURCES = (
    ("collection.plan", "user_id", "amount", "create_date",
     "state = 'draft' AND EXISTS (SELECT 1 FROM collection_plan_line part"
     " WHERE part.plan_id = record.id)"),
    ("collection.letter", "requested_by_id", "amount_total", "create_date",
     "state = 'draft' AND date_released IS NULL"
     " AND (requested_by_id IS NOT NULL OR case_step_id IS NOT NULL)"),
    ("collection.writeoff", "requested_by_id", "amount", "date_requested", ""),
    ("collection.charge", "requested_by_id", "amount_total", "date_requested", ""),
    ("collection.legal.action", "requested_by_id", "amount_claimed", "date_requested", ""),
    ("collection.provision", "requested_by_id", "amount_required", "date_requested", ""),
    ("collection.recovery", "requested_by_id", "amount_company", "date_requested", ""),
    ("collection.erasure", "requested_by_id", "NULL", "date_requested", ""),
    ("collection.archiving", "requested_by_id", "NULL", "date_requested", ""),
    ("collection.portal.request", "NULL", "amount", "create_date", "state = 'pending'"),
)
POSTED = ("collection.writeoff", "collection.charge", "collection.provision",
          "collection.recovery")
WITHOUT_CUSTOMER = ("collection.provision", "collection.archiving")
WITHOUT_CASE = ("collection.provision", "collection.archiving", "collection.recovery",
                "collection.erasure")


class CollectionApprovalItem(models.Model):
    """What waits for somebody's decision, whatever it is: one row for each record.

    Managers approve or refuse, finance posts what was approved. A row's buttons call the
    record's own steps as the user who presses them, so that every check of theirs holds.
    """

    _name = "collection.approval.item"
    _description = "Waiting for Approval"
    _inherit = "collection.mixin"
    _auto = False
    _order = "date_requested, id"

    step = fields.Selection(
        [("approve", "To Approve"), ("post", "To Post")], readonly=True
    )
    model = fields.Selection(
        [
            ("collection.plan", "Payment Plan"),
            ("collection.letter", "Letter"),
            ("collection.writeoff", "Write-off"),
            ("collection.charge", "Late Charge"),
            ("collection.legal.action", "Legal Action"),
            ("collection.provision", "Provision"),
            ("collection.recovery", "Recovery"),
            ("collection.erasure", "Erasure of Personal Data"),
            ("collection.archiving", "Archiving"),
            ("collection.portal.request", "Portal Request"),
        ],
        "Kind", readonly=True,
    )
    res_id = fields.Many2oneReference("Record", model_field="model", readonly=True)
    name = fields.Char(compute="_compute_name", compute_sudo=False)
    effect = fields.Char(
        compute="_compute_effect", compute_sudo=False,
        help="What is posted or sent when this is approved or posted.",
    )
    case_id = fields.Many2one("collection.case", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    amount = fields.Monetary(readonly=True)
    requested_by_id = fields.Many2one("res.users", "Asked For By", readonly=True)
    approved_by_id = fields.Many2one("res.users", readonly=True)
    date_requested = fields.Datetime("Asked For On", readonly=True)
    refuse_reason = fields.Char(
        "Reason", compute="_compute_refuse_reason", inverse="_inverse_refuse_reason",
        compute_sudo=False, help="Needed to refuse; a customer can read the answer to a request.",
    )
    _people_write = {"*": {"refuse_reason"}}

    _depends = {
        name: ["state", "company_id"]
        + [column for column in (by, amount, date) if column != "NULL"]
        for name, by, amount, date, _condition in SOURCES
    }

    @property
    def _table_query(self):
        parts = []
        for position, (name, by, amount, date, condition) in enumerate(SOURCES):
            steps = [("approve", condition or "state = 'requested'")]
            if name in POSTED:
                steps.append(("post", "state = 'approved'"))
            for step, waiting in steps:
                # All from the table above: names of columns and conditions, nothing entered.
                parts.append(SQL(
                    f"""
                    SELECT record.id * {FACTOR} + {position} AS id, %s::varchar AS step,
                           %s::varchar AS model, record.id AS res_id,
                           {'NULL::int' if name in WITHOUT_CASE else 'record.case_id'}
                               AS case_id,
                           {'NULL::int' if name in WITHOUT_CUSTOMER else 'record.partner_id'}
                               AS partner_id,
                           record.company_id,
                           {amount}::numeric AS amount, {by}::int AS requested_by_id,
                           {'record.approved_by_id' if by == 'requested_by_id' else 'NULL::int'}
                               AS approved_by_id,
                           {date}::timestamp AS date_requested
                      FROM {self.env[name]._table} record
                     WHERE {waiting}
                    """,
                    step, name,
                ))
        return SQL(" UNION ALL ").join(parts)

    def _get_records(self):
        """The records of these rows, by model: whatever is done is done with the user's rights."""
        for name, items in self.grouped("model").items():
            yield self.env[name].browse(items.mapped("res_id"))

    @api.depends("model", "res_id")
    def _compute_name(self):
        for item in self:
            item.name = self.env[item.model].browse(item.res_id).display_name

    @api.depends("model", "res_id")
    def _compute_refuse_reason(self):
        for item in self:
            record = self.env[item.model].browse(item.res_id)
            name = item._get_reason_field()
            item.refuse_reason = record[name] if name else False

    def _inverse_refuse_reason(self):
        for item in self:
            if name := item._get_reason_field():
                self.env[item.model].browse(item.res_id)[name] = item.refuse_reason

    def _get_reason_field(self):
        """Name of the record's field that says why it is refused; plans are cancelled."""
        if self.model == "collection.plan":
            return None
        return "answer" if self.model == "collection.portal.request" else "refuse_reason"

    @api.depends("model", "res_id", "amount")
    @api.depends_context("lang")
    def _compute_effect(self):
        for item in self:
            record = self.env[item.model].browse(item.res_id)
            words = {
                "collection.plan": item._describe_plan,
                "collection.letter": item._describe_letter,
                "collection.erasure": item._describe_erasure,
                "collection.portal.request": item._describe_request,
            }.get(item.model, item._describe_amount)
            item.effect = words(record)

    def _describe_plan(self, plan):
        return self.env._(
            "%(count)s instalments from %(date)s, %(amount)s in all",
            count=plan.count, date=format_date(self.env, plan.date_first),
            amount=formatLang(self.env, plan.amount, currency_obj=plan.currency_id),
        )

    def _describe_letter(self, letter):
        labels = letter._fields
        return self.env._(
            "%(kind)s by %(channel)s to %(customer)s",
            kind=dict(labels["kind"]._description_selection(self.env)).get(letter.kind),
            channel=dict(labels["channel"]._description_selection(self.env)).get(letter.channel),
            customer=(letter.contact_id or letter.partner_id).display_name,
        )

    def _describe_erasure(self, erasure):
        return self.env._(
            "Personal data of %(customer)s: %(count)s activities",
            customer=erasure.partner_id.display_name, count=erasure.contact_count,
        )

    def _describe_request(self, request):
        kind = dict(request._fields["kind"]._description_selection(self.env)).get(request.kind)
        return f"{kind}: {request.text}" if request.text else kind

    def _describe_amount(self, _record):
        amount = formatLang(self.env, self.amount or 0, currency_obj=self.currency_id)
        if self.model in POSTED:
            return self.env._("Entry of %(amount)s", amount=amount)
        return amount if self.amount else False

    def action_approve(self):
        """Approve these, each by its own step; one that cannot be keeps none of the others."""
        return self._decide("approve", "action_approve", {
            "collection.portal.request": "action_accept",
        })

    def action_refuse(self):
        """Refuse these, each by its own step and with its own reason."""
        return self._decide("approve", "action_refuse", {
            "collection.portal.request": "action_decline",
            "collection.plan": "action_cancel",
        })

    def action_post(self):
        """Post these as journal entries, each by its own step."""
        return self._decide("post", "action_post", {})

    def _decide(self, step, method, others):
        """Press the records' own buttons.

        :param method: name of the button
        :param others: by model, what it is called there instead
        """
        self._check_step(step)
        if len(self) == 1:
            [record] = self._get_records()
            action = getattr(record, others.get(record._name, method))()
            self._forget()
            return action if isinstance(action, dict) else None
        done, work, words = 0, None, []
        for records in self._get_records():
            name = others.get(records._name, method)
            if name == "action_approve" and records._name == "collection.letter":
                # One run of the PDF engine for all of them, or none that somebody waits for.
                try:
                    with self.env.cr.savepoint():
                        work = records.action_approve_selected() or work
                    done += len(records)
                except (UserError, AccessError) as error:
                    words.append(str(error))
                continue
            for record in records:
                try:
                    with self.env.cr.savepoint():
                        getattr(record, name)()
                        self.env.flush_all()
                    done += 1
                except (UserError, AccessError) as error:
                    words.append(f"{record.display_name}: {error}")
        self._forget()
        return work if isinstance(work, dict) and not words else self._say(done, words)

    def _say(self, done, words):
        """How many were done, and why others were not."""
        message = self.env._("%(done)s of %(all)s done.", done=done, all=done + len(words))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": "\n".join([message, *words]),
                "type": "warning" if words else "success",
                "sticky": bool(words),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _check_step(self, step):
        if any(item.step != step for item in self):
            raise UserError(self.env._("This waits no more. Load the list again."))

    def _forget(self):
        # What was decided waits no more: its rows are gone.
        self.env.flush_all()
        self.invalidate_model()

    @api.readonly
    def action_open(self):
        """Open the record itself."""
        self.ensure_one()
        return self.env[self.model].browse(self.res_id)._get_records_action()
