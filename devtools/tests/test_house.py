"""What breaks the order of the rooms is found, on the line where it stands."""

import re

import pytest

from devtools.house import EXEMPTIONS, MOST_EXEMPTIONS, Exemption, check_house
from devtools.house_core import Core, from_json, read_addon, to_json
from devtools.house_tree import ast

CORE = Core(
    known={"write", "partner_id", "name", "search", "filtered", "sudo", "env", "browse"},
    fields={"res.partner": {"name", "country_id"}, "ir.cron": {"model_id"}},
    methods={"base": {"write", "create", "search"}, "mail.thread": {"message_post"}},
    inherits={"res.partner": {"mail.thread"}},
)
ROOM = '"""What the room is for.\n\nModels: one.\nUses: the rooms below.\n"""\n'
CLEAN = {
    "models/base/collection_mixin.py": """\
class CollectionMixin(models.AbstractModel):
    _name = "collection.mixin"
""",
    "models/base/value_limits.py": "LIMITS = {}\n",
    "models/case/collection_case.py": """\
class CollectionCase(models.Model):
    \"\"\"A case; its promise_ids come from a later room (P3.4).\"\"\"

    _name = "collection.case"
    _inherit = ["collection.mixin", "mail.thread"]

    stage = fields.Char(help="How far the case is")
    partner_id = fields.Many2one("res.partner")

    def write(self, vals):
        return super().write(vals)

    def _on_closed(self):
        \"\"\"Called for cases that were just closed.\"\"\"

    def _classify(self, as_of):
        self.env.cr.execute("SELECT id AS date_promised FROM collection_case")
        row = {"date_promised": as_of, "not_a_field": 1}
        return row["date_promised"]
""",
    "models/case/res_partner.py": """\
class ResPartner(models.Model):
    _inherit = "res.partner"

    case_ids = fields.One2many("collection.case", "partner_id")
""",
    "models/agreement/collection_promise.py": """\
class CollectionPromise(models.Model):
    _name = "collection.promise"
    _inherit = ["collection.mixin"]

    case_id = fields.Many2one("collection.case")
    date_promised = fields.Date()
    case_stage = fields.Char(related="case_id.stage")

    def _judge(self):
        return self.case_id.stage


class CollectionPromiseLine(models.Model):
    _name = "collection.promise.line"
    _inherit = ["collection.mixin"]
""",
    "models/agreement/collection_case.py": """\
from ..case.collection_case import CollectionCase


class CollectionCase(models.Model):
    _inherit = "collection.case"

    promise_ids = fields.One2many("collection.promise", "case_id")

    def write(self, vals):
        return super().write(vals)
""",
    "models/chase/collection_case.py": """\
class CollectionCase(models.Model):
    _inherit = "collection.case"

    def _escalate(self, as_of):
        return self.promise_ids
""",
    "models/flow/collection_case.py": """\
class CollectionCase(models.Model):
    _inherit = "collection.case"

    def _on_closed(self):
        self.promise_ids._judge()

    def _run_night(self, as_of):
        self._classify(as_of)
        self._escalate(as_of)
""",
    "tools/promise.py": "def judge(date_promised):\n    return date_promised\n",
    "views/case/collection_case_views.xml": """\
<odoo>
    <record id="collection_case_view_form" model="ir.ui.view">
        <field name="model">collection.case</field>
        <!-- As P3.4 wants it. -->
        <field name="arch" type="xml"><form><field name="promise_ids"/></form></field>
    </record>
</odoo>
""",
    "views/agreement/collection_promise_views.xml": """\
<odoo>
    <record id="collection_promise_action" model="ir.actions.act_window">
        <field name="res_model">collection.promise</field>
    </record>
</odoo>
""",
    "security/agreement/collection_promise_rules.xml": """\
<odoo>
    <record id="collection_promise_rule" model="ir.rule">
        <field name="model_id" ref="model_collection_promise"/>
        <field name="domain_force">[('case_id.stage', '=', 'open')]</field>
    </record>
</odoo>
""",
}


def plant(folder, files, addon="debt_collection"):
    """Write files of an add-on, and what its rooms are for."""
    for name, text in files.items():
        path = folder / addon / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        room = path.parent / "__init__.py"
        if name.startswith("models/") and name.count("/") == 2 and not room.exists():
            room.write_text(ROOM)


