import json
import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import NO_ACCESS
from odoo.sql_db import db_connect
from odoo.tools import SQL, split_every

from ...tools.seal import (
    FIRST,
    Entry,
    canonical,
    check_entry,
    find_difference,
    make_content,
    make_seal,
)
from ..base.collection_guard import OURS, is_uninstalling

# Keeps our advisory locks apart from those of others: the first of two 32-bit keys.
LOCK_SPACE = 0x5EA1
FUNCTION = """
CREATE OR REPLACE FUNCTION collection_refuse_sealed() RETURNS trigger AS $collection$
-- Arguments: the table of the sealed records; the column of this table that names the record;
-- its model; columns that are kept; columns that can be erased; the key of their parts in the
-- seal, before the column's name; columns that are kept once they are filled. Lists are separated
-- by commas.
DECLARE
    old_row jsonb := CASE WHEN TG_OP IN ('UPDATE', 'DELETE') THEN to_jsonb(OLD) END;
    new_row jsonb := CASE WHEN TG_OP IN ('UPDATE', 'INSERT') THEN to_jsonb(NEW) END;
    owner_id integer;
    is_sealed boolean;
    parts jsonb;
    name text;
    key text;
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        RAISE EXCEPTION 'The table % holds sealed records: it is not emptied.', TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME;
    END IF;
    FOREACH owner_id IN ARRAY ARRAY[
        (old_row ->> TG_ARGV[1])::integer, (new_row ->> TG_ARGV[1])::integer]
    LOOP
        CONTINUE WHEN owner_id IS NULL;
        IF TG_TABLE_NAME = TG_ARGV[0] THEN
            is_sealed := old_row ->> 'seal' IS NOT NULL;
        ELSE
            EXECUTE format('SELECT seal IS NOT NULL FROM %I WHERE id = $1', TG_ARGV[0])
                INTO is_sealed USING owner_id;
        END IF;
        CONTINUE WHEN is_sealed IS NOT TRUE;
        SELECT personal::jsonb INTO parts FROM collection_seal
         WHERE model = TG_ARGV[2] AND res_id = owner_id;
        IF TG_OP = 'UPDATE' THEN
            FOREACH name IN ARRAY string_to_array(TG_ARGV[3], ',') LOOP
                IF old_row -> name IS DISTINCT FROM new_row -> name THEN
                    RAISE EXCEPTION 'The record % of % is sealed: "%" is not changed any more.',
                        owner_id, TG_ARGV[2], name
                        USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME;
                END IF;
            END LOOP;
            FOREACH name IN ARRAY string_to_array(TG_ARGV[6], ',') LOOP
                IF old_row ->> name IS NOT NULL
                    AND old_row -> name IS DISTINCT FROM new_row -> name
                THEN
                    RAISE EXCEPTION 'The record % of % is sealed: "%" is not changed any more.',
                        owner_id, TG_ARGV[2], name
                        USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME;
                END IF;
            END LOOP;
            FOREACH name IN ARRAY string_to_array(TG_ARGV[4], ',') LOOP
                key := format(TG_ARGV[5], old_row ->> 'id') || name;
                IF old_row -> name IS DISTINCT FROM new_row -> name
                    AND NOT (COALESCE(new_row ->> name, '') = '' AND parts IS NOT NULL
                             AND NOT parts ? key)
                THEN
                    RAISE EXCEPTION 'The record % of % is sealed: "%" is not changed any more.',
                        owner_id, TG_ARGV[2], name
                        USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME;
                END IF;
            END LOOP;
        ELSIF NOT (TG_OP = 'DELETE' AND TG_ARGV[4] = '*' AND parts IS NOT NULL
                   AND NOT parts ? TG_ARGV[5]) THEN
            RAISE EXCEPTION 'The record % of % is sealed: nothing is added to it or taken away.',
                owner_id, TG_ARGV[2]
                USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME;
        END IF;
    END LOOP;
    RETURN COALESCE(NEW, OLD);
END
$collection$ LANGUAGE plpgsql;

CREATE OR REPLACE FUNCTION collection_refuse_seal() RETURNS trigger AS $collection$
-- A seal stays; of its personal parts some or all may be erased.
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF to_jsonb(OLD) - 'personal' = to_jsonb(NEW) - 'personal'
            AND NEW.personal IS NOT NULL
            AND NOT EXISTS (
                SELECT FROM jsonb_each(NEW.personal::jsonb) part
                 WHERE part.value IS DISTINCT FROM OLD.personal::jsonb -> part.key)
        THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'The chain of seals is not changed, by nobody.'
        USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME;
END
$collection$ LANGUAGE plpgsql;
"""
_logger = logging.getLogger(__name__)
BATCH = 500


