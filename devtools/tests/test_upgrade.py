"""What the version before left in a database is still there after an upgrade."""

import os

import pytest

from devtools.upgrade_check import old_database, upgrade

pytestmark = pytest.mark.faults

# The last revision whose files stood in one folder.
OLD = "802c114"
# XML ids of what was taken away on purpose, each with its reason beside it.
GONE = {
    # The add-on adds nothing to the model of everybody any more.
    "debt_collection.model_base",
}
# Tables of rules that come with the add-on and of what is reckoned: they may grow.
GROWING = {
    # Terms, rates, hours, words and steps that came since.
    "collection_charge_fee",
    "collection_charge_terms",
    "collection_contact_limit",
    "collection_contact_rule",
    "collection_contact_rule_res_country_rel",
    "collection_limitation_rule",
    "collection_policy_step",
    "collection_rate",
    "collection_rate_value",
    "collection_word",
}


def test_upgrade_loses_nothing():
    """Every row and every name is there afterwards, and only rules have become more."""
    with old_database(OLD, f"test_{os.getpid()}") as database:
        found = upgrade(database)
    assert not found.problems
    assert [row for row in found.rows if row[1] and (not row[2] or row[2] < row[1])] == []
    # Tables that are new have no row before.
    grown = {table for table, before, now in found.rows if before is not None and now > before}
    assert grown <= GROWING
    assert [name for name, _model in found.lost if name not in GONE] == []
