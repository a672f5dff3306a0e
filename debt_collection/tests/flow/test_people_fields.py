import re
from datetime import date, datetime
from pathlib import Path
from unittest.mock import Mock, patch

from odoo.exceptions import AccessError, UserError
from odoo.orm.models import BaseModel
from odoo.tests import new_test_user, tagged

from ...models.base.collection_mixin import SECRETS, CollectionMixin
from ..base.common import CollectionCommon

TABLE = Path(__file__).parents[3] / "docs" / "roles.md"
ROLES = ("sales", "collector", "finance", "manager")
CELL = re.compile(r"`(\w+)`(?: \(([\w/]+)\))?")
VALUES = {
    "char": "Forged", "text": "Forged", "html": "<p>Forged</p>", "integer": 77, "float": 7.5,
    "monetary": 7.5, "date": date(2020, 2, 29), "datetime": datetime(2020, 2, 29, 7, 7),
    "many2one": 1, "many2one_reference": 1, "one2many": [(4, 1)], "many2many": [(4, 1)],
    "json": {"forged": 1}, "binary": b"Rm9yZ2Vk", "reference": "res.users,1",
}
NO_RECORD = 2**31 - 9
# The ORM leaves these out whoever sends them.
LOG = {"create_uid", "create_date", "write_uid", "write_date"}
TYPED = ("char", "text", "integer", "float", "monetary", "boolean", "date", "selection")


class Arrived(Exception):
    """The gate let values through: they came to the ORM."""


