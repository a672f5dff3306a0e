import json

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import NO_ACCESS
from odoo.sql_db import db_connect
from odoo.tools import SQL

from ..tools.seal import FIRST, Entry, canonical, make_content, make_seal
from .collection_guard import OURS, is_uninstalling

# Keeps our advisory locks apart from those of others: the first of two 32-bit keys.
LOCK_SPACE = 0x5EA1


class CollectionSeal(models.Model):
    """The chain of seals of each company: one row for each sealed record, for good.

    Writers of a company's chain follow one another by an advisory lock that the transaction
    keeps until it ends. The last link is then read in a transaction of its own: ours may have
    begun before another's link was committed, and would not see it. So nobody ever forks the
    chain, and who comes second waits instead of being rolled back: a job that has sent letters
    must not do so again. The unique index stands behind this.
    """

    _name = "collection.seal"
    _inherit = ["collection.mixin"]
    _description = "Seal"
    _order = "company_id, number desc"
    _rec_name = "number"
    # Rows are never written again, so there is no such log; PostgreSQL refuses it, too.
    _log_access = False

    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="restrict")
    number = fields.Integer(required=True, readonly=True, aggregator=False)
    model = fields.Char(required=True, readonly=True)
    res_id = fields.Integer("Record", required=True, readonly=True, aggregator=False)
    date = fields.Datetime("Sealed On", required=True, readonly=True)
    user_id = fields.Many2one("res.users", "Sealed By", readonly=True, ondelete="restrict")
    previous = fields.Char("Seal Before", readonly=True)
    seal = fields.Char(required=True, readonly=True)
    # What was sealed, and its personal parts with their salts, as JSON; what was erased is
    # missing. Nobody reads here what the record itself does not show (P1.4).
    content = fields.Text(required=True, readonly=True, groups=NO_ACCESS)
    personal = fields.Text(readonly=True, groups=NO_ACCESS)
    content_shown = fields.Text(
        "What Was Sealed", compute="_compute_content_shown", help="As JSON."
    )

    _one_number = models.UniqueIndex("(company_id, number)", "A number is given once in a chain.")
    _one_seal = models.UniqueIndex("(model, res_id)", "A record is sealed once.")

    @api.depends("number", "model", "res_id")
    def _compute_display_name(self):
        for seal in self:
            seal.display_name = f"{seal.number}: {seal.model} {seal.res_id}"

    @api.depends_context("uid")
    @api.depends("content", "model", "res_id")
    def _compute_content_shown(self):
        """Empty for who may not see the record."""
        for seal in self:
            record = self.env[seal.model].browse(seal.res_id) if seal.model in self.env else None
            is_shown = record is not None and record.exists() and record.has_access("read")
            # The user may see the record that the content is about.
            seal.content_shown = seal.sudo().content if is_shown else False

    @api.model
    def _append(self, company, records):
        """Add records to the end of a company's chain, in the order given."""
        self._lock_chain(company)
        number, previous = self._get_head(company)
        now = fields.Datetime.now()
        rows, seals = [], {}
        for record in records:
            figures, personal = record._get_sealed_content()
            parts = record._get_salted_parts(personal)
            content = make_content(figures, parts)
            number += 1
            seal = make_seal(
                company.id, number, record._name, record.id, self.env.uid,
                fields.Datetime.to_string(now), previous, content,
            )
            rows.append({
                "company_id": company.id,
                "number": number,
                "model": record._name,
                "res_id": record.id,
                "date": now,
                "user_id": self.env.uid,
                "previous": previous,
                "seal": seal,
                "content": content,
                "personal": canonical(parts),
            })
            seals[record.id] = (number, seal)
            previous = seal
        entries = self.with_context(collection_sealing=OURS).create(rows)
        entries.flush_recordset()
        records._note_seals(seals)
        return entries

    @api.model
    def _lock_chain(self, company):
        """Wait until no other transaction is adding to the company's chain.

        All that is to be written is written before: whoever holds this lock waits for nobody.
        """
        self.env.flush_all()
        self.env.execute_query(
            SQL("SELECT pg_advisory_xact_lock(%s, %s)", LOCK_SPACE, company.id)
        )

    @api.model
    def _get_head(self, company):
        """Number and seal of the chain's last link, of this transaction or committed."""
        query = SQL(
            "SELECT number, seal FROM collection_seal WHERE company_id = %s"
            " ORDER BY number DESC LIMIT 1",
            company.id,
        )
        heads = self.env.execute_query(query)
        # While modules are loaded, this very transaction may keep everybody else from the table.
        if self.env.registry.ready:
            # A snapshot of now: what was committed while we waited for the lock.
            with db_connect(self.env.cr.dbname).cursor() as fresh_cr:
                fresh_cr.execute(query)
                heads += fresh_cr.fetchall()
        return max(heads, default=(0, FIRST))

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.context.get("collection_sealing") is not OURS:
            raise UserError(self.env._("Seals are made by the system alone."))
        return super().create(vals_list)

    def write(self, vals):
        self._check_untouched()
        return super().write(vals)

    @api.ondelete(at_uninstall=True)
    def _unlink_except_seals(self):
        if not is_uninstalling(self):
            self._check_untouched()

    def _check_untouched(self):
        if self:
            raise UserError(self.env._("A seal is neither changed nor deleted, by nobody."))

    def _as_entry(self):
        """The row in the form that the pure rules read."""
        self.ensure_one()
        # Who verifies or exports the chain need not see what is in it.
        seal_sudo = self.sudo()
        return Entry(
            self.company_id.id, self.number, self.model, self.res_id, self.user_id.id,
            fields.Datetime.to_string(self.date), self.previous or FIRST, self.seal,
            seal_sudo.content, json.loads(seal_sudo.personal or "{}"),
        )

    @api.readonly
    def action_open_record(self):
        """The record that was sealed."""
        self.ensure_one()
        record = self.env[self.model].browse(self.res_id)
        record.check_access("read")
        return record._get_records_action()

    def _get_export(self):
        """What an auditor needs to check the chain, one dict for each seal."""
        names = ("company", "number", "model", "res_id", "user", "date", "previous", "seal",
                 "content")
        return [
            {name: getattr(entry, name) for name in names}
            for entry in (seal._as_entry() for seal in self)
        ]

    def action_export(self):
        """Download the chain of the active company."""
        self.check_access("read")
        return {"type": "ir.actions.act_url", "url": "/debt_collection/seals",
                "target": "download"}
