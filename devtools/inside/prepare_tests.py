# ruff: noqa: F821
"""In Odoo's shell: companies with a chart of accounts, which the classes of tests take, and assets.

Each class of tests would load the same chart into a company of its own, for seconds each; see
`PreparedCompanies` in the add-on's tests.
"""

from odoo.addons.base.tests.common import DISABLED_MAIL_CONTEXT

charts = env["account.chart.template"].with_context(**DISABLED_MAIL_CONTEXT)
for number in (1, 2):
    company = charts.env["res.company"].create({"name": f"TEST {number}"})
    chart = charts._guess_chart_template(company.country_id)
    charts.try_loading(chart, company=company, install_demo=False)
    if not company.account_fiscal_country_id:
        company.account_fiscal_country_id = env.ref("base.us")
env.cr.commit()

# Those with files of ours are new; each test of the browser would build them again, for seconds.
env["ir.qweb"]._pregenerate_assets_bundles()
env.cr.commit()
