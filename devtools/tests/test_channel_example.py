"""The channel that docs/integration.md shows in full: installed, and sending to a fake provider."""

import re
import shutil

import pytest

from devtools.databases import drop
from devtools.get_odoo import get_odoo
from devtools.installed import new_database
from devtools.odoo_log import find_problems
from devtools.odoo_process import run_odoo
from devtools.paths import INSIDE, ROOT
from devtools.processes import free_port

DATABASE = "with_channel"
ADDON = "debt_collection_whatsapp"
BLOCK = re.compile(r"```python\n# (debt_collection_whatsapp/\S+)\n(.*?)```", re.DOTALL)


@pytest.fixture
def database():
    new_database(DATABASE)
    try:
        yield DATABASE
    finally:
        drop(DATABASE)


def test_the_example_sends_once(database, tmp_path):
    page = (ROOT / "docs" / "integration.md").read_text()
    files = dict(BLOCK.findall(page))
    assert files.keys() == {f"{ADDON}/__manifest__.py", f"{ADDON}/whatsapp.py"}
    files[f"{ADDON}/__init__.py"] = "from . import whatsapp\n"
    files[f"{ADDON}/tests/__init__.py"] = "from . import test_example\n"
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    shutil.copy(INSIDE / "channel_example_test.py", tmp_path / ADDON / "tests/test_example.py")
    folders = ",".join(map(str, (*get_odoo().addons, ROOT, tmp_path)))
    log = run_odoo(
        *("-d", database, f"--addons-path={folders}", "-i", ADDON, "--without-demo"),
        *("--test-tags", f"/{ADDON}", "--stop-after-init", f"--http-port={free_port()}"),
        "--skip-auto-install",
        log="channel-example",
    )
    failed, errors, count = re.findall(r"(\d+) failed, (\d+) error\(s\) of (\d+) tests", log)[-1]
    assert (failed, errors) == ("0", "0")
    assert int(count) >= 3
    assert find_problems(log) == []
