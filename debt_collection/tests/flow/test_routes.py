import json
import threading
from urllib.parse import quote

from odoo import http
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from ..base.common import CollectionCommon

LONG = "x" * 5000
# What a part of an address is sent instead of a number, and instead of a word.
NO_NUMBERS = (
    "0", "-1", "2147483647", "2147483648", "9" * 30, "9" * 5000, "1.5", "abc", "%00", "1%00", "",
    "99999-12-31",
)
NO_WORDS = ("%00", "a%00b", LONG, "-1", "9" * 5000, quote("🙂長い"), "..%2f..%2f", "%ff", "1-2-a")
# What is sent under the names that our routes read, and one that they do not.
NAMES = (
    "access_token", "sent", "date_from", "date_to", "company_id", "kind", "rate", "feedback",
    "stop", "amount", "date", "count", "text", "items", "contact_name", "person", "hours",
    "channel", "lang", "unknown",
)
NO_VALUES = (
    "\0", "a\0b", LONG, "-1", "9" * 400, "0000-01-01", "99999-12-31", "nan", "1e999", "🙂", "",
)
QUIET = ("odoo.http", "odoo.addons.base.models.ir_http", "werkzeug", "odoo.sql_db",
         "odoo.addons.http_routing.models.ir_http", "odoo.addons.rpc.controllers.json2")
PAGE_NUMBERS = {"case_id": "case", "partner_id": "partner", "move_id": "move"}


