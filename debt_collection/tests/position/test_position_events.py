from datetime import timedelta

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from odoo import Command
from odoo.tests import tagged

from ..base.large import IS_LARGE, has_large_form, size
from .position_common import PositionCommon

EVENTS = (
    "invoice", "credit_note", "pay", "receive", "pay_later", "match", "unmatch", "withdraw",
    "bank_line", "bank_undo", "dispute", "resolve", "take_back", "promise", "cancel_promise",
    "plan", "cancel_plan", "correct", "exclude", "include", "due_date", "pay_out", "net_or_not",
)
event = st.tuples(
    st.sampled_from(EVENTS),
    st.integers(0, 3),  # whose
    st.integers(0, 1),  # in which company
    st.integers(0, 1),  # in which currency
    st.integers(1, 90_000),  # cents
    st.integers(0, 30),  # which of several
)


@tagged("post_install", "-at_install", "debt_collection")
class TestPositionEvents(PositionCommon):
    """What is stored is what is added up anew, after every event of random histories.

    Two currencies, a branch, a subsidiary and a contact of the customer.
    """

    @has_large_form
    def test_stored_is_computed_anew(self):
        @settings(
            max_examples=size(2, 10), deadline=None, database=None, derandomize=not IS_LARGE,
            suppress_health_check=list(HealthCheck),
            # To make a history shorter takes hours: the step that failed is named instead.
            phases=(Phase.explicit, Phase.generate),
        )
        @given(st.lists(event, min_size=size(10, 50), max_size=size(10, 50)))
        def replay(history):
            with self.cr.savepoint() as savepoint:
                for number, (name, *numbers) in enumerate(history):
                    getattr(self, f"_do_{name}")(*self._choose(*numbers))
                    self._assert_anew(f"step {number}: {name}")
                savepoint.rollback()
            self.env.invalidate_all()

        replay()

    def test_each_event_once(self):
        """Each event really happens, in a history that leads to it."""
        for name in EVENTS:
            with self.subTest(event=name), self.cr.savepoint() as savepoint:
                for before in {"match": ["receive"], "unmatch": ["pay"], "withdraw": ["pay"],
                               "bank_undo": ["bank_line"],
                               "resolve": ["dispute"], "take_back": ["dispute"],
                               "cancel_promise": ["promise"],
                               "cancel_plan": ["plan"], "include": ["exclude"]}.get(name, ()):
                    getattr(self, f"_do_{before}")(*self._choose(0, 0, 0, 10_000, 0))
                done = getattr(self, f"_do_{name}")(*self._choose(0, 0, 0, 10_000, 0))
                self.assertTrue(done)
                self._assert_anew(name)
                savepoint.rollback()
            self.env.invalidate_all()

    def _choose(self, whose, where, which, cents, number):
        partner = (self.partner_a, self.daughter, self.contact, self.partner_a)[whose]
        company = self.companies[where]
        currency = (company.currency_id, self.euro)[which]
        return partner, company, currency, cents / 100, number

    # Where to do something: open items, cases and what runs in them.

    def _get_item(self, partner, company, number, **more):
        items = self.env["account.move.line"].search([
            ("partner_id.commercial_partner_id", "=", partner.commercial_partner_id.id),
            ("company_id", "=", company.id), ("parent_state", "=", "posted"),
            ("account_id.account_type", "=", "asset_receivable"),
            ("move_id.move_type", "=", "out_invoice"), ("amount_residual", ">", 0),
            ("reconciled", "=", False),
        ], order="id")
        return items[number % len(items)] if items else items

    def _get_case(self, partner, company):
        return self.env["collection.case"]._get_open(partner.commercial_partner_id, company)

    def _make_payment(self, partner, company, currency, amount, date, kind="inbound"):
        payment = self.env["account.payment"].with_company(company).create({
            "payment_type": kind, "partner_type": "customer", "date": date,
            "partner_id": partner.id, "amount": amount, "currency_id": currency.id,
        })
        payment.action_post()
        return payment

    # The events; each returns whether anything was done.

    def _do_invoice(self, partner, company, currency, amount, number):
        invoice = self._in_euro(
            number * 3 - 10, amount, partner=partner, company=company, currency=currency
        )
        # A customer's first overdue item opens a case by night.
        self._classify(companies=self.companies)
        return invoice

    def _do_credit_note(self, partner, company, currency, amount, number):
        return self._in_euro(number, amount, "out_refund", partner, company, currency)

    def _do_pay(self, partner, company, currency, amount, number):
        item = self._get_item(partner, company, number)
        if not item:
            return False
        return self._pay(item.move_id, amount=min(amount, item.amount_residual_currency))

    def _do_receive(self, partner, company, currency, amount, number):
        return self._make_payment(partner, company, currency, amount, self.TODAY)

    def _do_pay_later(self, partner, company, currency, amount, number):
        later = self.TODAY + timedelta(days=number + 1)
        return self._make_payment(partner, company, currency, amount, later)

    def _do_pay_out(self, partner, company, currency, amount, number):
        return self._make_payment(partner, company, currency, amount, self.TODAY, "outbound")

    def _do_bank_line(self, partner, company, currency, amount, number):
        """A line of the bank that was booked on the customer's account and matched with nothing."""
        journal = self.env["account.journal"].search([
            ("type", "=", "bank"), ("company_id", "in", company.parent_ids.ids),
        ], limit=1)
        receivable = partner.with_company(company).property_account_receivable_id
        return self.env["account.bank.statement.line"].with_company(company).create({
            "journal_id": journal.id, "partner_id": partner.id, "amount": amount,
            "date": self.TODAY, "payment_ref": "x", "counterpart_account_id": receivable.id,
        })

    def _do_bank_undo(self, partner, company, currency, amount, number):
        line = self.env["account.bank.statement.line"].search([
            ("partner_id", "=", partner.id), ("company_id", "=", company.id),
        ], limit=1)
        done = bool(line)
        line.unlink()
        return done

    def _do_match(self, partner, company, currency, amount, number):
        item = self._get_item(partner, company, number)
        credits = self.env["account.move.line"].search([
            ("partner_id.commercial_partner_id", "=", partner.commercial_partner_id.id),
            ("company_id", "=", company.id), ("parent_state", "=", "posted"),
            ("account_id", "=", item.account_id.id), ("amount_residual", "<", 0),
            ("reconciled", "=", False),
        ])
        if not item or not credits:
            credits = self._in_euro(
                5, amount, "out_refund", partner, company, item.currency_id or currency
            ).line_ids.filtered(lambda line: line.account_id == item.account_id)
        if not item or not credits:
            return False
        (item + credits[number % len(credits)]).reconcile()
        return True

    def _do_unmatch(self, partner, company, currency, amount, number):
        partials = self.env["account.partial.reconcile"].search([
            ("debit_move_id.partner_id", "=", partner.id), ("company_id", "=", company.id),
            ("exchange_move_id", "=", False),
        ])
        if not partials:
            return False
        partials[number % len(partials)].debit_move_id.remove_move_reconcile()
        return True

    def _do_withdraw(self, partner, company, currency, amount, number):
        payments = self.env["account.payment"].search([
            ("partner_id", "=", partner.id), ("company_id", "=", company.id),
            ("state", "in", ("in_process", "paid")),
        ])
        if not payments:
            return False
        payment = payments[number % len(payments)]
        payment.action_draft()
        payment.action_cancel()
        return True

    def _do_dispute(self, partner, company, currency, amount, number):
        case, item = self._get_case(partner, company), self._get_item(partner, company, number)
        disputed = case.dispute_ids.filtered(lambda dispute: dispute.state == "open").line_ids
        if not case or item.collection_case_id != case or item in disputed:
            return False
        return self.env["collection.dispute"].create({
            "case_id": case.id, "line_ids": [Command.set(item.ids)], "reason": "x",
            "amount": min(amount, item.amount_residual),
        })

    def _do_resolve(self, partner, company, currency, amount, number):
        dispute = self._get_case(partner, company).dispute_ids.filtered(
            lambda dispute: dispute.state == "open"
        )[:1]
        dispute.resolution = "invalid"
        dispute.action_resolve()
        return dispute

    def _do_take_back(self, partner, company, currency, amount, number):
        dispute = self._get_case(partner, company).dispute_ids.filtered(
            lambda dispute: dispute.state == "open"
        )[:1]
        done = bool(dispute)
        dispute.sudo().unlink()
        return done

    def _do_promise(self, partner, company, currency, amount, number):
        case = self._get_case(partner, company)
        if not case:
            return False
        return self.env["collection.promise"].create({
            "case_id": case.id, "amount": amount, "currency_id": currency.id,
            "date_promised": self.TODAY + timedelta(days=number),
        })

    def _do_cancel_promise(self, partner, company, currency, amount, number):
        promise = self._get_case(partner, company).promise_ids.filtered(
            lambda promise: promise.state == "open"
        )
        promise.action_cancel()
        return promise

    def _do_plan(self, partner, company, currency, amount, number):
        case = self._get_case(partner, company)
        if not case.line_ids.filtered(
            lambda line: not line.reconciled and line.collection_tier_id
        ) or case.plan_ids.filtered(lambda plan: plan.state == "performing"):
            return False
        plan = self.env["collection.plan"].create({
            "case_id": case.id, "date_first": self.TODAY + timedelta(days=number),
            "count": 1,  # a few cents cannot be divided
        })
        plan.action_generate()
        plan._set_state("performing", date_accepted=self.TODAY)
        return plan

    def _do_cancel_plan(self, partner, company, currency, amount, number):
        plan = self._get_case(partner, company).plan_ids.filtered(
            lambda plan: plan.state == "performing"
        )
        plan.action_cancel()
        return plan

    def _do_correct(self, partner, company, currency, amount, number):
        item = self._get_item(partner, company, number)
        if not item or item.matched_credit_ids:
            return False
        move = item.move_id
        move.button_draft()
        move.invoice_line_ids.price_unit = amount
        move.action_post()
        return True

    def _do_exclude(self, partner, company, currency, amount, number):
        item = self._get_item(partner, company, number)
        item.no_followup = True
        return item

    def _do_include(self, partner, company, currency, amount, number):
        item = self.env["account.move.line"].search([
            ("partner_id", "=", partner.id), ("company_id", "=", company.id),
            ("collection_excluded", "=", True), ("reconciled", "=", False),
        ])[:1]
        item.no_followup = False
        return item

    def _do_due_date(self, partner, company, currency, amount, number):
        item = self._get_item(partner, company, number)
        if not item:
            return False
        item.date_maturity = self.TODAY - timedelta(days=number * 4 - 20)
        return True

    def _do_net_or_not(self, partner, company, currency, amount, number):
        policy = self._get_case(partner, company).policy_id or company.collection_policy_id
        policy.net_credits = not policy.net_credits
        return policy
