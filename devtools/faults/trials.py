"""The faults one by one: each is done to a job, the job is run again, the contents compared."""

import random
import re
import time
import traceback
from collections import Counter, namedtuple
from contextlib import suppress

from devtools.mail_sink import mail_sink
from devtools.nothing_twice import TWICE

from .content import TRACE, Content, content_hash, differences
from .jobs import get_run, make_due
from .points import Points, fill_disk, kill_later
from .scenes import STAGES, make_stages
from .styles import style_server
from .workshop import Workshop

Clean = namedtuple("Clean", "content mails points seconds")
"""What a run without a fault leaves: content, e-mails, how many points it passed, how long."""

BESIDE = (
    "UPDATE account_move_line SET sequence = sequence WHERE NOT reconciled",
    "UPDATE collection_case SET cycle = cycle",
    "UPDATE collection_letter SET state = state",
    "UPDATE res_company SET color = color",
)
"""What a competing session writes: every row that jobs write, to what it is."""


def run_trials(database, wanted, cluster=None):
    """Do what is wanted to a seeded database.

    :param wanted: dict of `seed`; `kills`, how many by job; `faults`, names of methods; `each`, how
        often in each job PostgreSQL is killed and a competing session writes
    :param cluster: the database's server, if it may be killed
    :return: list of tuples: name, whether it went well, and what went wrong
    """
    shop = Workshop(database)
    results = []
    try:
        with mail_sink() as sink, style_server() as style_port:
            make_stages(shop, sink, style_port)
            trials = Trials(shop, sink, cluster, wanted, results)
            trials.jobs = tuple(wanted["kills"])
            for job, count in wanted["kills"].items():
                trials.kill(job, count)
            for name in wanted["faults"]:
                getattr(trials, name)()
    except Exception:
        results.append(("the trials came to their end", False, traceback.format_exc()))
    finally:
        with suppress(Exception):
            shop.drop_kept()
    return results