@tagged("post_install", "-at_install", "debt_collection")
class TestRoutes(CollectionCommon, HttpCase):
    """Whatever is sent to an address of ours is answered with a page or a refusal in words."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._overdue_invoice(40, 250.0)
        cls._classify()
        cls.case = cls.invoice.collection_case_id
        cls.case.sudo().write({"portal_expires": "2099-01-01"})
        cls.token = cls.case.sudo()._portal_ensure_token()
        cls.rating = cls.env["rating.rating"].sudo().create({
            "res_model_id": cls.env["ir.model"]._get_id("collection.case"),
            "res_id": cls.case.id, "partner_id": cls.partner_a.id, "consumed": False,
        })
        new_test_user(
            cls.env, "routes_portal", groups="base.group_portal", partner_id=cls.partner_a.id
        )
        cls._role_user("routes_collector", "collector")
        cls._role_user("routes_manager", "manager")
        # Odoo reads from here which database it looks at.
        threading.current_thread().dbname = cls.env.cr.dbname
        cls.rules = [
            rule for rule in cls.env["ir.http"].routing_map().iter_rules()
            if rule.endpoint.func.__module__.startswith("odoo.addons.debt_collection")
        ]

    def _sample(self, name):
        """A value with which a route of ours is found."""
        known = {
            "case_id": self.case.id, "partner_id": self.partner_a.id, "move_id": self.invoice.id,
            "token": self.rating.access_token, "rate": 5, "extension": "xlsx", "kind": "csv",
            "ids": "1-2", "chosen": "1-2",
        }
        return str(known.get(name, 1))

    def _fill(self, rule, **bad):
        """The address of a route; ``bad``: by argument, what is sent instead of a value."""
        path = ""
        for is_dynamic, part in rule._trace:
            path += bad.get(part, self._sample(part)) if is_dynamic else part
        return path.partition("|")[2]

    def _ask(self, method, path, **kwargs):
        with mute_logger(*QUIET):
            return self.opener.request(
                method, self.base_url() + path, timeout=30, allow_redirects=False, **kwargs
            )

    def _assert_answered(self, response, *what):
        self.assertLess(response.status_code, 500, what)
        self.assertNotIn("Traceback", response.text, what)
        if response.status_code >= 400:
            self.assertGreater(len(response.text), 10, what)

    def _get_methods(self, rule):
        """How a route is asked, beside how nobody should ask it."""
        return {*(rule.methods or {"GET", "POST"})} & {"GET", "POST"}

    def test_routes_are_found(self):
        paths = {rule.rule for rule in self.rules}
        self.assertGreater(len(paths), 15)
        self.assertIn("/debt_collection/seals", paths)

    def test_parts_of_addresses(self):
        for login in (None, "routes_portal", "routes_collector", "routes_manager"):
            self.authenticate(login, login)
            for rule in self.rules:
                for name in rule.arguments:
                    is_number = "int" in type(rule._converters[name]).__name__.lower()
                    for bad in NO_NUMBERS if is_number else NO_WORDS:
                        path = self._fill(rule, **{name: bad})
                        for method in self._get_methods(rule) & {"GET"} or {"POST"}:
                            response = self._ask(method, path)
                            self._assert_answered(response, login, method, path[:200])

    def test_wrong_methods(self):
        self.authenticate("routes_manager", "routes_manager")
        for rule in self.rules:
            for method in ("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE"):
                response = self._ask(method, self._fill(rule))
                self.assertLess(response.status_code, 500, (method, rule.rule))

    def test_queries_and_forms(self):
        """Each name with each value, of somebody who has the link and of the customer."""
        for login in (None, "routes_portal", "routes_manager"):
            self.authenticate(login, login)
            token = http.Request.csrf_token(self)
            for rule in self.rules:
                if rule.endpoint.routing["type"] != "http" or rule.rule.endswith(
                    ("/file", ".<string:extension>")
                ):
                    continue
                for value in NO_VALUES:
                    for method in self._get_methods(rule):
                        # No address is as long as a form.
                        value = value[:500] if method == "GET" else value
                        values = {**dict.fromkeys(NAMES, value), "access_token": self.token}
                        where = {"params": values} if method == "GET" else {
                            "data": {**values, "csrf_token": token}
                        }
                        response = self._ask(method, self._fill(rule), **where)
                        self._assert_answered(response, login, method, rule.rule, value[:20])

    def test_kinds_of_entries(self):
        """What a customer enters, with values of no sense in each field."""
        self.authenticate(None, None)
        token = http.Request.csrf_token(self)
        path = f"/my/collections/{self.case.id}/enter"
        for kind in ("promise", "paid", "plan", "plan_accept", "plan_decline", "dispute",
                     "message", "none"):
            for value in NO_VALUES:
                data = {
                    **dict.fromkeys(NAMES, value), "kind": kind, "access_token": self.token,
                    "csrf_token": token,
                }
                response = self._ask("POST", path, data=data)
                self._assert_answered(response, kind, value[:20])

    def test_files_where_words_are_expected(self):
        """A form may send a file under any name."""
        self.authenticate(None, None)
        token = http.Request.csrf_token(self)
        survey = f"/debt_collection/survey/{self.rating.access_token}"
        for path in (
            f"/my/collections/{self.case.id}/enter", f"/my/collections/{self.case.id}",
            f"/my/collections/{self.case.id}/preferences", f"{survey}/4", f"{survey}/comment",
        ):
            for name in (*NAMES, "files"):
                data = {"kind": "promise", "access_token": self.token, "csrf_token": token}
                data.pop(name, None)
                response = self._ask(
                    "POST", path, data=data, files={name: ("a\0.pdf", b"\0\1", "text/plain")}
                )
                self._assert_answered(response, path, name)

    def test_headers(self):
        self.authenticate("routes_manager", "routes_manager")
        for name, value in (
            ("Accept-Language", LONG), ("Accept-Language", "\x7f;q=9"),
            ("Cookie", "frontend_lang=%00"),
            ("Content-Type", "application/json"), ("Content-Type", "a" * 300),
            ("Range", "bytes=99999999999999999999-"), ("If-Modified-Since", "year 99999"),
            ("X-Forwarded-For", LONG), ("Authorization", "Bearer \x7f"), ("Referer", LONG),
        ):
            for rule in self.rules:
                if rule.rule.endswith(("/file", ".<string:extension>")):
                    continue
                for method in self._get_methods(rule):
                    response = self._ask(method, self._fill(rule), headers={name: value})
                    self._assert_answered(response, rule.rule, name)

    def test_bodies(self):
        """JSON of any kind, where a form or JSON is expected."""
        self.authenticate("routes_manager", "routes_manager")
        for body in ("", "null", "[]", "{", '{"params": 5}', '{"params": []}', "\0", '"\\ud800"',
                     json.dumps({"params": {"access_token": 5, "chosen": None, "case_id": {}}})):
            for rule in self.rules:
                if "POST" in self._get_methods(rule):
                    response = self._ask(
                        "POST", self._fill(rule), data=body,
                        headers={"Content-Type": "application/json"},
                    )
                    self._assert_json_refused(response, rule.rule, body)

    def _assert_json_refused(self, response, *what):
        """JSON-RPC says in the answer itself what went wrong: no fault of ours is among it."""
        self.assertLess(response.status_code, 500, what)
        if response.headers.get("Content-Type", "").startswith("application/json"):
            data = response.json().get("error", {}).get("data", {})
            # What Odoo itself cannot read does not come to us.
            if "debt_collection" in data.get("debug", ""):
                self.assertFalse(
                    data["name"].startswith(("builtins.", "psycopg2.")), (*what, data["debug"])
                )

    def test_text_that_nothing_keeps(self):
        """A byte of zero in a value is refused in words, in every field that people write."""
        collector = self.env["res.users"].search([("login", "=", "routes_collector")])
        self.case.sudo().user_id = collector
        self.env.flush_all()
        self.authenticate("routes_collector", "routes_collector")
        for model, vals in (
            ("collection.activity", {"outcome": "reached", "feedback": "a\0b"}),
            ("collection.promise", {"amount": 5, "date_promised": "2099-01-01", "note": "\0"}),
            ("collection.letter", {"kind": "dunning", "subject": "\0"}),
        ):
            response = self._ask(
                "POST", f"/web/dataset/call_kw/{model}/create", data=json.dumps({
                    "jsonrpc": "2.0", "method": "call", "params": {
                        "model": model, "method": "create", "kwargs": {},
                        "args": [[{"case_id": self.case.id, **vals}]],
                    },
                }), headers={"Content-Type": "application/json"},
            )
            error = response.json()["error"]["data"]
            self.assertTrue(error["name"].endswith("UserError"), error["name"])
            self.assertIn("character", error["message"])