def change(name, old, new):
    """Return the clean add-on with a text in one file changed."""
    assert old in CLEAN[name]
    return {**CLEAN, name: CLEAN[name].replace(old, new)}


def extend(name, text):
    """Return the clean add-on with lines added to a file."""
    return {**CLEAN, name: CLEAN[name] + text}


def find(folder, files, exemptions=(), bridge=None):
    """Return what is found in planted files: file, line and rule of each."""
    plant(folder, files)
    addons = ["debt_collection"]
    if bridge:
        plant(folder, bridge, "debt_collection_sale")
        addons.append("debt_collection_sale")
    found = check_house(folder, CORE, exemptions, addons)
    for finding in found:
        assert re.fullmatch(r"[\w/.]+:\d+: rule \w+: .+: .+", str(finding)), finding
    return [(finding.path.partition("/")[2], finding.line, finding.rule) for finding in found]


CASE = "models/case/collection_case.py"
CASE_END = CLEAN[CASE].count("\n")
PROMISE = "models/agreement/collection_promise.py"
CHASE = "models/chase/collection_case.py"


def test_clean(tmp_path):
    assert find(tmp_path, CLEAN) == []


@pytest.mark.parametrize(
    "code",
    (
        "return self.promise_ids",
        "return self.partner_id._judge()",
        'return self.env["collection.promise"]',
        'return self.search([("promise_ids.name", "=", 1)])',
        'return self.search([("promise_ids", "=", 1)])',
        'return self.write({"promise_ids": []})',
        'return self.with_context({"default_date_promised": 1, "plain": 1})',
        "return self.with_context(default_date_promised=1)",
        'return self.env.ref("debt_collection.collection_promise_action")',
        'return self.env.cr.execute("SELECT id FROM collection_promise")',
        'return self.env.cr.execute("SELECT c.case_stage FROM collection_case c")',
        'return SQL("INSERT INTO collection_case (date_promised) VALUES (1)")',
        'return SQL("%s.case_stage", 1)',
    ),
)
def test_upward_name(tmp_path, code):
    files = extend(CASE, f"\n    def _look(self):\n        {code}\n")
    assert find(tmp_path, files) == [(CASE, CASE_END + 3, "2")]


def test_upward_sql_line(tmp_path):
    text = '"""SELECT id\n          FROM collection_promise"""'
    files = extend(CASE, f"\n    def _look(self):\n        self.env.cr.execute({text})\n")
    assert find(tmp_path, files) == [(CASE, CASE_END + 4, "2")]


@pytest.mark.parametrize(
    "field",
    (
        'x = fields.Char(related="promise_ids.name")',
        'x = fields.Char(compute="_judge")',
        'x = fields.Many2one("collection.promise")',
        'x = api.depends("promise_ids.name")(None)',
    ),
)
def test_upward_field(tmp_path, field):
    files = extend(CASE, f"\n    {field}\n")
    assert find(tmp_path, files) == [(CASE, CASE_END + 2, "2")]


@pytest.mark.parametrize(
    "code",
    (
        "from ..agreement.collection_promise import CollectionPromise",
        "from ..agreement import collection_promise",
        "from ...wizard.agreement.collection_wish import X",
        "from odoo.addons.debt_collection.models.agreement import collection_promise",
    ),
)
def test_upward_import(tmp_path, code):
    files = {**CLEAN, CASE: f"{code}\n{CLEAN[CASE]}"}
    assert find(tmp_path, files) == [(CASE, 1, "2")]


def test_rules_import_no_room(tmp_path):
    files = {**CLEAN, "tools/promise.py": "from ..models.case.collection_case import X\n"}
    assert find(tmp_path, files) == [("tools/promise.py", 1, "2")]


def test_alias_of_a_later_room(tmp_path):
    """A name that only a later room gives a column is the later room's all the same."""
    sql = '        self.env.cr.execute("SELECT {} FROM collection_case")\n'
    look = "\n    def _look(self):\n"
    files = extend(CASE, look + sql.format("case_stage"))
    files[CHASE] += "\n    def _see(self):\n" + sql.format("1 AS case_stage")
    assert find(tmp_path, files) == [(CASE, CASE_END + 3, "2")]


