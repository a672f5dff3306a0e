# ruff: noqa: F821
"""In Odoo's shell: the PDFs of dunning letters, one by one and in one run."""

import json
import os
import time

LETTERS, SINGLE = 200, 20
"""Letters in the run, and how many of them are made one by one as well."""

company = env.company
cases = env["collection.case"].search(
    [("company_id", "=", company.id), ("stage", "not in", ("legal", "closed"))], limit=LETTERS
)
letters = env["collection.letter"].create(
    [{"case_id": case.id, "kind": "dunning"} for case in cases]
)
env.cr.commit()
letters = letters.with_context(force_report_rendering=True)
letters[:1]._render_files()  # styles are compiled once

start = time.monotonic()
for letter in letters[:SINGLE]:
    letter._render_files()
single = (time.monotonic() - start) / SINGLE
start = time.monotonic()
files = letters._render_files()
together = (time.monotonic() - start) / len(letters)
with open(os.environ["BENCH_RESULT"], "w") as output:
    json.dump(
        {
            "letters": sum(extension == "pdf" for _content, extension, _kind in files),
            "single": single,
            "together": together,
        },
        output,
    )
