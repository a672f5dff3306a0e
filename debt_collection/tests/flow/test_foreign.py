import inspect

from odoo.exceptions import AccessError, UserError
from odoo.service.model import get_public_method
from odoo.tests import tagged
from odoo.tools import mute_logger

from .test_roles import RolesCommon


@tagged("post_install", "-at_install", "debt_collection")
class TestForeign(RolesCommon):
    def test_explore(self):
        out = []
        for model, record in sorted(self.records.items()):
            for role in ("collector", "sales", "employee"):
                user = self.users[role]
                mine = record.with_user(user).sudo(False)
                if mine.has_access("read"):
                    out.append(f"READS {model} {role}")
                    continue
                for name, function in inspect.getmembers(type(record), inspect.isfunction):
                    if name.startswith("_") or not (
                        getattr(function, "__module__", "") or ""
                    ).startswith("odoo.addons.debt_collection"):
                        continue
                    try:
                        get_public_method(record, name)
                    except Exception:
                        continue
                    needed = [
                        p for p in list(inspect.signature(function).parameters.values())[1:]
                        if p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
                    ]
                    if needed:
                        out.append(f"ARGS {model}.{name} {needed}")
                        continue
                    try:
                        with mute_logger("odoo.sql_db"), self.cr.savepoint() as savepoint:
                            result = getattr(mine, name)()
                            self.env.flush_all()
                            savepoint.rollback()
                        out.append(f"DONE {role} {model}.{name}: {str(result)[:160]}")
                    except AccessError as e:
                        pass
                    except UserError as e:
                        out.append(f"USER {role} {model}.{name}: {str(e)[:160]}")
                    except Exception as e:
                        out.append(f"{type(e).__name__} {role} {model}.{name}: {str(e)[:160]}")
                    self.env.invalidate_all(flush=False)
                    self.env.transaction.clear() if False else None
        open("/tmp/w/gt2_foreign.txt", "w").write("\n".join(dict.fromkeys(out)))