def test_same_name_below(tmp_path):
    """A name that a room below gives a plain thing is not the later room's."""
    plain = "class Day:\n    promise_ids: list\n"
    files = extend(CASE, "\n    def _look(self, day):\n        return day.promise_ids\n")
    assert find(tmp_path, {**files, "tools/day.py": plain}) == []


@pytest.mark.parametrize(
    "record",
    (
        '<record id="x" model="collection.promise"/>',
        '<record id="x" model="ir.cron">'
        '<field name="model_id" ref="model_collection_promise"/></record>',
        '<record id="x" model="ir.cron">'
        '<field name="a" eval="[ref(\'collection_promise_action\')]"/></record>',
        '<menuitem id="x" action="debt_collection.collection_promise_action"/>',
        '<record id="x" model="collection.case"><field name="promise_ids"/></record>',
        '<record id="x" model="ir.rule"><field name="domain_force">'
        "[('promise_ids.name', '=', 1)]</field></record>",
    ),
)
@pytest.mark.parametrize("folder", ("data", "security", "demo"))
def test_upward_xml(tmp_path, folder, record):
    name = f"{folder}/case/collection_case_data.xml"
    assert find(tmp_path, {**CLEAN, name: f"<odoo>\n\n{record}\n</odoo>\n"}) == [(name, 3, "2")]


def test_record_of_another_add_on(tmp_path):
    """What a later room adds to a record of Odoo's does not make the record the room's."""
    later = '<odoo><record id="base.main_company" model="res.company"/></odoo>'
    early = (
        '<odoo><record id="x" model="x"><field name="y" ref="base.main_company"/></record></odoo>'
    )
    files = {"demo/chase/day.xml": later, "demo/case/day.xml": early}
    assert find(tmp_path, {**CLEAN, **files}) == []


def test_upward_access(tmp_path):
    rows = "id,model_id:id,group_id:id\na,model_collection_case,\nb,model_collection_promise,\n"
    name = "security/case/ir.model.access.csv"
    assert find(tmp_path, {**CLEAN, name: rows}) == [(name, 3, "2")]


@pytest.mark.parametrize(
    "name",
    (
        "models/collection_day.py",
        "models/cellar/collection_day.py",
        "wizard/collection_day.py",
        "report/collection_day.py",
        "tests/test_day.py",
    ),
)
def test_no_room(tmp_path, name):
    assert (name, 1, "1") in find(tmp_path, {**CLEAN, name: "DAY = 1\n"})


def test_no_room_for_xml(tmp_path):
    assert find(tmp_path, {**CLEAN, "views/menus.xml": "<odoo/>"}) == [("views/menus.xml", 1, "1")]


def test_other_name(tmp_path):
    files = dict(CLEAN)
    files["models/agreement/collection_pledge.py"] = files.pop(PROMISE)
    assert find(tmp_path, files) == [("models/agreement/collection_pledge.py", 1, "1")]


def test_helpers_stand_in_base(tmp_path):
    assert find(tmp_path, {**CLEAN, "models/case/limits.py": "LIMITS = {}\n"}) == [
        ("models/case/limits.py", 1, "1")
    ]


def test_strange_model_in_file(tmp_path):
    text = '\n\nclass ResPartner(models.Model):\n    _inherit = "res.partner"\n'
    assert find(tmp_path, extend(CHASE, text)) == [(CHASE, 8, "1")]


def test_two_classes_in_file(tmp_path):
    text = '\n\nclass CollectionCase(models.Model):\n    _inherit = "collection.case"\n'
    assert find(tmp_path, extend(CHASE, text)) == [(CHASE, 8, "1")]


def test_files_of_a_model(tmp_path):
    part = 'class CollectionCase(models.Model):\n    _inherit = "collection.case"\n'
    second = "models/chase/collection_case_pause.py"
    third = "models/chase/collection_case_worklist.py"
    assert find(tmp_path, {**CLEAN, second: part}) == []
    assert find(tmp_path, {third: part}) == [(third, 1, "1")]


def test_second_file_without_first(tmp_path):
    part = 'class ResPartner(models.Model):\n    _inherit = "res.partner"\n'
    name = "models/chase/res_partner_pause.py"
    assert find(tmp_path, {**CLEAN, name: part}) == [(name, 1, "1")]


def test_override(tmp_path):
    text = "\n    def _classify(self, as_of):\n        return 1\n"
    assert find(tmp_path, extend(CHASE, text)) == [(CHASE, 7, "3")]


