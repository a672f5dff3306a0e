import csv
import json
import os
from collections import defaultdict
from datetime import date
from pathlib import Path

from odoo import Command
from odoo.tools import SQL

from ..base.common import CollectionCommon

LEDGER = Path(
    os.environ.get("DEBT_COLLECTION_LEDGER")
    or Path(__file__).resolve().parents[4] / "shared" / "data" / "ibm_ar"
)


class LedgerCommon(CollectionCommon):
    """The public ledger: its rows, and how they are posted and paid.

    Without the ledger ``rows`` is empty.
    """

    rows = ()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not (LEDGER / "invoices.csv").is_file():
            return
        cls.env = cls.env(context={
            **cls.env.context, "tracking_disable": True, "mail_create_nolog": True,
            "skip_is_manually_modified": True,
        })
        cls.truth = json.loads((LEDGER / "ground_truth.json").read_text())
        with (LEDGER / "invoices.csv").open(newline="") as file:
            cls.rows = list(csv.DictReader(file))
        for row in cls.rows:
            for name in ("invoice_date", "due_date", "settled_date"):
                row[name] = date.fromisoformat(row[name])
        keys = sorted({row["customer_key"] for row in cls.rows})
        partners = cls.env["res.partner"].create([{"name": key} for key in keys])
        cls.partner_by_key = dict(zip(keys, partners, strict=True))
        cls.key_by_partner = {partner.id: key for key, partner in cls.partner_by_key.items()}
        cls.bank = cls.company_data["default_journal_bank"]
        cls.receivable = cls.company_data["default_account_receivable"]

    @classmethod
    def _post_invoices(cls, rows):
        """Create and post the invoices of some rows; each row keeps its receivable item."""
        product_account = cls.company_data["default_account_revenue"]
        moves = cls.env["account.move"].create([
            {
                "move_type": "out_invoice",
                "partner_id": cls.partner_by_key[row["customer_key"]].id,
                "ref": row["invoice_ref"],
                "invoice_date": row["invoice_date"],
                "invoice_date_due": row["due_date"],
                "invoice_payment_term_id": False,
                "invoice_line_ids": [Command.create({
                    "name": row["invoice_ref"], "price_unit": float(row["amount"]),
                    "account_id": product_account.id, "tax_ids": [],
                })],
            }
            for row in rows
        ])
        moves.action_post()
        cls._refresh_statistics()
        for row, move in zip(rows, moves, strict=True):
            row["line"] = cls._receivable(move)

    @classmethod
    def _refresh_statistics(cls):
        """Let PostgreSQL know of the rows: it never does so itself inside a transaction.

        Without, the payment state of invoices is planned as a loop in a loop, for minutes.
        """
        cls.env.flush_all()
        for table in ("account_move", "account_move_line", "account_partial_reconcile"):
            cls.env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))

    @classmethod
    def _settle(cls, rows):
        """Post a bank entry a day for the payments of some rows and match each with its item."""
        by_day = defaultdict(list)
        for row in rows:
            by_day[row["settled_date"]].append(row)
        entries = cls.env["account.move"].create([
            {
                "move_type": "entry",
                "journal_id": cls.bank.id,
                "date": day,
                "line_ids": [
                    Command.create({
                        "name": "Received",
                        "account_id": cls.bank.default_account_id.id,
                        "balance": sum(row["line"].balance for row in day_rows),
                    }),
                ] + [
                    Command.create({
                        "name": row["invoice_ref"],
                        "partner_id": row["line"].partner_id.id,
                        "account_id": row["line"].account_id.id,
                        "balance": -row["line"].balance,
                    })
                    for row in day_rows
                ],
            }
            for day, day_rows in by_day.items()
        ])
        entries.action_post()
        cls._refresh_statistics()
        for entry, day_rows in zip(entries, by_day.values(), strict=True):
            received = entry.line_ids.filtered(lambda line: line.account_id == cls.receivable)
            cls.env["account.move.line"]._reconcile_plan([
                row["line"] + line for row, line in zip(day_rows, received, strict=True)
            ])
        cls._refresh_statistics()
