from odoo import SUPERUSER_ID, api
from odoo.fields import Domain


def migrate(cr, version):
    """Seal what was approved before approvals were sealed: from now on nobody bends it."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    seals = env["collection.seal"]
    companies = env["res.company"]._get_collection_companies()
    for name in seals._get_sealed_models():
        model = env[name].with_context(active_test=False)
        for company in companies:
            domain = model._get_seal_domain(company) & Domain("seal", "=", False)
            model.search(domain, order="id")._seal()
