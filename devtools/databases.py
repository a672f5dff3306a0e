"""Databases: cached templates of plain Odoo, and clones with our add-ons installed."""

import fcntl
import hashlib
import json
import re

from .get_odoo import get_odoo
from .locks import lock
from .messages import Failure, step
from .odoo_log import find_problems
from .odoo_process import run_inside, run_odoo
from .paths import INSIDE, present_addons
from .postgres import quoted, sql
from .processes import log_path

# Named one by one because modules that install themselves are left out: some of those
# (iap, partner_autocomplete, sms, snailmail) call services on the internet.
MODULES = (
    "account",
    "account_payment",
    "account_qr_code_sepa",
    "base_import",
    "calendar",
    "contacts",
    "mail",
    "portal",
    "portal_rating",
    "rating",
    "resource_mail",
    "rpc",
    "sale_management",
)

# What the main add-on needs itself; it must work with nothing beside it.
BARE_MODULES = ("account", "calendar")


def template_name(demo, modules=MODULES):
    """Return the name of the template: it changes with Odoo and what is put into it."""
    recipe = (INSIDE / "prepare_template.py").read_bytes()
    parts = [get_odoo().version, str(get_odoo().pythonpath), modules, recipe.hex()]
    key = hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:10]
    return f"template_{'demo' if demo else 'plain'}_{key}"


def exists(name):
    """Tell whether a database exists."""
    return bool(sql("postgres", f"SELECT 1 FROM pg_database WHERE datname = '{name}'"))


def check_name(name):
    """Refuse names that the shell, SQL or a URL would stumble over."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,50}", name) or name.startswith("template"):
        raise Failure(f"{name!r} is no name for a database: use letters, digits and _")


def check_exists(name):
    """Raise `Failure` if there is no such database."""
    if not exists(name):
        raise Failure(f"there is no database {name}: make it by `./dev new {name}`")


def drop(name):
    """Drop a database, ending its connections."""
    sql("postgres", f"DROP DATABASE IF EXISTS {quoted(name)} WITH (FORCE)")


def get_template(demo=False, modules=MODULES):
    """Return the name of the template database, making it on first use.

    :param demo: with the demo data of Odoo's own modules
    :param modules: which of Odoo's modules are in it
    """
    name = template_name(demo, modules)
    with lock("template", fcntl.LOCK_EX):
        if not exists(name):
            make_template(name, demo, modules)
    return name


def make_template(name, demo, modules):
    """Install Odoo's modules into a database that gets its final name when complete."""
    draft = f"draft_{name}"
    title = "template database" + (" with demo data" if demo else "")
    with step(f"{title}: modules"):
        drop(draft)
        run_odoo(
            *("-d", draft, "-i", ",".join(modules), "--skip-auto-install"),
            "--with-demo" if demo else "--without-demo",
            *("--stop-after-init", "--no-http"),
            log="template",
        )
    with step(f"{title}: chart of accounts, assets"):
        run_inside(draft, "prepare_template", log="template-prepare")
    sql("postgres", f"ALTER DATABASE {quoted(draft)} RENAME TO {quoted(name)}")


def clone(template, name):
    """Make a database as a copy of a template, dropping one of the same name."""
    drop(name)
    sql("postgres", f"CREATE DATABASE {quoted(name)} TEMPLATE {quoted(template)}")


def install(name, demo=False, log="install", modules=None):
    """Install our add-ons into a database and return the problems in Odoo's log.

    :param demo: with their demo data
    :param modules: only these of them
    :raises Failure: if there is nothing to install or the installation fails
    """
    modules = modules or present_addons()
    if not modules:
        raise Failure("there are no add-ons to install: run ./dev in a whole checkout")
    path = log_path(log)
    with step(f"installing {', '.join(modules)}"):
        try:
            output = run_odoo(
                *("-d", name, "-i", ",".join(modules), "--stop-after-init", "--no-http"),
                "--with-demo" if demo else "--without-demo",
                log=log,
            )
        except Failure as failure:
            problems = find_problems(path.read_text(errors="replace"))
            raise Failure(
                f"the add-ons did not install: {failure}",
                "\n".join(problems[-3:]) or failure.details,
            ) from None
        states = sql(
            name,
            "SELECT name, state FROM ir_module_module WHERE name IN "
            f"({', '.join(repr(module) for module in modules)}) AND state != 'installed'",
        )
        if states:
            raise Failure(f"{states[0][0]} is {states[0][1]}, not installed: see {path}")
    return find_problems(output)
