from contextlib import contextmanager

from odoo.tests import tagged

from ..base.common import CollectionCommon

PACKAGE = "odoo.addons.debt_collection."

MARKED = 25
"""At least so many methods of ours are marked as reading."""

ARGUMENTS = {"collection.dashboard.get_records_action": ["no_action"]}
"""With what a method is called that asks for something."""


def is_ours(model_class, name):
    """Whether a method that is marked as reading was marked by this add-on."""
    return any(
        getattr(vars(cls).get(name), "_readonly", False) and cls.__module__.startswith(PACKAGE)
        for cls in model_class.mro()
    )


@tagged("post_install", "-at_install", "debt_collection")
class TestReadonly(CollectionCommon):
    """What is marked as reading runs where nothing can be written: on a replica."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._overdue_invoice(40)
        cls._overdue_invoice(100, partner=cls.partner_b)
        cls._classify()
        cls.case = cls.invoice.collection_case_id

    @contextmanager
    def _nothing_can_be_written(self):
        """PostgreSQL refuses every write, as a replica does; the end of it is rolled back."""
        savepoint = self.env.cr.savepoint(flush=True)
        self.env.invalidate_all()
        self.env.cr.execute("SET TRANSACTION READ ONLY")
        try:
            yield
        finally:
            savepoint.close(rollback=True)

    def _marked(self):
        for model_name, model_class in sorted(self.env.registry.items()):
            for name in sorted(dir(model_class)):
                if not name.startswith("_") and is_ours(model_class, name):
                    yield model_name, name

    def _record(self, model_name):
        """A record to call a method of: one of the fixture, or any, or a new one in memory."""
        records = {
            "res.partner": self.partner_a,
            "account.move": self.invoice,
            "account.move.line": self._receivable(self.invoice),
            "collection.case": self.case,
        }
        if model_name in records:
            return records[model_name]
        model = self.env[model_name]
        if model._abstract:
            return model
        return model.search([], limit=1) or model.new({})

    def test_every_method_marked_as_reading(self):
        marked = list(self._marked())
        self.assertGreaterEqual(len(marked), MARKED)
        for model_name, name in marked:
            with self.subTest(method=f"{model_name}.{name}"), self._nothing_can_be_written():
                record = self._record(model_name)
                method = getattr(record, name)
                if not record or record._abstract or record.id:
                    arguments = ARGUMENTS.get(f"{model_name}.{name}", ())
                    if name == "get_case":
                        arguments = [self.case.id]
                    self._call(method, arguments)

    def _call(self, method, arguments):
        try:
            method(*arguments)
        except (ValueError, KeyError) as error:
            # A method of one record, and there is none here.
            self.assertNotIn("read-only", str(error))

    def test_lists_people_read_all_day(self):
        for model_name in (
            "collection.case", "collection.load", "collection.ageing.report",
            "collection.cash.forecast", "collection.task.force", "collection.overdue.list",
            "collection.target.progress", "collection.progress.report", "account.move.line",
            "collection.letter", "collection.case.step",
        ):
            if model_name not in self.env:
                continue
            model = self.env[model_name]
            with self.subTest(model=model_name), self._nothing_can_be_written():
                fields = {
                    name: {} for name, field in model._fields.items()
                    if field.type not in ("one2many", "many2many", "binary", "properties")
                    and model._has_field_access(field, "read")
                }
                model.web_search_read([], fields, limit=20)
                model.formatted_read_group([], ["create_uid"] if model._log_access else [],
                                           ["__count"])

    def test_dashboards_of_each_role(self):
        for role in ("collector", "manager"):
            user = self._role_user(f"reads_{role}", role)
            with self.subTest(role=role), self._nothing_can_be_written():
                self.assertTrue(self.env["collection.dashboard"].with_user(user).get_dashboard())
                self.assertTrue(self.env["collection.case"].with_user(user).get_day_progress())

    def test_a_write_is_refused(self):
        """The test itself would notice one."""
        with (
            self._nothing_can_be_written(),
            self.assertRaisesRegex(Exception, "read-only"),
            self.assertLogs("odoo.sql_db", "ERROR"),
        ):
            self.case.sudo().priority = "1"
            self.env.flush_all()

    def test_marked_in_the_web_client(self):
        """`get_dashboard` and others are found as reading by the route that runs them."""
        for model_name, name in (
            ("collection.dashboard", "get_dashboard"),
            ("collection.case", "get_day_progress"),
            ("collection.case", "web_read"),
            ("collection.case", "web_search_read"),
            ("collection.load", "action_view_cases"),
        ):
            found = next(
                method._readonly
                for cls in self.env.registry[model_name].mro()
                if hasattr(method := getattr(cls, name, None), "_readonly")
            )
            self.assertTrue(found, f"{model_name}.{name}")
