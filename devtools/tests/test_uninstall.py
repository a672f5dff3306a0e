"""The add-ons on a database with data: upgraded, uninstalled, installed again."""

import json
import os
import subprocess
import sys

import pytest

from devtools.databases import drop, install
from devtools.installed import new_database
from devtools.messages import Failure
from devtools.odoo_log import find_problems
from devtools.odoo_process import run_inside, run_odoo
from devtools.paths import ROOT, present_addons
from devtools.postgres import sql
from devtools.processes import log_path

pytestmark = pytest.mark.faults

OUR_TABLES = r"SELECT tablename FROM pg_tables WHERE tablename LIKE 'collection\_%' ORDER BY 1"
# What is ours must be gone from everywhere: a query of what is left, by what it looks at.
LEFTOVERS = {
    "tables": OUR_TABLES,
    "columns": r"SELECT table_name, column_name FROM information_schema.columns"
    r" WHERE table_schema = 'public' AND column_name ~ '(^|_)collection(_|or_id|$)'",
    "constraints": r"SELECT conname FROM pg_constraint WHERE conname ~ 'collection_'",
    "indexes": r"SELECT indexname FROM pg_indexes WHERE indexname ~ 'collection_'",
    "functions": r"SELECT proname FROM pg_proc WHERE proname ~ '^collection_'",
    "triggers": r"SELECT tgname FROM pg_trigger WHERE tgname ~ '^collection_'",
    # The demo's entries are posted: Odoo keeps them, and the people and companies they name.
    "names": "SELECT module, name, model FROM ir_model_data WHERE module LIKE 'debt_collection%'"
    " AND model NOT IN ('account.move', 'account.payment', 'res.company', 'res.partner',"
    " 'res.users')",
    "models": "SELECT model FROM ir_model WHERE model LIKE 'collection.%'",
    "fields": "SELECT model, name FROM ir_model_fields WHERE name LIKE 'collection%'"
    " OR relation LIKE 'collection.%'",
    "views": r"SELECT id, name, model FROM ir_ui_view WHERE arch_db::text ~ 'collection_'"
    r" OR model LIKE 'collection.%'",
    "menus": "SELECT id, name FROM ir_ui_menu WHERE name::text ~ '\"Collections\"'",
    "jobs": "SELECT id FROM ir_act_server WHERE name::text ~ 'Collections'",
    "actions": "SELECT id, name FROM ir_act_window WHERE res_model LIKE 'collection.%'",
    "reports": "SELECT id, name FROM ir_act_report_xml WHERE model LIKE 'collection.%'",
    "rules": "SELECT id, name FROM ir_rule WHERE name LIKE 'Collections:%'",
    "rights": "SELECT id, name FROM ir_model_access WHERE name LIKE 'collection.%'",
    "groups": "SELECT id, name FROM res_groups_privilege WHERE name::text ~ '\"Collections\"'",
    "sequences": "SELECT id, code FROM ir_sequence WHERE code LIKE 'collection.%'",
    "papers": "SELECT id, name FROM ir_attachment WHERE res_model LIKE 'collection.%'",
    "messages": "SELECT id FROM mail_message WHERE model LIKE 'collection.%'",
    "followers": "SELECT id FROM mail_followers WHERE res_model LIKE 'collection.%'",
    "to-dos": "SELECT id, res_model FROM mail_activity WHERE res_model LIKE 'collection.%'",
    "kinds of to-dos": "SELECT id, name FROM mail_activity_type"
    " WHERE res_model LIKE 'collection.%'",
    "ratings": "SELECT id FROM rating_rating WHERE res_model LIKE 'collection.%'",
    "e-mail templates": "SELECT id, name FROM mail_template WHERE model LIKE 'collection.%'",
    "filters": "SELECT id, name FROM ir_filters WHERE model_id LIKE 'collection.%'",
    "settings": "SELECT key FROM ir_config_parameter WHERE key ~ 'collection'",
    "assets": "SELECT path FROM ir_asset WHERE path LIKE 'debt_collection%'",
}


@pytest.fixture(scope="module")
def database():
    """A database with demo data and a day of work in it."""
    # Named as those of `./dev test`, which drops what killed runs have left.
    name = f"test_{os.getpid()}"
    new_database(name, "demo")
    try:
        run_inside(name, "fill_record", log="uninstall-fill")
        yield name
    finally:
        drop(name)


