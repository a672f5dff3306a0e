import json
import re
from datetime import timedelta
from pathlib import Path

from freezegun import freeze_time

from odoo.tests import HttpCase, tagged

from ..base.common import CollectionCommon

KEY = re.compile(r'context\.get\("(?P<key>collection_\w+)"(?P<rest>.{0,40})', re.DOTALL)
# Every key of the context that code of the add-on once asked for, sent by a client.
KEYS = dict.fromkeys(
    (
        "collection_plan_state", "collection_step_ended", "collection_contact_recorded",
        "collection_ladder_unchecked", "collection_auto_reply", "collection_unsealed",
        "_force_unlink", "install_mode", "su", "sudo",
    ),
    True,
)


@tagged("post_install", "-at_install", "debt_collection")
class TestRpcGuards(CollectionCommon, HttpCase):
    """What a client may not do by calling the server directly, whatever context it sends."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(f"{cls.TODAY} 12:00:00"))
        cls.collector = cls._role_user("rpc_collector", "collector")
        cls.manager = cls._role_user("rpc_manager", "manager")
        cls.env.company.collection_policy_id.write(
            {"user_id": cls.collector.id, "manager_id": cls.manager.id}
        )
        cls.invoice = cls._overdue_invoice(10, 500.0)
        cls._classify()
        cls.case = cls.invoice.collection_case_id
        cls.env["collection.case"]._escalate(cls.TODAY, cls.env.company)
        cls.env.flush_all()

    def _call(self, login, model, method, *args):
        """Call a method as the web client does; the error's name, or ``None``."""
        self.authenticate(login, login)
        answer = self.url_open(
            f"/web/dataset/call_kw/{model}/{method}",
            data=json.dumps({
                "jsonrpc": "2.0", "method": "call",
                "params": {
                    "model": model, "method": method, "args": args,
                    "kwargs": {"context": KEYS},
                },
            }),
            headers={"Content-Type": "application/json"},
        ).json()
        self.env.invalidate_all()
        return answer.get("error", {}).get("data", {}).get("name")

    def _assert_refused(self, login, model, method, *args):
        self.assertIn(
            (self._call(login, model, method, *args) or "done").rpartition(".")[2],
            ("UserError", "AccessError", "ValidationError", "RedirectWarning"),
            f"{login} called {model}.{method}{args}",
        )

    def test_plan(self):
        plan = self.env["collection.plan"].with_user(self.collector).create({
            "case_id": self.case.id, "date_first": self.TODAY + timedelta(days=10), "count": 2,
        })
        plan.action_generate()
        self.env.flush_all()
        for vals in (
            {"state": "approved"},
            {"state": "performing"},
            {"approved_by": self.manager.id},
            {"user_id": self.manager.id},
            {"amount_received": 500.0},
        ):
            with self.subTest(**vals):
                self._assert_refused("rpc_collector", "collection.plan", "write", plan.ids, vals)
        self._assert_refused("rpc_collector", "collection.plan", "action_approve", plan.ids)
        self.assertRecordValues(plan, [{"state": "draft", "user_id": self.collector.id}])
        plan.with_user(self.manager).action_approve()
        self.env.flush_all()
        for record in (plan, plan.line_ids):
            self._assert_refused("rpc_collector", record._name, "unlink", record.ids)

    def test_to_do_is_not_ticked_off(self):
        to_do = self.case.activity_ids.filtered(
            lambda to_do: to_do.collection_step_id and to_do.activity_type_id.collection_method
        )[:1]
        self.assertTrue(to_do)
        self._assert_refused("rpc_collector", "mail.activity", "action_done", to_do.ids)
        self.assertTrue(to_do.active)
        step = to_do.collection_step_id
        self.assertIsNone(
            self._call("rpc_collector", "mail.activity", "unlink", to_do.ids)
        )
        self.assertRecordValues(step, [{"state": "cancelled", "cancel_reason": "other"}])

    def test_confirmed_contact(self):
        contact = self.env["collection.activity"].with_user(self.collector).create({
            "case_id": self.case.id, "outcome": "reached", "feedback": "Pays on Friday",
        })
        contact.action_confirm()
        self.env.flush_all()
        for login in ("rpc_collector", "rpc_manager"):
            for vals in (
                {"feedback": "Said nothing"}, {"state": "draft"}, {"seal": "0" * 64},
                {"outcome": "refused"}, {"attachment_ids": [[5]]},
            ):
                with self.subTest(login=login, **vals):
                    self._assert_refused(
                        login, "collection.activity", "write", contact.ids, vals
                    )
            self._assert_refused(login, "collection.activity", "unlink", contact.ids)

    def test_figures_of_a_case(self):
        for login in ("rpc_collector", "rpc_manager"):
            for vals in (
                {"amount_overdue": 0}, {"close_reason": "written_off"}, {"tier_id": False},
                {"date_oldest_due": "2030-01-01"}, {"waive_reason": "None"},
            ):
                with self.subTest(login=login, **vals):
                    self._assert_refused(login, "collection.case", "write", self.case.ids, vals)
        self._assert_refused("rpc_collector", "collection.case", "action_close", self.case.ids)
        self._assert_refused(
            "rpc_collector", "collection.case", "write", self.case.ids, {"stage": "closed"}
        )
        self._assert_refused("rpc_manager", "collection.case", "unlink", self.case.ids)
        self.assertFalse(self.case.is_closed)

    def test_ladder_keeps_no_gap(self):
        tier = self.env.ref("debt_collection.tier_moderate")
        for method, args in (("write", ({"day_from": 40},)), ("unlink", ())):
            with self.subTest(method=method):
                self._assert_refused(
                    "rpc_manager", "collection.tier", method, tier.ids, *args
                )

    def test_no_key_of_the_context_opens_a_guard(self):
        """A key alone is sent by anybody: guards compare with an object of ours."""
        defaults = {"collection_letter_kind", "collection_writeoff_line_ids"}
        folder = Path(__file__).parents[2]
        paths = [*folder.glob("models/*/*.py"), *folder.glob("wizard/*/*.py")]
        self.assertTrue(paths)
        for path in paths:
            for found in KEY.finditer(path.read_text(encoding="utf-8")):
                if found["key"] not in defaults:
                    self.assertIn("OURS", found["rest"], f"{path.name}: {found['key']}")

    def test_export_of_seals(self):
        self.env["collection.activity"].with_user(self.collector).create({
            "case_id": self.case.id, "outcome": "reached", "feedback": "Secret",
            "state": "confirmed",
        })
        self.env.flush_all()
        self.authenticate("rpc_manager", "rpc_manager")
        response = self.url_open("/debt_collection/seals")
        self.assertEqual([row["number"] for row in response.json()], [1])
        self.assertNotIn("Secret", response.text)
        self.authenticate("rpc_collector", "rpc_collector")
        self.assertNotEqual(self.url_open("/debt_collection/seals").status_code, 200)

    def test_private_methods_are_not_called(self):
        for model, method in (
            ("collection.plan", "_set_state"), ("collection.case", "_do_close"),
            ("collection.activity", "_on_confirmed"),
        ):
            with self.subTest(model=model, method=method):
                self._assert_refused("rpc_manager", model, method, [1])
