from odoo import models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ...tools.spreadsheet import HEAD_HEIGHT, add_formats, money_format, open_book, write_cell

LONGEST_NAME = 60


class ResPartner(models.Model):
    """The customer as collections see it; amounts are those of the active company."""

    _inherit = "res.partner"

    # The statement of account: how a customer's balance came about (P3.3).

    # What came from a customer and stands against nothing yet.

    def _get_collection_bank_money(self, company):
        """Money that came in by bank and is not reconciled, by commercial partner's id.

        Bank lines without a customer count for whose they surely are.

        :return: dict of amounts in company currency
        """
        money = {}
        for partner, amounts in self.env["account.bank.statement.line"].sudo()._read_group(
            [
                ("company_id", "=", company.id),
                ("is_reconciled", "=", False),
                ("amount", ">", 0),
                ("move_id.state", "=", "posted"),
                ("partner_id.commercial_partner_id", "in", self.ids),
            ],
            ["partner_id"],
            ["id:recordset"],
        ):
            customer = partner.commercial_partner_id.id
            money[customer] = money.get(customer, 0.0) + sum(
                line._get_collection_rest() for line in amounts
            )
        # Whose money it may be counts for everybody.
        for proposal_sudo in self.env["collection.money"].sudo().search([
            ("company_id", "=", company.id), ("state", "=", "open"), ("is_sure", "=", True),
            ("partner_id", "in", self.ids),
        ]):
            line_sudo = proposal_sudo.statement_line_id
            if not line_sudo.is_reconciled and not line_sudo.partner_id:
                customer = proposal_sudo.partner_id.id
                money[customer] = money.get(customer, 0.0) + line_sudo._get_collection_rest()
        return money

    def _check_collection_statement(self):
        """Whether the user may see what these customers owe, document by document (P1.4).

        :raises AccessError: for sales, and for collectors of other cases
        """
        self.check_access("read")
        user = self.env.user
        if self.env.su or any(user.has_group(group) for group in (
            "debt_collection.group_manager", "debt_collection.group_finance",
            "account.group_account_invoice", "account.group_account_readonly",
        )):
            return
        seen = self.browse()
        if user.has_group("debt_collection.group_collector"):
            seen = self._on_statement_access()
        for partner in self.commercial_partner_id - seen:
            raise AccessError(
                self.env._(
                    "You have no case of %(customer)s, and no statement of account.",
                    customer=partner.display_name,
                )
            )

    def _on_statement_access(self):
        """Called with the customers whose statement a collector asks for.

        Implemented in models/flow/res_partner.py.

        :return: those of them whose case the collector works on
        """

    def _get_collection_statement_data(self, date_from, date_to, company):
        """What the report's ``data`` says: customers, period (inclusive) and company."""
        return {
            "partner_ids": self.commercial_partner_id.ids,
            "date_from": date_from.isoformat(),
            "date_to": date_to.isoformat(),
            "company_id": company.id,
        }

    def _get_collection_statement(self, date_from, date_to, company):
        """The accounts of these customers in a company, from the ledger; nothing is written.

        The caller checks the access (``_check_collection_statement``). The closing balance is
        what ``_get_collection_ageing`` says of the last day: what it does not count (other
        currencies) shows as an adjustment when it settles an item.

        :param date date_from: first day, inclusive; what was before is the opening balance
        :param date date_to: last day, inclusive
        :return: dict by commercial partner id of a list, one for each currency in the order
            of names, of dicts ``currency opening movements closing ageing``; movements are
            dicts ``date name ref kind date_due debit credit balance``, kind one of ``invoice
            credit_note payment other``; ageing is a list of dicts ``name code amount`` with
            the codes of the ladder and ``not_due`` and ``credit``
        """
        partners = self.commercial_partner_id
        accounts = {}
        for row in self._get_statement_rows(partners, date_to, company):
            account = accounts.setdefault((row["partner_id"], row["currency_id"]), [])
            account.append(row)
        ageing = self._get_statement_ageing(partners, date_to, company)
        result = {partner.id: [] for partner in partners}
        currencies = self.env["res.currency"].browse({key[1] for key in accounts})
        for currency in currencies.sorted("name"):
            for partner in partners:
                rows = accounts.get((partner.id, currency.id))
                if rows:
                    result[partner.id].append({
                        "currency": currency,
                        "ageing": ageing(partner.id, currency),
                        **self._run_balance(rows, date_from, currency),
                    })
        self._on_statement(result, date_to, company)
        return result

    def _on_statement(self, accounts, date_to, company):
        """Called with the accounts of a statement, to add what stands below the balance.

        Implemented in models/flow/res_partner.py.

        :param accounts: what ``_get_collection_statement`` returns; added to in place
        """

    def _run_balance(self, rows, date_from, currency):
        """Opening balance, movements with their running balance, closing balance."""
        opening = currency.round(
            float(sum(row["amount"] for row in rows if row["date"] < date_from))
        )
        balance, movements = opening, []
        for row in rows:
            if row["date"] < date_from:
                continue
            amount = float(row["amount"])
            balance = currency.round(balance + amount)
            movements.append({
                "date": row["date"],
                "name": row["name"] or "",
                "ref": row["ref"] or "",
                "kind": row["kind"],
                "date_due": row["date_due"],
                "debit": max(amount, 0.0),
                "credit": max(-amount, 0.0),
                "balance": balance,
            })
        return {"opening": opening, "movements": movements, "closing": balance}

    def _get_statement_ageing(self, partners, date_to, company):
        """A function of customer id and currency: its ageing at the end of the day."""
        sums = {}
        line_model = self.env["account.move.line"]
        for row in line_model._get_collection_ageing(date_to, company, partners):
            code = row["tier_code"] or (
                "not_due" if row["residual_currency"] > 0 else "credit"
            )
            key = (row["partner_id"], row["currency_id"], code)
            sums[key] = sums.get(key, 0) + row["residual_currency"]
        ladder = self.env["collection.tier"]._get_ladder(company)
        words = self._get_statement_band_names()
        names = [
            ("not_due", words["not_due"]),
            *((tier.code, tier._get_band_name()) for tier in ladder),
            ("credit", words["credit"]),
        ]

        def ageing(partner_id, currency):
            return [
                {
                    "code": code,
                    "name": name,
                    "amount": currency.round(float(sums.get((partner_id, currency.id, code), 0))),
                }
                for code, name in names
            ]

        return ageing

    def _get_statement_band_names(self):
        """What is not overdue, and what is in the customer's favour, in the reader's language."""
        return {"not_due": self.env._("Current"), "credit": self.env._("Credits")}

    def _get_statement_rows(self, partners, date_to, company):
        """What changed the balances up to a day: documents, and settlements from outside.

        A settlement takes from one item what it gives to another, and shows only when the other
        one does not count or has another currency.
        """
        for name in ("account.move.line", "account.partial.reconcile", "account.move",
                     "account.account", "res.partner"):
            self.env[name].flush_model()
        line_model = self.env["account.move.line"]
        return self.env.execute_query_dict(
            SQL(
                """
                WITH item AS (
                    SELECT line.id, line.move_id, partner.commercial_partner_id AS partner_id,
                           COALESCE(line.invoice_date, line.date) AS date,
                           COALESCE(line.currency_id, line.company_currency_id) AS currency_id,
                           line.amount_currency,
                           COALESCE(line.date_maturity, line.date) AS date_maturity
                      FROM account_move_line line
                      JOIN account_account account ON account.id = line.account_id
                       AND account.account_type = 'asset_receivable'
                      JOIN res_partner partner ON partner.id = line.partner_id
                     WHERE line.company_id = %(company)s AND line.parent_state = 'posted'
                       AND partner.commercial_partner_id = ANY(%(partners)s)
                       AND COALESCE(line.invoice_date, line.date) <= %(date_to)s
                ),
                settled AS (
                    SELECT item.partner_id, item.currency_id, part.partial_id,
                           GREATEST(part.date, item.date) AS date,
                           -SUM(part.amount) AS amount, MAX(part.outside_id) AS move_id
                      FROM item
                CROSS JOIN LATERAL (%(sides)s) part
                     WHERE GREATEST(part.date, item.date) <= %(date_to)s
                  GROUP BY item.partner_id, item.currency_id, part.partial_id,
                           GREATEST(part.date, item.date)
                    HAVING SUM(part.amount) != 0
                ),
                movement AS (
                    SELECT partner_id, currency_id, date, move_id, date_maturity AS date_due,
                           SUM(amount_currency) AS amount, FALSE AS outside
                      FROM item
                  GROUP BY partner_id, currency_id, date, move_id, date_maturity
                 UNION ALL
                    SELECT partner_id, currency_id, date, move_id, NULL, SUM(amount), TRUE
                      FROM settled
                  GROUP BY partner_id, currency_id, date, move_id
                )
                SELECT movement.partner_id, movement.currency_id, movement.date, move.name,
                       move.ref, movement.amount,
                       CASE WHEN move.move_type IN ('out_invoice', 'out_receipt')
                            THEN movement.date_due END AS date_due,
                       CASE WHEN movement.outside THEN 'other'
                            WHEN move.move_type IN ('out_invoice', 'out_receipt') THEN 'invoice'
                            WHEN move.move_type = 'out_refund' THEN 'credit_note'
                            WHEN %(is_money)s THEN 'payment'
                            ELSE 'other' END AS kind
                  FROM movement
                  JOIN account_move move ON move.id = movement.move_id
                  JOIN account_journal journal ON journal.id = move.journal_id
                 WHERE movement.amount != 0
              ORDER BY movement.date, movement.outside, move.id, movement.date_due
                """,
                company=company.id,
                partners=partners.ids,
                date_to=date_to,
                sides=line_model._get_collection_sides_sql(),
                is_money=self.env["collection.cash"]._get_is_money_sql(),
            )
        )

    def _get_collection_statement_kinds(self):
        """What the kinds of movements are called on the statement."""
        return {
            "invoice": self.env._("Invoice"),
            "credit_note": self.env._("Credit Note"),
            "payment": self.env._("Payment"),
            "other": self.env._("Other"),
        }

    def _get_collection_statement_name(self, date_to=None):
        """What a statement's file is called: the customer and its last day, by default today."""
        self.ensure_one()
        date_to = date_to or self.env.company._get_collection_today()
        title = self.env._("Statement of Account")
        # File systems take 255 bytes.
        name = (self.commercial_partner_id.name or "")[:LONGEST_NAME].strip()
        return f"{title} {name} {date_to}".replace("/", "-")

    def _get_collection_statement_pdf(self, date_from, date_to, company):
        """The statement of one customer as a PDF; the caller has checked the access.

        :return: tuple of the file's name and its bytes
        """
        partner = self.commercial_partner_id
        lang = partner._get_collection_document_lang(company)
        # The account is whole, whichever entries the user may open.
        partner_sudo = partner.sudo().with_context(lang=lang)
        content, kind = self.env["ir.actions.report"].sudo().with_context(
            lang=lang
        )._render_qweb_pdf(
            "debt_collection.report_statement", partner.ids,
            data=partner_sudo._get_collection_statement_data(date_from, date_to, company),
        )
        # Without a PDF engine Odoo gives the page itself.
        extension = "pdf" if kind == "pdf" else "html"
        return f"{partner_sudo._get_collection_statement_name(date_to)}.{extension}", content

    def _on_statement_recipient(self):
        """Called for the customer whose statement is to be sent.

        Implemented in models/flow/res_partner.py.

        :return: the contact who gets statements
        """

    def _on_statement_send(self, contact, subject, body, attachment, company):
        """Called to send a customer's statement, after the checks of its dialog.

        Implemented in models/flow/res_partner.py.

        :param contact: who gets it
        :param attachment: tuple of the file's name and its bytes
        """

    def _get_collection_statement_xlsx(self, date_from, date_to, company):
        """The statement of one customer as an XLSX file, a sheet for each currency.

        :return: the file's bytes
        """
        self.ensure_one()
        partner = self.commercial_partner_id
        output, book = open_book(is_long=True)
        accounts = self._get_collection_statement(date_from, date_to, company)[partner.id]
        for account in accounts:
            sheet = book.add_worksheet(account["currency"].name)
            self._write_statement_sheet(book, sheet, account, date_from, date_to, company)
        if not accounts:
            sheet = book.add_worksheet(company.currency_id.name)
            sheet.write_string(0, 0, partner.name)
            sheet.write_string(1, 0, self.env._("No movements, and nothing open."))
        book.close()
        return output.getvalue()

    def _write_statement_sheet(self, book, sheet, account, date_from, date_to, company):
        formats = add_formats(book, account["currency"].decimal_places)
        formats["total"] = book.add_format({
            "bold": True, "top": 1, "num_format": money_format(account["currency"].decimal_places),
        })
        columns = [
            (self.env._("Date"), "date", "date", 12),
            (self.env._("Document"), "name", "text", 22),
            (self.env._("Reference"), "ref", "text", 22),
            (self.env._("Kind"), "kind", "text", 14),
            (self.env._("Due Date"), "date_due", "date", 12),
            (self.env._("Debit"), "debit", "money", 15),
            (self.env._("Credit"), "credit", "money", 15),
            (self.env._("Balance"), "balance", "money", 15),
        ]
        balance = len(columns) - 1
        sheet.write_string(
            0, 0, f"{company.name} – {self.env._('Statement of Account')}", formats["title"]
        )
        sheet.write_string(1, 0, self.commercial_partner_id.name or "")
        sheet.write_string(
            2, 0, f"{account['currency'].name}, {date_from.isoformat()} – {date_to.isoformat()}"
        )
        head = 4
        sheet.set_row(head, HEAD_HEIGHT)
        for column, (title, _field, _kind, width) in enumerate(columns):
            sheet.set_column(column, column, width)
            sheet.write_string(head, column, title, formats["head"])
        sheet.write_string(head + 1, 1, self.env._("Opening Balance"), formats["bold"])
        sheet.write_number(head + 1, balance, account["opening"], formats["money"])
        kinds = self._get_collection_statement_kinds()
        row = head + 1
        for row, movement in enumerate(account["movements"], head + 2):
            values = {**movement, "kind": kinds[movement["kind"]]}
            for column, (_title, field, kind, _width) in enumerate(columns):
                write_cell(sheet, row, column, values[field], kind, formats)
        sheet.write_string(row + 1, 1, self.env._("Closing Balance"), formats["bold"])
        sheet.write_number(row + 1, balance, account["closing"], formats["total"])
        ageing = row + 3
        sheet.write_string(ageing, 1, self.env._("Ageing"), formats["bold"])
        for number, bucket in enumerate(account["ageing"], ageing + 1):
            sheet.write_string(number, 1, bucket["name"])
            sheet.write_number(number, balance, bucket["amount"], formats["money"])
        self._on_statement_memo(
            sheet, ageing + len(account["ageing"]) + 2, account, date_to, company, formats, balance
        )
        sheet.freeze_panes(head + 1, 0)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(head)
        sheet.set_footer("&L&F&R&P / &N")

    def _on_statement_memo(self, sheet, row, account, date_to, company, formats, column):
        """Called below the account on its sheet, to write what is no part of it.

        Implemented in models/flow/res_partner.py.

        :param int row: first row below the account
        :param int column: where amounts stand
        """

    def _on_statement_print(self, statements, company):
        """Called with the customers whose statements are printed.

        Implemented in models/flow/res_partner.py.

        :param statements: what ``_get_collection_statement`` returns
        :return: dict of further values for the report's template
        """

