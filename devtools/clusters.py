"""PostgreSQL clusters of a test's own: one to kill, or a primary and a streaming replica of it.

Made with the project's own PostgreSQL, on free ports of the loopback address, in folders that are
removed afterwards.
"""

import os
import re
import secrets
import shutil
import signal
import tempfile
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path

from .messages import Failure
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
)
LOG_STATEMENTS = ("log_statement=all", "log_line_prefix=[%d]")


class Cluster:
    """A cluster in a folder of its own.

    :param settings: beside SETTINGS
    """

    def __init__(self, server, folder, port=None, settings=()):
        self.server, self.folder = server, folder
        self.port = port or free_port()
        self.settings = (*SETTINGS, *settings)
        self.log = folder / "server.log"
        self.data = folder / "data"

    def start(self):
        options = " ".join(f"-c {setting}" for setting in self.settings)
        control = (self.server.bin / "pg_ctl", "start", "-w", "-t", "60", "-D", self.data)
        self.server.run(*control, "-l", self.log, "-o", f"-p {self.port} {options}")

    def kill(self):
        """Kill the server as by `kill -9`; its sessions end by themselves."""
        os.kill(int((self.data / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)

    def start_again(self, seconds=30):
        """Start the server after it was killed, as soon as its last session has ended."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                return self.start()
            except Failure:
                if time.monotonic() > deadline:
                    raise
            time.sleep(0.2)

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
def new_cluster(settings=()):
    """Have an empty cluster for the duration."""
    server = Server()
    server.install()
    with ExitStack() as stack:
        # In a folder that the server's user can enter.
        home = Path(tempfile.mkdtemp(prefix="cluster-", dir=server.home))
        stack.callback(shutil.rmtree, home, ignore_errors=True)
        home.chmod(0o755)
        password = home / "password"
        password.write_text(secrets.token_hex(16))
        cluster = Cluster(server, home / "primary", settings=settings)
        make_folder(cluster)
        if server.user:
            os.chown(password, server.user.pw_uid, server.user.pw_gid)
        server.run(
            server.bin / "initdb",
            *("-D", cluster.data, "-U", "odoo", "-E", "UTF8", "--locale=C.UTF-8"),
            *("-A", "scram-sha-256", f"--pwfile={password}", "--no-sync"),
        )
        stack.callback(cluster.stop)
        cluster.start()
        yield cluster


def make_folder(cluster):
    """Make a cluster's folder, which belongs to the server's user."""
    cluster.folder.mkdir()
    if user := cluster.server.user:
        os.chown(cluster.folder, user.pw_uid, user.pw_gid)


@contextmanager
def primary_and_replica():
    """Have a primary and its replica, both empty, whose logs have every statement.

    :return: pair of `Cluster`
    """
    with new_cluster(LOG_STATEMENTS) as primary:
        server = primary.server
        replica = Cluster(server, primary.folder.with_name("replica"), settings=LOG_STATEMENTS)
        make_folder(replica)
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
        try:
            replica.start()
            yield primary, replica
        finally:
            replica.stop()


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
