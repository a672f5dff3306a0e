from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Give each open case the position of its customer, in one statement a company."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    env["res.company"]._take_over_exclusions()
    promises = env["collection.promise"].search([("state", "=", "open")])
    env.add_to_compute(promises._fields["amount_left"], promises)
    for company in env["res.company"]._get_collection_companies():
        env["collection.case"]._write_positions(company, company._get_collection_today())
    # Mails that were not changed ask for what is to be collected, in the customer's currency.
    for name, old in (
        ("mail_template_reminder", "format_amount(object.amount_to_collect, object.currency_id)"),
        ("mail_template_notice_payment",
         "format_amount(object.amount_overdue, object.currency_id)"),
    ):
        cr.execute(
            """
            UPDATE mail_template template
               SET body_html = replace(body_html::text, %(old)s, %(new)s)::jsonb,
                   subject = replace(subject::text, %(old)s, %(new)s)::jsonb
              FROM ir_model_data data
             WHERE data.module = 'debt_collection' AND data.name = %(name)s
               AND data.model = 'mail.template' AND data.res_id = template.id
            """,
            {"name": name, "old": old, "new": "object._describe_asked()"},
        )
