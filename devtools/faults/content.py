"""The content of a database, told without the numbers that a run gives its records.

Two runs of a job give records other ids, times and numbers of sequences. So a row is told by
its other values and by the rows it refers to, these in the same way, some levels deep: rows with
equal tokens say the same.
"""

import hashlib
import json
import re
from collections import Counter, namedtuple

CORE = (
    "account_move", "account_move_line", "account_partial_reconcile", "account_full_reconcile",
    "calendar_attendee", "calendar_event", "calendar_event_res_partner_rel",
    "ir_attachment", "mail_activity", "mail_followers", "mail_mail", "mail_message",
    "mail_notification", "mail_tracking_value", "rating_rating", "res_partner",
)  # fmt: skip
"""Tables of Odoo's in which the jobs leave records."""

TRACE = {
    "mail_activity",
    "mail_followers",
    "mail_mail",
    "mail_message",
    "mail_notification",
    "mail_tracking_value",
}
"""Tables of Odoo's that keep what a person was told, asked and did.

They name the records that they belong to; where a record names one of their rows, which one is not
told.
"""

Content = namedtuple("Content", "own full")
"""By table a `Counter` of rows' texts: what they say themselves, and with what they refer to."""

RANDOM = {
    # Drawn by chance, or made of ids and times; the chain of seals has a check of its own.
    "access_token", "checksum", "content", "file_size", "index_content", "message_id",
    "copies_checksum", "pdf_checksum", "personal", "previous", "references", "reply_to",
    "seal", "seal_number",
    "store_fname",
    # Numbers of the chain, and what Odoo makes of a journal's numbers.
    "number",
}  # fmt: skip

REFERENCES = {
    # A model's name and an id.
    "calendar_event": ("res_model", "res_id"),
    "ir_attachment": ("res_model", "res_id"),
    "mail_activity": ("res_model", "res_id"),
    "mail_followers": ("res_model", "res_id"),
    "mail_message": ("model", "res_id"),
    "rating_rating": ("res_model", "res_id"),
    "collection_seal": ("model", "res_id"),
}

LEVELS = 4

COLUMNS = """
    SELECT table_name, column_name, data_type FROM information_schema.columns
     WHERE table_schema = 'public' AND table_name = ANY(%s) ORDER BY table_name, column_name
"""
KEYS = """
    SELECT source.relname, attribute.attname, target.relname
      FROM pg_constraint
      JOIN pg_class source ON source.oid = conrelid
      JOIN pg_class target ON target.oid = confrelid
      JOIN pg_attribute attribute ON attribute.attrelid = conrelid
                                 AND attribute.attnum = conkey[1]
     WHERE contype = 'f'
"""


def our_tables(registry, modules):
    """Return the tables of the models and relations of some modules, and those of `CORE`."""
    tables = set(CORE)
    for model in registry.models.values():
        if model._abstract or model._transient or not model._auto:
            continue
        ours = model._original_module in modules
        if ours:
            tables.add(model._table)
        tables.update(
            field.relation
            for field in model._fields.values()
            if field.type == "many2many"
            and field.store
            and field.relation
            and (ours or field._module in modules)
        )
    return sorted(tables)


