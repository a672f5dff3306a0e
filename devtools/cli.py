"""The commands of `./dev` and their arguments."""

import argparse
import errno
import signal
import time

from . import (
    bench,
    clean,
    content_check,
    core_suites,
    demo,
    lint,
    matrix,
    serve,
    shell,
    shots,
    translations,
    upgrade_check,
)
from .databases import check_exists
from .installed import new_database
from .messages import Failure, note
from .run_tests import run_native, run_tests
from .setup import ready


def build_parser():
    """Return the parser of the command line; each command names the function it runs."""
    parser = argparse.ArgumentParser(
        prog="./dev",
        description="Set up, run and test the debt collection add-ons. The first command that "
        "needs Odoo sets up everything under .odoo/, which takes about three minutes.",
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def add(name, function, help_text, database=False):
        command = commands.add_parser(
            name, help=help_text, description=help_text, allow_abbrev=False
        )
        command.set_defaults(run=function)
        if database:
            command.add_argument("database", metavar="DB")
        return command

    command = add("demo", run_demo, "make a demo database, run the main job, serve the client")
    command.add_argument("--no-serve", action="store_true", help="end after the main job")
    command.add_argument("--port", type=int, help="the web client's port (8069)")

    command = add("test", run_test, "run all tests; further arguments go to pytest")
    command.add_argument("--native", action="store_true", help="use Odoo's own test runner")
    command.add_argument("--db", dest="database", help="test on a database of `./dev new`")
    command.add_argument(
        "--strict", action="store_true", help="fail if the machine lacks what some tests need"
    )

    command = add(
        "new", run_new, "drop and create a database with the add-ons, without demo data", True
    )
    command.add_argument(
        "--services", action="store_true", help="with text messages and post, and our bridges"
    )
    add("shell", run_shell, "Odoo's shell; a script on standard input is run in it", True)
    command = add("serve", run_serve, "serve a database's web client until Ctrl-C", True)
    command.add_argument("--port", type=int, help="the web client's port (8069)")

    command = add("matrix", run_matrix, "run tests on Python 3.10 to 3.13, as root and not")
    command.add_argument(
        "--python", action="append", default=[], metavar="X.Y", help="only this version; repeat it"
    )
    command.add_argument("--both", action="store_true", help="each as root and as another user")

    add("lint", run_lint, "check style, Odoo's conventions and translations")

    command = add("shot", run_shot, "take pictures of the screens into docs/images/")
    command.add_argument("names", nargs="*", metavar="NAME", help="only these screens")
    command.add_argument("--lang", default="en_US", help="language of the screens (en_US)")
    command.add_argument("--db", dest="database", help="take them on this database")
    command.add_argument("--list", action="store_true", help="list the screens' names")

    add("i18n", run_i18n, "bring the translations up to the terms of the code")

    command = add("bench", run_bench, "measure what the add-on costs")
    command.add_argument("--size", choices=bench.SIZES, default="20k", help="open items (20k)")
    command.add_argument("--json", dest="report", metavar="FILE", help="write the results here")
    command.add_argument("--peer", action="store_true", help="measure OCA's credit control too")
    command.add_argument("--only", metavar="NAME", help="only measurements named so")
    command.add_argument("--runs", type=int, default=1, help="measure so often, tell the range")
    command.add_argument("--compare", metavar="FILE", help="say what is worse than in such a file")

    command = add("core", run_core, "compare Odoo's own tests with the add-ons and without")
    command.add_argument("names", nargs="*", metavar="SUITE", help="only these suites")
    command.add_argument("--json", dest="report", metavar="FILE", help="write the results here")

    command = add("content", run_content, "tell what the add-ons leave in a database, by table")
    command.add_argument("--json", dest="report", metavar="FILE", help="write the contents here")
    command.add_argument("--compare", metavar="FILE", help="say what differs from such a file")
    command.add_argument("--ledger", metavar="CSV", help="replay these invoices' year instead")
    command.add_argument("--only", choices=content_check.SCENES, help="only this database")
    command.add_argument(
        "--every", type=int, default=3, metavar="DAYS", help="days between two nights (3)"
    )
    command.add_argument("--keep", action="store_true", help="leave the databases for a look")

    command = add("upgrade-check", run_upgrade_check, "upgrade what an older revision left")
    command.add_argument("revision", help="the revision, as git knows it")

    add("clean", run_clean, "remove everything that ./dev made")
    return parser


def run_demo(args):
    with ready():
        demo.run_demo(serve=not args.no_serve, port=args.port)


def run_test(args):
    with ready():
        if args.native:
            return run_native()
        return run_tests(args.pytest_args, args.database, args.strict, args.started)


def run_new(args):
    with ready():
        new_database(args.database, "services" if args.services else "plain")


def run_shell(args):
    with ready():
        check_exists(args.database)
        return shell.run_shell(args.database)


def run_serve(args):
    with ready():
        serve.run_serve(args.database, args.port)


def run_matrix(args):
    with ready():
        return matrix.run_matrix(args.pytest_args, args.python, args.both)


def run_lint(_args):
    return lint.run_lint()


def run_shot(args):
    if args.list:
        return shots.list_screens()
    shots.check_names(args.names)
    with ready():
        return shots.run_shots(args.names, args.lang, args.database)


def run_bench(args):
    with ready():
        return bench.run_bench(
            args.size, args.report, args.peer, args.only, args.runs, args.compare
        )


def run_core(args):
    core_suites.check_names(args.names)
    with ready():
        return core_suites.run_core(args.names, args.report)


def run_content(args):
    with ready():
        return content_check.run_content(
            args.report, args.compare, args.ledger, args.only, args.every, args.keep
        )


def run_upgrade_check(args):
    with ready():
        return upgrade_check.run_upgrade_check(args.revision)


def run_i18n(_args):
    with ready():
        translations.run_translations()


def run_clean(_args):
    clean.run_clean()


def end_cleanly(number, _frame):
    """Turn a signal into an exception, so that everything started is stopped."""
    raise SystemExit(128 + number)


def main(arguments):
    """Run a command and return its exit code."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:  # as nohup sets it
            signal.signal(number, end_cleanly)
    parser = build_parser()
    args, rest = parser.parse_known_args(arguments)
    args.started = time.monotonic()
    if args.run in (run_test, run_matrix):
        args.pytest_args = rest
    elif rest:
        parser.error(f"unknown arguments: {' '.join(rest)}")
    try:
        return args.run(args) or 0
    except Failure as failure:
        if failure.details:
            note(failure.details)
        note(f"error: {failure}")
        return 1
    except KeyboardInterrupt:
        note("stopped")
        return 130
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        note("error: the disk is full: free about 4 GB and run the command again")
        return 1
