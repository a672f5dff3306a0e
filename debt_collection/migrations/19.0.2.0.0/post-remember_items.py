from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Let promises and plans from before remember what was open when they were made.

    They are judged by the money that settles that: without it none would count for them.
    """
    env = api.Environment(cr, SUPERUSER_ID, {})
    env["collection.promise"].with_context(active_test=False).search([])._remember_items()
    for plan in env["collection.plan"].search([("state", "in", ("performing", "completed"))]):
        plan._remember_items(plan.date_accepted)
