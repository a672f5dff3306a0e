import io
from datetime import date

from openpyxl import load_workbook

from odoo import Command
from odoo.tests import tagged

from .charge_common import ChargeCommon


@tagged("post_install", "-at_install", "debt_collection")
class TestAccountMoveLineCharge(ChargeCommon):
    """What has accrued on items, from the ledger: a memo, nothing in the books."""

    def _accrued(self, moves, as_of, **options):
        items = self._receivable(moves)
        charges = items._get_collection_charges(date.fromisoformat(as_of), **options)
        return charges[items.id] if len(items) == 1 else charges

    def test_terms_of_customer_then_policy_then_none(self):
        move = self._invoice("2025-06-30", 36500)
        items = self._receivable(move)
        as_of = date(2025, 7, 10)
        policy = self.env.company.collection_policy_id
        self.assertEqual(items._get_collection_charges(as_of), {})
        policy.charge_terms_id = self._terms("fixed")
        self.assertEqual(items._get_collection_charges(as_of)[items.id]["total"], 100)
        special = self.env["collection.policy"].create({
            "name": "Special", "charge_terms_id": self._terms("fixed").copy({"rate": 20}).id,
        })
        self.customer.collection_policy_id = special
        self.assertEqual(items._get_collection_charges(as_of)[items.id]["total"], 200)
        self._case().sudo().policy_id = policy
        self.assertEqual(items._get_collection_charges(as_of)[items.id]["total"], 100)
        self._use_terms("fixed", rate=5)
        self.assertEqual(items._get_collection_charges(as_of)[items.id]["total"], 50)
        self._use_terms("none")
        self.assertEqual(items._get_collection_charges(as_of)[items.id]["total"], 0)

    def test_contacts_follow_their_customer(self):
        self._use_terms("fixed")
        contact = self.env["res.partner"].create({"name": "Desk", "parent_id": self.customer.id})
        move = self._invoice("2025-06-30", 36500, partner=contact)
        self.assertEqual(self._accrued(move, "2025-07-10")["interest"], 100)

    def test_what_is_charged_on(self):
        self._use_terms("fixed")
        move = self._invoice("2025-06-30")
        item = self._receivable(move)
        self.assertEqual(self._accrued(move, "2025-06-30")["total"], 0)
        self.assertEqual(self._accrued(move, "2025-07-01")["interest"], 2.74)
        item.no_followup = True
        self.assertEqual(item._get_collection_charges(date(2025, 9, 30)), {})
        item.no_followup = False
        move.sudo().is_collection_charge = True
        self.assertEqual(item._get_collection_charges(date(2025, 9, 30)), {})
        move.sudo().is_collection_charge = False
        refund = self._invoice("2025-06-30", move_type="out_refund")
        self.assertEqual(self._receivable(refund)._get_collection_charges(self.TODAY), {})
        move.button_draft()
        self.assertEqual(item._get_collection_charges(self.TODAY), {})
        self.assertEqual(
            self.env["account.move.line"]._get_collection_charges(self.TODAY), {}
        )

    def test_payments_count_from_the_day_after(self):
        """36,500 at 10 %: 10 a day; half is paid on the tenth day."""
        self._use_terms("fixed")
        move = self._invoice("2025-06-30", 36500)
        self._pay_on(move, "2025-07-10", 18250)
        for as_of, interest, per_day in [
            ("2025-07-09", 90, 10), ("2025-07-10", 100, 5), ("2025-07-11", 105, 5),
            ("2025-07-20", 150, 5),
        ]:
            with self.subTest(as_of=as_of):
                accrued = self._accrued(move, as_of)
                self.assertEqual(
                    (accrued["interest"], accrued["per_day"]), (interest, per_day)
                )
        self._pay_on(move, "2025-07-20", 18250)
        self.assertEqual(move.payment_state, move._get_invoice_in_payment_state())
        paid = self._accrued(move, "2025-09-30")
        self.assertEqual((paid["interest"], paid["per_day"]), (150, 0))

    def test_both_orders_of_allocation(self):
        """10,000 at 10 % and a fee of 40; 1,000 of money or credit after 73 days."""
        for allocation, is_cash, interest, per_day in [
            ("principal", True, 380, 2.47), ("interest", True, 384.80, 2.53),
            ("principal", False, 380, 2.47), ("interest", False, 380, 2.47),
        ]:
            with self.subTest(allocation=allocation, is_cash=is_cash):
                self._use_terms(
                    "fixed", allocation=allocation, fee_ids=[Command.create({"amount": 40})]
                )
                move = self._invoice("2025-01-01", 10000)
                if is_cash:
                    self._pay_on(move, "2025-03-15", 1000)
                else:
                    refund = self._invoice(
                        "2025-03-15", 1000, move_type="out_refund", invoice_date="2025-03-15"
                    )
                    (self._receivable(move) | self._receivable(refund)).reconcile()
                accrued = self._accrued(move, "2025-05-27")
                self.assertEqual(
                    (accrued["interest"], accrued["fee"], accrued["per_day"]),
                    (interest, 40, per_day),
                )

    def test_leap_year(self):
        move = self._invoice("2024-02-28", 10000)
        for base, interest in [("365", 5.48), ("360", 5.56), ("actual", 5.46)]:
            with self.subTest(base=base):
                self._use_terms("fixed", day_base=base)
                self.assertEqual(self._accrued(move, "2024-03-01")["interest"], interest)

    def test_rate_change_in_between(self):
        rate = self.env["collection.rate"].create({"name": "Ours", "code": "OURS", "value_ids": [
            Command.create({"date_from": "2025-01-01", "percent": 10}),
            Command.create({"date_from": "2025-07-11", "percent": 20}),
        ]})
        move = self._invoice("2025-06-30", 36500)
        for mode, interests in [("fixed", [200]), ("floating", [100, 200])]:
            with self.subTest(mode=mode):
                self._use_terms("fixed", rate_id=rate.id, rate_mode=mode)
                segments = self._accrued(move, "2025-07-20")["segments"]
                self.assertEqual([segment.interest for segment in segments], interests)

    def test_missing_rate_is_said(self):
        terms = self._use_terms("eu")
        move = self._invoice("2025-06-30", 10000, "EUR")
        self.assertFalse(self._accrued(move, "2025-09-30")["missing"])
        terms.rate_id.date_known_to = "2025-06-30"
        self.env.company.collection_rate_unknown = "refuse"
        accrued = self._accrued(move, "2025-09-30")
        self.assertIn("ECB main refinancing rate", accrued["missing"])
        self.assertEqual((accrued["total"], accrued["per_day"]), (0, 0))
        item = self._receivable(move)
        self.assertIn("ECB main refinancing rate", item.collection_charge_note)
        self.assertEqual(item.collection_charge_total, 0)

    def test_last_known_rate_with_a_warning(self):
        terms = self._use_terms("eu")
        move = self._invoice("2025-06-30", 10000, "EUR")
        known = self._accrued(move, "2025-09-30")
        self.assertFalse(known["unknown_since"])
        terms.rate_id.date_known_to = "2025-06-30"
        accrued = self._accrued(move, "2025-09-30")
        self.assertEqual(accrued["interest"], known["interest"])
        self.assertEqual(str(accrued["unknown_since"]), "2025-07-01")
        words = self.env["collection.charge"]._get_words_on_rates({1: accrued})
        self.assertIn("ECB main refinancing rate", words)
        self.assertIn("2.15", words)

    def test_terms_that_are_no_law_any_more(self):
        terms = self._use_terms("uk")
        terms.date_valid_to = "2025-08-31"
        move = self._invoice("2025-06-30", 5000)
        self.assertTrue(self._accrued(move, "2025-08-31")["total"])
        expired = self._accrued(move, "2025-09-01")
        self.assertIn("not in force", expired["missing"])
        self.assertFalse(expired["total"])

    def test_statute_of_the_customer_s_country(self):
        policy = self.env.company.collection_policy_id
        policy.charge_terms_id = policy_terms = self._terms("fixed")
        move = self._invoice("2025-06-30", 5000, "EUR")
        partner = move.partner_id
        german = self.env.ref("debt_collection.charge_terms_de")
        for country, by_country, terms in [
            ("de", False, policy_terms), ("de", True, german), ("pl", True, policy_terms),
        ]:
            with self.subTest(country=country, by_country=by_country):
                partner.country_id = self.env.ref(f"base.{country}")
                policy.is_charge_by_country = by_country
                self.assertEqual(self._accrued(move, "2025-09-30")["terms_id"], terms.id)

    def test_missing_exchange_rate_is_said(self):
        self._use_terms("uk")
        self.env["res.currency.rate"].search(
            [("currency_id", "=", self.env.ref("base.GBP").id)]
        ).unlink()
        accrued = self._accrued(self._invoice("2025-06-30"), "2025-09-30")
        self.assertIn("No exchange rate from GBP", accrued["missing"])
        self.assertEqual(accrued["total"], 0)

    def test_one_fee_an_invoice(self):
        """Of instalments, the first that is late bears the fee."""
        term = self.env["account.payment.term"].create({"name": "Three", "line_ids": [
            Command.create({"value": "percent", "value_amount": percent, "nb_days": days})
            for percent, days in ((40, 0), (30, 30), (30, 60))
        ]})
        self._use_terms("fixed", fee_ids=[Command.create({"amount": 40})])
        move = self.env["account.move"].create({
            "move_type": "out_invoice", "partner_id": self.customer.id,
            "invoice_date": "2025-06-30", "invoice_payment_term_id": term.id,
            "invoice_line_ids": [
                Command.create({"name": "Goods", "price_unit": 1000, "tax_ids": []})
            ],
        })
        move.action_post()
        items = self._receivable(move).sorted("date_maturity")
        fees = [items._get_collection_charges(self.TODAY)[item.id]["fee"] for item in items]
        self.assertEqual(fees, [40, 0, 0])
        alone = items[1]._get_collection_charges(self.TODAY)
        self.assertEqual(list(alone), items[1].ids)
        self.assertEqual(alone[items[1].id]["fee"], 0)
        self._pay(move, payment_date="2025-06-30", amount=400,
                  payment_difference_handling="open")
        fees = [items._get_collection_charges(self.TODAY)[item.id]["fee"] for item in items]
        self.assertEqual(fees, [0, 40, 0])

    def test_entries_bear_a_fee_for_each_item(self):
        self._use_terms("fixed", fee_ids=[Command.create({"amount": 40})])
        account = self.company_data["default_account_receivable"]
        move = self.env["account.move"].create({"date": "2025-01-01", "line_ids": [
            *(Command.create({"account_id": account.id, "partner_id": self.customer.id,
                              "debit": 100, "date_maturity": "2025-02-01"}) for _item in range(2)),
            Command.create({"account_id": self.company_data["default_account_revenue"].id,
                            "credit": 200}),
        ]})
        move.action_post()
        items = self._receivable(move)
        items.no_followup = False
        charges = items._get_collection_charges(self.TODAY)
        self.assertEqual([charge["fee"] for charge in charges.values()], [40, 40])

    def test_foreign_items_in_their_own_currency(self):
        """Payments in another currency take from the item what they settled of it."""
        self._use_terms("fixed")
        move = self._invoice("2025-06-30", 36500, "EUR")
        self._pay(move, payment_date="2025-07-10", amount=18250 / 0.8,
                  currency_id=self.env.company.currency_id.id,
                  payment_difference_handling="open")
        accrued = self._accrued(move, "2025-07-20")
        self.assertEqual((accrued["interest"], accrued["per_day"]), (150, 5))
        self.assertEqual(accrued["currency_id"], self.env.ref("base.EUR").id)

    def test_number_of_statements(self):
        self._use_terms("eu")
        counts = []
        for number in (1, 1, 30):  # the first fills the caches
            moves = self.env["account.move"]
            for _invoice in range(number):
                moves |= self._invoice("2025-05-31", 20000, "EUR")
            items = self._receivable(moves)
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.cr.sql_log_count
            charges = items._get_collection_charges(date(2025, 8, 31))
            counts.append(self.cr.sql_log_count - start)
            self.assertEqual({charge["interest"] for charge in charges.values()}, {528.11})
        self.assertEqual(counts[1], counts[2])
        self.assertLess(counts[2], 15)

    def test_number_of_statements_for_cases(self):
        counts = []
        for number in (1, 1, 15):  # the first fills the caches
            customers = self.env["res.partner"].create(
                [{"name": f"Late {customer}"} for customer in range(number)]
            )
            customers.collection_charge_terms_id = self._terms("fixed")
            for customer in customers:
                self._invoice("2025-05-31", 20000, "EUR", customer)
            self._classify()
            cases = self.env["collection.case"].search([("partner_id", "in", customers.ids)])
            self.assertEqual(len(cases), number)
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.cr.sql_log_count
            self.assertTrue(all(case.amount_charges > 0 for case in cases))
            counts.append(self.cr.sql_log_count - start)
        self.assertEqual(counts[1], counts[2])

    def test_memo_on_case_customer_and_item(self):
        self._use_terms("fixed")
        today = self.env.company._get_collection_today()
        days = (today - date(2025, 6, 30)).days
        move = self._invoice("2025-06-30", 36500)
        foreign = self._invoice("2025-06-30", 3650, "EUR")
        case = self._case()
        item = self._receivable(move)
        self.assertRecordValues(item, [{
            "collection_charge_total": 10 * days, "collection_charge_per_day": 10,
            "collection_charged_to": False, "collection_charge_note": False,
        }])
        self.assertEqual(self._receivable(foreign).collection_charge_total, days)
        per_day = 10 + 1 / 0.8
        for user in (self.collector, self.manager, self.finance):
            with self.subTest(user=user.login):
                self.assertEqual(case.with_user(user).amount_charges, per_day * days)
                self.assertEqual(case.with_user(user).amount_charges_per_day, per_day)
                self.assertEqual(
                    self.customer.with_user(user).collection_amount_charges, per_day * days
                )
        other = self._role_user("charge_other", "collector")
        self.assertEqual(self.customer.with_user(other).collection_amount_charges, 0)

    def test_statement_of_account(self):
        self._use_terms("fixed")
        self._invoice("2025-06-30", 36500)
        data = self.customer._get_collection_statement_data(
            date(2025, 6, 1), date(2025, 7, 10), self.env.company
        )
        account = self.customer._get_collection_statement(
            date(2025, 6, 1), date(2025, 7, 10), self.env.company
        )[self.customer.id][0]
        self.assertEqual(account["closing"], 36500)
        self.assertEqual(
            account["charges"], {"interest": 100, "fee": 0, "total": 100, "per_day": 10}
        )
        html, _type = self.env["ir.actions.report"]._render_qweb_html(
            "debt_collection.report_statement", self.customer.ids, data=data
        )
        self.assertIn("Late charges accrued up to", html.decode())
        sheet = load_workbook(io.BytesIO(self.customer._get_collection_statement_xlsx(
            date(2025, 6, 1), date(2025, 7, 10), self.env.company
        ))).active
        memo = {row[1].value: row[7].value for row in sheet.iter_rows() if row[1].value}
        self.assertEqual(memo["Closing Balance"], 36500)
        self.assertIn("Late charges accrued up to 2025-07-10, not part of the balance", memo)
        self.assertEqual(
            [memo[name] for name in ("Interest", "Fees", "Together", "More for each day")],
            [100, 0, 100, 10],
        )

    def test_statement_without_charges(self):
        """Nothing is said where nothing accrued."""
        self._invoice("2025-06-30", 36500)
        sheet = load_workbook(io.BytesIO(self.customer._get_collection_statement_xlsx(
            date(2025, 6, 1), date(2025, 7, 10), self.env.company
        ))).active
        texts = [cell.value for row in sheet.iter_rows() for cell in row if cell.value]
        self.assertFalse([text for text in texts if "Late charges" in str(text)])
