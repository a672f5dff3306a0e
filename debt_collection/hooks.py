def _post_init_hook(env):
    """Give every company that is already there a collection policy of its own.

    What people had excluded from follow-up stays excluded.
    """
    env["res.company"].with_context(active_test=False).search([])._ensure_collection_policy()
    env["res.company"]._take_over_exclusions()


def _uninstall_hook(env):
    """Keep the record as a file; then the triggers let the tables of sealed records go."""
    env["collection.seal"]._archive_record()
    env["collection.seal"]._remove_triggers()