class Trials:
    """Clean runs to compare with, and the faults."""

    def __init__(self, shop, sink, cluster, wanted, results):
        self.shop, self.sink, self.cluster, self.results = shop, sink, cluster, results
        self.chance, self.each = random.Random(wanted["seed"]), wanted["each"]
        self.clean, self.jobs = {}, tuple(STAGES)

    def begin(self, job):
        """The database before a job, which is due, and an empty mail box."""
        self.shop.begin(STAGES[job])
        self.sink.messages.clear()
        make_due(self.shop, job)

    def start(self, job, prepare=None):
        """Start a job; return its process id."""
        return self.shop.start(lambda: get_run(job)(self.shop), prepare)

    def work(self, job, prepare=None):
        """Run a job; return its code."""
        return self.shop.wait(self.start(job, prepare))

    def again(self, job):
        """Run a job once more, as the scheduler does later."""
        make_due(self.shop, job)
        return self.work(job)

    def get_clean(self, job):
        """Return what a clean run leaves, made once."""
        if job not in self.clean:
            self.begin(job)
            counted = self.shop.folder.parent / f"{self.shop.name}.points"

            def count():
                points = Points()
                return lambda: counted.write_text(str(points.count))

            started = time.monotonic()
            code = self.work(job, count)
            seconds = time.monotonic() - started
            self.note(f"{job}: a clean run", code == 0, f"exit code {code}")
            points = int(counted.read_text())
            counted.unlink()
            self.clean[job] = Clean(self.shop.content(), self.taken(), points, seconds)
            # Control: what is compared must not differ between clean runs.
            self.begin(job)
            self.work(job)
            self.compare(f"{job}: two clean runs are equal, {points} points", job)
            self.again(job)
            self.compare(f"{job}: run again it does nothing", job)
            twice = [what for what, query in TWICE.items() if self.shop.sql(query)]
            self.note(f"{job}: nothing is there twice", not twice, twice)
        return self.clean[job]

    def taken(self):
        """Count the e-mails by recipients and subjects, the latter without numbers."""
        return Counter(
            f"{recipients}: {re.sub('[0-9]+', '#', message['Subject'] or '')}"
            for recipients, message in self.sink.messages
        )

    def note(self, name, ok, words=""):
        """Add a result."""
        self.results.append((name, bool(ok), "" if ok else str(words)))

    def compare(self, name, job, without=(), notices=0):
        """Add whether database and mail box are those of a clean run.

        :param without: tables that differ because a person had to decide something
        :param notices: so many e-mails to colleagues may be there twice; None for any number
        """
        clean, taken = self.clean[job], self.taken()
        content, found = (
            Content(*({t: rows for t, rows in part.items() if t not in without} for part in whole))
            for whole in (clean.content, self.shop.content())
        )
        equal = content_hash(found) == content_hash(content)
        lines = [] if equal else differences(content, found)
        extra = sorted((taken - clean.mails).elements())
        to_colleagues = [mail for mail in extra if "@customer.example" not in mail]
        if notices is None or len(to_colleagues) <= notices:
            extra = [mail for mail in extra if mail not in to_colleagues]
        lines += [f"e-mail missing: {mail}" for mail in (clean.mails - taken).elements()]
        lines += [f"e-mail too many: {mail}" for mail in extra]
        self.note(name, equal and not lines, "\n".join(lines[:40]))

    def recover(self, name, job):
        """Run a job again as the scheduler does, decide what only a person can, and compare."""
        self.again(job)
        decided = self.decide_uncertain()
        self.again(job)
        words = f", {decided} letters decided by a person" if decided else ""
        # Cut off before the commit, Odoo's queue sends a to-do's notice again; a decision is told.
        notices = None if decided else 1
        self.compare(name + words, job, without=TRACE if decided else (), notices=notices)

    def kill(self, job, count):
        """Kill a job at so many points by chance, three in four by number, the rest by time."""
        clean = self.get_clean(job)
        for number in range(count):
            if number % 4 == 3:
                moment = self.chance.uniform(0.05, 0.95) * clean.seconds
                name, prepare = f"{moment:.2f} s", lambda moment=moment: kill_later(moment)
            else:
                point = self.chance.randint(1, clean.points)
                name, prepare = f"point {point}", lambda point=point: Points(point) and None
            self.begin(job)
            self.work(job, prepare)
            self.recover(f"{job}: killed at {name}", job)

    def decide_uncertain(self):
        """Where the mail server was cut off a person looks in its log; return how often."""
        [(count,)] = self.shop.sql(
            "SELECT count(*) FROM mail_mail WHERE is_collection_unknown AND state = 'exception'"
        )
        if count:
            taken = {message["Message-Id"] for _recipients, message in self.sink.messages}
            self.shop.run(lambda: self._decide(taken))
        return count

    def _decide(self, taken):
        cursor, env = self.shop.environment()
        with cursor:
            manager = env["res.users"].search([("login", "=", "fault_manager")])
            failed = env["collection.letter"].search([("state", "=", "failed")])
            for letter in failed.filtered("is_sending_unknown"):
                letter = letter.with_context(allowed_company_ids=letter.company_id.ids)
                # Each as who does it in a clean run: the queue notes, the manager sends.
                if letter.mail_mail_id.message_id in taken:
                    letter.action_confirm_sent()
                else:
                    letter.with_user(manager).action_retry()

    def some_points(self):
        """Yield jobs, and points of them by chance."""
        for job in self.jobs:
            for point in sorted(
                self.chance.sample(range(1, self.get_clean(job).points), self.each)
            ):
                yield job, point

    def postgres_killed(self):
        """The database's server is killed while a job works, and started again."""
        for job, point in self.some_points():
            self.begin(job)
            # A database copied after the last checkpoint can give numbers again after a crash.
            self.shop.sql("CHECKPOINT")
            child = self.start(job, lambda point=point: Points(point, self.cluster.kill) and None)
            self.shop.wait_dead(child)
            self.cluster.start_again()
            self.recover(f"{job}: PostgreSQL was killed at point {point}", job)

    def disk_full(self):
        """The store takes one file, then no more: nothing is called sent, the rest goes later."""
        self.get_clean("letters")
        self.begin("letters")
        self.work("letters", lambda: fill_disk(1) and None)
        rows = self.shop.sql(
            "SELECT count(*) FROM collection_letter letter WHERE state = 'sent' AND NOT EXISTS"
            " (SELECT 1 FROM mail_mail WHERE id = letter.mail_mail_id AND state = 'sent')"
        )
        self.note("letters: with a full disk nothing is called sent that is not", rows == [(0,)])
        self.again("letters")
        self.compare("letters: after a full disk", "letters")

    def mail_server_down(self):
        """Nobody listens; then the server is back."""
        self.get_clean("letters")
        self.begin("letters")
        self.shop.sql("UPDATE ir_mail_server SET smtp_port = 9")
        self.work("letters")
        rows = self.shop.sql("SELECT count(*) FROM collection_letter WHERE state = 'sent'")
        self.note("letters: nothing is called sent while the mail server is down", rows == [(0,)])
        self.shop.sql(f"UPDATE ir_mail_server SET smtp_port = {self.sink.port}")
        self.again("letters")
        self.compare("letters: after the mail server was down", "letters")

    def competing_writer(self):
        """Another session writes the rows of a job while it works."""
        for job, point in self.some_points():
            self.begin(job)
            self.work(job, lambda point=point: Points(point, self.write_beside) and None)
            self.recover(f"{job}: another session wrote at point {point}", job)

    def write_beside(self):
        """Touch every row that jobs write, in a session of its own, and let go."""
        for statement in BESIDE:
            # What the job holds already is left alone.
            with suppress(Exception):
                self.shop.sql("SET lock_timeout = '200ms'", statement)
