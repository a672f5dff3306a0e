import csv
import json
import os
from datetime import date
from pathlib import Path

from odoo import Command
from odoo.tools import SQL

from ..base.common import CollectionCommon
from ..base.large import IS_LARGE

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
        """Create and post the invoices of some rows; each row keeps its receivable item.

        In the large form each is posted by Odoo; else the first is, and the others are copies of
        it in the database, with the customer, dates and amount of their rows.
        """
        if not rows:
            return
        posted = rows if IS_LARGE else rows[:1]
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
                    "account_id": cls.company_data["default_account_revenue"].id, "tax_ids": [],
                })],
            }
            for row in posted
        ])
        moves.action_post()
        moves += cls._copy_posted(moves[0], [
            (row["customer_key"], row["invoice_ref"], row["invoice_date"], row["due_date"],
             float(row["amount"]))
            for row in rows[len(posted):]
        ])
        cls._refresh_statistics()
        for row, move in zip(rows, moves, strict=True):
            row["line"] = cls._receivable(move)

    @classmethod
    def _copy_posted(cls, move, wanted):
        """Copy a posted entry of two items in the database, once for each of the wanted.

        What is not an entry's own is the same in all; amounts are scaled.

        :param wanted: list of tuples of the customer's key, reference, date, due date, amount
        """
        if not wanted:
            return move.browse()
        cls.env.flush_all()
        amount = cls._receivable(move).balance
        values = [
            {
                "partner_id": cls.partner_by_key[key].id,
                "ref": ref,
                "invoice_date": str(day),
                "date": str(day),
                "due": str(due),
                "factor": own / amount,
            }
            for key, ref, day, due, own in wanted
        ]
        copied = cls.env.execute_query(SQL(
            """
            INSERT INTO account_move
            SELECT (jsonb_populate_record(original, (wanted.row - 'due' - 'factor')
                    || jsonb_build_object(
                       'id', nextval('account_move_id_seq'),
                       'commercial_partner_id', wanted.row->'partner_id',
                       'partner_shipping_id', wanted.row->'partner_id',
                       'invoice_date_due', wanted.row->'due',
                       'name', original.name || '/' || wanted.number,
                       'sequence_prefix', original.name || '/',
                       'sequence_number', wanted.number)
                    || %(amounts)s)).*
              FROM account_move original,
                   jsonb_array_elements(%(rows)s::jsonb) WITH ORDINALITY wanted (row, number)
             WHERE original.id = %(move)s
          ORDER BY wanted.number
         RETURNING id
            """,
            move=move.id, rows=json.dumps(values), amounts=cls._scaled("account_move", "original"),
        ))
        ids = [move_id for (move_id,) in copied]
        cls.env.cr.execute(SQL(
            """
            INSERT INTO account_move_line
            SELECT (jsonb_populate_record(original, jsonb_build_object(
                       'id', nextval('account_move_line_id_seq'),
                       'move_id', copied.id, 'move_name', copied.name, 'ref', copied.ref,
                       'partner_id', copied.partner_id, 'date', copied.date,
                       'invoice_date', copied.invoice_date,
                       'date_maturity', CASE WHEN original.date_maturity IS NOT NULL
                                             THEN copied.invoice_date_due END)
                    || %(amounts)s)).*
              FROM jsonb_array_elements(%(rows)s::jsonb) WITH ORDINALITY wanted (row, number)
              JOIN unnest(%(ids)s) WITH ORDINALITY made (id, number) USING (number)
              JOIN account_move copied ON copied.id = made.id
              JOIN account_move_line original ON original.move_id = %(move)s
          ORDER BY wanted.number, original.id
            """,
            move=move.id, rows=json.dumps(values), ids=ids,
            amounts=cls._scaled("account_move_line", "original"),
        ))
        cls.env.invalidate_all()
        return move.browse(ids)

    @classmethod
    def _scaled(cls, table, alias):
        """SQL of a JSON object: the amounts of a row, times the wanted row's ``factor``."""
        model = cls.env[table.replace("_", ".")]
        names = [
            name for name, field in model._fields.items()
            if field.store and (field.type == "monetary" or name == "price_unit")
        ]
        return SQL("jsonb_build_object(%s)", SQL(", ").join(
            SQL(
                "%s, ROUND((%s * (wanted.row->>'factor')::numeric)::numeric, 2)",
                name, SQL.identifier(alias, name),
            )
            for name in names
        ))

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
        """Post a bank entry for the payment of each row and match it with its item."""
        if not rows:
            return
        posted = rows if IS_LARGE else rows[:1]
        entries = cls.env["account.move"].create([
            {
                "move_type": "entry",
                "journal_id": cls.bank.id,
                "date": row["settled_date"],
                "line_ids": [
                    Command.create({
                        "name": "Received",
                        "account_id": cls.bank.default_account_id.id,
                        "balance": row["line"].balance,
                    }),
                    Command.create({
                        "name": row["invoice_ref"],
                        "partner_id": row["line"].partner_id.id,
                        "account_id": row["line"].account_id.id,
                        "balance": -row["line"].balance,
                    }),
                ],
            }
            for row in posted
        ])
        entries.action_post()
        entries += cls._copy_posted(entries[0], [
            (row["customer_key"], row["invoice_ref"], row["settled_date"], row["settled_date"],
             -row["line"].balance)
            for row in rows[len(posted):]
        ])
        cls._refresh_statistics()
        cls.env["account.move.line"]._reconcile_plan([
            row["line"] + cls._receivable(entry) for row, entry in zip(rows, entries, strict=True)
        ])
        cls._refresh_statistics()
