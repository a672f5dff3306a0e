"""PostgreSQL: the one that `PGHOST` names, or one of our own while `./dev` runs.

Commands that run at the same time share the server: each holds a shared lock, and the one
that gets the lock alone at its end was the last and stops the server. The system drops the
lock of a killed command; the server it left is found and used by the next one.
"""

import fcntl
import os
import pwd
import subprocess
from contextlib import contextmanager

from .locks import lock
from .messages import Failure
from .postgres_server import Server
from .processes import known_cause
from .venv import PYTHON


@contextmanager
def running_postgres():
    """Have a PostgreSQL server for the duration, with its address in `os.environ`.

    :raises Failure: if the server named by `PGHOST` does not answer or its user will not do
    """
    if os.environ.get("PGHOST"):
        check_given_server()
        yield
        return
    with lock("postgres-users", fcntl.LOCK_SH) as users:
        with lock("postgres-start", fcntl.LOCK_EX):
            server = Server()
            os.environ.update(server.start())
        try:
            yield
        finally:
            stop_if_last(server, users)


def stop_if_last(server, users):
    """Stop the server unless another command still holds the lock."""
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    server.stop()


def check_given_server():
    """Make sure that the server named by `PGHOST` can be used by Odoo."""
    user = os.environ.setdefault("PGUSER", pwd.getpwuid(os.geteuid()).pw_name)
    if user == "postgres":
        raise Failure(
            "Odoo refuses the database user postgres: create one by `createuser --createdb odoo` "
            "and set PGUSER=odoo"
        )
    try:
        sql("postgres", "SELECT 1")
    except Failure as failure:
        raise Failure(
            f"PostgreSQL at PGHOST={os.environ['PGHOST']} does not answer for user {user} "
            f"({failure}): start it, or unset PGHOST to use one of the project's own"
        ) from None


SQL_SCRIPT = """
import sys
import psycopg2
connection = psycopg2.connect(dbname=sys.argv[1], connect_timeout=10)
connection.autocommit = True
with connection.cursor() as cursor:
    for statement in sys.argv[2:]:
        cursor.execute(statement)
    if cursor.description:
        for row in cursor.fetchall():
            print(*row, sep="\\t")
"""


def sql(database, *statements):
    """Run SQL statements one by one, and return the last one's rows as lists of texts.

    :raises Failure: with PostgreSQL's own words if one fails
    """
    done = subprocess.run(
        [str(PYTHON), "-c", SQL_SCRIPT, database, *statements],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["no answer"]
        words = next((line for line in lines if line.startswith("psycopg2.")), lines[-1])
        raise Failure(known_cause(done.stderr) or words)
    return [line.split("\t") for line in done.stdout.splitlines()]


def quoted(name):
    """Quote an identifier for SQL."""
    return '"' + name.replace('"', '""') + '"'
