def migrate(cr, version):
    """Who collects already goes on: the chase is started, and every feature is in use."""
    cr.execute("UPDATE res_company SET collection_is_started = TRUE")
    cr.execute(
        """
        INSERT INTO res_groups_implied_rel (gid, hid)
        SELECT sales.res_id, feature.res_id
          FROM ir_model_data sales
          JOIN ir_model_data feature ON feature.module = sales.module
           AND feature.model = 'res.groups' AND feature.name LIKE 'group\\_use\\_%'
         WHERE sales.module = 'debt_collection' AND sales.name = 'group_sales'
            ON CONFLICT DO NOTHING
        """
    )