class PeopleFieldsCommon(CollectionCommon):
    """The table of fields in the documentation, and a user of each role."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {role: cls._role_user(f"fields_{role}", role) for role in ROLES}
        cls.users["employee"] = new_test_user(
            cls.env, "fields_employee", groups="base.group_user",
            company_id=cls.env.company.id, company_ids=[(6, 0, cls.env.company.ids)],
        )
        cls.table = {}
        for line in TABLE.read_text(encoding="utf-8").splitlines():
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            if re.fullmatch(r"collection\.[\w.]+", cells[0]):
                row = cls.table.setdefault(cells[0], {})
                row[cells[1]] = dict(CELL.findall(cells[2]))

    @classmethod
    def _get_models(cls):
        return [
            cls.env[name] for name in sorted(cls.env.registry)
            if "collection.mixin" in cls._get_parents(name)
            and not cls.env[name]._abstract and not cls.env[name]._transient
        ]

    @classmethod
    def _get_parents(cls, name):
        return {getattr(part, "_name", None) for part in cls.env.registry[name].mro()}

    @classmethod
    def _get_fields(cls, model):
        """Our fields of a model that are kept, or that write others."""
        return [
            field for field in model._fields.values()
            if any((module or "").startswith("debt_collection") for module in field._modules)
            and field.name not in LOG and (field.store or field.inverse)
        ]

    @classmethod
    def _get_value(cls, field):
        """A value that says something else than the field says by itself."""
        if field.type == "boolean":
            return not (field.default and field.default(cls.env[field.model_name]))
        if field.type == "selection":
            default = field.default and field.default(cls.env[field.model_name])
            values = [value for value in field.get_values(cls.env) if value != default]
            return values[-1] if values else "forged"
        return VALUES[field.type]

    def _is_in_table(self, model, name, role, when):
        """Whether the documentation lets a role give a field on one of these occasions."""
        for occasion, names in self.table[model._name].items():
            moments = {moment.strip() for moment in occasion.split(",")}
            if name in names and moments & when:
                needed = names[name]
                return not needed or any(
                    self.users[role].has_group(f"debt_collection.group_{group}")
                    for group in needed.split("/")
                )
        return False

    def _try(self, call, *args):
        """Whether values come to the ORM; ``False`` if they are refused before."""
        try:
            call(*args)
        except Arrived:
            return True
        except (UserError, AccessError):
            return False
        return True


@tagged("post_install", "-at_install", "debt_collection")
class TestPeopleFields(PeopleFieldsCommon):
    """What people may write is what the table of fields says, and nothing else (P6.3).

    Every model of ours × every stored field × each role × each state: through create and write,
    by defaults of users and of the context, by an import and by a copy.
    """

    def test_every_model_and_only_fields_that_are_there(self):
        self.assertEqual({model._name for model in self._get_models()}, set(self.table))
        for model in self._get_models():
            names = {field.name for field in self._get_fields(model)}
            for when, declared in self.table[model._name].items():
                self.assertLessEqual(set(declared), names, f"{model._name}: {when}")

    def test_every_model_of_ours_has_the_gate(self):
        for name, model in self.env.registry.items():
            if name.startswith("collection.") and not model._abstract and model._auto:
                self.assertIn("collection.mixin", self._get_parents(name), name)

    def test_create(self):
        """One field at a time; what is closed never comes to the ORM."""
        count = 0

        def arrived(records, vals_list):
            raise Arrived

        with patch.object(BaseModel, "create", arrived):
            for model in self._get_models():
                first = {"new", "always", model._people_first_state}
                for field in self._get_fields(model):
                    value = self._get_value(field)
                    for role, user in self.users.items():
                        mine = model.with_user(user)
                        for importing in (False, True):
                            when = first | (
                                {"import"} if importing and role == "manager" else set()
                            )
                            wanted = self._is_in_table(model, field.name, role, when)
                            found = self._try(
                                mine.with_context(import_file=importing)._take_from_people,
                                {field.name: value},
                            )
                            count += 1
                            if found != wanted and not (
                                wanted and self._names_ours(field)
                            ):
                                self.fail(f"{model._name}.{field.name} {role} {importing}")
                        if not wanted and field.name not in self.table[model._name].get(
                            "import", ()
                        ):
                            self.assertFalse(
                                self._comes_to_orm(mine, field.name, value),
                                f"{model._name}.create({field.name}) as {role}",
                            )
        self.assertGreater(count, 10_000)

    def _names_ours(self, field):
        """Whether a value names a record that must be one that the user may read."""
        return field.relational and (
            field.comodel_name.startswith("collection.") or field.comodel_name in SECRETS
        )

    def _comes_to_orm(self, model, name, value):
        """Whether `create`, as a client calls it, hands a value on."""
        handed = []

        def note(records, vals_list):
            handed.extend(vals_list)
            raise Arrived

        with patch.object(BaseModel, "create", note):
            self._try(model.create, [{name: value}])
        return any(name in vals and vals[name] == value for vals in handed)

    def test_write(self):
        """Each field in each state."""
        count = 0
        for model in self._get_models():
            *path, state_name = model._people_state.split(".")
            holder = model
            for step in path:
                holder = holder[step]
            states = [None]
            if state_name in holder._fields:
                states = holder._fields[state_name].get_values(self.env)
            for state in states:
                record = self._in_state(model, path, state_name, state)
                for field in self._get_fields(model):
                    value = self._get_value(field)
                    if not path and field.name == state_name:
                        value = next(other for other in states if other != state)
                    for role, user in self.users.items():
                        wanted = self._is_in_table(model, field.name, role, {"always", state})
                        found = self._try(
                            record.with_user(user)._check_people_write, {field.name: value}
                        )
                        count += 1
                        if found != wanted and not (
                            wanted and self._names_ours(field)
                        ):
                            self.fail(f"{model._name}.{field.name} {role} {state}: {found}")
        self.assertGreater(count, 20_000)

    def _in_state(self, model, path, state_name, state):
        """A record of which the cache alone says in what state it is."""
        record = model.browse(NO_RECORD)
        holder = record
        for step in path:
            parent = self.env[holder._fields[step].comodel_name].browse(NO_RECORD)
            holder._fields[step]._update_cache(holder, parent.id)
            holder = parent
        if state is not None:
            holder._fields[state_name]._update_cache(holder, state)
        name = holder._fields["display_name"]
        for language in (holder, holder.sudo()):
            name._update_cache(language, "Nothing")
        return record

    def test_defaults_of_the_context(self):
        for model in self._get_models():
            for field in self._get_fields(model):
                value = self._get_value(field)
                for role in ("collector", "manager"):
                    if self._is_new(model, field, role):
                        continue
                    mine = model.with_user(self.users[role]).with_context(
                        **{f"default_{field.name}": value}
                    )
                    for asked in (mine, mine.sudo()):
                        self.assertNotEqual(
                            asked.default_get([field.name]).get(field.name),
                            self._as_default(field, value),
                            f"{model._name}.{field.name}",
                        )

    def test_defaults_of_users(self):
        user = self.users["collector"]
        closed = [
            (model, field, self._get_value(field))
            for model in self._get_models()
            for field in self._get_fields(model)
            if field.type in TYPED and not self._is_new(model, field, "collector")
        ]
        defaults = self.env["ir.default"].with_user(user)
        ids = {
            (field.model, field.name): field.id
            for field in self.env["ir.model.fields"].sudo().search(
                [("model", "in", [model._name for model, *_rest in closed])]
            )
        }
        defaults.sudo().create([
            {
                "field_id": ids[model._name, field.name],
                "user_id": user.id,
                "json_value": f'"{value}"' if field.type == "date" else (
                    str(value).lower() if field.type == "boolean" else
                    str(value) if isinstance(value, int | float) else f'"{value}"'
                ),
            }
            for model, field, value in closed
        ])
        self.assertGreater(len(closed), 300)
        for model, field, value in closed:
            for mine in (model.with_user(user), model.with_user(user).sudo()):
                self.assertNotEqual(
                    mine.default_get([field.name]).get(field.name),
                    self._as_default(field, value), f"{model._name}.{field.name}",
                )

    def _is_new(self, model, field, role):
        return self._is_in_table(
            model, field.name, role, {"new", "always", model._people_first_state}
        ) or any(field.name in names for names in self.table[model._name].values())

    def _as_default(self, field, value):
        empty = self.env[field.model_name]
        return field.convert_to_write(
            field.convert_to_cache(value, empty, validate=False), empty
        ) if field.type not in ("json", "binary") else value

    def test_copies(self):
        """A copy hands on no field that people do not fill in."""
        for model in self._get_models():
            mine = model.with_user(self.users["manager"])
            closed = {
                field.name for field in self._get_fields(model)
                if not self._is_new(model, field, "manager")
            }
            sent = [dict.fromkeys(closed, 1)]
            with patch.object(BaseModel, "copy_data", Mock(return_value=sent)):
                copied = CollectionMixin.copy_data(mine.browse(NO_RECORD))
            self.assertEqual(copied, [{}], model._name)

    def test_the_gate_asks_the_database_nothing(self):
        """What people write in every state is let through without a query."""
        case = self.env["collection.case"].sudo().create({"partner_id": self.partner_a.id})
        tier = self.env["collection.tier"].search([], limit=1).with_user(self.users["manager"])
        for record, vals in (
            (case.with_user(self.users["manager"]), {"is_starred": True}),
            (tier, {"color": 3}),
        ):
            record._check_people_write(vals)
            self.env.flush_all()
            self.env.invalidate_all()
            with self.assertQueryCount(0):
                record._check_people_write(vals)
        values = {"case_id": False, "note": "x", "kind": "other", "state": "missing"}
        documents = self.env["collection.case.document"].with_user(self.users["collector"])
        documents._take_from_people(values)
        with self.assertQueryCount(0):
            documents._take_from_people(values)