def test_super(tmp_path):
    text = "\n    def _look(self):\n        return super()._look()\n"
    assert find(tmp_path, extend(CHASE, text)) == [(CHASE, 8, "3")]


def test_super_of_odoo(tmp_path):
    """What a model takes over from Odoo may be extended in each room."""
    text = "\n    def message_post(self):\n        return super().message_post()\n"
    files = extend(CHASE, text)
    assert find(tmp_path, {**files, CASE: CLEAN[CASE] + text}) == []


def test_super_of_another_model(tmp_path):
    text = "\n    def message_post(self):\n        return super().message_post()\n"
    name = "models/agreement/collection_promise.py"
    line = CLEAN[name].count("\n") + 3
    assert find(tmp_path, extend(name, text)) == [(name, line, "3")]


def test_hook_twice(tmp_path):
    text = '\n    def _on_closed(self):\n        """Again."""\n'
    assert find(tmp_path, extend(CHASE, text)) == [(CHASE, 7, "3")]


def test_hook_that_acts(tmp_path):
    text = "\n    def _on_reply(self):\n        self.write({})\n"
    assert find(tmp_path, extend(CHASE, text)) == [(CHASE, 7, "3")]


@pytest.mark.parametrize(
    "body", ["return vals", "return {}", "return ()", "return None", "return set()", "return"]
)
def test_hook_with_a_neutral_value(tmp_path, body):
    text = f'\n    def _on_reply(self, vals):\n        """Called for it."""\n        {body}\n'
    assert find(tmp_path, extend(CHASE, text)) == []


@pytest.mark.parametrize(
    "body",
    [
        "return [vals]",
        "return {1: vals}",
        "return True",
        "return set(vals)",
        "return self.browse()",
        "vals = {}\n        return vals",
        "return vals\n        return vals",
    ],
)
def test_hook_with_a_value_that_says_something(tmp_path, body):
    text = f'\n    def _on_reply(self, vals):\n        """Called for it."""\n        {body}\n'
    assert find(tmp_path, extend(CHASE, text)) == [(CHASE, 7, "3")]


def test_hook_with_super(tmp_path):
    name = "models/flow/collection_case.py"
    files = change(name, "self.promise_ids._judge()", "super()._on_closed()")
    assert find(tmp_path, files) == [(name, 5, "3")]


def test_hook_not_declared(tmp_path):
    name = "models/flow/collection_case.py"
    text = "\n    def _on_reply(self):\n        self.write({})\n"
    line = CLEAN[name].count("\n") + 2
    assert find(tmp_path, extend(name, text)) == [(name, line, "3")]


def test_night_twice(tmp_path):
    text = "\n    def _run_night(self):\n        return 1\n"
    name = "models/flow/collection_case.py"
    line = CLEAN[name].index("def _run_night")
    line = CLEAN[name][:line].count("\n") + 1
    assert find(tmp_path, extend(CHASE, text)) == [(CHASE, 7, "4"), (name, line, "3")]


def test_halves_of_the_night(tmp_path):
    text = "\n    def _work(self):\n        self._classify(1)\n        self._escalate(1)\n"
    assert find(tmp_path, extend(CHASE, text)) == [(CHASE, 9, "4")]
    halves = '<function model="x" name="_classify"/>\n<function model="x" name="_escalate"/>'
    name = "demo/chase/demo.xml"
    assert (name, 3, "4") in find(tmp_path, {name: f"<odoo>\n{halves}\n</odoo>"})


SCREEN = "views/case/collection_case_views.xml"
MODEL = '<field name="model">'
PART = '<field name="inherit_id" ref="other"/>'
PRIMARY = f'{PART}<field name="mode">primary</field>'


@pytest.mark.parametrize(
    ("room", "fields", "is_found"),
    (
        ("base", "", True),
        ("base", PRIMARY, True),
        ("chase", "", False),
        ("chase", PRIMARY, False),
        ("chase", PART, True),
    ),
)
def test_view_in_another_room(tmp_path, room, fields, is_found):
    files = dict(CLEAN)
    moved = f"views/{room}/collection_case_views.xml"
    files[moved] = files.pop(SCREEN).replace(MODEL, f"{fields}{MODEL}")
    assert find(tmp_path, files) == ([(moved, 2, "6")] if is_found else [])


