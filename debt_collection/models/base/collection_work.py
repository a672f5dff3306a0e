import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

_logger = logging.getLogger(__name__)
PREFIX = "_work_"
"""How methods are called that work in the background; no other one is."""
KEPT_DAYS = 30


class CollectionWork(models.Model):
    """Long work that goes on by itself: who asked for it does not wait, and is told the end.

    A method that works in the background is a generator: each part it yields, with how much was
    done, is committed. It runs as the person who asked, and may be called anew after it was cut
    off: it goes on with what is left. What it returns says what came of it: dict of ``message``
    and ``ids``, the records to look at.
    """

    _name = "collection.work"
    _description = "Work in the Background"
    _inherit = "collection.mixin"
    _order = "id desc"

    name = fields.Char("What", required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users", "Asked For By", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    model = fields.Char(required=True, readonly=True)
    method = fields.Char(required=True, readonly=True)
    res_ids = fields.Json("Records", readonly=True)
    result_ids = fields.Json("Records to Look At", readonly=True)
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("running", "Running"),
            ("done", "Done"),
            ("failed", "Failed"),
            ("cancelled", "Cancelled"),
        ],
        required=True, default="waiting", readonly=True, index=True,
    )
    total = fields.Integer("Of", readonly=True)
    done = fields.Integer("Done So Far", readonly=True)
    progress = fields.Integer("Progress (%)", compute="_compute_progress")
    message = fields.Text("What Came of It", readonly=True)
    date_started = fields.Datetime("Started On", readonly=True)
    date_ended = fields.Datetime("Ended On", readonly=True)

    @api.depends("done", "total", "state")
    def _compute_progress(self):
        for work in self:
            share = 100 * work.done // work.total if work.total else 0
            work.progress = 100 if work.state == "done" else min(share, 99)

    # Asking for it.

    @api.model
    def _start(self, name, records, method, total=None):
        """Let a method of some records work in the background, as the user who asks.

        :param name: what is done, as the person reads it
        :param method: name of the records' method, see the class
        :param total: how much there is to do, by default the number of records
        :return: the action that tells the person so
        """
        # Nobody writes work by hand; what runs is a method of ours, with the user's own rights.
        work_sudo = self.sudo().create({
            "name": name,
            "user_id": self.env.uid,
            "company_id": self.env.company.id,
            "model": records._name,
            "method": method,
            "res_ids": records.ids,
            "total": len(records) if total is None else total,
        })
        # Nobody has a right on jobs; it is woken, not changed.
        self.env.ref("debt_collection.cron_work").sudo()._trigger()
        work_sudo._tell()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": name,
                "message": self.env._(
                    "This goes on by itself: you can leave. The wheel at the top shows how far it"
                    " is, and you are told when it is done."
                ),
                "type": "info",
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    # Doing it.

    @api.model
    def _cron_work(self):
        """Do what waits, in the order in which it was asked for."""
        self.env["res.company"]._run_collection_job(
            lambda company: self._work_off(company), "work in the background"
        )

    @api.model
    def _work_off(self, company):
        """Do the work of a company, part by part; yields how much was done."""
        pending = self.sudo().search(
            [("company_id", "=", company.id), ("state", "in", ("waiting", "running"))],
            order="id",
        )
        for work in pending:
            yield from work._do()

    def _do(self):
        """Do this work; a part that fails ends it, with the reason."""
        self.write({
            "state": "running", "done": 0,
            "date_started": self.date_started or fields.Datetime.now(),
        })
        self._tell()
        yield 0
        parts = None
        while self._is_going_on():
            try:
                with self.env.cr.savepoint():
                    parts = parts or self._begin()
                    count = next(parts)
                    self.env.flush_all()
            except StopIteration as end:
                self._end("done", end.value or {})
                return
            except (OSError, *PG_CONCURRENCY_EXCEPTIONS_TO_RETRY):
                # The machine, or another person, is in the way: it is tried again.
                raise
            # Whatever is wrong with it, the person is told, and other work goes on.
            except Exception as error:
                if not isinstance(error, (UserError, ValidationError, AccessError)):
                    _logger.exception("Collections: work %s failed", self.id)
                self._end("failed", {"message": str(error)})
                return
            self.done += count
            self._tell()
            yield count

    def _is_going_on(self):
        """Whether nobody has cancelled it meanwhile."""
        self.invalidate_recordset(["state"])
        return self.state == "running"

    def _begin(self):
        user = self.user_id
        if not user.active:
            raise UserError(self.env._("%(user)s has left.", user=user.name))
        if not self.method.startswith(PREFIX):
            raise UserError(self.env._("Such work is not done in the background."))
        records = self.env[self.model].with_user(user).with_context(
            lang=user.lang, tz=user.tz, allowed_company_ids=self.company_id.ids,
        ).browse(self.res_ids or ())
        return getattr(records.exists(), self.method)()

    def _end(self, state, result):
        reader = self.with_context(lang=self.user_id.lang)
        self.write({
            "state": state,
            "done": self.total if state == "done" else self.done,
            "message": result.get("message") or (
                reader.env._("Done.") if state == "done" else False
            ),
            "result_ids": result.get("ids") or False,
            "date_ended": fields.Datetime.now(),
        })
        self._tell()

    def _tell(self):
        """Tell the person who asked how far it is, wherever they are."""
        for work in self:
            work.user_id._bus_send("collection_work", work._as_news())

    def _as_news(self):
        self.ensure_one()
        return {
            "id": self.id, "name": self.name, "state": self.state, "done": self.done,
            "total": self.total, "message": self.message or "",
            "has_result": bool(self.result_ids),
        }

    @api.model
    def _get_own_news(self):
        """What goes on for the user now, for the wheel at the top of the screen."""
        # Own work alone; a user without a role has none.
        works_sudo = self.sudo().search(
            [("user_id", "=", self.env.uid), ("state", "in", ("waiting", "running"))]
        )
        return [work._as_news() for work in works_sudo]

    # Looking at it.

    @api.readonly
    def action_open(self):
        """The records that it made or changed."""
        self.ensure_one()
        records = self.env[self.model].browse(self.result_ids or self.res_ids or ()).exists()
        return records._get_records_action(name=self.name)

    def action_cancel(self):
        """Stop it after the part it is at; what was done stays done."""
        self.check_access("read")
        for work in self:
            if work.user_id != self.env.user or work.state not in ("waiting", "running"):
                raise UserError(
                    self.env._("“%(work)s” has ended already, or is not yours.", work=work.name)
                )
        # Checked above: one's own.
        self.sudo().write({"state": "cancelled", "date_ended": fields.Datetime.now()})
        self.sudo()._tell()

    @api.autovacuum
    def _gc_ended(self):
        """Drop what ended long ago."""
        self.env.execute_query(SQL(
            "DELETE FROM collection_work WHERE date_ended < %s",
            fields.Datetime.subtract(fields.Datetime.now(), days=KEPT_DAYS),
        ))
