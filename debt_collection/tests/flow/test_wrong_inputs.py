import base64
from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..base.common import CollectionCommon


@tagged("post_install", "-at_install", "debt_collection")
class TestWrongInputs(CollectionCommon):
    """Slips that people make, as the person: what is wrong, with what, and what to do."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.collector = cls._role_user("wrong_collector", "collector")
        cls.manager = cls._role_user("wrong_manager", "manager")
        cls.finance = cls._role_user("wrong_finance", "finance")
        cls.today = cls.env.company._get_collection_today()
        cls.customer = cls.env["res.partner"].create({
            "name": "Wrong Customer", "collector_id": cls.collector.id,
            "collection_hours_agreed": True,
        })
        cls.invoice = cls._overdue_invoice(40, 250.0, partner=cls.customer)
        cls._classify()
        cls.case = cls.invoice.collection_case_id
        cls.item = cls._receivable(cls.invoice)
        cls.soon = cls.today + timedelta(days=3)
        cls.past = cls.today - timedelta(days=3)
        cls.desk = cls.env["collection.desk"].with_user(cls.collector)

    def _as(self, user, model):
        return self.env[model].with_user(user)

    def _create(self, model, user=None, **vals):
        return self._as(user or self.collector, model).create({"case_id": self.case.id, **vals})

    def _log(self, **vals):
        return self._create("collection.activity", **{
            "method": "phone", "outcome": "no_answer", "state": "confirmed", **vals,
        })

    def _writeoff(self, *lines):
        """A request for all that is open, which the person changes."""
        writeoff = self._create(
            "collection.writeoff", note="Gone",
            reason_id=self.env.ref("debt_collection.writeoff_reason_uneconomic").id,
        )
        writeoff.line_ids = [Command.clear(), *map(Command.create, lines)]
        return writeoff

    def _statement(self, **vals):
        return self._as(self.collector, "collection.statement").create({
            "partner_id": self.customer.id, **vals,
        })

    def _letter(self, **vals):
        return self._create("collection.letter", kind="dunning", **vals)

    def _next(self, **vals):
        return self._as(self.collector, "collection.next.action").create({
            "case_ids": [Command.set(self.case.ids)], **vals,
        }).action_apply()

    def _import(self, text):
        rate = self.env["collection.rate"].search([("file_format", "!=", False)], limit=1)
        wizard = self._as(self.manager, "collection.rate.import").create({
            "rate_id": rate.id, "file": base64.b64encode(text), "file_name": "wrong.txt",
        })
        return wizard.action_import()

    def _get_slips(self):
        """Each a name, what the person does, and words that the sentence has to have."""
        promise, dispute = self.desk.make_promise, self.desk.make_dispute
        case, late = self.case.id, fields.Datetime.now() + timedelta(hours=5)
        run = self._as(self.collector, "collection.letter.run")
        return [
            ("promise of nothing", lambda: promise(case, 0, self.soon),
             "Wrong Customer", "0.00", "above zero"),
            ("negative promise", lambda: promise(case, -5, self.soon),
             "Wrong Customer", "-", "5.00", "above zero"),
            ("promise above what is owed", lambda: promise(case, 2500, self.soon),
             "Wrong Customer", "250.00", "2,500.00", "Correct"),
            ("promise for a day that is over", lambda: promise(case, 250, self.past),
             "before the day", "later day"),
            ("promise without a day", lambda: promise(case, 250, False),
             "amount", "day"),
            ("promise of a case that is gone", lambda: promise(2**30, 250, self.soon),
             "not there any more", "another"),
            ("plan of no instalments", lambda: self.desk.make_plan(case, 0),
             "Wrong Customer", "between 1 and", "not 0"),
            ("plan of too many instalments", lambda: self.desk.make_plan(case, 1000),
             "Wrong Customer", "60", "another number"),
            ("plan that begins in the past",
             lambda: self.desk.make_plan(case, 2, date_first=self.past), "past", "today"),
            ("dispute of no invoice", lambda: dispute(case, [], False),
             "Tick", "Wrong Customer"),
            ("dispute of more than is open", lambda: self._create(
                "collection.dispute", line_ids=[Command.set(self.item.ids)], reason="Damaged",
                amount=2500.0,
            ), "250.00", "2,500.00", "still open"),
            ("call in the future", lambda: self._log(date=late),
             "not taken place yet", "plan a to-do"),
            ("call without an outcome", lambda: self._log(outcome=False), "outcome"),
            ("spoke, but said nothing", lambda: self._log(outcome="reached"),
             "Wrong Customer", "note"),
            ("next call in the past", lambda: self._next(date=self.past), "over", "later day"),
            ("write-off without invoices", lambda: self._writeoff().action_request(),
             "names no items"),
            ("write-off of more than is open", lambda: self._writeoff(
                {"item_id": self.item.id, "amount": 9000.0}).action_request(),
             "9,000.00", self.invoice.name, "250.00"),
            ("letter without words", lambda: self._letter_without_words().action_approve(),
             "no text", "template"),
            ("letter by e-mail to nobody", lambda: self._approved_mail().action_send(),
             "e-mail"),
            ("statement that ends before it begins", lambda: self._statement(
                date_from=self.today, date_to=self.past).action_send(),
             "Wrong Customer", "first day"),
            ("statement to nobody", lambda: self._statement().action_send(),
             "Wrong Customer", "no e-mail address", "print"),
            ("file of something else", lambda: self._import(b"Dear Sir or Madam"),
             "file", "bank"),
            ("broken spreadsheet", lambda: self._import(b"PK\x03\x04 broken"),
             "cannot be read"),
            ("run of nobody", lambda: run.create({}).action_approve(),
             "Choose at least one customer"),
            ("copies of nothing", lambda: self.desk.send_copies(case, []),
             "Tick", "Wrong Customer"),
        ]

    def _letter_without_words(self):
        letter = self._letter()
        letter.body = False
        return letter

    def _approved_mail(self):
        letter = self._letter(channel="email")
        letter.action_approve()
        return letter

    def test_each_slip_is_told(self):
        slips = self._get_slips()
        self.assertGreaterEqual(len(slips), 20)
        for name, slip, *words in slips:
            with self.subTest(slip=name):
                with self.assertRaises(UserError) as caught, self.cr.savepoint():
                    slip()
                    self.env.flush_all()
                sentence = str(caught.exception)
                for word in words:
                    self.assertIn(word, sentence)
                self.assertTrue(sentence.rstrip().endswith((".", "?")), sentence)
        self.assertFalse(self.case.collection_activity_ids)
        self.assertFalse(self.case.promise_ids)
