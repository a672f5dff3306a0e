# ruff: noqa: F821
"""In Odoo's shell: assess a month of 20 collectors on a large ledger; write `BENCH_RESULT`.

Half of the customers change their collector in the middle of the month, and each invoice paid in
the seed is paid on a day of the last two months.
"""

import json
import os
import time
from datetime import timedelta

COLLECTORS = 20

company = env.company
today = company._get_collection_today()
month = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
users = (
    env["res.users"]
    .with_context(no_reset_password=True)
    .create(
        [
            {
                "name": f"Collector {n}",
                "login": f"bench_{n}",
                "company_id": company.id,
                "company_ids": [(6, 0, company.ids)],
                "group_ids": [(4, env.ref("debt_collection.group_collector").id)],
            }
            for n in range(COLLECTORS)
        ]
    )
)
env.flush_all()
env.cr.execute(
    """UPDATE account_partial_reconcile
          SET max_date = CURRENT_DATE - 1 - (id %% 60) WHERE company_id = %s""",
    [company.id],
)
env["collection.case"]._classify()
env.cr.execute("DELETE FROM collection_case_assignment_period")
for half in (0, 1):
    env.cr.execute(
        """INSERT INTO collection_case_assignment_period
                  (case_id, company_id, partner_id, user_id, date_from, date_to, amount_handover)
           SELECT id, company_id, partner_id, (%(users)s)[1 + (id + %(half)s) %% %(count)s],
                  CASE %(half)s WHEN 0 THEN %(month)s::date - 60 ELSE %(month)s::date + 15 END,
                  CASE WHEN id %% 2 = 0 AND %(half)s = 0 THEN %(month)s::date + 15 END, 0
             FROM collection_case WHERE company_id = %(company)s
              AND (%(half)s = 0 OR id %% 2 = 0)""",
        {
            "users": users.ids,
            "count": COLLECTORS,
            "half": half,
            "month": month,
            "company": company.id,
        },
    )
env.invalidate_all()
env.cr.commit()
for table in (
    "account_move_line",
    "account_move",
    "account_partial_reconcile",
    "collection_case",
    "collection_case_assignment_period",
):
    env.cr.execute(f"ANALYZE {table}")
env.cr.execute(
    "SELECT COUNT(*) FROM account_move WHERE move_type = 'out_invoice' AND company_id = %s",
    [company.id],
)
invoices = env.cr.fetchone()[0]
start = time.monotonic()
assessments = env["collection.assessment"]._generate(month, company)
env.flush_all()
seconds = time.monotonic() - start
before = env.cr.sql_log_count
start = time.monotonic()
env["collection.assessment"]._generate(month, company)
env.flush_all()
again = time.monotonic() - start
result = {
    "invoices": invoices,
    "collectors": len(assessments.user_id),
    "seconds": seconds,
    "again": again,
    "queries": env.cr.sql_log_count - before,
    "cash": float(
        sum(
            assessments.line_ids.filtered(
                lambda line: line.kind == "recovery" and not line.user_id
            ).mapped("numerator")
        )
    ),
}
env.cr.commit()
with open(os.environ["BENCH_RESULT"], "w") as output:
    json.dump(result, output)
