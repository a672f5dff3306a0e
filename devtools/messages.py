"""What `./dev` says: one line a step with its seconds, one sentence a failure."""

import json
import sys
import time
from contextlib import contextmanager


class Failure(Exception):
    """Something the developer can mend.

    :param sentence: what is wrong and what to do about it, in one clear sentence
    :param details: lines of a log that help, shown before the sentence
    """

    def __init__(self, sentence, details=""):
        super().__init__(sentence)
        self.details = details


def say(text=""):
    """Print a line at once, also into a pipe."""
    print(text, flush=True)


def note(text):
    """Print a line beside the command's real output, so that pipes stay clean."""
    print(text, file=sys.stderr, flush=True)


def write_report(path, results):
    """Write what a command found to a file as JSON."""
    with open(path, "w") as output:
        json.dump(results, output, indent=2)
        output.write("\n")


@contextmanager
def step(name):
    """Name a piece of work, and say in the same line how many seconds it took."""
    interactive = sys.stderr.isatty()
    if interactive:
        print(f"  … {name}", end="", file=sys.stderr, flush=True)
    start = time.monotonic()
    try:
        yield
    except BaseException:
        note(f"{chr(13) if interactive else ''}  ✗ {name} (after {time.monotonic() - start:.1f} s)")
        raise
    note(f"{chr(13) if interactive else ''}  ✓ {name}: {time.monotonic() - start:.1f} s")