def test_everybodys_base(tmp_path):
    name = "models/base/base.py"
    text = '\nclass Base(models.AbstractModel):\n    _inherit = "base"\n'
    assert find(tmp_path, {**CLEAN, name: text}) == [(name, 2, "7")]


def test_without_mixin(tmp_path):
    files = change(PROMISE, '    _inherit = ["collection.mixin"]\n', "")
    assert find(tmp_path, files) == [(PROMISE, 1, "7"), (PROMISE, 12, "7")]


def test_bridges(tmp_path):
    """Bridges are laid out as they like; the mixin and the words hold for them too."""
    model = (
        'class CollectionRelease(models.Model):\n    _name = "collection.release"\n'
        '    note = fields.Char(help="As P3.4 says")\n'
    )
    name = "models/anything.py"
    assert find(tmp_path, CLEAN, bridge={name: model}) == [(name, 1, "7"), (name, 3, "words")]


@pytest.mark.parametrize("text", ("", '"""One line."""\n', '"""A.\n' + "b\n" * 15 + '"""\n'))
def test_room_that_says_nothing(tmp_path, text):
    name = "models/case/__init__.py"
    assert find(tmp_path, {**CLEAN, name: text}) == [(name, 1, "8")]


@pytest.mark.parametrize(
    "code",
    (
        'x = fields.Char("Due (P3.4)")',
        'x = fields.Char(help="Due" " (P3.4)")',
        '_description = "Case of P3.4"',
        'x = fields.Selection([("a", "As of P3.4")])',
        'x = _("As P3.4 says")',
    ),
)
def test_clause_in_code(tmp_path, code):
    assert find(tmp_path, extend(CHASE, f"\n    {code}\n")) == [(CHASE, 7, "words")]


@pytest.mark.parametrize(
    "xml", ('<field name="x" string="Due (P3.4)"/>', "<p>Due (P3.4)</p>", '<p title="P3.4"/>')
)
@pytest.mark.parametrize("folder", ("views/case", "static/src/dashboard"))
def test_clause_on_a_screen(tmp_path, folder, xml):
    name = f"{folder}/screen.xml"
    assert find(tmp_path, {**CLEAN, name: f"<odoo>\n{xml}\n</odoo>"}) == [(name, 2, "words")]


def test_exemption(tmp_path):
    files = extend(CASE, "\n    def _look(self):\n        return self.promise_ids\n")
    exemption = Exemption("2", "*/models/case/*", "promise_ids", "It is moved soon.")
    assert find(tmp_path, files, (exemption,)) == []


@pytest.mark.parametrize("reason", ("It was needed.", ""))
def test_exemption_for_nothing(tmp_path, reason):
    exemption = Exemption("2", "*/models/case/*", "promise_ids", reason)
    expected = [("house.py", 1, "exemptions")] * (1 if reason else 2)
    assert find(tmp_path, CLEAN, (exemption,)) == expected


def test_too_many_exemptions(tmp_path):
    text = "".join(f"\n    def _f{n}(self):\n        return self.promise_ids\n" for n in range(11))
    exemptions = tuple(
        Exemption("2", f"*/models/case/{'*' * n}.py", "promise_ids", "A reason.")
        for n in range(1, MOST_EXEMPTIONS + 2)
    )
    files = extend(CASE, text)
    assert find(tmp_path, files, exemptions[:-1]) == []
    assert find(tmp_path, files, exemptions) == [("house.py", 1, "exemptions")]


def test_exemptions_of_ours():
    assert len(EXEMPTIONS) <= MOST_EXEMPTIONS
    assert all(exemption.reason for exemption in EXEMPTIONS)


def test_names_of_odoo():
    """What was read of Odoo is the same after it was kept."""
    core = Core(set(), {}, {"base": set()}, {})
    read_addon(
        core,
        ast.parse(
            'class A(models.Model):\n    _name = "a"\n    _inherit = ["b"]\n'
            "    day = fields.Date()\n    def work(self):\n        pass\n"
        ),
    )
    assert core.fields == {"a": {"day"}}
    assert core.methods["a"] == {"work"}
    assert core.inherits == {"a": {"b"}}
    assert {"day", "work"} <= core.known
    assert from_json(to_json(core)) == core
