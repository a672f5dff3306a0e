def _post_init_hook(env):
    """Give every company that is already there a collection policy of its own."""
    env["res.company"].search([])._ensure_collection_policy()
