import json
import os
import subprocess
import sys
import tempfile
import threading
from datetime import timedelta
from pathlib import Path

import psycopg2

from odoo import SUPERUSER_ID, api, fields
from odoo.exceptions import AccessError, UserError
from odoo.modules.registry import Registry
from odoo.orm.environments import Transaction
from odoo.sql_db import db_connect
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import SQL, mute_logger

from ...tools.seal import FIRST, Entry, canonical, check_chain, make_content, make_seal
from ..base.common import CollectionCommon

VERIFY = Path(__file__).parents[3] / "docs" / "verify.py"


@tagged("debt_collection")
class TestSealRule(BaseCase):
    """The chain as a pure rule: what is found, and where."""

    def _chain(self, count=4):
        entries, previous = [], FIRST
        for number in range(1, count + 1):
            personal = {"feedback": ["salt", f"said {number}"]}
            content = make_content({"amount": ["10.5", "EUR"]}, personal)
            seal = make_seal(1, number, "m", number, 2, "2025-01-01 00:00:00", previous, content)
            entries.append(Entry(
                1, number, "m", number, 2, "2025-01-01 00:00:00", previous, seal, content,
                personal,
            ))
            previous = seal
        return entries

    def test_canonical(self):
        self.assertEqual(canonical({"b": 1, "a": "é"}), '{"a":"\\u00e9","b":1}')

    def test_chain(self):
        entries = self._chain()
        self.assertEqual(check_chain(entries), (None, ""))
        self.assertEqual(check_chain([]), (None, ""))
        first, second, third, fourth = entries
        erased = second._replace(personal={})
        for name, chain, where, why in [
            ("content", [first, second._replace(content="{}"), third, fourth], 2, "seal"),
            ("author", [first, second._replace(user=9), third, fourth], 2, "seal"),
            ("moment", [first._replace(date="x"), second, third, fourth], 1, "seal"),
            ("missing", [first, third, fourth], 3, "number"),
            ("first missing", [second, third, fourth], 2, "number"),
            ("order", [first, third, second, fourth], 3, "number"),
            ("fork", [first, second, second, third], 2, "number"),
            ("renumbered", [first, third._replace(number=2)], 2, "previous"),
            ("personal", [first, second._replace(personal={"feedback": ["salt", "x"]})], 2,
             "personal"),
        ]:
            with self.subTest(name=name):
                entry, problem = check_chain(chain)
                self.assertEqual((entry.number, problem), (where, why))
        self.assertEqual(check_chain([first, erased, third, fourth]), (None, ""))


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionSeal(CollectionCommon):
    """Confirmed contacts and signed lists cannot be bent, by nobody (P3.7, P6.3)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.collector = cls._role_user("seal_collector", "collector")
        cls.manager = cls._role_user("seal_manager", "manager")
        cls.finance = cls._role_user("seal_finance", "finance")
        cls.invoice = cls._overdue_invoice(10, 500.0)
        cls._classify()
        cls.case = cls.invoice.collection_case_id
        cls.case.user_id = cls.collector
        cls.seals = cls.env["collection.seal"]

    def _contact(self, **vals):
        return self.env["collection.activity"].with_user(self.collector).create({
            "case_id": self.case.id, "outcome": "reached", "feedback": "Pays on Friday",
            "state": "confirmed", **vals,
        })

    def _sql(self, query, *args):
        self.env.flush_all()
        self.env.cr.execute(SQL(query, *args))

    def _without_triggers(self, table, query, *args):
        """What a person with the rights of the database's owner could do."""
        self.env.flush_all()
        identifier = SQL.identifier(table)
        self.env.cr.execute(SQL("ALTER TABLE %s DISABLE TRIGGER USER", identifier))
        self.env.cr.execute(SQL(query, *args))
        self.env.cr.execute(SQL("ALTER TABLE %s ENABLE TRIGGER USER", identifier))
        self.env.invalidate_all()

    def _chain(self):
        return self.seals.search([("company_id", "=", self.company.id)], order="number")

    def test_each_confirmed_contact_is_a_link(self):
        draft = self._contact(state="draft")
        self.assertFalse(draft.seal)
        contacts = self._contact() | self._contact(outcome="refused")
        chain = self._chain()
        self.assertEqual(chain.mapped("number"), [1, 2])
        self.assertEqual(chain.mapped("seal"), contacts.mapped("seal"))
        self.assertEqual(chain.mapped("previous"), ["", chain[0].seal])
        self.assertEqual(chain.user_id, self.collector)
        draft.action_confirm()
        self.assertEqual(draft.seal_number, 3)
        self.assertEqual(
            self.seals._verify(self.company),
            {"ok": True, "count": 3, "number": 3, "seal": draft.seal, "problem": ""},
        )

    def test_content_has_units_and_papers(self):
        paper = self.env["ir.attachment"].with_user(self.collector).create({
            "name": "Note", "raw": b"we pay",
        })
        today = self.company._get_collection_today()
        contact = self._contact(
            outcome="promised", amount_promised=120.5, date_promised=today + timedelta(days=3),
            attachment_ids=[fields.Command.link(paper.id)],
        )
        content = json.loads(self._chain().sudo().content)
        self.assertEqual(
            content["figures"]["amount_promised"], ["120.5", self.company.currency_id.name]
        )
        self.assertEqual(content["figures"]["case_id"], self.case.id)
        self.assertEqual(set(content["personal"]), {"feedback", "attachment_ids"})
        self.assertTrue(self.seals._verify(self.company)["ok"])
        paper.sudo().raw = b"we never pay"
        problem = self.seals._verify(self.company)["problem"]
        self.assertIn("attachment_ids", problem)
        self.assertIn(contact.display_name, problem)

    def test_a_chain_for_each_company(self):
        data = self.setup_other_company()
        other = data["company"]
        self._contact()
        theirs = self._overdue_invoice(
            10, company=other, partner=self.partner_b,
            journal_id=data["default_journal_sale"].id,
        )
        self._classify(companies=other)
        contact = self.env["collection.activity"].create({
            "case_id": theirs.collection_case_id.id, "outcome": "reached", "feedback": "Talked",
            "state": "confirmed",
        })
        self.assertEqual(contact.seal_number, 1)
        for company in (self.company, other):
            self.assertEqual(self.seals._verify(company)["count"], 1)
        self.assertEqual(self.seals.with_user(self.manager).search([]).company_id, self.company)

    def test_database_refuses(self):
        contact = self._contact()
        table = "collection_activity"
        for query in (
            "UPDATE collection_activity SET feedback = 'Nothing' WHERE id = %s",
            "UPDATE collection_activity SET feedback = NULL WHERE id = %s",
            "UPDATE collection_activity SET state = 'draft' WHERE id = %s",
            "UPDATE collection_activity SET seal = NULL WHERE id = %s",
            "UPDATE collection_activity SET amount_promised = 1 WHERE id = %s",
            "UPDATE collection_activity SET case_id = case_id + 1 WHERE id = %s",
            "DELETE FROM collection_activity WHERE id = %s",
            "UPDATE collection_seal SET content = '{}' WHERE res_id = %s",
            "UPDATE collection_seal SET personal = '{\"feedback\": 1}' WHERE res_id = %s",
            "UPDATE collection_seal SET personal = NULL WHERE res_id = %s",
            "DELETE FROM collection_seal WHERE res_id = %s",
            "INSERT INTO collection_activity_ir_attachment_rel SELECT %s, MIN(id)"
            " FROM ir_attachment",
        ):
            with (
                self.subTest(query=query),
                mute_logger("odoo.sql_db"),
                self.assertRaises(psycopg2.errors.RestrictViolation),
                self.cr.savepoint(),
            ):
                self._sql(query, contact.id)
        for query in ("TRUNCATE %s CASCADE",):
            for name in (table, "collection_seal", "collection_overdue_list_line"):
                with (
                    self.subTest(query=query, table=name),
                    mute_logger("odoo.sql_db"),
                    self.assertRaises(psycopg2.errors.RestrictViolation),
                    self.cr.savepoint(),
                ):
                    self._sql(query, SQL.identifier(name))
        # What is no content may change.
        self._sql("UPDATE collection_activity SET write_date = now(), message_id = NULL"
                  " WHERE id = %s", contact.id)

    def test_nobody_makes_or_changes_seals(self):
        contact = self._contact()
        seal = self._chain()
        for attempt in (
            lambda: seal.sudo().write({"content": "{}"}),
            lambda: seal.sudo().unlink(),
            lambda: self.seals.sudo().create({"number": 9}),
            lambda: contact.sudo().write({"seal": "x"}),
            lambda: self._contact(state="draft", seal="x"),
            lambda: self._contact(state="draft").write({"seal_number": 7}),
        ):
            with self.assertRaises(UserError), self.cr.savepoint():
                attempt()

    def test_verify_names_the_first_that_does_not_fit(self):
        contacts = self.env["collection.activity"]
        for number in range(4):
            contacts |= self._contact(feedback=f"Call {number + 1}")
        second, third = contacts[1], contacts[2]
        attempts = {
            "value": (
                "collection_activity",
                SQL("UPDATE collection_activity SET feedback = 'x' WHERE id = %s", second.id),
                ["Seal 2", "feedback", second.display_name],
            ),
            "amount": (
                "collection_activity",
                SQL("UPDATE collection_activity SET outcome = 'refused' WHERE id = %s", third.id),
                ["Seal 3", "outcome"],
            ),
            "record gone": (
                "collection_activity",
                SQL("DELETE FROM collection_activity WHERE id = %s", second.id),
                ["Seal 2", "is missing", str(second.id)],
            ),
            "seal of the record": (
                "collection_activity",
                SQL("UPDATE collection_activity SET seal = 'x' WHERE id = %s", second.id),
                ["Seal 2", "another seal"],
            ),
            "content and record": (
                "collection_seal",
                SQL("UPDATE collection_seal SET content = replace(content, 'reached', 'refused')"
                    " WHERE number = 2 AND company_id = %s", self.company.id),
                ["Seal 2", "not that of its content"],
            ),
            "seal gone": (
                "collection_seal",
                SQL("DELETE FROM collection_seal WHERE number = 2 AND company_id = %s",
                    self.company.id),
                ["number 2 is missing"],
            ),
            "order": (
                "collection_seal",
                SQL("UPDATE collection_seal SET number = CASE number WHEN 2 THEN -3 ELSE -2 END"
                    " WHERE number IN (2, 3) AND company_id = %(company)s;"
                    " UPDATE collection_seal SET number = -number WHERE number < 0"
                    " AND company_id = %(company)s", company=self.company.id),
                ["Seal 2", "does not follow"],
            ),
            "unsealed": (
                "collection_activity",
                SQL("INSERT INTO collection_activity (case_id, company_id, date, method,"
                    " direction, user_id, state) VALUES (%s, %s, now(), 'phone', 'inbound', %s,"
                    " 'confirmed')", self.case.id, self.company.id, self.collector.id),
                ["has no seal"],
            ),
        }
        self.assertTrue(self.seals._verify(self.company)["ok"])
        for name, (table, query, words) in attempts.items():
            with self.subTest(name=name), self.cr.savepoint() as savepoint:
                self._without_triggers(table, "%s", query)
                result = self.seals._verify(self.company)
                self.assertFalse(result["ok"])
                for word in words:
                    self.assertIn(word, result["problem"])
                savepoint.rollback()
                self.env.invalidate_all()

    def test_verify_finds_an_end_that_was_cut_off(self):
        self._contact()
        last = self._contact()
        self.assertTrue(self.seals._verify(self.company)["ok"])
        self._without_triggers(
            "collection_seal", "DELETE FROM collection_seal WHERE res_id = %s", last.id
        )
        self._without_triggers(
            "collection_activity", "DELETE FROM collection_activity WHERE id = %s", last.id
        )
        self.assertIn("cut off", self.seals._verify(self.company)["problem"])

    def test_signed_list(self):
        overdue_list = self.env["collection.overdue.list"]._generate(self.TODAY, self.company)
        self.assertFalse(overdue_list.seal)
        overdue_list.with_user(self.finance).action_sign()
        self.assertTrue(overdue_list.seal)
        self.assertTrue(self.seals._verify(self.company)["ok"])
        line = overdue_list.line_ids[0]
        for query in (
            "UPDATE collection_overdue_list_line SET amount_open = 1 WHERE id = %s",
            "UPDATE collection_overdue_list_line SET partner_name = 'x' WHERE id = %s",
            "DELETE FROM collection_overdue_list_line WHERE id = %s",
            "INSERT INTO collection_overdue_list_line (list_id) SELECT list_id"
            " FROM collection_overdue_list_line WHERE id = %s",
            "UPDATE collection_overdue_list SET state = 'draft' WHERE id ="
            " (SELECT list_id FROM collection_overdue_list_line WHERE id = %s)",
        ):
            with (
                self.subTest(query=query),
                mute_logger("odoo.sql_db"),
                self.assertRaises(psycopg2.errors.RestrictViolation),
                self.cr.savepoint(),
            ):
                self._sql(query, line.id)
        overdue_list.message_post(body="Thank you")
        self._without_triggers(
            "collection_overdue_list_line",
            "UPDATE collection_overdue_list_line SET amount_open = 1 WHERE id = %s", line.id,
        )
        self.assertIn("line_ids", self.seals._verify(self.company)["problem"])

    def test_button_and_job(self):
        self._contact()
        action = self.seals.with_user(self.manager).action_verify()
        self.assertEqual(action["params"]["type"], "success")
        for user in (self.collector, self.finance):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.seals.with_user(user).action_verify()
        self._without_triggers(
            "collection_activity", "UPDATE collection_activity SET outcome = 'refused'"
            " WHERE company_id = %s", self.company.id,
        )
        with mute_logger("odoo.addons.debt_collection.models.record.collection_seal"):
            self.seals._verify_and_tell(self.company)
        message = self.env["mail.message"].search(
            [("subject", "like", "was changed")], order="id desc", limit=1
        )
        self.assertIn("outcome", message.body)
        self.assertIn(self.manager.partner_id, message.notified_partner_ids)

    def test_auditor_script(self):
        """The independent script agrees, and finds what does not fit."""
        for number in range(3):
            self._contact(feedback=f"Zürich, 第{number}次")
        rows = self._chain().with_user(self.manager)._get_export()
        self.assertNotIn("personal", rows[0])
        self.assertLessEqual(len(VERIFY.read_text().splitlines()), 20)
        bent = [dict(row) for row in rows]
        bent[1]["content"] = bent[1]["content"].replace("reached", "refused")
        noted = ["2", rows[1]["seal"]]
        for name, chain, arguments, code, words in [
            ("sound", rows, [], 0, "OK: 3 seals fit"),
            ("noted", rows, noted, 0, "OK: 3 seals fit"),
            ("bent", bent, [], 1, "BROKEN at seal 2: collection.activity"),
            ("missing", rows[:1] + rows[2:], [], 1, "BROKEN at seal 2"),
            ("order", rows[::-1], [], 1, "BROKEN at seal 1"),
            ("cut", rows[:1], noted, 1, "BROKEN: seal 2 is not the one you noted"),
        ]:
            with self.subTest(name=name), tempfile.TemporaryDirectory() as folder:
                path = os.path.join(folder, "seals.json")
                with open(path, "w", encoding="utf-8") as file:
                    json.dump(chain, file)
                done = subprocess.run(
                    [sys.executable, str(VERIFY), path, *arguments],
                    capture_output=True, text=True, timeout=60, check=False,
                )
                self.assertEqual(done.returncode, code, done.stderr)
                self.assertIn(words, done.stdout + done.stderr)


