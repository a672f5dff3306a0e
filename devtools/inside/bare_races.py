# ruff: noqa: F821
"""In Odoo's shell: two people press the same button at once, each with a transaction of its own.

Runs on a database that is thrown away afterwards: everything is committed. `RESULT` names the
file for the outcomes as JSON: by race, what each person was told, and how many entries came.
"""

import json
import os
import threading
from datetime import timedelta
from pathlib import Path

from odoo import Command, api
from odoo.exceptions import UserError
from odoo.service.model import retrying

from devtools.seeding import add_invoices, add_user

company = env.ref("base.main_company")
if not company.chart_template:
    env["account.chart.template"].try_loading("generic_coa", company, install_demo=False)
today = company._get_collection_today()


collector, asker = (
    add_user(env, "collector", company, "collector"),
    add_user(env, "asker", company, "manager"),
)
manager = add_user(env, "manager", company, "manager")
finance = [add_user(env, login, company, "finance") for login in ("finance1", "finance2")]
accounts = env["account.account"].create(
    [
        {"name": name, "code": f"X{number}", "account_type": kind}
        for number, (name, kind) in enumerate(
            [
                ("Bad Debts", "expense"),
                ("Allowance", "asset_current"),
                ("Impairment", "expense"),
                ("Recoveries", "income_other"),
                ("Late Charges", "income_other"),
            ]
        )
    ]
)
journal, sales = env["account.journal"].create(
    [
        {"name": "Collections", "code": "COLL", "type": "general"},
        {"name": "Late Charges", "code": "LATE", "type": "sale"},
    ]
)
company.write(
    {
        "collection_journal_id": journal.id,
        "collection_charge_journal_id": sales.id,
        **dict(
            zip(
                (
                    "collection_bad_debt_account_id",
                    "collection_allowance_account_id",
                    "collection_impairment_account_id",
                    "collection_recovery_account_id",
                    "collection_charge_account_id",
                ),
                accounts.ids,
                strict=True,
            )
        ),
    }
)
policy = company.collection_policy_id
policy.write(
    {
        "user_id": collector.id,
        "charge_terms_id": env.ref("debt_collection.charge_terms_fixed").id,
    }
)


def make_invoice(name, days=100, amount=1000.0):
    partner = env["res.partner"].create({"name": name})
    move = add_invoices(company, [(partner, (days, amount))])
    env["collection.case"]._classify()
    return move.line_ids.filtered(lambda line: line.account_id.account_type == "asset_receivable")


def approve(record):
    record.action_request()
    record.with_user(manager).action_approve()
    return record


def make_charge(item, days_ago=0):
    return (
        env["collection.charge"]
        .with_user(asker)
        .create(
            {
                "case_id": item.collection_case_id.id,
                "currency_id": item.currency_id.id,
                "date_to": today - timedelta(days=days_ago),
                "item_ids": [Command.set(item.ids)],
            }
        )
    )


def make_writeoff(item, amount=1000.0):
    return (
        env["collection.writeoff"]
        .with_user(asker)
        .create(
            {
                "case_id": item.collection_case_id.id,
                "partner_id": item.partner_id.id,
                "reason_id": env.ref("debt_collection.writeoff_reason_statute_barred").id,
                "line_ids": [Command.create({"item_id": item.id, "amount": amount})],
            }
        )
    )


def make_recovery(item):
    debt = approve(make_writeoff(item))
    debt.with_user(finance[0]).action_post()
    payment = env["account.payment"].create(
        {
            "payment_type": "inbound",
            "partner_type": "customer",
            "partner_id": item.partner_id.id,
            "amount": 400.0,
        }
    )
    payment.action_post()
    return (
        env["collection.recovery"]
        .with_user(finance[0])
        .create(
            {
                "partner_id": item.partner_id.id,
                "company_id": company.id,
                "credit_id": payment.move_id.line_ids.filtered(
                    lambda line: line.account_id == item.account_id
                ).id,
                "line_ids": [
                    Command.create({"writeoff_line_id": debt.line_ids.id, "amount": 400.0})
                ],
            }
        )
    )


def make_provision():
    provision = env["collection.provision"].with_user(finance[0]).create({})
    provision.action_compute()
    return provision


def press(act, user, start, told):
    with env.registry.cursor() as cr:
        own = api.Environment(cr, user.id, {})
        tries = iter([True])

        def attempt():
            # The snapshot is taken before the other person has committed anything.
            own.cr.execute("SELECT 1")
            if next(tries, False):
                start.wait(60)
            act(own)

        try:
            # As Odoo calls what a button does.
            retrying(attempt, own)
            told.append("done")
        except UserError as error:
            cr.rollback()
            told.append(str(error))
        except Exception as error:
            start.abort()
            told.append(f"{type(error).__name__}: {error}")


def race(*acts, users=None):
    """What two people are told, and how many entries there are more."""
    env.cr.commit()
    moves = env["account.move"].search_count([])
    start, told = threading.Barrier(2), []
    threads = [
        threading.Thread(target=press, args=(act, user, start, told))
        for act, user in zip(acts, users or finance, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    env.cr.commit()
    env.invalidate_all()
    return sorted(told, key="done".__ne__), env["account.move"].search_count([]) - moves


def button(record, method):
    """Twice the same button of a record."""

    def act(own):
        getattr(own[record._name].browse(record.id), method)()

    return [act, act]


results = {}
charge = approve(make_charge(make_invoice("Charge")))
results["charge"] = race(*button(charge, "action_post"))
results["undo of a charge"] = race(*button(charge, "action_undo"))
writeoff = approve(make_writeoff(make_invoice("Write-off")))
results["write-off"] = race(*button(writeoff, "action_post"))
results["undo of a write-off"] = race(*button(writeoff, "action_undo"))
results["recovery"] = race(*button(approve(make_recovery(make_invoice("Recovery"))), "action_post"))

item = make_invoice("Same days")
results["same days asked for"] = race(
    *(button(make_charge(item, days), "action_request")[0] for days in (0, 3)),
    users=[asker, manager],
)
results["two drafts of a month"] = race(
    *[lambda own: own["collection.provision"].create({}).action_compute()] * 2
)
env["collection.provision"].search([]).action_cancel()
provision = approve(make_provision())
results["provision"] = race(*button(provision, "action_post"))
results["undo of a provision"] = race(*button(provision, "action_undo"))
Path(os.environ["RESULT"]).write_text(json.dumps(results, indent=2))
