"""Jobs that are killed or robbed of what they need: run again, they leave what a clean run leaves.

A short form with each kind of fault, on two jobs, belongs to every run; `-m faults` kills each of
four jobs 20 times.
"""

import json
import os
import random

import pytest

from devtools.clusters import copy_database, new_cluster
from devtools.databases import drop
from devtools.installed import new_database
from devtools.odoo_process import run_inside
from devtools.postgres_server import Server

JOBS = ("classify", "escalate", "letters", "provision")
FAULTS = ("disk_full", "mail_server_down", "competing_writer", "postgres_killed")
SHORT = {"customers": 4, "kills": 1, "each": 1, "jobs": 2}
LONG = {"customers": 12, "kills": 20, "each": 5, "jobs": 4}


@pytest.fixture(params=[SHORT, pytest.param(LONG, marks=pytest.mark.faults)], ids=["short", "long"])
def size(request):
    return request.param


@pytest.fixture
def cluster():
    """A PostgreSQL server that may be killed."""
    with new_cluster() as own:
        yield own


@pytest.fixture
def database(size, cluster):
    """In it two companies with customers in all tiers and people of each role."""
    name = f"test_{os.getpid()}"
    new_database(name)
    try:
        run_inside(
            name, "fault_seed", log="seed-faults", env={"SEED_CUSTOMERS": str(size["customers"])}
        )
        copy_database(name, Server(), cluster)
        yield name
    finally:
        drop(name)


def test_faults(database, cluster, size, tmp_path):
    report = tmp_path / "faults.json"
    # Printed, so that a failure can be had again.
    seed = int(os.environ.get("FAULT_SEED") or random.randrange(10**6))
    print(f"FAULT_SEED={seed}")
    # Letters leave the house: they are in every run, the others by turns.
    others = random.Random(seed).sample([job for job in JOBS if job != "letters"], size["jobs"] - 1)
    jobs = [job for job in JOBS if job in ("letters", *others)]
    wanted = {"seed": seed, "kills": dict.fromkeys(jobs, size["kills"]), "faults": FAULTS}
    with cluster.as_default():
        run_inside(
            database,
            "fault_runs",
            log="faults",
            env={
                "FAULT_RESULT": str(report),
                "FAULT_CLUSTER": str(cluster.folder),
                "FAULTS": json.dumps({**wanted, "each": size["each"]}),
            },
        )
    results = json.loads(report.read_text())
    failed = [f"{name}\n{words}" for name, ok, words in results if not ok]
    assert not failed, "\n".join(failed)
    # For each job four controls, its kills and the dead server; a competing writer for each.
    assert len(results) == len(jobs) * (4 + size["kills"] + 2 * size["each"]) + 4
