"""The faults one by one: each is done to a job, the job is run again, the contents compared."""

import random
import time
import traceback
from collections import Counter
from contextlib import suppress

from .content import content_hash, differences
from .jobs import get_run, make_due
from .points import Points, fill_disk, kill_later
from .scenes import STAGES, make_stages
from .sink import Sink, StyleServer
from .workshop import Workshop


def run(database, wanted):
    """Do what is wanted: a dict of `seed`, `jobs` with numbers of kills, `faults` by name.

    :return: list of dicts `name`, `ok`, `words`
    """
    shop = Workshop(database)
    sink = Sink()
    results = []
    try:
        with StyleServer() as styles:
            make_stages(shop, sink, styles.port)
            bench = Bench(shop, sink, random.Random(wanted["seed"]), results)
            for job, count in wanted["jobs"].items():
                bench.kill(job, count)
            for name in wanted["faults"]:
                getattr(bench, name)()
    except Exception:
        results.append({"name": "faults", "ok": False, "words": traceback.format_exc()})
    finally:
        sink.close()
        with suppress(Exception):
            shop.drop_kept()
    return results


class Bench:
    """Clean runs to compare with, and the faults."""

    def __init__(self, shop, sink, chance, results):
        self.shop, self.sink, self.chance, self.results = shop, sink, chance, results
        self.clean = {}

    def begin(self, job):
        """The database before a job, which is due, and an empty mail box."""
        self.shop.begin(STAGES[job])
        self.shop.sql(f"UPDATE ir_mail_server SET smtp_port = {self.sink.port}")
        self.sink.clear()
        make_due(self.shop, job)

    def work(self, job, prepare=None):
        """Run a job; return its code."""
        return self.shop.run(lambda: get_run(job)(self.shop), prepare)

    def again(self, job):
        """Run a job once more, as the scheduler does later."""
        make_due(self.shop, job)
        return self.work(job)

    def get_clean(self, job):
        """Return content, e-mails, points and seconds of a clean run, made once."""
        if job not in self.clean:
            self.begin(job)
            counted = self.shop.folder.parent / f"{self.shop.name}.points"

            def count():
                points = Points()
                return lambda: counted.write_text(str(points.count))

            started = time.monotonic()
            code = self.work(job, count)
            seconds = time.monotonic() - started
            points = int(counted.read_text())
            counted.unlink()
            content, mails = self.shop.content(), self.sink.taken()
            self.note(f"{job}: a clean run", code == 0, f"exit code {code}")
            self.clean[job] = content, mails, points, seconds
            # Control: what is compared must not differ between clean runs.
            self.begin(job)
            self.work(job)
            self.compare(f"{job}: two clean runs are equal, {points} points", job)
            self.again(job)
            self.compare(f"{job}: run again it does nothing", job)
        return self.clean[job]

    def note(self, name, ok, words=""):
        """Add a result."""
        self.results.append({"name": name, "ok": bool(ok), "words": "" if ok else str(words)})

    def compare(self, name, job):
        """Add whether database and mail box are those of a clean run."""
        content, mails, _points, _seconds = self.clean[job]
        found = self.shop.content()
        equal = content_hash(found) == content_hash(content)
        taken = self.sink.taken()
        lines = [] if equal else differences(content, found)
        lines += [f"e-mail missing: {mail}" for mail in (mails - taken).elements()]
        lines += [f"e-mail too many: {mail}" for mail in (taken - mails).elements()]
        self.note(name, not lines, "\n".join(lines[:40]))

    def kill(self, job, count):
        """Kill a job at so many points by chance, three in four by number, the rest by time."""
        _content, _mails, points, seconds = self.get_clean(job)
        for number in range(count):
            if number % 4 == 3:
                moment = self.chance.uniform(0.05, 0.95) * seconds
                name, prepare = f"{moment:.2f} s", lambda moment=moment: kill_later(moment)
            else:
                point = self.chance.randint(1, points)
                name, prepare = f"point {point}", lambda point=point: Points(point) and None
            self.begin(job)
            self.work(job, prepare)
            self.again(job)
            self.decide_uncertain()
            self.again(job)
            self.compare(f"{job}: killed at {name}", job)

    def decide_uncertain(self):
        """Where the mail server was cut off a person looks in its log, and says or sends."""
        taken = Counter(message_id for _to, _subject, message_id in self.sink.messages)
        self.shop.run(lambda: self._decide(taken))

    def _decide(self, taken):
        cursor, env = self.shop.environment()
        with cursor:
            for letter in env["collection.letter"].search(
                [("state", "=", "failed"), ("mail_mail_id.date_collection_try", "!=", False)]
            ):
                if letter.mail_mail_id.message_id in taken:
                    letter.action_confirm_sent()
                else:
                    letter.action_retry()

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
        self.shop.run(self._send_failed)
        self.again("letters")
        self.compare("letters: after the mail server was down", "letters")

    def _send_failed(self):
        """What Odoo's queue gave up is sent again by a person."""
        cursor, env = self.shop.environment()
        with cursor:
            env["collection.letter"].search([("state", "=", "failed")]).action_retry()

    def competing_writer(self):
        """Another session writes the rows of a job while it works."""
        for job in ("classify", "escalate", "provision"):
            _content, _mails, points, _seconds = self.get_clean(job)
            for point in sorted(self.chance.sample(range(1, points), 3)):
                self.begin(job)
                self.work(job, lambda point=point: Points(point, self.write_beside) and None)
                self.again(job)
                self.compare(f"{job}: another session wrote at point {point}", job)

    def write_beside(self):
        """Touch every row that jobs write, in a session of its own, and let go."""
        with suppress(Exception):
            self.shop.sql(
                "SET lock_timeout = '200ms'",
                "UPDATE account_move_line SET sequence = sequence WHERE NOT reconciled",
            )
        with suppress(Exception):
            self.shop.sql("SET lock_timeout = '200ms'", "UPDATE collection_case SET cycle = cycle")
        with suppress(Exception):
            self.shop.sql("SET lock_timeout = '200ms'", "UPDATE res_company SET color = color")
