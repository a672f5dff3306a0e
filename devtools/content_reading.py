"""Reads the content of the database of Odoo's shell into a file; see `content_check`.

For scripts of `devtools/inside/`: it runs in Odoo.
"""

import hashlib
import json
from collections import Counter

from devtools.faults.content import KEYS, our_tables, read_content

OURS = ("debt_collection", "debt_collection_payment", "debt_collection_sale")
# What tells a row of another table, whatever id it has here; the first column that is there.
NAMING = ("login", "code", "complete_name", "name")


def write_content(env, path, events=None):
    """Write the content of our tables, and of those of Odoo's that we write, as JSON.

    :param path: the file
    :param events: what happened before, by kind how often
    """
    env.flush_all()
    tables = our_tables(env.registry, OURS)
    content = read_content(env.cr, tables, row_names(env.cr, tables))
    found = {
        table: {
            "count": sum(content.full.get(table, Counter()).values()),
            "hash": _hash(content.full.get(table, Counter())),
            "rows": sorted(content.own.get(table, Counter()).elements()),
        }
        for table in tables
    }
    with open(path, "w") as output:
        json.dump({"tables": found, "events": dict(events or {})}, output)


def _hash(rows):
    return hashlib.sha256(json.dumps(sorted(rows.elements())).encode()).hexdigest()[:16]


def row_names(cursor, tables):
    """Return names of the rows of other tables that these refer to: table and id to text.

    A row that a module brought has its XML id; the first one, if it has several.
    """
    cursor.execute(KEYS)
    targets = {target for table, _column, target in cursor.fetchall() if table in tables}
    names = {}
    for target in sorted(targets - {*tables}):
        cursor.execute(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND table_name = %s",
            [target],
        )
        columns = {column for (column,) in cursor.fetchall()}
        naming = next((column for column in NAMING if column in columns), None)
        if naming:
            cursor.execute(f'SELECT id, "{naming}"::text FROM "{target}"')
            names.update({(target, row_id): [target, name] for row_id, name in cursor.fetchall()})
    cursor.execute(
        "SELECT replace(model, '.', '_'), res_id, min(module || '.' || name) FROM ir_model_data"
        " WHERE module != '__export__' GROUP BY model, res_id"
    )
    names.update(
        {
            (table, row_id): [table, name]
            for table, row_id, name in cursor.fetchall()
            if table in targets and table not in tables
        }
    )
    return names
