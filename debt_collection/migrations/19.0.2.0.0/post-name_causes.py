CAUSES = {
    "collection_dispute_reason": {
        "dispute_reason_price": "price", "dispute_reason_quantity": "delivery",
        "dispute_reason_damage": "delivery", "dispute_reason_quality": "delivery",
    },
    "collection_reason": {"reason_not_received": "sent"},
}


def migrate(cr, version):
    """The reasons that came with the add-on say which of them are our own doing."""
    for table, causes in CAUSES.items():
        for name, cause in causes.items():
            cr.execute(
                f"""
                UPDATE {table} reason SET cause = %s
                  FROM ir_model_data known
                 WHERE known.module = 'debt_collection' AND known.name = %s
                   AND reason.id = known.res_id AND reason.cause IS NULL
                """,
                (cause, name),
            )
