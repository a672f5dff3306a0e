from odoo import api, models
from odoo.tools import SQL

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


class CollectionSeal(models.Model):
    """PostgreSQL itself refuses what would bend the record, for whoever asks (P6.3)."""

    _inherit = "collection.seal"

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
