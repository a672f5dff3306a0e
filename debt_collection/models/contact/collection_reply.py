from lxml import html as lxml_html

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import html2plaintext

from ...tools.reply_reader import read_reply

QUOTES = (
    "//*[@data-o-mail-quote]", "//blockquote", "//*[contains(@class, 'gmail_quote')]",
    "//*[@id='divRplyFwdMsg']/following-sibling::*", "//*[@id='divRplyFwdMsg']",
)
"""Where e-mail programs put what they quote."""
LONGEST = 500


class CollectionReply(models.Model):
    """What a customer's e-mail seems to say: a suggestion, with the sentence that says it.

    Nothing follows from it by itself: a person takes it up, or sets it aside (P3.5, P3.7).
    """

    _name = "collection.reply"
    _description = "Suggestion from an E-Mail"
    _inherit = ["collection.mixin", "collection.locked"]
    _order = "state desc, id desc"
    _rec_name = "sentence"

    case_id = fields.Many2one(
        "collection.case", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="case_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(
        related="case_id.partner_id", string="Customer", store=True, index=True
    )
    message_id = fields.Many2one(
        "mail.message", "E-Mail", readonly=True, ondelete="set null", index="btree_not_null"
    )
    email_from = fields.Char("From", readonly=True)
    kind = fields.Selection(
        [
            ("unverified", "Sender Not Verified"),
            ("paid", "Says It Was Paid"),
            ("promise", "Promises to Pay"),
            ("dispute", "Disputes"),
            ("copy", "Wants a Copy"),
            ("wrong_person", "Wrong Person"),
            ("out_of_office", "Out of Office"),
            ("insolvency", "Insolvency"),
            ("sue", "Threatens to Sue"),
        ],
        required=True, readonly=True,
    )
    sentence = fields.Text("What Was Written", readonly=True)
    date_named = fields.Date("Day Named", readonly=True)
    is_exact = fields.Boolean(
        "Exact Day", readonly=True, help="The words leave no choice: “15 December”, not “soon”."
    )
    is_machine = fields.Boolean("Automatic Answer", readonly=True)
    is_verified = fields.Boolean(
        "Sender Known", readonly=True, help="The address is one of the customer's."
    )
    state = fields.Selection(
        [("open", "To Look At"), ("taken", "Taken Up"), ("dismissed", "Set Aside")],
        required=True, default="open", readonly=True, index=True,
    )
    user_id = fields.Many2one("res.users", "Looked At By", readonly=True)
    _open_index = models.Index("(case_id) WHERE state = 'open'")

    @api.model
    def _read(self, case, message, is_verified=True, is_machine=False):
        """Keep what an e-mail about a case seems to say, for a person to look at.

        :param is_verified: whether the address is one of the customer's
        :return: the suggestions
        """
        today = case.company_id._get_collection_date(message.date or fields.Datetime.now())
        lang = case.partner_id._get_collection_lang(case.company_id)
        pattern = self.env["res.lang"]._get_data(code=lang).date_format or ""
        shared = {
            "case_id": case.id,
            "message_id": message.id,
            "email_from": message.email_from,
            "is_machine": is_machine,
            "is_verified": is_verified,
        }
        text = self._get_own_text(message.body)
        said = read_reply(
            text, today, lang[:2],
            month_first=pattern.startswith("%m") if pattern else None,
            subject=message.subject or "" if is_machine else "",
        )
        vals_list = [
            {
                **shared, "kind": one.kind, "sentence": one.sentence[:LONGEST],
                "date_named": one.day, "is_exact": bool(one.day) and one.is_exact,
            }
            for one in said
        ]
        if not is_verified:
            vals_list.insert(0, {**shared, "kind": "unverified", "sentence": text[:LONGEST]})
        # The suggestions are the system's; gateway and jobs have no right of their own on them.
        return self.sudo().create(vals_list)

    @api.model
    def _get_own_text(self, body):
        """An e-mail's body as text, without what its program marked as quoted."""
        if not (body or "").strip():
            return ""
        root = lxml_html.fromstring(f"<div>{body}</div>")
        for path in QUOTES:
            for part in root.xpath(path):
                if part.getparent() is not None:
                    part.drop_tree()
        return html2plaintext(lxml_html.tostring(root, encoding="unicode")).strip()

    def _check_can_decide(self):
        # Whoever works on the case decides, though nobody may change what was written.
        self.case_id.check_access("write")
        for reply in self:
            if reply.state != "open":
                raise UserError(self.env._("Somebody has looked at this already."))

    def action_take(self):
        """Take the suggestion up: open what it asks for, filled in; nothing is done by itself."""
        self.ensure_one()
        self._lock()
        self._check_can_decide()
        action = self._on_take()
        self._set_state("taken")
        return action

    def _on_take(self):
        """Called for a suggestion that is taken up; returns what opens, filled in.

        Implemented in models/flow/collection_reply.py.
        """
        return None

    def action_dismiss(self):
        """Set these suggestions aside."""
        self._lock()
        self._check_can_decide()
        self._set_state("dismissed")

    def _set_state(self, state):
        # Checked above; the state is written by the buttons alone, see `write`.
        self.sudo().write({"state": state, "user_id": self.env.uid})
        for case in self.case_id:
            case_sudo = case.sudo()
            if not case_sudo.reply_ids.filtered(
                lambda reply: reply.state == "open" and reply.kind == "unverified"
            ) and self.filtered(lambda reply: reply.kind == "unverified"):
                case_sudo._end_wait_for_sender()
