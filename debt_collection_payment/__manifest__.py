{
    "name": "Debt Collection - Online Payment",
    "summary": "Lets customers pay what they owe from their account page",
    "version": "19.0.1.0.0",
    "category": "Accounting/Accounting",
    "author": "Debt Collection Authors",
    "website": "https://debt-collection.example",
    "support": "support@debt-collection.example",
    "maintainers": ["debt-collection-authors"],
    "license": "LGPL-3",
    "images": ["static/description/banner.png"],
    "depends": ["debt_collection", "account_payment"],
    "auto_install": True,
}
