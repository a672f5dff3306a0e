# ruff: noqa: F821
"""In Odoo's shell: a ledger that nobody has looked at, up to letters that can be sent.

The jobs of the night, then a run of letters over all customers, its drafts written. The files are
what `bench_letters` measures. Writes `BENCH_RESULT` as JSON.
"""

import json
import os

from devtools.timing import Timing

case_model, letter_model = env["collection.case"], env["collection.letter"]
companies = env["res.company"]._get_collection_companies()
env.cr.commit()
found = Timing(env)


def draft():
    """The drafts of a letter run over all customers of each company."""
    letters = letter_model
    for company in companies:
        run = (
            env["collection.letter.run"]
            .with_company(company)
            .create({"company_id": company.id, "kind": "dunning"})
        )
        run.action_preview()
        chosen = run.line_ids.filtered("is_chosen")
        if chosen:
            letters |= run._write_drafts()
    return letters


found.take("classify", case_model._cron_classify)
found.take("escalate", case_model._cron_escalate)
steps_letters = letter_model.search_count([])
found.take("draft", draft)
found |= {
    "cases": case_model.search_count([("stage", "!=", "closed")]),
    "steps": env["collection.case.step"].search_count([]),
    "letters": letter_model.search_count([]),
    "letters_of_steps": steps_letters,
    "mails": env["mail.mail"].search_count([]),
    "items": env["collection.letter.line"].search_count([]),
}
with open(os.environ["BENCH_RESULT"], "w") as output:
    json.dump(found, output)
