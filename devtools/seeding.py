"""What the scripts that fill databases have in common: people, companies, invoices.

For scripts of `devtools/inside/`: it runs in Odoo.
"""

from datetime import timedelta

from odoo import Command, fields


def add_company(env, name, **values):
    """A second company with a chart of accounts and our user in it; today is that of UTC."""
    company = env["res.company"].create(
        {"name": name, "currency_id": env.company.currency_id.id, **values}
    )
    (env.company | company).partner_id.tz = "UTC"
    env.user.company_ids = [Command.link(company.id)]
    env["account.chart.template"].try_loading("generic_coa", company=company, install_demo=False)
    return company


def add_user(env, login, companies, *roles, groups=()):
    """An employee who signs in with the login as password.

    :param roles: the last part of the names of our groups
    :param groups: external ids of further groups
    """
    names = ["base.group_user", *(f"debt_collection.group_{role}" for role in roles), *groups]
    return env["res.users"].create(
        {
            "name": login.title(),
            "login": login,
            "password": login,
            "email": f"{login}@company.example",
            "company_id": companies[0].id,
            "company_ids": [Command.set(companies.ids)],
            "group_ids": [Command.set([env.ref(name).id for name in names])],
        }
    )


def add_mail_server(env, port):
    """A mail server on a loopback port, as the only one."""
    env["ir.mail_server"].search([]).active = False
    env["ir.mail_server"].create(
        {
            "name": "Loopback",
            "smtp_host": "127.0.0.1",
            "smtp_port": port,
            "smtp_encryption": "none",
            "smtp_authentication": "login",
        }
    )


def add_invoices(company, items):
    """Posted invoices without tax and terms, invoiced thirty days before they fall due.

    :param items: pairs of a customer and a tuple of the days overdue, negative for days ahead,
        and the amount
    """
    env = company.with_company(company).env
    today = fields.Date.context_today(company)
    moves = env["account.move"].create(
        [
            {
                "move_type": "out_invoice",
                "company_id": company.id,
                "partner_id": partner.id,
                "invoice_date": today - timedelta(days=days + 30),
                "invoice_date_due": today - timedelta(days=days),
                "invoice_payment_term_id": False,
                "invoice_line_ids": [
                    Command.create({"name": "Goods", "price_unit": amount, "tax_ids": False})
                ],
            }
            for partner, (days, amount) in items
        ]
    )
    moves.action_post()
    return moves
