# ruff: noqa: F821
"""In Odoo's shell: uninstall the add-ons that join ours to Odoo's other ones."""

bridges = env["ir.module.module"].search(
    [
        ("name", "=like", "debt_collection_%"),
        ("state", "=", "installed"),
    ]
)
bridges.button_immediate_uninstall()
