{
    "name": "Debt Collection - Job Queue",
    "summary": "Sends letters and their e-mails through the channels of OCA's job queue",
    "version": "19.0.1.0.0",
    "category": "Accounting/Accounting",
    "author": "Debt Collection Authors",
    "license": "LGPL-3",
    "depends": ["debt_collection", "queue_job"],
    "auto_install": True,
    "data": ["data/queue_job_channel_data.xml"],
}
