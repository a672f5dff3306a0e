"""Tests that have a small form in every run and a large one in `./dev test -m faults`."""

import os

IS_LARGE = bool(os.environ.get("DEBT_COLLECTION_LARGE"))


def size(small, large):
    """Return one of two numbers by the form of the run."""
    return large if IS_LARGE else small


def has_large_form(test):
    """Mark a test, or a class of tests, that `./dev test -m faults` runs in its large form."""
    test.has_large_form = True
    return test
