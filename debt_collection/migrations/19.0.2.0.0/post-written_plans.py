def migrate(cr, version):
    """Let plans that customers accepted before count for limitation as they did."""
    cr.execute("UPDATE collection_plan SET is_written = TRUE WHERE date_accepted IS NOT NULL")
