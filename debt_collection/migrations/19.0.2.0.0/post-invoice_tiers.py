def migrate(cr, version):
    """Drop what invoices kept of their items' tier and case: it is read from the items now."""
    cr.execute(
        "ALTER TABLE account_move DROP COLUMN IF EXISTS collection_tier_id,"
        " DROP COLUMN IF EXISTS collection_case_id"
    )
