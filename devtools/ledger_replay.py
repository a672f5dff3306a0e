"""Replays a year of invoices in Odoo, night by night; see `ledger_year`.

For scripts of `devtools/inside/`: it runs in Odoo, started by `frozen_odoo`.
"""

from collections import Counter
from datetime import datetime, time, timedelta

import freezegun.api
import psycopg2

import odoo
from odoo import Command
from odoo.exceptions import AccessError, UserError

from devtools.ledger_year import events_of
from devtools.nights import run_night
from devtools.seeding import add_user

MONTHLY = ("overdue_list", "ageing_snapshot", "payment_habit", "progress_report", "provision")

BOSS = ("account.group_account_manager", "base.group_partner_manager")


class Replay:
    """A company, its people and customers, and what happens.

    :param every: how many days lie between two nights
    """

    def __init__(self, env, every):
        self.root, self.every = env, every
        self.events = Counter()
        env["ir.cron"].search([]).active = False
        company = env.company
        company.partner_id.tz = "UTC"
        company.email = "books@company.example"
        self.boss, self.second, self.collector = (
            add_user(env, login, company, *roles, groups=groups)
            for login, roles, groups in (
                ("year_boss", ("manager", "finance"), BOSS),
                ("year_second", ("manager",), ()),
                ("year_collector", ("collector",), ()),
            )
        )
        env["collection.policy"]._get_default(company).write(
            {
                "user_id": self.collector.id,
                "manager_id": self.second.id,
                "finance_user_id": self.boss.id,
            }
        )
        self.bank = env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", company.id)], limit=1
        )
        self.env = env(user=self.boss.id)
        # In place of a mail server: it takes everything.
        servers = env.registry["ir.mail_server"]
        servers._connect__ = lambda *_args, **_options: None
        servers.send_email = lambda _self, message, **_options: message["Message-Id"]
        self.partners, self.moves, self.bounced, self.credits = {}, {}, {}, {}

    def run(self, invoices):
        """Replay the year of these invoices, from the first one's day."""
        events = sorted(
            (event for invoice in invoices for event in events_of(invoice)),
            key=lambda event: (event.day, event.invoice.number),
        )
        for number, name in enumerate(sorted({invoice.customer for invoice in invoices})):
            self.partners[name] = self.env["res.partner"].create(
                {
                    "name": name,
                    "is_company": True,
                    "street": "1 Road",
                    # One in four gets its letters on paper.
                    "email": f"c{number}@customer.example" if number % 4 else False,
                    "collector_id": self.collector.id if number % 3 else False,
                }
            )
        day, month = events[0].day, events[0].day.month
        last = day + timedelta(days=365)
        while day <= last:
            set_clock(day)
            due = [event for event in events if event.day <= day]
            events = events[len(due) :]
            self.issue([event.invoice for event in due if event.action == "issue"])
            for event in due:
                if event.action != "issue":
                    self.do(event.action, getattr(self, event.action), event)
            self.do("night", run_night, self.root, self.root.company, day)
            self.send_letters()
            if day.month != month:
                month = day.month
                self.run_jobs(MONTHLY)
            self.root.cr.commit()
            day += timedelta(days=self.every)

    def do(self, name, function, *args):
        """Do something, and count that it was done or refused, and why."""
        try:
            with self.root.cr.savepoint():
                done = function(*args)
                self.env.flush_all()
        except (UserError, AccessError, psycopg2.Error) as error:
            self.env.invalidate_all(flush=False)
            done = f"refused: {str(error).splitlines()[0][:60]}"
            done = "".join("#" if sign.isdigit() else sign for sign in done)
        done = done if isinstance(done, str) else "done"
        self.events[f"{name}: {done}"] += 1

    def issue(self, invoices):
        """Post invoices, each on its day."""
        moves = self.env["account.move"].create(
            [
                {
                    "move_type": "out_invoice",
                    "partner_id": self.partners[invoice.customer].id,
                    "invoice_date": invoice.issued,
                    "invoice_date_due": invoice.due,
                    "invoice_payment_term_id": False,
                    "ref": f"row {invoice.number}",
                    "invoice_line_ids": [
                        Command.create(
                            {"name": "Goods", "price_unit": invoice.amount, "tax_ids": False}
                        )
                    ],
                }
                for invoice in invoices
            ]
        )
        moves.action_post()
        self.moves.update(
            (invoice.number, move) for invoice, move in zip(invoices, moves, strict=True)
        )
        self.events["issue: done"] += len(moves)

    def get_case(self, event):
        """The customer's open case, if there is one."""
        partner = self.partners[event.invoice.customer]
        return self.env["collection.case"]._get_open(partner, self.env.company)

    def get_item(self, event):
        return self.moves[event.invoice.number].line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )

    def pay(self, event):
        """A payment of a share, of the invoice or of what is left of it."""
        move = self.moves[event.invoice.number]
        if not move.amount_residual:
            return "nothing is left"
        whole = move.amount_residual if event.values.get("of") else move.amount_total
        amount = min(round(whole * event.values["share"], 2), move.amount_residual)
        payment = (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=move.ids)
            .create({"payment_date": event.day, "amount": amount, "journal_id": self.bank.id})
            ._create_payments()
        )
        self.bounced[event.invoice.number] = payment
        return "done" if move.amount_residual == 0 else "in part"

    def bounce(self, event):
        """The bank takes the payment back."""
        payment = self.bounced[event.invoice.number]
        payment.action_draft()
        payment.action_cancel()

    def receive(self, event):
        """A payment on account, matched by nobody yet."""
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": self.partners[event.invoice.customer].id,
                "amount": round(event.invoice.amount * event.values["share"], 2),
                "date": event.day,
                "journal_id": self.bank.id,
            }
        )
        payment.action_post()
        self.credits[event.invoice.number] = payment

    def match(self, event):
        """Finance matches it."""
        entry = self.credits[event.invoice.number].move_id
        lines = self.get_item(event) | entry.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        lines.filtered(lambda line: not line.reconciled).reconcile()

    def credit_note(self, event):
        """The customer was right: a credit note for the invoice, reconciled with it."""
        move = self.moves[event.invoice.number]
        self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=move.ids
        ).create({"date": event.day, "journal_id": move.journal_id.id}).refund_moves()
        refund = self.env["account.move"].search([("reversed_entry_id", "=", move.id)])
        refund.filtered(lambda entry: entry.state == "draft").action_post()
        lines = (move | refund).line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable" and not line.reconciled
        )
        if len(lines) > 1:
            lines.reconcile()

    def promise(self, event):
        case = self.get_case(event)
        if not case:
            return "no case"
        self.env["collection.promise"].create(
            {
                "case_id": case.id,
                "amount": self.moves[event.invoice.number].amount_residual,
                "date_made": event.day,
                "date_promised": event.day + timedelta(days=event.values["days"]),
            }
        )

    def plan(self, event):
        case = self.get_case(event)
        if not case:
            return "no case"
        plan = self.env["collection.plan"].create(
            {
                "case_id": case.id,
                "item_ids": [Command.set(self.get_item(event).ids)],
                "count": 3,
                "date_first": event.invoice.due + timedelta(days=16),
                "unit": "week",
                "every": 2,
                "accepted_by": "Ms. Example, by phone",
            }
        )
        plan.action_propose()
        plan.with_user(self.second).action_approve()
        plan.action_accept()

    def dispute(self, event):
        case, item = self.get_case(event), self.get_item(event)
        if not case:
            return "no case"
        self.env["collection.dispute"].create(
            {
                "case_id": case.id,
                "line_ids": [Command.set(item.ids)],
                "amount": round(item.amount_residual * event.values["share"], 2),
                "reason": "The goods were damaged.",
                "date_open": event.day,
            }
        )

    def resolve(self, event):
        dispute = self.env["collection.dispute"].search(
            [("line_ids", "in", self.get_item(event).ids), ("state", "=", "open")]
        )
        if not dispute:
            return "no dispute"
        dispute.write(
            {"resolution": event.values["resolution"], "resolution_note": "Looked into it."}
        )
        dispute.action_resolve()

    def hold(self, event):
        case = self.get_case(event)
        if not case:
            return "no case"
        until = event.day + timedelta(days=event.values["days"])
        case.write({"hold_until": until, "hold_reason": "The customer is being merged."})

    def call(self, event):
        case = self.get_case(event)
        if not case:
            return "no case"
        self.env["collection.activity"].create(
            {
                "case_id": case.id,
                "outcome": "reached",
                "feedback": "Will look into it.",
                "state": "confirmed",
            }
        )

    def send_letters(self):
        """Approve and send the drafts that the night wrote, one of each two by the job."""
        drafts = self.env["collection.letter"].search([("state", "=", "draft")], order="id")
        odoo.tools.config["test_enable"] = True  # pages in place of PDFs
        try:
            for number, letter in enumerate(drafts):
                self.do("approve letter", self.approve, letter, number % 2)
            if drafts:
                self.run_jobs(("letters", "send_held"))
                # What the job approved and is no e-mail is printed and posted.
                paper = drafts.filtered(
                    lambda letter: letter.state == "approved" and letter.channel != "email"
                )
                for letter in paper:
                    self.do("post letter", letter.action_send)
        finally:
            odoo.tools.config["test_enable"] = False
        mails = self.root["mail.mail"].search([("state", "=", "outgoing")], order="id")
        mails.send()

    def approve(self, letter, by_job):
        if by_job:
            letter.action_release()
            return "released"
        letter.with_user(self.second if letter._needs_other() else self.boss).action_approve()
        if letter.state == "approved":
            letter.action_send()
        return letter.state

    def run_jobs(self, names):
        """Run scheduled actions as the scheduler does, each in a transaction of its own."""
        self.env.flush_all()
        self.root.cr.commit()
        for name in names:
            job = self.root.ref(f"debt_collection.cron_{name}")
            failed = job.method_direct_trigger() is not True
            self.events[f"job {name}: {'failed' if failed else 'done'}"] += 1
        self.root.invalidate_all()


def set_clock(day):
    """Let it be nine o'clock of a day, in the clock that `frozen_odoo` has stopped."""
    freezegun.api.freeze_factories[-1].move_to(datetime.combine(day, time(9)))