def figures(database):
    """Rows and content of each of our tables, and of our columns elsewhere."""
    found = {}
    for (table,) in sql(database, OUR_TABLES):
        found[table] = sql(
            database,
            f"SELECT count(*), md5(string_agg(kept::text, '' ORDER BY kept::text)) FROM"
            f" (SELECT to_jsonb(t) - 'write_date' - 'write_uid' AS kept FROM {table} t) kept",
        )
    for table, column in sql(database, LEFTOVERS["columns"]):
        if table not in found:
            found[f"{table}.{column}"] = sql(
                database,
                f"SELECT count({column}), md5(string_agg({column}::text, ',' ORDER BY"
                f" {column}::text)) FROM {table}",
            )
    return found


def test_upgrade_changes_no_figure(database):
    before = figures(database)
    assert int(before["collection_seal"][0][0]) >= 3
    output = run_odoo(
        *("-d", database, "-u", ",".join(present_addons()), "--stop-after-init", "--no-http"),
        log="uninstall-upgrade",
    )
    assert not find_problems(output)
    after = figures(database)
    changed = {name for name in before | after if before.get(name) != after.get(name)}
    assert changed == set()


def test_older_database_gets_its_seals_and_rules(database):
    """What was approved before is sealed; rules that were bent by hand are put right."""
    rules = "SELECT name, domain_force FROM ir_rule WHERE name LIKE 'Collections:%' ORDER BY 1, 2"
    before = sql(database, rules)
    sql(
        database,
        "ALTER TABLE collection_seal DISABLE TRIGGER USER",
        "ALTER TABLE collection_legal_action DISABLE TRIGGER USER",
        # The last one sealed, so that the chain before it stands.
        "DELETE FROM collection_seal WHERE number = (SELECT max(number) FROM collection_seal)",
        "UPDATE collection_legal_action SET seal = NULL, seal_number = NULL WHERE seal NOT IN"
        " (SELECT seal FROM collection_seal)",
        "ALTER TABLE collection_seal ENABLE TRIGGER USER",
        "ALTER TABLE collection_legal_action ENABLE TRIGGER USER",
        "UPDATE res_company SET collection_seal_number = NULL, collection_seal = NULL",
        "UPDATE ir_rule SET domain_force = '[(1, ''='', 1)]' WHERE name LIKE 'Collections:%'",
        "UPDATE ir_module_module SET latest_version = '19.0.1.0.0' WHERE name = 'debt_collection'",
    )
    run_odoo(
        *("-d", database, "-u", "debt_collection", "--stop-after-init", "--no-http"),
        log="uninstall-migrate",
    )
    assert sql(database, rules) == before
    run_inside(database, "verify_record", log="uninstall-verify")


def test_uninstall_refused_under_legal_hold(database):
    sql(
        database,
        "UPDATE collection_case SET legal_hold = true WHERE id ="
        " (SELECT min(id) FROM collection_case)",
    )
    try:
        with pytest.raises(Failure):
            run_inside(database, "uninstall_addons", log="uninstall-refused")
        assert "legal hold" in log_path("uninstall-refused").read_text()
    finally:
        sql(database, "UPDATE collection_case SET legal_hold = NULL")
    assert sql(database, OUR_TABLES)


def test_uninstall_leaves_the_record_and_nothing_else(database, tmp_path):
    entries = "SELECT id, state, amount_total FROM account_move WHERE state = 'posted'"
    # What the demo brought goes with it, as with every module.
    demo = "SELECT res_id FROM ir_model_data WHERE module = 'debt_collection' AND model ="
    demo += " 'account.move'"
    kept = {tuple(row) for row in sql(database, f"{entries} AND id NOT IN ({demo})")}
    assert kept
    output = run_inside(database, "uninstall_addons", log="uninstall")
    assert find_problems(output) == []
    left = {name: sql(database, query) for name, query in LEFTOVERS.items()}
    assert {name: rows for name, rows in left.items() if rows} == {}
    assert kept <= {tuple(row) for row in sql(database, entries)}
    output = run_inside(database, "work_without", log="uninstall-after")
    # What was kept stands by itself: the auditor's script agrees.
    chain = tmp_path / "seals.json"
    chain.write_text(output.strip().splitlines()[-1])
    done = subprocess.run(
        [sys.executable, str(ROOT / "docs" / "verify.py"), str(chain)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.startswith(f"OK: {len(json.loads(chain.read_text()))} seals"), done.stderr


def test_installed_again(database):
    # The demo's invoices are still there, posted: Odoo cannot load them over themselves.
    sql(database, "UPDATE ir_module_module SET demo = false")
    problems = install(database, log="uninstall-again")
    assert not problems
    kept = "SELECT count(*) FROM ir_attachment WHERE name LIKE 'collection record %.zip'"
    assert sql(database, "SELECT count(*) FROM collection_seal") == [["0"]]
    assert sql(database, kept) == [["1"]]
