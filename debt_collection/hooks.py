def _post_init_hook(env):
    """Give every company that is already there a collection policy of its own."""
    env["res.company"].search([])._ensure_collection_policy()


def _uninstall_hook(env):
    """The tables of sealed records go with the add-on: their triggers let them."""
    env["collection.seal"]._remove_triggers()
