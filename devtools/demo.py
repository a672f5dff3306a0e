"""`./dev demo`: a database with demo data, the main job run on it, and what it did."""

import json

from .installed import new_database
from .messages import Failure, note, say, step
from .odoo_process import DEFAULT_PORT, run_inside, serving
from .paths import STATE
from .processes import port_is_free
from .serve import wait_for_interrupt
from .system_parts import FONT, PDF_LIBRARIES, missing_parts

DATABASE = "demo"
FOLDER = STATE / "demo"


def run_demo(serve=True, port=None):
    """Make the demo database, run the main job, say what it did, and serve the client.

    :param serve: keep the web client running until Ctrl-C
    :param port: its port; another than 8069 if that is taken and none is asked for
    :raises Failure: if the asked port is taken or a step fails
    """
    if serve and not port:
        port = DEFAULT_PORT if port_is_free(DEFAULT_PORT) else None
    elif port and not port_is_free(port):
        raise Failure(f"port {port} is taken: stop what uses it, or choose another with --port")
    missing_parts((FONT, PDF_LIBRARIES))
    new_database(DATABASE, "demo")
    with serving(DATABASE, port if serve else None) as address:
        with step("main job: classification, overdue list"):
            result = run_main_job(DATABASE)
        say_result(result)
        if serve:
            say(f"The web client runs at {address}/odoo")
        else:
            say(f"To start its web client: ./dev serve {DATABASE}")
        say_logins(result["logins"])
        if serve:
            note("\nStop it with Ctrl-C.")
            wait_for_interrupt()


def run_main_job(database):
    """Classify all receivables, write the overdue list's files, and return what was done."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    result = FOLDER / "result.json"
    result.unlink(missing_ok=True)
    run_inside(database, "demo_job", log="demo-job", env={"DEMO_FOLDER": str(FOLDER)})
    return json.loads(result.read_text())


def say_result(result):
    """Print items by tier with amounts, the counts of the job, and the files."""
    say(f"\nReceivable items of {result['company']} on {result['date']}")
    say(f"  {'tier':<14}{'items':>7}{'amount':>18}")
    for tier in result["tiers"]:
        say(f"  {tier['name']:<14}{tier['items']:>7}{tier['amount']:>14,.2f} {tier['currency']}")
    counts = ", ".join(f"{name.replace('_', ' ')} {n}" for name, n in result["counts"].items())
    if not any(result["counts"].values()):
        counts = "nothing left to do, the demo data was classified when it was installed"
    say(f"\nClassification: {counts}")
    say(f"Collection cases open: {result['cases_open']}")
    for path in result["files"]:
        say(f"Overdue list: {path}")
    say()


def say_logins(logins):
    """Print logins with passwords in a table."""
    say(f"  {'login':<14}{'password':<14}name")
    for login, password, name in logins:
        say(f"  {login:<14}{password:<14}{name}")
