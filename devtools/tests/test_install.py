"""Installed beside many of Odoo's modules, or not at all: nothing half, and nothing in the log."""

import os

import pytest

from devtools.databases import clone, drop, get_template, install
from devtools.messages import Failure
from devtools.odoo_log import find_problems
from devtools.odoo_process import run_inside, run_odoo
from devtools.postgres import sql
from devtools.processes import log_path

pytestmark = pytest.mark.faults

# Modules that add to the models and lists which we add to.
NEIGHBOURS = (
    "account_debit_note",
    "account_update_tax_tags",
    "hr_expense",
    "l10n_us_account",
    "purchase",
    "stock_account",
)
OURS = (
    "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    r" AND tablename LIKE 'collection\_%'"
)
STATE = "SELECT state FROM ir_module_module WHERE name = 'debt_collection'"
# The last step of an installation fails: a policy is given to each company.
BREAK = (
    """CREATE FUNCTION break_install() RETURNS trigger AS $$ BEGIN
           IF to_jsonb(NEW) ->> 'collection_policy_id' IS NOT NULL THEN
               RAISE EXCEPTION 'broken on purpose';
           END IF;
           RETURN NEW;
       END $$ LANGUAGE plpgsql""",
    "CREATE TRIGGER break_install BEFORE UPDATE ON res_company"
    " FOR EACH ROW EXECUTE FUNCTION break_install()",
)
MEND = ("DROP TRIGGER break_install ON res_company", "DROP FUNCTION break_install()")


@pytest.fixture
def database():
    name = f"test_{os.getpid()}"
    clone(get_template(), name)
    try:
        yield name
    finally:
        drop(name)


def test_beside_other_modules(database):
    """With them, used and taken away again, without a word in the log."""
    run_odoo(
        *("-d", database, "-i", ",".join(NEIGHBOURS), "--skip-auto-install"),
        *("--without-demo", "--stop-after-init", "--no-http"),
        log=f"neighbours-{database}",
    )
    assert install(database, log=f"neighbours-install-{database}") == []
    output = run_inside(database, "smoke", log=f"neighbours-smoke-{database}")
    assert "smoke: " in output
    assert find_problems(output) == []
    output = run_inside(database, "uninstall_addons", log=f"neighbours-uninstall-{database}")
    assert find_problems(output) == []
    assert sql(database, OURS) == []


def test_failed_install_leaves_nothing_half(database):
    """An installation that fails at its very end can be made again, and nothing of it stays."""
    sql(database, *BREAK)
    log = f"broken-install-{database}"
    with pytest.raises(Failure):
        install(database, log=log, modules=["debt_collection"])
    assert "broken on purpose" in log_path(log).read_text()
    assert sql(database, STATE) != [["installed"]]
    assert sql(database, OURS) == []
    assert not sql(
        database,
        "SELECT column_name FROM information_schema.columns WHERE table_name = 'res_company'"
        r" AND column_name LIKE 'collection\_%'",
    )
    sql(database, *MEND)
    assert install(database, log=log, modules=["debt_collection"]) == []
    assert sql(database, STATE) == [["installed"]]
    assert sql(database, "SELECT count(*) FROM res_company WHERE collection_policy_id IS NULL") == [
        ["0"]
    ]
