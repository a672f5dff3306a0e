# ruff: noqa: F821
"""In Odoo's shell: what loading the database's modules takes, written as JSON.

The memory is that of a process that has loaded them and done nothing; the time is the median of
three more loads.
"""

import gc
import json
import os
import time
from statistics import median

import psutil

from odoo.modules.registry import Registry

gc.collect()
memory = psutil.Process().memory_info().rss / 2**20
seconds = []
for _round in range(3):
    started = time.perf_counter()
    Registry.new(env.cr.dbname)
    seconds.append(time.perf_counter() - started)
with open(os.environ["BENCH_RESULT"], "w") as output:
    json.dump({"memory": memory, "seconds": median(seconds)}, output)
