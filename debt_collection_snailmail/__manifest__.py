{
    "name": "Debt Collection - Letters by Post",
    "summary": "Has letters printed and posted by Odoo's service",
    "version": "19.0.1.0.0",
    "category": "Accounting/Accounting",
    "author": "Debt Collection Authors",
    "license": "LGPL-3",
    "depends": ["debt_collection", "snailmail"],
    "auto_install": True,
}
