def migrate(cr, version):
    """Promises, plans and portal requests from before are in the company's currency, as made."""
    for table in ("collection_promise", "collection_plan", "collection_portal_request"):
        cr.execute(f"ALTER TABLE {table} ADD COLUMN IF NOT EXISTS currency_id integer")
        cr.execute(
            f"""UPDATE {table} agreement SET currency_id = company.currency_id
                  FROM res_company company
                 WHERE company.id = agreement.company_id AND agreement.currency_id IS NULL"""
        )
