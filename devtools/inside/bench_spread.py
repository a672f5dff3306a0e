# ruff: noqa: F821
"""In Odoo's shell: share the open items out among `BENCH_CUSTOMERS` customers with an address."""

import os

count = int(os.environ["BENCH_CUSTOMERS"])
partners = (
    env["res.partner"]
    .with_context(tracking_disable=True)
    .create(
        [
            {
                "name": f"Debtor {n}",
                "email": f"debtor{n}@example.com",
                "street": f"{n} High Street",
                "city": "Springfield",
                "zip": "12345",
                "country_id": env.ref("base.us").id,
            }
            for n in range(count)
        ]
    )
)
env["res.users"].browse(2).email = "collections@company.example"
env["res.company"].search([]).write({"email": "company@company.example"})
for journal in env["account.journal"].search([("type", "=", "bank")]):
    journal.bank_account_id = env["res.partner.bank"].create(
        {"acc_number": f"US00{journal.id}", "partner_id": journal.company_id.partner_id.id}
    )
env.flush_all()
env.cr.execute(
    """WITH open AS (
           SELECT id, (ROW_NUMBER() OVER (ORDER BY id)) %% %(count)s + 1 AS number
             FROM account_move
            WHERE move_type = 'out_invoice' AND state = 'posted'
              AND payment_state IN ('not_paid', 'partial')
       ),
       move AS (
           UPDATE account_move move
              SET partner_id = (%(partners)s::int[])[open.number],
                  commercial_partner_id = (%(partners)s::int[])[open.number],
                  partner_shipping_id = (%(partners)s::int[])[open.number]
             FROM open WHERE move.id = open.id
        RETURNING move.id, move.partner_id
       )
       UPDATE account_move_line line SET partner_id = move.partner_id
         FROM move WHERE line.move_id = move.id""",
    {"count": count, "partners": partners.ids},
)
env.cr.commit()
