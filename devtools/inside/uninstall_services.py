# ruff: noqa: F821
"""In Odoo's shell: uninstall Odoo's text messages and post; our bridges to them go along."""

reminder = env.ref("debt_collection.letter_template_reminder")
dunning = env.ref("debt_collection.letter_template_dunning")
reminder.channel, dunning.channel = "sms", "snailmail"
env.cr.commit()
env["ir.module.module"].search([("name", "in", ("sms", "snailmail"))]).button_immediate_uninstall()
