# ruff: noqa: F821
"""In Odoo's shell: what every database made from the template starts with."""

parameters = env["ir.config_parameter"]
# Files in the database: a clone is then one statement and needs no folder copied.
parameters.set_param("ir_attachment.location", "db")
env["ir.attachment"].force_storage()
# Never call services on the internet.
parameters.set_param("iap.endpoint", "http://127.0.0.1:9")
# One second a document is waited for pages that draw with JavaScript; ours do not.
parameters.set_param("report.print_delay", "0")
parameters.set_param("report.url", "http://127.0.0.1:8069")

company = env.ref("base.main_company")
if not company.chart_template:
    env["account.chart.template"].try_loading("generic_coa", company, install_demo=False)
env.cr.commit()

# Style sheets and scripts take half a minute to build; most stay as they are in a clone.
env["ir.qweb"]._pregenerate_assets_bundles()
env.cr.commit()
