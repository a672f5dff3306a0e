"""A pytest plugin: tests in several processes, each on a copy of the database.

A class's tests stay together, so that what they share is made once. All tests of the browser
stay together, and all of the tools, which start servers: neither competes with its own kind.
"""

import os
import re
from contextlib import contextmanager

import freezegun
import pytest
import pytest_odoo
from xdist.scheduler import LoadScopeScheduling

from odoo.tests.common import get_db_name

from devtools.databases import clone, drop
from devtools.paths import ROOT

BROWSER = re.compile(r"\b(start_tour|browser_js)\(")
TOGETHER = ("tools", "browser")
"""Groups that take longest, so that they begin first."""

_groups = {}


def group_of(nodeid):
    """Return what must run in one process with a test."""
    path, _, rest = nodeid.partition("::")
    scope = f"{path}::{rest.split('::')[0]}" if "::" in rest else path
    if path not in _groups:
        _groups[path] = None
        if path.startswith("devtools/"):
            _groups[path] = "tools"
        elif BROWSER.search((ROOT / path).read_text()):
            _groups[path] = "browser"
    return _groups[path] or scope


class Scheduling(LoadScopeScheduling):
    """Gives whole groups to the processes."""

    def _split_scope(self, nodeid):
        return group_of(nodeid)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config):
    """Give tests their large form in a run of what takes long."""
    if wants_large_form(config):
        os.environ["DEBT_COLLECTION_LARGE"] = "1"


def wants_large_form(config):
    """Tell whether this is a run of what takes long."""
    return config.option.markexpr == "faults"


def pytest_itemcollected(item):
    """Let a run of what takes long choose the tests that have a large form, too."""
    marked = (getattr(item, "function", None), getattr(item, "cls", None))
    if wants_large_form(item.config) and any(
        getattr(part, "has_large_form", False) for part in marked
    ):
        item.add_marker("faults")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Let our groups be distributed."""
    config.option.loadscopereorder = False
    return Scheduling(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Begin with what takes longest: what is left at the end is then small."""
    sizes = {}
    for item in items:
        group = group_of(item.nodeid)
        sizes[group] = sizes.get(group, 0) + 1

    def rank(item):
        group = group_of(item.nodeid)
        place = TOGETHER.index(group) if group in TOGETHER else len(TOGETHER)
        return place, -sizes[group], group

    items.sort(key=rank)


@contextmanager
def worker_database():
    """Have a copy of the database for a process, or in a run without several the database."""
    original, worker = get_db_name(), os.environ.get("PYTEST_XDIST_WORKER")
    if not worker:
        yield original
        return
    name = f"{original}_{worker}"
    clone(original, name)
    pytest_odoo.odoo.tools.config["db_name"] = name
    pytest_odoo.odoo.tools.config["dbfilter"] = f"^{name}$"
    try:
        yield name
    finally:
        pytest_odoo.odoo.sql_db.close_db(name)
        drop(name)


# How long a test takes is not told by the clock that it has stopped.
freezegun.configure(extend_ignore_list=["_pytest.timing"])
# The plugin's own takes PostgreSQL's programs from PATH, where they need not be.
pytest_odoo._worker_db_name = worker_database
