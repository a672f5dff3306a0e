{
    "name": "Debt Collection - Sales",
    "summary": "Shows a customer's collection status on quotations and sales orders",
    "version": "19.0.1.0.0",
    "category": "Accounting/Accounting",
    "author": "Debt Collection Authors",
    "license": "LGPL-3",
    "depends": ["debt_collection", "sale"],
    "auto_install": True,
    "data": [
        "security/collection_sale_groups.xml",
        "security/ir.model.access.csv",
        "security/sale_order_rules.xml",
        "wizard/collection_sale_release_views.xml",
        "views/sale_order_views.xml",
        "views/sale_order_release_views.xml",
    ],
}
