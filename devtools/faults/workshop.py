"""Runs jobs of Odoo in processes of their own that may be killed, on copies of a database.

Lives in Odoo's shell: the modules are loaded once and each run is a fork of it, as Odoo's own
workers are. The shell itself keeps no connection, so that nothing is shared but the code.
"""

import os
import shutil
import sys
import time
import traceback
from contextlib import closing
from pathlib import Path

import psycopg2

import odoo
from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config

from .content import our_tables, read_content

OURS = ("debt_collection", "debt_collection_sale")


class Workshop:
    """A database to work on, and copies of it to begin again from.

    :param name: the database; the shell has its registry
    """

    def __init__(self, name):
        self.name = name
        self.tables = our_tables(Registry(name), OURS)
        self.folder = Path(config.filestore(name))
        self.kept = []
        odoo.sql_db.close_all()

    def sql(self, *statements, database=None):
        """Run statements one by one outside of any transaction; return the last one's rows."""
        with closing(psycopg2.connect(dbname=database or self.name)) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                for statement in statements:
                    cursor.execute(statement)
                return cursor.fetchall() if cursor.description else []

    def keep(self, stage):
        """Keep a copy of the database as it is, with its files."""
        self._copy(self.name, f"{self.name}_{stage}")
        self.kept.append(stage)

    def begin(self, stage):
        """Bring the database to what it was at a stage."""
        self._copy(f"{self.name}_{stage}", self.name)

    def _copy(self, source, target):
        self.sql(
            f'DROP DATABASE IF EXISTS "{target}" WITH (FORCE)',
            f'CREATE DATABASE "{target}" TEMPLATE "{source}"',
            database="postgres",
        )
        shutil.rmtree(config.filestore(target), ignore_errors=True)
        if Path(config.filestore(source)).is_dir():
            shutil.copytree(config.filestore(source), config.filestore(target))

    def drop_kept(self):
        """Drop the copies."""
        for stage in self.kept:
            target = f"{self.name}_{stage}"
            self.sql(f'DROP DATABASE IF EXISTS "{target}" WITH (FORCE)', database="postgres")
            shutil.rmtree(config.filestore(target), ignore_errors=True)

    def start(self, job, prepare=None):
        """Start a job in a process of its own; return its process id.

        :param prepare: function called in the process first; what it returns is called last
        """
        sys.stdout.flush()
        sys.stderr.flush()
        child = os.fork()
        if child:
            return child
        code = 1
        try:
            finish = prepare and prepare()
            job()
            if finish:
                finish()
            code = 0
        except BaseException:  # noqa: B902 - the fork must not go on as the shell
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(code)

    def wait_dead(self, child):
        """Wait for a process to end; return its code."""
        _pid, status = os.waitpid(child, 0)
        return os.waitstatus_to_exitcode(status)

    def wait(self, child):
        """Wait for a process, and until PostgreSQL has ended its sessions; return its code."""
        code = self.wait_dead(child)
        deadline = time.monotonic() + 60
        while self.sql(
            f"SELECT 1 FROM pg_stat_activity WHERE datname = '{self.name}'", database="postgres"
        ):
            if time.monotonic() > deadline:
                raise TimeoutError("sessions of a dead process do not end")
            time.sleep(0.02)
        return code

    def run(self, job, prepare=None):
        """Run a job in a process of its own; return its code, negative for a signal."""
        return self.wait(self.start(job, prepare))

    def content(self):
        """Return the content of the database."""
        with closing(psycopg2.connect(dbname=self.name)) as connection:
            with connection.cursor() as cursor:
                return read_content(cursor, self.tables)

    def environment(self):
        """A cursor and environment of the superuser, for a job."""
        cursor = Registry(self.name).cursor()
        return cursor, api.Environment(cursor, SUPERUSER_ID, {})
