import json
import re
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from ..base.common import CollectionCommon

TABLE = Path(__file__).parents[3] / "docs" / "roles.md"
OPERATIONS = {"R": "read", "W": "write", "C": "create", "D": "unlink"}
ROLES = ("sales", "collector", "finance", "manager")


class RolesCommon(CollectionCommon):
    """A case with a record of each kind, and a user of each role beside its collector."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {role: cls._role_user(f"roles_{role}", role) for role in ROLES}
        cls.users["employee"] = new_test_user(
            cls.env, "roles_employee", groups="base.group_user",
            company_id=cls.env.company.id, company_ids=[(6, 0, cls.env.company.ids)],
        )
        cls.users["portal"] = new_test_user(
            cls.env, "roles_portal", groups="base.group_portal"
        )
        cls.users["public"] = cls.env.ref("base.public_user")
        cls.owner = cls._role_user("roles_owner", "collector")
        exporters = cls.owner.union(*(cls.users[role] for role in (*ROLES, "employee")))
        exporters.sudo().write({"group_ids": [(4, cls.env.ref("base.group_allow_export").id)]})
        cls.partner_a.collector_id = cls.owner
        cls.invoice = cls._overdue_invoice(70, 300.0)
        cls._classify()
        cls.env["collection.case"]._escalate(cls.TODAY, cls.env.company)
        cls.case = cls.invoice.collection_case_id
        cls.records = cls._make_records()

    @classmethod
    def _make_records(cls):
        """A record of each model that belongs to the case, by model."""
        case, item = cls.case, cls._receivable(cls.invoice)
        lasting = {
            "collection.activity": {"outcome": "reached", "feedback": "Secret words"},
            "collection.case.document": {},
            "collection.dispute": {"line_ids": item.ids, "reason": "Wrong price", "amount": 10},
            "collection.legal.action": {},
            "collection.letter": {"kind": "dunning", "partner_id": case.partner_id.id},
            "collection.plan": {"item_ids": item.ids},
            "collection.promise": {
                "amount": 20, "date_promised": cls.TODAY, "date_made": cls.TODAY,
            },
            "collection.charge": {
                "currency_id": case.currency_id.id, "date_to": cls.TODAY,
            },
            "collection.sales.task": {"name": "Bring it", "user_id": cls.owner.id},
        }
        records = {"collection.case": case, "collection.case.step": case.case_step_ids[:1]}
        for name, vals in lasting.items():
            records[name] = cls.env[name].sudo().create({"case_id": case.id, **vals})
        records["collection.portal.request"] = cls.env["collection.portal.request"]._enter(
            case, case.partner_id, "message", text="Hello"
        )
        return records

    @classmethod
    def _read_table(cls):
        """The rows of the table in the documentation, as lists of cells."""
        rows = []
        for line in TABLE.read_text().splitlines():
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            if re.fullmatch(r"`collection\.[\w.]+`", cells[0]):
                rows.append([cells[0].strip("`"), *cells[1:]])
        return rows


@tagged("post_install", "-at_install", "debt_collection")
class TestRoles(RolesCommon):
    """The table of roles in the documentation is what happens (P1.4, P6.3)."""

    def test_every_model_is_in_the_table(self):
        models = {
            model.model
            for model in self.env["ir.model"].sudo().search([("model", "=like", "collection.%")])
            if not self.env[model.model]._abstract and not self.env[model.model]._transient
        }
        self.assertEqual(models, {row[0] for row in self._read_table()})

    def test_rights(self):
        access = self.env["ir.model.access"]
        for name, _what, *cells, _rows in self._read_table():
            wanted = dict(zip((*ROLES, "employee"), cells, strict=True))
            wanted |= {"portal": "–", "public": "–"}
            for role, letters in wanted.items():
                with self.subTest(model=name, role=role):
                    found = "".join(
                        letter
                        for letter, operation in OPERATIONS.items()
                        if access.with_user(self.users[role]).check(
                            name, operation, raise_exception=False
                        )
                    )
                    self.assertEqual(found or "–", letters)

    def test_rows(self):
        """Through search, read, groups and export: own rows, all rows, or none."""
        other = self.setup_other_company()["company"]
        elsewhere = self._role_user("roles_elsewhere", "manager", other)
        elsewhere.sudo().group_ids += self.env.ref("base.group_allow_export")
        scopes = {row[0]: (row[2:7], row[7]) for row in self._read_table()}
        for name, record in self.records.items():
            rights, scope = scopes[name]
            seen = {
                role: "R" in letters
                for role, letters in zip((*ROLES, "employee"), rights, strict=True)
            }
            seen["collector"] = seen["collector"] and scope == "all"
            # Disputes and tasks for sales show to their owner, wherever in the company.
            for role in ("sales", "employee"):
                seen[role] = False
            if name == "collection.sales.task":
                seen["finance"] = False
            for role, user, visible in [
                *((role, self.users[role], visible) for role, visible in seen.items()),
                ("owner", self.owner, True), ("other company", elsewhere, False),
                ("portal", self.users["portal"], False),
                ("public", self.users["public"], False),
            ]:
                with self.subTest(model=name, role=role):
                    self._check_rows(record.with_user(user).sudo(False), visible)

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")
    def _check_rows(self, record, visible):
        companies = record.env.user.sudo().company_ids
        model = record.browse().with_context(allowed_company_ids=companies.ids)
        domain = [("id", "=", record.id)]
        try:
            found = model.search(domain)
            grouped = model.formatted_read_group(domain, ["id"], ["__count"])
            exported = model.search(domain).export_data(["id"])["datas"]
        except AccessError:
            found, grouped, exported = model, [], []
        self.assertEqual(bool(found), visible)
        self.assertEqual(bool(grouped), visible)
        self.assertEqual(bool(exported), visible)
        if not visible:
            with self.assertRaises(AccessError):
                model.browse(record.id).read(["display_name"])

    def test_two_companies_follow_the_switch(self):
        other = self.setup_other_company()["company"]
        both = self._role_user("roles_both", "manager")
        both.company_ids |= other
        model = self.env["collection.case"].with_user(both)
        for companies, visible in (
            (other, False), (self.env.company, True), (self.env.company | other, True),
        ):
            with self.subTest(companies=companies.mapped("name")):
                found = model.with_context(allowed_company_ids=companies.ids).search(
                    [("id", "=", self.case.id)]
                )
                self.assertEqual(bool(found), visible)

    def test_sales_cannot_search_their_way_to_the_log(self):
        """Neither by fields of the customer and the invoice nor by the messages behind them."""
        sales = self.users["sales"]
        partner = self.env["res.partner"].with_user(sales)
        for domain in (
            [("collection_case_ids.collection_activity_ids.feedback", "ilike", "Secret")],
            [("collection_case_ids", "!=", False)],
            [("collection_preferred_person", "!=", False)],
        ):
            with self.subTest(domain=domain), self.assertRaises(AccessError):
                partner.search(domain)
        self.assertEqual(
            partner.browse(self.partner_a.id).collection_state, self.case.collection_state
        )
        self.case.message_post(body="Secret message")
        messages = self.env["mail.message"].with_user(sales).search(
            [("model", "=", "collection.case"), ("res_id", "=", self.case.id)]
        )
        self.assertFalse(messages)
        attachment = self.env["ir.attachment"].sudo().create({
            "name": "contract.pdf", "raw": b"%PDF", "res_model": "collection.case",
            "res_id": self.case.id,
        })
        with self.assertRaises(AccessError):
            attachment.with_user(sales).read(["raw"])
        to_dos = self.env["mail.activity"].with_user(sales).search(
            [("res_model", "=", "collection.case")]
        )
        self.assertFalse(to_dos)


    def test_fields_of_others_lead_nowhere(self):
        """No field of Odoo's models opens a model of ours that a role may not read."""
        rights = {row[0]: dict(zip((*ROLES, "employee"), row[2:7], strict=True))
                  for row in self._read_table()}
        for role in (*ROLES, "employee"):
            for name in ("res.partner", "account.move", "account.move.line", "res.users",
                         "res.company", "mail.activity", "ir.attachment", "calendar.event"):
                model = self.env[name].with_user(self.users[role])
                try:
                    shown = model.fields_get(attributes=["relation", "searchable"])
                except AccessError:
                    continue
                for field, description in shown.items():
                    relation = description.get("relation", "")
                    if not relation.startswith("collection.") or "R" in rights[relation][role]:
                        continue
                    with self.subTest(role=role, field=f"{name}.{field}"):
                        for domain in (
                            [(f"{field}.display_name", "ilike", "a")],
                            [(f"{field}.create_uid.login", "ilike", "a")],
                        ):
                            with self.assertRaises(AccessError):
                                model.search(domain, limit=1)

    def test_confidential_cases_close_what_belongs_to_them(self):
        """Managers and finance who are not named see nothing of the case, in no model (P1.4)."""
        self.case.sudo().write({
            "is_confidential": True, "confidential_user_ids": [(6, 0, self.owner.ids)],
        })
        self.env.invalidate_all()
        for name, record in self.records.items():
            for role in ("manager", "finance"):
                with self.subTest(model=name, role=role):
                    self._check_rows(record.with_user(self.users[role]).sudo(False), False)
            with self.subTest(model=name, role="owner"):
                self._check_rows(record.with_user(self.owner).sudo(False), True)
        # Every model with a case of its own has such a rule, or shows the ledger alone.
        ledger = {
            "collection.ageing.report", "collection.ageing.snapshot", "collection.cash.forecast",
            "collection.overdue.list.line", "collection.provision.item",
            "collection.provision.share", "collection.payment.habit",
            "collection.assessment.source",
        }
        rules = self.env["ir.rule"].sudo().search([("domain_force", "like", "is_confidential")])
        closed = set(rules.model_id.mapped("model"))
        with_case = {
            row[0] for row in self._read_table()
            if getattr(self.env[row[0]]._fields.get("case_id"), "store", False)
        }
        self.assertEqual(with_case - closed - ledger, set())

    def test_nobody_becomes_another_person_by_writing_it(self):
        """Who made or asked for something is never typed, not even by managers (design rule 6)."""
        for name in ("collection.charge", "collection.plan", "collection.legal.action",
                     "collection.letter"):
            record = self.records[name].with_user(self.users["manager"]).sudo(False)
            for vals in ({"create_uid": self.owner.id}, {"requested_by_id": self.owner.id},
                         {"drafted_by_id": self.owner.id}, {"approved_by_id": self.owner.id}):
                if next(iter(vals)) not in record._fields:
                    continue
                before = record.sudo().read([next(iter(vals))])
                with self.subTest(model=name, **vals):
                    with (
                        suppress(AccessError, UserError), self.cr.savepoint(),
                        mute_logger("odoo.models", "odoo.orm.models"),
                    ):
                        record.write(vals)
                    self.assertEqual(record.sudo().read([next(iter(vals))]), before)


