"""The jobs that are killed: as the scheduler runs them, and finance's three clicks."""

from odoo.addons.base.models.ir_cron import IrCron

CRONS = {
    name: [f"debt_collection.cron_{name}", "mail.ir_cron_mail_scheduler_action"]
    for name in ("classify", "escalate", "letters", "provision")
}
"""Each job, and the mail queue after it."""


def make_due(shop, name):
    """Let the scheduler find only the jobs of this name."""
    for number, cron in enumerate(CRONS[name]):
        module, xml_id = cron.split(".")
        shop.sql(
            *(["UPDATE ir_cron SET active = FALSE"] if not number else []),
            f"""
            UPDATE ir_cron SET active = TRUE, priority = {number},
                   nextcall = now() AT TIME ZONE 'UTC' - interval '1 hour'
             WHERE id = (SELECT res_id FROM ir_model_data
                          WHERE module = '{module}' AND name = '{xml_id}')
            """,
        )


def run_crons(shop):
    """Run what is due, as a worker of Odoo does."""
    IrCron._process_jobs(shop.name)


def run_provision(shop):
    """The draft by the scheduler; then asked for, approved and posted, each by its person."""
    run_crons(shop)
    for state, action, login in (
        ("draft", "action_request", "fault_finance"),
        ("requested", "action_approve", "fault_manager"),
        ("approved", "action_post", "fault_finance"),
    ):
        cursor, env = shop.environment()
        with cursor:
            user = env["res.users"].search([("login", "=", login)])
            found = env["collection.provision"].search([("state", "=", state)])
            for provision in found:
                getattr(
                    provision.with_user(user).with_context(
                        allowed_company_ids=provision.company_id.ids
                    ),
                    action,
                )()


RUNS = {"provision": run_provision}


def get_run(name):
    """Return the function of a workshop that does the job of this name."""
    return RUNS.get(name, run_crons)
