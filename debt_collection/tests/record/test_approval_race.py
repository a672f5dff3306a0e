import threading

from odoo import SUPERUSER_ID, Command, api
from odoo.exceptions import UserError
from odoo.service.model import retrying
from odoo.sql_db import db_connect
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import SQL, mute_logger

from ...tools.seal import check_chain

WRITERS = 8
PEOPLE = ("asks", "first", "second")


@tagged("post_install", "-at_install", "debt_collection")
class TestApprovalRace(BaseCase):
    """Two people decide at once, each in a real transaction: one does, the other is told."""

    def setUp(self):
        super().setUp()
        self.db = get_db_name()
        self.made = []
        self.addCleanup(self._remove)
        with self._env() as env:
            self.company_id = env.ref("base.main_company").id
            self.user_ids = {name: self._make_user(env, name).id for name in PEOPLE}

    def _env(self, user_id=SUPERUSER_ID):
        cr = db_connect(self.db).cursor()

        class Opened:
            def __enter__(self):
                cr.__enter__()
                return api.Environment(cr, user_id, {})

            def __exit__(self, *error):
                return cr.__exit__(*error)

        return Opened()

    def _make_user(self, env, name):
        user = env["res.users"].with_context(no_reset_password=True).create({
            "name": f"Race {name}", "login": f"race_{name}",
            "group_ids": [Command.set([
                env.ref("base.group_user").id, env.ref("debt_collection.group_manager").id,
            ])],
            "company_id": self.company_id, "company_ids": [Command.set([self.company_id])],
        })
        self.made += [user.partner_id, user]
        return user

    def _remove(self):
        """What was committed goes again, sealed or not: nobody else sees it."""
        with self._env() as env:
            tables = self._select(env, "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger"
                                  " WHERE tgname LIKE 'collection_seal_%'")
            owners = self._select(env, "SELECT table_name FROM information_schema.columns WHERE"
                                  " column_name = 'case_id' AND is_updatable = 'YES'"
                                  " AND table_name LIKE 'collection_%'")
            cases = [case.id for records in self.made if records._name == "collection.case"
                     for case in records]
            for table in tables:
                env.cr.execute(SQL("ALTER TABLE %s DISABLE TRIGGER USER", SQL.identifier(table)))
            self._delete(env, "collection_seal", "user_id", list(self.user_ids.values()))
            for table in owners:
                self._delete(env, table, "case_id", cases)
            for records in reversed(self.made):
                self._delete(env, records._table, "id", records.ids)
            for table in tables:
                env.cr.execute(SQL("ALTER TABLE %s ENABLE TRIGGER USER", SQL.identifier(table)))

    def _select(self, env, query):
        env.cr.execute(query)
        return [row[0] for row in env.cr.fetchall()]

    def _delete(self, env, table, column, ids):
        env.cr.execute(SQL(
            "DELETE FROM %s WHERE %s = ANY(%s)", SQL.identifier(table), SQL.identifier(column),
            ids,
        ))

    def _make_requests(self, env):
        """A request of each kind that waits for its approval, committed."""
        partner = env["res.partner"].create({"name": "Racing Customer"})
        case = env["collection.case"].create({"partner_id": partner.id})
        person = env["res.partner"].create({"name": "Racing Person"})
        assessment = env["collection.assessment"].create({
            "user_id": self.user_ids["asks"], "month": "2001-01-01",
            "company_id": self.company_id, "state": "confirmed",
        })
        asked = {"state": "requested", "requested_by_id": self.user_ids["asks"]}
        case_vals = {"case_id": case.id}
        requests = []
        for model, vals in [
            ("collection.charge", {
                **case_vals, "currency_id": case.currency_id.id, "date_to": "2001-01-31",
            }),
            ("collection.provision", {"month": "2001-01-01"}),
            ("collection.provision.specific", {**case_vals, "evidence": "x"}),
            ("collection.reward", {
                "assessment_id": assessment.id, "kind": "bonus", "reason": "x",
            }),
            ("collection.archiving", {"kind": "log", "date_before": "2001-01-01"}),
            ("collection.erasure", {"partner_id": person.id, "reason": "x"}),
            ("collection.legal.action", {**case_vals, "reason": "x"}),
            ("collection.writeoff", {
                **case_vals,
                "reason_id": env["collection.writeoff.reason"].search([], limit=1).id,
            }),
        ]:
            request = env[model].create(vals)
            request.write(asked)
            requests.append(request)
        self.made += [partner, person, case, assessment, *requests]
        return requests

    def _act(self, request, user, method):
        """Press a button as a person, in a transaction of its own; the words of the refusal."""
        with self._env(self.user_ids[user]) as env:
            try:
                # As the server calls it: tried again if PostgreSQL could not serialize.
                retrying(getattr(env[request._name].browse(request.id), method), env)
                return ""
            except UserError as error:
                env.cr.rollback()
                return str(error)

    @mute_logger("odoo.sql_db")
    def test_each_kind_of_approval(self):
        with self._env() as env:
            requests = self._make_requests(env)
        for request in requests:
            for method in ("action_approve", "action_refuse", "action_cancel", "action_redraft"):
                with self.subTest(model=request._name, method=method), self._env() as env:
                    # Somebody has pressed a moment before, and is not through yet.
                    env[request._name].browse(request.id)._lock()
                    self.assertIn(
                        "Somebody else is working on", self._act(request, "second", method)
                    )
            if request._name == "collection.writeoff":
                continue
            with self.subTest(model=request._name, step="afterwards"):
                self.assertEqual(self._act(request, "first", "action_approve"), "")
                self.assertIn("is Approved", self._act(request, "second", "action_approve"))

    @mute_logger("odoo.sql_db")
    def test_both_press_at_the_same_moment(self):
        with self._env() as env:
            charge = self._make_requests(env)[0]
        start, words = threading.Barrier(2), {}

        def press(user):
            start.wait(20)
            words[user] = self._act(charge, user, "action_approve")

        threads = [threading.Thread(target=press, args=(user,)) for user in PEOPLE[1:]]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        self.assertEqual(sorted(bool(text) for text in words.values()), [False, True], words)
        with self._env() as env:
            charge = env["collection.charge"].browse(charge.id)
            self.assertEqual(charge.state, "approved")
            winner = next(user for user, text in words.items() if not text)
            self.assertEqual(charge.approved_by_id.id, self.user_ids[winner])

    @mute_logger("odoo.sql_db")
    def test_eight_approve_different_requests(self):
        """Writers of one chain wait for each other; nobody forks it, nobody is locked out."""
        with self._env() as env:
            partner = env["res.partner"].create({"name": "Racing Customer"})
            case = env["collection.case"].create({"partner_id": partner.id})
            charges = env["collection.charge"].create([
                {"case_id": case.id, "currency_id": case.currency_id.id, "date_to": day}
                for day in [f"2001-01-{number:02}" for number in range(1, WRITERS + 1)]
            ])
            charges.write({"state": "requested", "requested_by_id": self.user_ids["asks"]})
            self.made += [partner, case, charges]
        start, words = threading.Barrier(WRITERS), []

        def press(charge):
            start.wait(20)
            words.append(self._act(charge, "first", "action_approve"))

        threads = [threading.Thread(target=press, args=(charge,)) for charge in charges]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        self.assertEqual(words, [""] * WRITERS)
        with self._env() as env:
            seals = env["collection.seal"].search(
                [("company_id", "=", self.company_id)], order="number"
            )
            self.assertEqual(check_chain([seal._as_entry() for seal in seals]), (None, ""))
            self.assertEqual(
                len(seals.filtered(lambda seal: seal.res_id in charges.ids
                                   and seal.model == charges._name)), WRITERS,
            )
