import inspect
import json
from datetime import datetime, timedelta

from odoo.service.model import get_public_method
from odoo.tests import HttpCase

from ..base.common import CollectionCommon

REFUSALS = ("UserError", "AccessError", "ValidationError")


class ForgedCommon(CollectionCommon, HttpCase):
    """A case, a user of each role, and the two doors by which clients call methods."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.collector = cls._role_user("forge_collector", "collector")
        cls.manager = cls._role_user("forge_manager", "manager")
        cls.second = cls._role_user("forge_second", "manager")
        cls.finance = cls._role_user("forge_finance", "finance")
        cls.today = cls.env.company._get_collection_today()
        cls.env.company.collection_policy_id.write(
            {
                "user_id": cls.collector.id, "manager_id": cls.manager.id,
                "contact_days_back": 90,
            }
        )
        cls.invoice = cls._overdue_invoice(70, 1000.0)
        cls._classify()
        cls.case = cls.invoice.collection_case_id
        cls.case.sudo().user_id = cls.collector
        cls.item = cls._receivable(cls.invoice)
        cls.env.flush_all()

    def _call(self, login, model, method, *args, named=None, **context):
        """Call a method as the web client does; the answer and the error's name.

        :param dict named: arguments that are given by name
        """
        if self.logged_in != login:
            self.authenticate(login, login)
            self.logged_in = login
        answer = self.url_open(
            f"/web/dataset/call_kw/{model}/{method}",
            data=json.dumps({
                "jsonrpc": "2.0", "method": "call",
                "params": {"model": model, "method": method, "args": args,
                           "kwargs": {**(named or {}), "context": context}},
            }),
            headers={"Content-Type": "application/json"},
        ).json()
        self.env.invalidate_all()
        error = answer.get("error", {}).get("data", {})
        return answer.get("result"), error.get("name", "").rpartition(".")[2], error.get("message")

    def _call_json2(self, login, model, method, *args, named=None, **context):
        """Call a method as integrations do, with a key; as `_call`."""
        function = get_public_method(self.env[model], method)
        # A session of somebody else does not go with the key.
        self.authenticate(None, None)
        self.logged_in = None
        names = list(inspect.signature(function).parameters)[1:]
        if not hasattr(function, "_api_model"):
            names = ["ids", *names]
        answer = self.url_open(
            f"/json/2/{model}/{method}",
            data=json.dumps({
                **dict(zip(names, args, strict=False)), **(named or {}), "context": context,
            }),
            headers={
                "Content-Type": "application/json",
                "Authorization": f"Bearer {self._get_key(login)}",
            },
        )
        self.env.invalidate_all()
        body = answer.json()
        if answer.status_code == 200:
            return body, "", None
        self.assertLess(answer.status_code, 500, body)
        return None, body["name"].rpartition(".")[2], body["message"]

    def _get_key(self, login):
        if login not in self.keys:
            user = self.env["res.users"].sudo().search([("login", "=", login)])
            self.keys[login] = self.env["res.users.apikeys"].with_user(user).sudo()._generate(
                "rpc", "forge", datetime.now() + timedelta(hours=1)
            )
            self.env.flush_all()
        return self.keys[login]

    def setUp(self):
        super().setUp()
        self.logged_in = None
        self.keys = {}

    def _assert_refused(self, login, model, method, *args, **context):
        """Refused by both doors: that of the web client and that of integrations."""
        for call in (self._call_json2, self._call):
            result, error, message = call(login, model, method, *args, **context)
            self.assertIn(error, REFUSALS, f"{login} {model}.{method}{args}: {result}")
        return message