@tagged("post_install", "-at_install", "debt_collection")
class TestRolesOverHttp(RolesCommon, HttpCase):
    """The same over the network, with ids guessed and methods called by name."""

    def _call(self, model, method, args=(), kwargs=None):
        answer = self.url_open(
            "/web/dataset/call_kw",
            data=json.dumps({"jsonrpc": "2.0", "method": "call", "params": {
                "model": model, "method": method, "args": list(args), "kwargs": kwargs or {},
            }}),
            headers={"Content-Type": "application/json"},
        )
        return answer.json()

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_rule")
    def test_web_client_calls(self):
        attempts = [
            ("read", [[self.case.id], ["name"]]),
            ("write", [[self.case.id], {"user_id": self.users["collector"].id}]),
            ("web_read", [[self.case.id]], {"specification": {"name": {}}}),
            ("action_close", [[self.case.id]]),
            ("message_post", [[self.case.id]], {"body": "Hello"}),
        ]
        for role in ("sales", "collector", "employee", "portal"):
            self.authenticate(f"roles_{role}", f"roles_{role}")
            for method, *rest in attempts:
                with self.subTest(role=role, method=method):
                    answer = self._call("collection.case", method, *rest)
                    self.assertIn("error", answer)
        self.authenticate(self.owner.login, self.owner.login)
        self.assertNotIn("error", self._call("collection.case", *attempts[0]))

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_rule")
    def test_json2(self):
        url = "/json/2/collection.activity/search_read"
        for role, status in (("sales", 403), ("collector", 200), ("manager", 200)):
            user = self.users[role]
            key = self.env["res.users.apikeys"].with_user(user).sudo()._generate(
                "rpc", "test", fields.Datetime.now() + timedelta(days=1)
            )
            answer = self.url_open(
                url, data=json.dumps({"domain": [], "fields": ["feedback"]}),
                headers={"Content-Type": "application/json", "Authorization": f"Bearer {key}"},
            )
            with self.subTest(role=role):
                self.assertEqual(answer.status_code, status)
                self.assertEqual("Secret words" in answer.text, role == "manager")

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_rule")
    def test_papers_by_their_address(self):
        case, records = self.case, self.records
        overdue_list = self.env["collection.overdue.list"]._generate(
            self.TODAY, self.env.company
        )
        paper = self.env["ir.attachment"].sudo().create({
            "name": "contract.txt", "raw": b"Secret contract", "res_model": case._name,
            "res_id": case.id,
        })
        self.env.flush_all()
        everybody = ("sales", "collector", "employee", "portal", None)
        paths = {
            f"/debt_collection/statement/{self.partner_a.id}/xlsx?date_from=2025-01-01"
            f"&date_to=2025-12-31&company_id={self.env.company.id}": everybody,
            f"/report/pdf/debt_collection.collection_plan_report_pages/"
            f"{records['collection.plan'].id}": everybody,
            f"/report/html/debt_collection.collection_letter_report_pages/"
            f"{records['collection.letter'].id}": everybody,
            f"/report/html/debt_collection.report_case_file/{case.id}": everybody,
            f"/debt_collection/case/{case.id}/file": everybody,
            f"/web/content/{paper.id}": everybody,
            f"/web/content/collection.case/{case.id}/name": everybody,
            f"/debt_collection/overdue_list/{overdue_list.id}/xlsx":
                ("sales", "employee", "portal", None),
            f"/report/html/debt_collection.report_overdue_list/{overdue_list.id}":
                ("sales", "employee", "portal", None),
            "/debt_collection/seals": everybody,
            "/debt_collection/payroll/1/csv": everybody,
            "/debt_collection/provision/1/xlsx": everybody,
            f"/my/collections/{case.id}": everybody,
            f"/my/collections/{case.id}?access_token=": everybody,
            f"/my/collections/{case.id}?access_token={'0' * 36}": everybody,
            f"/my/collections/{case.id}?access_token=%E9%9B%AA": everybody,
            f"/my/collections/{case.id}/statement.pdf": everybody,
            f"/my/collections/{case.id}/invoice/{self.invoice.id}": everybody,
        }
        secrets = (self.partner_a.name, self.invoice.name, "Secret")
        for role in everybody:
            if role:
                self.authenticate(f"roles_{role}", f"roles_{role}")
            else:
                self.authenticate(None, None)
            for path, roles in paths.items():
                if role not in roles:
                    continue
                with self.subTest(role=role, path=path):
                    answer = self.url_open(path)
                    kind = answer.headers.get("Content-Type", "")
                    self.assertNotIn("pdf", kind)
                    self.assertNotIn("sheet", kind)
                    self.assertNotIn("zip", kind)
                    for secret in secrets:
                        self.assertNotIn(secret, answer.text)

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_rule")
    def test_questions_that_lead_to_the_log(self):
        """Domains, orders and groups that go through other models: refused, or nothing found."""
        self.case.message_post(body="Secret message")
        self.env.flush_all()
        path = "collection_case_ids.collection_activity_ids.feedback"
        attempts = [
            ("res.partner", "search_read", [[(path, "ilike", "Secret")], ["name"]], {}),
            ("res.partner", "search_count", [[("collection_case_ids.name", "!=", False)]], {}),
            ("res.partner", "formatted_read_group", [],
             {"domain": [(path, "ilike", "Secret")], "groupby": ["name"],
              "aggregates": ["__count"]}),
            ("res.partner", "formatted_read_group", [],
             {"domain": [], "groupby": ["collection_case_ids"], "aggregates": ["__count"]}),
            ("res.partner", "web_search_read", [],
             {"domain": [("id", "=", self.partner_a.id)],
              "specification": {"collection_case_ids": {"fields": {"name": {}}}}}),
            ("res.partner", "export_data",
             [[self.partner_a.id], ["collection_case_ids/name"]], {}),
            ("account.move", "search_read",
             [[("collection_case_id.collection_activity_ids.feedback", "ilike", "Secret")],
              ["name"]], {}),
            ("mail.message", "search_read",
             [[("model", "=", "collection.case"), ("body", "ilike", "Secret")], ["body"]], {}),
            ("mail.activity", "search_read",
             [[("res_model", "=", "collection.case")], ["summary"]], {}),
            ("ir.attachment", "search_read",
             [[("res_model", "=like", "collection.%")], ["name"]], {}),
            ("collection.activity", "search_read", [[("feedback", "ilike", "Secret")],
                                                    ["feedback"]], {}),
            ("collection.seal", "search_read", [[], ["content"]], {}),
        ]
        for role in ("sales", "employee", "portal"):
            self.authenticate(f"roles_{role}", f"roles_{role}")
            for model, method, args, kwargs in attempts:
                with self.subTest(role=role, model=model, method=method, kwargs=kwargs):
                    answer = self._call(model, method, args, kwargs)
                    found = "error" not in answer and answer["result"]
                    if isinstance(found, dict):
                        found = found.get("records") or found.get("datas")
                    self.assertFalse(found)
