"""PostgreSQL clusters of a test's own: a primary, and a streaming replica of it.

Made with the project's own PostgreSQL, on free ports of the loopback address, in folders that are
removed afterwards.
"""

import os
import re
import secrets
import shutil
import tempfile
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path

from .postgres import sql
from .postgres_server import Server, as_user
from .processes import free_port, run

SETTINGS = (
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "shared_buffers=64MB",
    "fsync=off",
    "wal_level=replica",
    "max_wal_senders=4",
    "hot_standby_feedback=on",
    "log_statement=all",
    "log_line_prefix=[%d]",
)


class Cluster:
    """A running cluster; its log has every statement."""

    def __init__(self, server, folder):
        self.server, self.folder = server, folder
        self.port = free_port()
        self.log = folder / "server.log"
        self.data = folder / "data"

    def start(self):
        options = " ".join(f"-c {setting}" for setting in SETTINGS)
        control = (self.server.bin / "pg_ctl", "start", "-w", "-t", "60", "-D", self.data)
        self.server.run(*control, "-l", self.log, "-o", f"-p {self.port} {options}")

    def stop(self):
        control = (self.server.bin / "pg_ctl", "stop", "-w", "-m", "immediate", "-D", self.data)
        if (self.data / "postmaster.pid").exists():
            self.server.run(*control, log="postgres-stop")

    def mark(self):
        """The end of the log: what comes later was done later."""
        return self.log.stat().st_size

    def statements_since(self, mark, database):
        """The text of what was run on a database since a mark."""
        with self.log.open(errors="replace") as log:
            log.seek(mark)
            entries = re.split(r"^(?=\[[^]]*\])", log.read(), flags=re.MULTILINE)
        return "".join(entry for entry in entries if entry.startswith(f"[{database}]"))

    @contextmanager
    def as_default(self):
        """Have PG* name this cluster, for programs and `sql` alike."""
        before = {name: os.environ.get(name) for name in self.variables}
        os.environ.update(self.variables)
        try:
            yield
        finally:
            for name, value in before.items():
                os.environ.pop(name, None)
                if value is not None:
                    os.environ[name] = value

    @property
    def variables(self):
        return {
            "PGHOST": "127.0.0.1",
            "PGPORT": str(self.port),
            "PGUSER": "odoo",
            "PGPASSWORD": (self.folder.parent / "password").read_text(),
        }


@contextmanager
def primary_and_replica():
    """Have a primary and its replica, both empty, for the duration.

    :return: pair of `Cluster`
    """
    server = Server()
    server.install()
    with ExitStack() as stack:
        # In a folder that the server's user can enter.
        home = Path(tempfile.mkdtemp(prefix="replica-", dir=server.home))
        stack.callback(shutil.rmtree, home, ignore_errors=True)
        home.chmod(0o755)
        password = home / "password"
        password.write_text(secrets.token_hex(16))
        primary, replica = (Cluster(server, home / name) for name in ("primary", "replica"))
        for folder in (primary.folder, replica.folder):
            folder.mkdir()
        if server.user:
            for path in (password, primary.folder, replica.folder):
                os.chown(path, server.user.pw_uid, server.user.pw_gid)
        server.run(
            server.bin / "initdb",
            *("-D", primary.data, "-U", "odoo", "-E", "UTF8", "--locale=C.UTF-8"),
            *("-A", "scram-sha-256", f"--pwfile={password}", "--no-sync"),
        )
        stack.callback(primary.stop)
        primary.start()
        run(
            [
                *(server.bin / "pg_basebackup", "-D", replica.data, "-h", "127.0.0.1"),
                *("-p", primary.port, "-U", "odoo", "-R", "-X", "stream", "--checkpoint=fast"),
                *("--no-sync", "--no-password"),
            ],
            "pg_basebackup",
            env=primary.variables,
            cwd=server.home,
            **as_user(server.user),
        )
        stack.callback(replica.stop)
        replica.start()
        yield primary, replica


def copy_database(name, server, cluster):
    """Copy a database of the server in use, with its name, to another cluster."""
    dump = cluster.folder.parent / f"{name}.dump"
    run([server.bin / "pg_dump", "-Fc", "-Z1", "-f", dump, name], "pg_dump")
    with cluster.as_default():
        sql("postgres", f"CREATE DATABASE {name}")
        run([server.bin / "pg_restore", "--no-owner", "-j4", "-d", name, dump], "pg_restore")
    dump.unlink()


def wait_for_replica(primary, replica, seconds=60):
    """Wait until the replica has everything that the primary has."""
    with primary.as_default():
        [[position]] = sql("postgres", "SELECT pg_current_wal_lsn()")
    deadline = time.monotonic() + seconds
    with replica.as_default():
        while True:
            [[behind]] = sql(
                "postgres", f"SELECT pg_wal_lsn_diff('{position}', pg_last_wal_replay_lsn()) > 0"
            )
            if behind == "False":
                return
            if time.monotonic() > deadline:
                raise TimeoutError("the replica does not catch up")
            time.sleep(0.1)