def read_content(cursor, tables, known=None):
    """Return the `Content` of some tables.

    :param known: what tells rows of other tables, by table and id; by default their ids do, as
        in two databases of which one was copied
    """
    cursor.execute("SELECT prefix FROM ir_sequence WHERE code LIKE 'collection.%'")
    prefixes = sorted({re.split(r"[%(]", row[0])[0] for row in cursor.fetchall() if row[0]})
    numbers = re.compile(
        "|".join([rf"{number_pattern(prefix)}[\d/-]+" for prefix in prefixes if prefix]) or r"(?!)"
    )
    cursor.execute("SELECT model, replace(model, '.', '_') FROM ir_model")
    table_of = dict(cursor.fetchall())
    cursor.execute(KEYS)
    keys = {(table, column): target for table, column, target in cursor.fetchall()}
    cursor.execute(COLUMNS, [tables])
    columns = {}
    for table, column, kind in cursor.fetchall():
        columns.setdefault(table, []).append((column, kind))

    rows, links = {}, {}
    for table in columns:
        names = [column for column, _kind in columns[table]]
        where = "WHERE res_model LIKE 'collection.%%'" if table == "ir_attachment" else ""
        cursor.execute(f"SELECT {', '.join(map(_quoted, names))} FROM {_quoted(table)} {where}")
        for position, values in enumerate(cursor.fetchall()):
            row = dict(zip(names, values, strict=True))
            key = (table, row.get("id", f"row {position}"))
            said, refers = _tell(table, row, dict(columns[table]), keys, table_of, numbers)
            rows[key], links[key] = said, refers
    return _refine(rows, links, known or {})


def number_pattern(prefix):
    """A sequence's prefix as it is in numbers, and in names of files."""
    return re.escape(prefix).replace("/", "[/-]")


def _quoted(name):
    return '"' + name + '"'


def _tell(table, row, kinds, keys, table_of, numbers):
    """Split a row into the values that it says by itself, and the rows it refers to."""
    said, refers = {}, {}
    model_column, id_column = REFERENCES.get(table, (None, None))
    for column, value in row.items():
        # Odoo reads an empty flag as no.
        if column == "id" or column in RANDOM or value is None or value is False:
            continue
        if column == id_column:
            refers[column] = (table_of.get(row[model_column], row[model_column]), value)
        elif table not in TRACE and keys.get((table, column)) in TRACE:
            said[column] = "some row"
        elif (table, column) in keys:
            refers[column] = (keys[table, column], value)
        elif kinds[column].startswith("timestamp"):
            said[column] = "some time"
        elif isinstance(value, (memoryview, bytes)):
            said[column] = "some bytes"
        else:
            said[column] = _plain(value, numbers)
    return said, refers


def _plain(value, numbers):
    """Return a value as text, without the ids and numbers that are in it."""
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True, default=str)
    text = numbers.sub("#", text)
    text = re.sub(r"access_token=[\w-]+", "access_token", text)
    text = re.sub(r'(data-oe-id=|/|res_id=|-id=)("?)\d+', r"\1\2#", text)
    return text


def _refine(rows, links, known):
    """Return the rows' texts, each with tokens in place of the rows referred to."""
    tokens = {key: _hash(said) for key, said in rows.items()}
    full = {}
    for _level in range(LEVELS):
        full = {
            key: {
                **said,
                **{
                    # A row of another table is the same one in both databases.
                    column: tokens.get(target) or known.get(target, list(target))
                    for column, target in links[key].items()
                },
            }
            for key, said in rows.items()
        }
        tokens = {key: _hash([key[0], values]) for key, values in full.items()}
    return Content(_count(rows), _count(full))


def _count(rows):
    content = {}
    for (table, _row_id), values in rows.items():
        content.setdefault(table, Counter())[json.dumps(values, sort_keys=True)] += 1
    return content


def _hash(value):
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]


def content_hash(content):
    """Return one hash of a whole content."""
    return _hash([[table, sorted(rows.items())] for table, rows in sorted(content.full.items())])


def differences(content, other):
    """Return what only one of two contents has, as lines to read.

    Rows that differ by what they say themselves; only if there are none, by what they refer to.
    """
    return _compare(content.own, other.own) or _compare(content.full, other.full)


def _compare(one, two):
    lines = []
    for table in sorted(one.keys() | two.keys()):
        left, right = one.get(table, Counter()), two.get(table, Counter())
        lines += [f"{table}: only clean: {row}" for row in (left - right).elements()]
        lines += [f"{table}: only after the fault: {row}" for row in (right - left).elements()]
    return lines
