"""A night as the jobs run it, before and after there was one method for it.

For scripts of `devtools/inside/`: it runs in Odoo.
"""


def run_night(env, company, day):
    """Classify, judge promises and plans, and escalate, as of a day."""
    cases_sudo = env["collection.case"].sudo()
    if hasattr(cases_sudo, "_run_night"):
        cases_sudo._run_night(company, day)
    else:
        cases_sudo._classify(day)
        env["collection.promise"].sudo()._evaluate(day)
        env["collection.plan"].sudo()._evaluate(day)
        cases_sudo._escalate(day)
    env.flush_all()
    env.invalidate_all()
