# ruff: noqa: F821
"""In Odoo's shell: give each open invoice a customer of its own, and let the day begin."""

env.cr.execute(
    """SELECT move.id FROM account_move move
        WHERE move.move_type = 'out_invoice' AND move.state = 'posted'
          AND move.payment_state IN ('not_paid', 'partial') ORDER BY move.id"""
)
move_ids = [row[0] for row in env.cr.fetchall()]
partners = (
    env["res.partner"]
    .with_context(tracking_disable=True)
    .create(
        [{"name": f"Debtor {n}", "email": f"debtor{n}@example.com"} for n in range(len(move_ids))]
    )
)
env.flush_all()
for table, column in (("account_move", "id"), ("account_move_line", "move_id")):
    env.cr.execute(
        f"""UPDATE {table} target SET partner_id = owner.partner_id
              FROM unnest(%s, %s) owner (move_id, partner_id)
             WHERE target.{column} = owner.move_id""",
        [move_ids, partners.ids],
    )
env.cr.execute(
    """UPDATE account_move move SET commercial_partner_id = partner_id
        WHERE move.id = ANY(%s)""",
    [move_ids],
)
# Everything is overdue, from one day to two years.
env.cr.execute(
    """UPDATE account_move_line SET date_maturity = CURRENT_DATE - 1 - (id %% 700)
        WHERE move_id = ANY(%s) AND display_type = 'payment_term'""",
    [move_ids],
)
env.invalidate_all()
env["collection.case"]._classify()
env.cr.commit()
