# ruff: noqa: F821
"""In Odoo's shell: uninstall the add-ons as an administrator does."""

env["ir.module.module"].search([("name", "=", "debt_collection")]).button_immediate_uninstall()
