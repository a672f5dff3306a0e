import ast
from collections import Counter

from lxml import etree

from odoo import fields
from odoo.exceptions import AccessError, RedirectWarning, UserError
from odoo.tools.safe_eval import datetime as safe_datetime
from odoo.tools.safe_eval import safe_eval, time

ROOT = "debt_collection.menu_collection_root"
X2MANY = ("one2many", "many2many")
RECORDS = 3


class Walk:
    """What a user meets who opens everything that the screens show, as the web client does.

    ``problems`` has a line for each thing that ends in an access error or a traceback; what a
    person is told in words (a missing value, a step that is too early) is none. Everything that
    a button does is rolled back.
    """

    def __init__(self, env, user):
        # The user's own rights, and nothing of what others have read in this transaction.
        self.env = env(user=user.id, su=False, context={
            "lang": user.lang, "tz": user.tz, "uid": user.id,
            "allowed_company_ids": user.company_id.ids,
        })
        self.problems = []
        self.count = Counter()
        self.done = set()
        self.trail = []

    def run(self):
        """Walk through every menu of the application; return the names of those shown.

        Those of the developer mode are opened too."""
        plain = self.env["ir.ui.menu"].load_menus(False)
        menus = self.env["ir.ui.menu"].load_menus(True)
        root = next((m for m in menus.values() if m.get("xmlid") == ROOT), None)
        if root is None:
            return []
        shown = []
        pending = [root]
        while pending:
            menu = pending.pop(0)
            pending += [menus[child] for child in menu["children"]]
            if menu["action_id"]:
                if menu["id"] in plain:
                    shown.append(menu["xmlid"])
                self._step(menu["name"], self._open_menu, menu)
        return shown

    # Each step is one thing a person does; what it writes is undone.

    def _step(self, name, method, *args):
        self.trail.append(name)
        self.count[method.__name__] += 1
        self.env.flush_all()
        self.env.invalidate_all()
        try:
            with self.env.cr.savepoint() as savepoint:
                result = method(*args)
                self.env.flush_all()
                if method == self._press:
                    savepoint.rollback()
                    self.env.clear()
            return result
        except AccessError as error:
            self._note("may not", error)
        except (UserError, RedirectWarning) as error:
            if method != self._press:
                self._note("refused", error)
        except Exception as error:  # whatever it is, a person would see it
            self._note(type(error).__name__, error)
        finally:
            self.trail.pop()
        self.env.clear()
        return None

    def _note(self, what, error):
        text = " ".join(str(error).split())[:300]
        self.problems.append(f"{' > '.join(self.trail)}: {what}: {text}")

    def _open_menu(self, menu):
        self._open(self._load(menu["action_id"]))

    def _load(self, action_id):
        """An action as the web client loads it: everybody may, what it opens is checked."""
        action = self.env["ir.actions.actions"].sudo().browse(int(action_id))
        action_sudo = self.env[action.type].sudo().browse(action.id)
        if action.type == "ir.actions.server":
            return self.env[action.type].browse(action.id).run() or {}
        return action_sudo._get_action_dict()

    def _open(self, action, deep=True):
        kind = action.get("type")
        if kind == "ir.actions.act_window":
            self._open_window(action, deep)
        elif kind == "ir.actions.client":
            if action["tag"] == "collection_dashboard":
                self.env["collection.dashboard"].get_figures()
            following = (action.get("params") or {}).get("next")
            if following:
                self._open(following, deep)
        elif kind == "ir.actions.report":
            context = action.get("context") or {}
            report = self.env["ir.actions.report"]._get_report(action["report_name"])
            report._render_qweb_html(
                action["report_name"], context.get("active_ids"), action.get("data")
            )

    def _evaluate(self, text, values=None):
        if not isinstance(text, str):
            return text or {}
        today = fields.Date.context_today(self.env.user)
        return safe_eval(text, {
            "uid": self.env.uid, "context": dict(self.env.context), "time": time,
            "datetime": safe_datetime, "context_today": lambda: today,
            "current_date": fields.Date.to_string(today), "self": "a",
            "allowed_company_ids": self.env.companies.ids,
            "companies": self.env.companies, **dict(self.env.context), **(values or {}),
        })

    def _open_window(self, action, deep):
        context = {**self.env.context, **self._evaluate(action.get("context") or "{}")}
        domain = self._evaluate(action.get("domain") or "[]") or []
        model = self.env[action["res_model"]].with_context(**context)
        views = [(id_ or False, kind) for id_, kind in action["views"]] if action.get("views") \
            else [(False, kind) for kind in action["view_mode"].split(",")]
        search_id = action.get("search_view_id")
        search_id = search_id[0] if isinstance(search_id, (list, tuple)) else search_id
        if views and views[0][1] != "form":
            views.append((search_id or False, "search"))
        found = model.get_views(views, {"toolbar": True})
        archs = {kind: etree.fromstring(view["arch"]) for kind, view in found["views"].items()}
        infos = found["models"]
        form_id = next((id_ for id_, kind in views if kind == "form"), False)
        if views[0][1] == "form":
            record = model.browse(action.get("res_id") or [])
            return self._open_form(record, archs["form"], infos, deep)
        domains = self._get_filters(archs.get("search"), model) if deep else []
        for kind, arch in archs.items():
            self._step(kind, self._show, model, kind, arch, infos, domain, domains)
        if not deep:
            return None
        records = model.search(domain, limit=RECORDS)
        if "form" in archs and archs["form"].get("create") not in ("0", "false", "False"):
            self._step("New", self._open_form, model, archs["form"], infos, False)
        for record in records:
            if "list" in archs:
                self._press_all(record, archs["list"], infos)
            if "form" in archs:
                self._walk_form(record, form_id)
        return None

    def _walk_form(self, record, form_id):
        key = (record._name, record.id, form_id)
        if key in self.done:
            return
        self.done.add(key)
        self._step(f"{record._name} {record.id}", self._read_form, record, form_id)

    def _read_form(self, record, form_id):
        found = record.get_views([(form_id, "form")], {"toolbar": True})
        arch = etree.fromstring(found["views"]["form"]["arch"])
        self._open_form(record, arch, found["models"], deep=True)

    # What a view asks of the server.

    def _get_fields(self, arch):
        """The field nodes of a view, without those of the views inside its fields."""
        level = int(arch.xpath("count(ancestor::field)"))
        return arch.xpath(f".//field[count(ancestor::field) = {level}]")

    def _get_specification(self, arch, model, infos, level=2):
        wanted = {}
        for node in self._get_fields(arch):
            name = node.get("name")
            if name not in model._fields:
                continue
            field = model._fields[name]
            wanted[name] = {}
            if field.type in ("many2one", "reference"):
                wanted[name] = {"fields": {"display_name": {}}}
            elif field.type in X2MANY and level and node.get("invisible") not in ("1", "True"):
                _kind, sub, sub_infos = self._get_sub_view(node, field, infos)
                comodel = self.env[field.comodel_name]
                wanted[name] = {"limit": 40, "fields": (
                    {"display_name": {}} if sub is None
                    else self._get_specification(sub, comodel, sub_infos, level - 1)
                )}
        return wanted

    def _get_sub_view(self, node, field, infos):
        """The list or board that shows the rows of a field, loaded where none is given."""
        if (node.get("widget") or "").startswith(("many2many_", "many2one")):
            return None, None, infos
        for kind in ("list", "kanban"):
            if (inline := node.find(kind)) is not None:
                return kind, inline, infos
        if node.get("widget"):
            return None, None, infos
        kind = (node.get("mode") or "list").split(",")[0]
        views = self.env["ir.ui.view"]._get_view_refs(node)
        found = self.env[field.comodel_name].with_context(**views).get_views([(False, kind)])
        return kind, etree.fromstring(found["views"][kind]["arch"]), found["models"]

    def _show(self, model, kind, arch, infos, domain, domains):
        if kind in ("list", "kanban"):
            wanted = self._get_specification(arch, model, infos)
            model.web_search_read(domain, wanted, limit=80, order=arch.get("default_order"))
            for extra, group in domains:
                if group:
                    group = self._with_interval(model, group)
                    model.formatted_read_group(domain, [group], ["__count"])
                else:
                    model.search_count([*domain, *extra])
        elif kind in ("pivot", "graph"):
            groups = [self._with_interval(model, n.get("name"), n.get("interval"))
                      for n in self._get_fields(arch) if n.get("type") != "measure"]
            sums = [f"{n.get('name')}:{model._fields[n.get('name')].aggregator or 'sum'}"
                    for n in self._get_fields(arch) if n.get("type") == "measure"]
            model.formatted_read_group(domain, groups, ["__count", *sums])
        elif kind == "activity":
            self.env["mail.activity"].get_activity_data(model._name, domain)
        elif kind == "calendar":
            wanted = self._get_specification(arch, model, infos)
            model.web_search_read(domain, wanted, limit=80)

    def _with_interval(self, model, name, interval=None):
        """Dates are grouped by month where nothing else is said, as the client does."""
        if ":" in name or model._fields[name].type not in ("date", "datetime"):
            return name
        return f"{name}:{interval or 'month'}"

    def _get_filters(self, arch, model):
        """The domains and groupings of a search view, and what a typed word searches."""
        found = []
        for node in arch.iter("filter", "field") if arch is not None else ():
            if node.tag == "field" and node.get("invisible") not in ("1", "True"):
                text = node.get("filter_domain")
                name, operator = node.get("name"), node.get("operator") or "ilike"
                if not text and model._fields[name].type == "properties":
                    continue  # the client searches one property, which the user chooses
                operator = "ilike" if operator == "child_of" else operator
                found.append((self._evaluate(text) if text else [(name, operator, "1")], None))
            elif node.tag == "filter" and node.get("domain"):
                found.append((self._evaluate(node.get("domain")), None))
            elif "group_by" in (node.get("context") or ""):
                group = ast.literal_eval(node.get("context"))["group_by"]
                # What has properties is grouped by one of them, which the user chooses.
                if model._fields[group.split(":")[0]].type != "properties":
                    found.append(([], group))
        return [pair for pair in found if pair != ([], None)]

    def _open_form(self, record, arch, infos, deep):
        wanted = self._get_specification(arch, record, infos)
        if not record:
            return record.onchange({}, [], wanted)
        [values] = record.web_read(wanted)
        if not deep:
            return None
        self._open_rows(record, arch, infos, values)
        return self._press_all(record, arch, infos, values)

    def _is_shown(self, node, values):
        while node is not None and node.tag != "field":
            text = node.get("invisible")
            if text and self._evaluate(text, values):
                return False
            node = node.getparent()
        return True

    def _plain(self, values):
        """Values as expressions of views see them."""
        plain = {}
        for name, value in values.items():
            if isinstance(value, dict):
                value = value.get("id", False)
            elif isinstance(value, (list, tuple)):
                value = [row["id"] if isinstance(row, dict) else row for row in value]
            plain[name] = value
        return plain

    def _open_rows(self, record, arch, infos, values):
        for node in self._get_fields(arch):
            name = node.get("name")
            field = record._fields.get(name)
            if field is None or field.type not in X2MANY or not self._is_visible(node, values):
                continue
            _kind, sub, _infos = self._get_sub_view(node, field, infos)
            if sub is None or sub.get("no_open") == "1" or sub.get("editable"):
                continue
            rows = self.env[field.comodel_name].browse(
                [row["id"] for row in values.get(name) or []][:RECORDS]
            )
            for row in rows:
                if sub.get("action"):
                    self._step(f"{name} {row.id}", self._press, row, {}, sub.get("type"),
                               sub.get("action"), "{}")
                elif (form := node.find("form")) is not None:
                    self._step(f"{name} {row.id}", self._open_form, row, form, infos, False)
                else:
                    self._walk_form(row, False)

    def _is_visible(self, node, values):
        text = node.get("invisible")
        plain = {"id": values.get("id"), **self._plain(values)}
        if text and self._evaluate(text, plain):
            return False
        return self._is_shown(node.getparent(), plain)

    def _press_all(self, record, arch, infos, values=None):
        if values is None:
            [values] = record.web_read(self._get_specification(arch, record, infos))
        level = int(arch.xpath("count(ancestor::field)"))
        for node in arch.xpath(f".//button[count(ancestor::field) = {level}]"):
            kind = node.get("type")
            if kind not in ("object", "action") or not self._is_visible(node, values):
                continue
            if (node.get("column_invisible") or "") in ("1", "True"):
                continue
            key = (record._name, record.id, node.get("name"), node.get("context"))
            if key in self.done:
                continue
            self.done.add(key)
            plain = {**self._plain(values), "id": record.id, "active_id": record.id}
            label = node.get("string") or node.get("title") or ""
            self._step(f"[{label or node.get('name')}]", self._press, record, plain, kind,
                       node.get("name"), node.get("context"))

    def _press(self, record, values, kind, name, context):
        extra = self._evaluate(context or "{}", values)
        ids = {"active_id": record.id, "active_ids": record.ids, "active_model": record._name}
        record = record.with_context(**ids, **extra)
        if kind == "object":
            action = getattr(record, name)()
        else:
            action = self._load(name)
            action["context"] = {
                **ids, **extra, **self._evaluate(action.get("context") or "{}", ids),
                **extra,
            }
        if isinstance(action, dict):
            self._open(action, deep=False)