@tagged("post_install", "-at_install", "debt_collection")
class TestSealConcurrency(BaseCase):
    """Two transactions at once, each with a connection of its own: one chain, nobody fails."""

    ROUNDS = 5

    def setUp(self):
        super().setUp()
        self.db = get_db_name()
        self.registry = Registry(self.db)
        with db_connect(self.db).cursor() as cr:
            cr.execute("SELECT MIN(id) FROM res_company")
            self.company_id = cr.fetchone()[0]
            cr.execute("SELECT COALESCE(MAX(id), 0) FROM collection_seal")
            self.last_id = cr.fetchone()[0]
        self.addCleanup(self._remove_seals)

    def _remove_seals(self):
        with db_connect(self.db).cursor() as cr:
            cr.execute("ALTER TABLE collection_seal DISABLE TRIGGER USER")
            cr.execute("DELETE FROM collection_seal WHERE id > %s", [self.last_id])
            cr.execute("ALTER TABLE collection_seal ENABLE TRIGGER USER")

    def _write(self, start, failures, base):
        try:
            for number in range(self.ROUNDS):
                with db_connect(self.db).cursor() as cr:
                    # Odoo's own runner keeps the lock of the registries while it tests.
                    cr.transaction = Transaction(self.registry)
                    env = api.Environment(cr, SUPERUSER_ID, {})
                    # The snapshot is taken before anybody else of this round has committed.
                    partner = env["res.partner"].search([], limit=1)
                    company = env["res.company"].browse(self.company_id)
                    start.wait(30)
                    env["collection.seal"]._append(
                        company, _Papers(partner, base + number)
                    )
        except Exception as error:
            failures.append(error)
            start.abort()

    def test_two_writers(self):
        start, failures = threading.Barrier(2), []
        threads = [
            threading.Thread(target=self._write, args=(start, failures, base))
            for base in (10**8, 2 * 10**8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        self.assertFalse(failures)
        with db_connect(self.db).cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            seals = env["collection.seal"].search(
                [("company_id", "=", self.company_id)], order="number"
            )
            entries = [seal._as_entry() for seal in seals]
            new = seals.filtered(lambda seal: seal.id > self.last_id)
            self.assertEqual(len(new), 2 * self.ROUNDS)
            self.assertEqual(check_chain(entries), (None, ""))


class _Papers:
    """Stands for one sealed record, so that the test leaves none behind."""

    _sealed_later = ()

    def __init__(self, partner, record_id):
        self.id, self._name = record_id, partner._name

    def __iter__(self):
        return iter([self])

    def _get_sealed_content(self):
        return {"number": self.id}, {"name": "Somebody"}

    def _get_salted_parts(self, personal):
        return {key: ["salt", value] for key, value in personal.items()}

    def _note_seals(self, seals):
        pass
