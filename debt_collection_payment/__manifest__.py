{
    "name": "Debt Collection - Online Payment",
    "summary": "Lets customers pay what they owe from their account page",
    "version": "19.0.1.0.0",
    "category": "Accounting/Accounting",
    "author": "Debt Collection Authors",
    "license": "LGPL-3",
    "depends": ["debt_collection", "account_payment"],
    "auto_install": True,
}
