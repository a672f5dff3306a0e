{
    "name": "Debt Collection - Text Messages",
    "summary": "Sends reminders as text messages, with a link to the customer's page",
    "version": "19.0.1.0.0",
    "category": "Accounting/Accounting",
    "author": "Debt Collection Authors",
    "license": "LGPL-3",
    "depends": ["debt_collection", "sms"],
    "auto_install": True,
}