class CollectionSeal(models.Model):
    """The chain of seals of each company: one row for each sealed record, for good.

    Writers of a company's chain follow one another by an advisory lock that the transaction
    keeps until it ends. The last link is then read in a transaction of its own: ours may have
    begun before another's link was committed, and would not see it. So nobody ever forks the
    chain, and who comes second waits instead of being rolled back: a job that has sent letters
    must not do so again. The unique index stands behind this.
    """

    _name = "collection.seal"
    _description = "Seal"
    _inherit = "collection.mixin"
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
            content = make_content(figures, parts, record._sealed_later)
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

    # PostgreSQL itself refuses what would bend the record, for whoever asks (P6.3).

    def init(self):
        self.env.cr.execute(FUNCTION)
        self._make_trigger(self._table, SQL("UPDATE OR DELETE"), SQL("collection_refuse_seal()"))
        self._make_trigger(
            self._table, SQL("TRUNCATE"), SQL("collection_refuse_seal()"), each="STATEMENT"
        )
        return super().init()

    @api.model
    def _make_trigger(self, table, events, function, each="ROW"):
        name = SQL.identifier(f"collection_seal_{each.lower()}")
        self.env.cr.execute(
            SQL("DROP TRIGGER IF EXISTS %s ON %s", name, SQL.identifier(table))
        )
        self.env.cr.execute(
            SQL(
                "CREATE TRIGGER %s BEFORE %s ON %s FOR EACH %s EXECUTE FUNCTION %s",
                name, events, SQL.identifier(table), SQL(each), function,
            )
        )

    @api.model
    def _protect_model(self, model):
        """Make the triggers of a sealed model, its lines and its papers."""
        self.env.cr.execute(FUNCTION)
        self._protect_table(
            model, model._table, "id",
            ["seal", "seal_number", *self._get_columns(model, model._sealed_fields)],
            self._get_columns(model, model._sealed_personal), "",
            once=self._get_columns(model, model._sealed_once),
        )
        for name in model._sealed_lines:
            # The table of the lines is made after that of the records.
            self.env.registry.post_init(self._protect_lines, model, name)
        for name in (*model._sealed_fields, *model._sealed_personal):
            field = model._fields[name]
            if field.type == "many2many":
                is_personal = name in model._sealed_personal
                self._protect_table(
                    model, field.relation, field.column1, [field.column2],
                    ["*"] if is_personal else [], name if is_personal else "", inserts=True,
                )

    @api.model
    def _protect_lines(self, model, name):
        """Make the triggers of a sealed model's lines."""
        field = model._fields[name]
        lines = self.env[field.comodel_name]
        plain, private = model._sealed_lines[name]
        self._protect_table(
            model, lines._table, field.inverse_name,
            [field.inverse_name, *self._get_columns(lines, plain)],
            self._get_columns(lines, private), f"{name}.%s.", inserts=True,
        )

    @api.model
    def _get_columns(self, model, names):
        return [name for name in names if model._fields[name].column_type]

    @api.model
    def _protect_table(
        self, model, table, owner, kept, erasable, key, inserts=False, once=()
    ):
        function = SQL(
            "collection_refuse_sealed(%s, %s, %s, %s, %s, %s, %s)",
            model._table, owner, model._name, ",".join(kept), ",".join(erasable), key,
            ",".join(once),
        )
        events = SQL("INSERT OR UPDATE OR DELETE") if inserts else SQL("UPDATE OR DELETE")
        self._make_trigger(table, events, function)
        self._make_trigger(table, SQL("TRUNCATE"), function, each="STATEMENT")

    @api.model
    def _remove_triggers(self):
        """Take the triggers away: the add-on is uninstalled, its tables go."""
        self.env.cr.execute("DROP FUNCTION IF EXISTS collection_refuse_sealed() CASCADE")
        self.env.cr.execute("DROP FUNCTION IF EXISTS collection_refuse_seal() CASCADE")

    # Verify: does every record say what it said when it was sealed (P6.3)?

    @api.model
    def _verify(self, company=None):
        """Check a company's chain from its first seal, and each record against its seal.

        Finds values changed by hand in the database, records and seals that are missing, put in
        or in another order, and final records without a seal. What was checked before has to
        be there again: an end that was cut off shows.

        :return: dict ``ok``, ``count`` (seals that fit), ``number`` and ``seal`` of the last of
            them, ``problem``: empty, or in words the first record that does not fit
        """
        company = company or self.env.company
        self.env.flush_all()
        self.env.invalidate_all()
        # What is verified is the company's whole record, whoever may read which part of it.
        chain_sudo = self.sudo().with_company(company).with_context(active_test=False)
        number, previous, problem = chain_sudo._verify_links(company)
        problem = problem or chain_sudo._find_cut(company, number)
        problem = problem or chain_sudo._find_unsealed(company)
        result = {
            "ok": not problem, "count": number, "number": number, "seal": previous,
            "problem": problem,
        }
        if not problem:
            # How far it was verified is noted by the verification alone.
            company.sudo().write({
                "collection_seal_number": number,
                "collection_seal": previous,
                "collection_seal_date": fields.Datetime.now(),
            })
        return result

    @api.model
    def _verify_links(self, company):
        """Number and seal of the last link that fits, and what is wrong with the next one."""
        number, previous = 0, FIRST
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM collection_seal WHERE company_id = %s ORDER BY number, id",
                company.id,
            )
        )
        for ids in split_every(BATCH, [row[0] for row in rows]):
            seals = self.browse(ids)
            records = seals._get_records()
            for seal in seals:
                entry = seal._as_entry()
                fault = check_entry(entry, number + 1, previous)
                if fault:
                    return number, previous, seal._describe_fault(fault, number + 1)
                problem = seal._check_record(entry, records.get((seal.model, seal.res_id)))
                if problem:
                    return number, previous, problem
                number, previous = entry.number, entry.seal
            self.env.invalidate_all()
        return number, previous, ""

    def _get_records(self):
        """By model and id, the records of these seals that exist."""
        return {
            (model, record.id): record
            for model, seals in self.grouped("model").items()
            if model in self.env
            for record in self.env[model].browse(seals.mapped("res_id")).exists()
        }

    def _check_record(self, entry, record):
        """What is wrong with the sealed record itself, in words; empty if nothing is."""
        self.ensure_one()
        if record is None:
            return self.env._(
                "Seal %(number)s: the record %(model)s %(id)s is missing.",
                number=entry.number, model=entry.model, id=entry.res_id,
            )
        if (record.seal, record.seal_number) != (entry.seal, entry.number):
            return self.env._(
                "Seal %(number)s: the record “%(record)s” (%(model)s %(id)s) carries another"
                " seal.",
                number=entry.number, record=record.display_name, model=entry.model,
                id=entry.res_id,
            )
        name = find_difference(
            entry, *record._get_sealed_content(), record._sealed_later
        ) or record._find_wrong_sum()
        if name:
            return self.env._(
                "Seal %(number)s: “%(field)s” of the record “%(record)s” (%(model)s %(id)s) is"
                " not what was sealed.",
                number=entry.number, field=name, record=record.display_name,
                model=entry.model, id=entry.res_id,
            )
        return ""

    def _describe_fault(self, fault, expected):
        self.ensure_one()
        words = {
            "number": self.env._("the seal number %s is missing, or there twice", expected),
            "previous": self.env._("it does not follow the seal before it"),
            "seal": self.env._("the seal is not that of its content"),
            "personal": self.env._("a personal part is not what was sealed"),
        }
        return self.env._(
            "Seal %(number)s of %(model)s %(id)s: %(fault)s.",
            number=self.number, model=self.model, id=self.res_id, fault=words[fault],
        )

    @api.model
    def _find_cut(self, company, number):
        """Whether the chain still has the link that the last verification ended with."""
        company_sudo = company.sudo()
        known = company_sudo.collection_seal_number
        if not known:
            return ""
        seal = self.search([("company_id", "=", company.id), ("number", "=", known)])
        if seal.seal == company_sudo.collection_seal:
            return ""
        return self.env._(
            "Seal %(number)s was there on %(date)s and is not any more: the end of the chain was"
            " cut off or made anew.",
            number=known, date=company_sudo.collection_seal_date,
        )

    @api.model
    def _find_unsealed(self, company):
        """The first record that is final without a seal, or carries one that is not ours."""
        for name in self._get_sealed_models():
            model = self.env[name]
            domain = model._get_seal_domain(company)
            for ids in split_every(BATCH, model.search(domain, order="id").ids):
                seals = self.search([("model", "=", name), ("res_id", "in", ids)])
                missing = set(ids) - set(seals.mapped("res_id"))
                if missing:
                    record = model.browse(min(missing))
                    return self.env._(
                        "The record “%(record)s” (%(model)s %(id)s) is final but has no seal in"
                        " the chain.",
                        record=record.display_name, model=name, id=record.id,
                    )
        return ""

    @api.model
    def _get_sealed_models(self):
        return sorted(
            name for name, model in self.env.registry.items()
            if not model._abstract and hasattr(model, "_sealed_fields")
        )

    @api.model
    def _get_sealed_columns(self, comodel):
        """The columns under seals that link to a model.

        :return: dict by table and column of the table of the sealed records and the column that
            names the record, which is empty for links to several
        """
        columns = {}
        for name in self._get_sealed_models():
            model = self.env[name]
            parts = [(model, "id", (*model._sealed_fields, *model._sealed_personal))] + [
                (self.env[model._fields[lines].comodel_name], model._fields[lines].inverse_name,
                 (*plain, *private))
                for lines, (plain, private) in model._sealed_lines.items()
            ]
            for part, owner, field_names in parts:
                for field in (part._fields[field_name] for field_name in field_names):
                    if field.comodel_name != comodel or not field.store:
                        continue
                    if field.type == "many2one":
                        columns[part._table, field.name] = (model._table, owner)
                    elif field.type == "many2many":
                        columns[field.relation, field.column2] = (model._table, "")
        return columns

    def action_verify(self):
        """Verify the chain of the active company, and say what was found."""
        if not self.env.user.has_group("debt_collection.group_manager"):
            raise AccessError(self.env._("Only a collection manager verifies the record."))
        result = self._verify(self.env.company)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if result["ok"] else "danger",
                "title": self.env._("The record is as it was sealed")
                if result["ok"]
                else self.env._("The record was changed"),
                "message": result["problem"]
                or self.env._(
                    "%(count)s seals fit. The last one: %(seal)s",
                    count=result["count"], seal=result["seal"],
                ),
                "sticky": True,
            },
        }

    @api.model
    def _cron_verify(self):
        """Verify every company's chain; managers hear of what does not fit."""
        self.env["res.company"]._run_collection_job(
            lambda company: company._in_collection_language(self)._verify_and_tell(company),
            "verifying the record",
        )

    @api.model
    def _verify_and_tell(self, company):
        result = self._verify(company)
        if result["ok"]:
            return
        _logger.warning("Collections: the record of %s: %s", company.name, result["problem"])
        # Who the managers are, for the job.
        managers_sudo = self.env.ref("debt_collection.group_manager").sudo().all_user_ids
        # The job writes in nobody's name.
        self.env["mail.thread"].sudo().message_notify(
            partner_ids=managers_sudo.filtered(
                lambda user: user.active and company in user.company_ids
            ).partner_id.ids,
            subject=self.env._("The collection record of %s was changed", company.name),
            body=result["problem"],
        )

