"""The database before each job, made by the jobs before it."""

from .jobs import get_run, make_due

STAGES = {
    "classify": "seed",
    "escalate": "classified",
    "letters": "released",
    "provision": "classified",
}
"""What a job begins with."""


def make_stages(shop, sink, style_port):
    """Make the stages from the seeded database that the workshop has."""
    shop.sql(
        f"UPDATE ir_config_parameter SET value = 'http://127.0.0.1:{style_port}'"
        " WHERE key = 'report.url'",
        f"UPDATE ir_mail_server SET smtp_port = {sink.port}",
    )
    shop.keep("seed")
    make_due(shop, "classify")
    if shop.run(lambda: get_run("classify")(shop)):
        raise RuntimeError("the classification failed")
    shop.keep("classified")
    if shop.run(lambda: release_letters(shop)):
        raise RuntimeError("no letters were released")
    shop.keep("released")


def release_letters(shop):
    """A run of letters by the manager in each company, left to the job."""
    cursor, env = shop.environment()
    with cursor:
        manager = env["res.users"].search([("login", "=", "fault_manager")])
        env["res.partner"].search([("email", "=like", "%@customer.example")]).lang = "en_US"
        for company in env["res.company"].search([], order="id"):
            wizard = (
                env["collection.letter.run"]
                .with_user(manager)
                .with_context(allowed_company_ids=company.ids)
                .create({"company_id": company.id, "kind": "dunning", "channel": "email"})
            )
            wizard.action_preview()
            wizard.action_release()
        released = env["collection.letter"].search([("date_released", "!=", False)])
        if not released:
            raise RuntimeError(str(wizard.line_ids.mapped("exception")))
