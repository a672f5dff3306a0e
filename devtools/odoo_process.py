"""Odoo's configuration file, its commands, and servers that stop by themselves."""

import http.client
import os
import re
import subprocess
import time
from contextlib import contextmanager
from itertools import takewhile

from .get_odoo import get_odoo
from .messages import Failure
from .paths import INSIDE, ROOT, STATE
from .pdf_engine import BIN
from .postgres import sql
from .processes import die_with_parent, free_port, log_path, port_is_free, run, stop, tail
from .venv import PYTHON

CONFIG = STATE / "odoo.conf"
START = STATE / "start" / "odoo"
DEFAULT_PORT = 8069


def write_config(odoo):
    """Write Odoo's configuration and start file into `.odoo/`.

    The database server's address is not in it: that comes from the PG* variables.
    """
    folders = [*map(str, odoo.addons), str(ROOT)]
    settings = {
        "addons_path": ",".join(folders),
        "data_dir": STATE / "data",
        "http_interface": "127.0.0.1",
        "gevent_port": 0,
        "max_cron_threads": 0,
        "list_db": True,
        "admin_passwd": "admin",
        "limit_time_real": 3600,
        "limit_time_cpu": 3600,
        "db_maxconn": 32,
        "bin_path": BIN,
    }
    settings = [f"{name} = {value}" for name, value in settings.items()]
    START.parent.mkdir(parents=True, exist_ok=True)
    # A file, not `-m odoo`: Odoo's live-chat worker starts again what it finds in sys.argv.
    START.write_text("import odoo.cli\n\nodoo.cli.main()\n")
    CONFIG.write_text("\n".join(["[options]", *settings, ""]))


def odoo_env(odoo):
    """Return the variables that Odoo's programs need.

    Our wkhtmltopdf must be found before the system's, which may lack headers and footers.
    """
    paths = [str(odoo.pythonpath), os.environ.get("PYTHONPATH", "")]
    return {
        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
        "PATH": os.pathsep.join([str(BIN), str(PYTHON.parent), os.environ["PATH"]]),
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def odoo_command(*args):
    """Return the command that starts Odoo with our configuration."""
    # Commands come before options: `odoo shell -c …`, `odoo -c …`.
    first = list(takewhile(lambda arg: not arg.startswith("-"), args))
    return [str(PYTHON), str(START), *first, "-c", str(CONFIG), *args[len(first) :]]


def run_odoo(*args, log, env=None, timeout=1800, **popen):
    """Run Odoo to its end with its output in a log; see `processes.run`."""
    env = {**odoo_env(get_odoo()), **(env or {})}
    return run(odoo_command(*args), log, env=env, cwd=STATE, timeout=timeout, **popen)


def start(command, env=None, **popen):
    """Start a program with Odoo's variables that ends at the latest when `./dev` does.

    :param env: more variables
    """
    return subprocess.Popen(
        list(map(str, command)),
        env={**os.environ, **odoo_env(get_odoo()), **(env or {})},
        preexec_fn=die_with_parent,
        **popen,
    )


def start_server(database, port, *options, before=(), **popen):
    """Start Odoo's server for one database, its log in `.odoo/log/server-<database>.log`.

    :param before: a program and arguments that becomes Odoo
    """
    command = odoo_command(
        *("-d", database, f"--db-filter=^{re.escape(database)}$", f"--http-port={port}"),
        *(f"--logfile={log_path(f'server-{database}')}", *options),
    )
    quiet = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)
    return start([*before, *command], cwd=STATE, **quiet, **popen)


def with_tools():
    """Return the variables that let a program beside Odoo import `devtools` too."""
    return {"PYTHONPATH": os.pathsep.join([odoo_env(get_odoo())["PYTHONPATH"], str(ROOT)])}


def run_inside(database, script, *, log, env=None, timeout=1800):
    """Run a script of `devtools/inside/` in Odoo's shell and return its output.

    :param script: name of the script without `.py`
    :param env: variables for the script, which can import `devtools`
    """
    with (INSIDE / f"{script}.py").open() as text:
        return run_odoo(
            "shell",
            *("-d", database, "--no-http", "--log-level=warn"),
            log=log,
            timeout=timeout,
            title=f"the script {script}.py in Odoo's shell",
            stdin=text,
            env={**with_tools(), **(env or {})},
        )


def set_report_url(database, address):
    """Tell a database where its PDFs fetch styles and pictures from."""
    sql(
        database,
        f"INSERT INTO ir_config_parameter (key, value) VALUES ('report.url', '{address}') "
        "ON CONFLICT (key) DO UPDATE SET value = excluded.value",
    )


@contextmanager
def report_url(database, port):
    """Let PDFs of a database be made through a server on this port for the duration.

    Afterwards the address of `./dev serve` is back, unless another command set its own.
    """
    address = loopback(port)
    set_report_url(database, address)
    try:
        yield address
    finally:
        current = sql(database, "SELECT value FROM ir_config_parameter WHERE key = 'report.url'")
        if current == [[address]]:
            set_report_url(database, loopback(DEFAULT_PORT))


def loopback(port):
    """Return the address of a server on this machine."""
    return f"http://127.0.0.1:{port}"


def answers(port):
    """Tell whether Odoo answers on a loopback port."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/web/health")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


@contextmanager
def serving(database, port=None, *, crons=0):
    """Serve one database on the loopback address for the duration.

    :param port: TCP port, or None for a free one
    :param crons: number of threads for scheduled jobs
    :return: the server's address
    :raises Failure: if the port is taken or the server does not come up within 120 s
    """
    if port and not port_is_free(port):
        raise Failure(f"port {port} is taken: stop what uses it, or choose another with --port")
    port = port or free_port()
    log = log_path(f"server-{database}")
    log.unlink(missing_ok=True)
    with report_url(database, port) as address:
        server = start_server(database, port, f"--max-cron-threads={crons}")
        try:
            wait_until_up(server, port, log)
            yield address
        finally:
            stop(server)


def wait_until_up(server, port, log, seconds=120):
    """Wait until a server answers.

    :raises Failure: if it ends or does not answer in time
    """
    deadline = time.monotonic() + seconds
    while not answers(port):
        if server.poll() is not None or time.monotonic() > deadline:
            raise Failure(f"Odoo's server did not start: read {log}", tail(log))
        time.sleep(0.2)
