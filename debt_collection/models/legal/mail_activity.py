from odoo import fields, models


class MailActivity(models.Model):
    """To-dos for the deadlines of legal actions: done like any to-do, nobody is contacted."""

    _inherit = "mail.activity"

    collection_legal_action_id = fields.Many2one(
        "collection.legal.action", index="btree_not_null", ondelete="cascade", readonly=True
    )
    collection_legal_deadline = fields.Char(readonly=True)

