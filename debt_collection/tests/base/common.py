from datetime import date, timedelta

from odoo import Command
from odoo.tests import new_test_user
from odoo.tools import SQL

from odoo.addons.account.tests.common import AccountTestInvoicingCommon


class PreparedCompanies(AccountTestInvoicingCommon):
    """Companies are taken from those that `./dev test` prepared, where there are any.

    They have a chart of accounts, which takes seconds to load. What a class does to a company is
    rolled back with the class, so that the next one finds it as it was.
    """

    @classmethod
    def _create_company(cls, **create_values):
        prepared = cls.env["res.company"].browse()
        if create_values.keys() <= {"name"} and not (cls.chart_template or cls.country_code):
            prepared = prepared.sudo().search([("name", "=like", "TEST _")], order="id", limit=1)
        if not prepared:
            company = super()._create_company(**create_values)
        else:
            company = prepared.with_env(cls.env)
            company.name = create_values.get("name", "Test Company")
            cls.env.user.company_ids = [Command.link(company.id)]
        # A company at work: what its policy sends by itself is sent.
        company.sudo().collection_is_started = True
        # Tests have a day of their own, long ago.
        company.sudo().collection_policy_id.contact_days_back = 0
        return company


class CollectionCommon(PreparedCompanies):
    """A company with invoices that are overdue by known numbers of days."""

    TODAY = date(2025, 9, 30)

    @classmethod
    def get_default_groups(cls):
        return (
            super().get_default_groups()
            | cls.quick_ref("debt_collection.group_manager")
            | cls.quick_ref("debt_collection.group_finance")
        )

    @classmethod
    def _role_user(cls, login, role, company=None):
        """A user with one role of Collections and nothing else, in one company."""
        company = company or cls.env.company
        return new_test_user(
            cls.env,
            login=login,
            groups=f"base.group_user,debt_collection.group_{role}",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )

    @classmethod
    def _receivable(cls, moves):
        """The receivable items of entries."""
        return moves.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )

    @classmethod
    def _overdue_invoice(cls, days, amount=100.0, partner=None, company=None, **vals):
        """A posted customer invoice that is ``days`` overdue on ``TODAY`` (negative: not due)."""
        due = cls.TODAY - timedelta(days=days)
        move = cls.env["account.move"].with_company(company or cls.env.company).create({
            "move_type": "out_invoice",
            "partner_id": (partner or cls.partner_a).id,
            "invoice_date": due - timedelta(days=30),
            "invoice_date_due": due,
            "invoice_payment_term_id": False,
            "invoice_line_ids": [
                Command.create({"name": "Goods", "price_unit": amount, "tax_ids": []})
            ],
            **vals,
        })
        move.action_post()
        return move

    @classmethod
    def _classify(cls, as_of=None, companies=None):
        return cls.env["collection.case"]._classify(
            as_of or cls.TODAY, companies or cls.env.company
        )

    @classmethod
    def _row_versions(cls):
        """Every row's version in the tables that the classification writes."""
        cls.env.flush_all()
        versions = []
        for table in ("account_move_line", "account_move", "collection_case"):
            cls.env.cr.execute(
                SQL("SELECT id, xmin::text, ctid::text FROM %s ORDER BY id", SQL.identifier(table))
            )
            versions.append(cls.env.cr.fetchall())
        return versions

    @classmethod
    def _pay(cls, moves, **vals):
        """Register a payment through the wizard people use."""
        return (
            cls.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=moves.ids)
            .create({"payment_date": cls.TODAY, **vals})
            ._create_payments()
        )
