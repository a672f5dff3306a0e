
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize

from ..base.collection_guard import OURS
from .collection_case import LEGAL_NOTICES
from .collection_letter_ledger import Findings


class CollectionLetter(models.Model):
    """The sending of a letter: from the ledger looked at again to the proof that it arrived."""

    _inherit = "collection.letter"

    contact_ids = fields.One2many("collection.activity", "letter_id", "Contacts", readonly=True)

    date_delivered = fields.Date("Delivered On", copy=False, tracking=True)
    delivery_proof = fields.Selection(
        [
            ("registered", "Registered Mail"),
            ("courier", "Courier"),
            ("hand", "Handed Over"),
            ("email", "Answer or Read Receipt"),
            ("receipt", "Receipt of the Service"),
            ("other", "Other"),
        ],
        "Proof of Delivery",
        copy=False,
    )
    tracking_number = fields.Char(copy=False)
    delivery_signed_by = fields.Char("Received By", copy=False, help="Who signed for it.")
    delivery_file_ids = fields.Many2many(
        "ir.attachment", string="Receipt", copy=False, help="The slip, the signed copy, the mail."
    )
    failure_reason = fields.Char("Why It Failed", readonly=True, copy=False)

    hold_reason = fields.Char(
        readonly=True, copy=False, help="Why the letter was not sent yet."
    )
    ledger_note = fields.Text("What the Ledger Says", compute="_compute_ledger_note")
    draft_note = fields.Text("To Be Checked", compute="_compute_draft_note")

    released_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False,
        help="Who approves and sends it by the job; the system when the policy does.",
    )
    date_released = fields.Datetime("Released On", readonly=True, copy=False, index=True)

    date_queued = fields.Datetime("Queued On", readonly=True, copy=False)
    date_sent = fields.Datetime("Sent On", readonly=True, copy=False)
    sent_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    mail_mail_id = fields.Many2one(
        "mail.mail", "E-Mail", readonly=True, copy=False, index="btree_not_null"
    )
    email_to = fields.Char("Sent To", readonly=True, copy=False)
    email_copies = fields.Char("Copies Sent To", readonly=True, copy=False)

    date_send_from = fields.Datetime(
        "Leaves From", readonly=True, copy=False,
        help="Not earlier: the customer's hours, or a service that did not answer.",
    )
    date_handed = fields.Datetime(
        "Given to the Service On", readonly=True, copy=False,
        help="Committed before the service is asked: a letter with this mark is not given to it"
        " again.",
    )
    service_state = fields.Selection(
        [
            ("accepted", "Accepted"),
            ("delivered", "Delivered"),
            ("refused", "Refused"),
            ("unknown", "Not Known"),
        ],
        "The Service Says", readonly=True, copy=False,
    )
    service_ref = fields.Char(
        "Reference at the Service", readonly=True, copy=False, index="btree_not_null"
    )
    service_note = fields.Char(readonly=True, copy=False)
    service_cost = fields.Float("Cost", digits=(16, 4), readonly=True, copy=False)
    service_cost_unit = fields.Char("Unit of the Cost", readonly=True, copy=False)

    is_sending_unknown = fields.Boolean(
        "May Have Been Sent", compute="_compute_is_sending_unknown", compute_sudo=True
    )
    is_manual = fields.Boolean("Sent by People", compute="_compute_is_manual")
    is_brief = fields.Boolean("As a Short Text", compute="_compute_is_manual")
    brief_preview = fields.Text("What Is Sent", compute="_compute_brief_preview")
    _people_write = {
        ("approved", "sent", "failed"): {"tracking_number"},
        ("sent", "failed"): {
            "date_delivered", "delivery_proof", "delivery_signed_by", "delivery_file_ids",
        },
    }

    @api.depends("channel")
    def _compute_is_manual(self):
        for letter in self:
            channel = letter._get_channel()
            letter.is_manual = channel._is_manual
            letter.is_brief = channel._is_brief

    @api.depends("is_brief", "short_text", "state", "template_id", "total_ids", "date_deadline")
    def _compute_brief_preview(self):
        """The short text as it was approved, or would be now."""
        for letter in self:
            letter.brief_preview = letter.is_brief and (
                letter._get_file_text() or (letter.partner_id and letter._get_short_text())
            )

    @api.model
    def _get_channels(self):
        """The channels that are installed: pairs of key and name."""
        return self._fields["channel"]._description_selection(self.env)

    def _get_channel(self):
        """The model of the channel by which these letters go out."""
        return self.env["collection.channel"]._get(self[:1].channel)

    def _stop(self):
        """Take back what has not left, by whichever channel it was queued."""
        for channel in self.env["collection.channel"]._get_all():
            channel._stop(self)

    @api.model
    def _drop_channel(self, key):
        """A channel's add-on is uninstalled: drafts go by e-mail, the rest is people's."""
        # A selection's ``ondelete`` is the system's.
        letters_sudo = self.sudo().search([("channel", "=", key)])
        drafts_sudo = letters_sudo.filtered(lambda letter: letter.state == "draft")
        drafts_sudo.write({"channel": "email", "date_released": False})
        # People send what was approved, or write it anew.
        letters_sudo.filtered(
            lambda letter: letter.state == "approved" and not letter.date_handed
        ).write({"date_released": False, **self._prepare_unqueued()})
        (letters_sudo - drafts_sudo).write({"channel": "other"})
        for model, name, value in (
            ("collection.letter.template", "channel", "auto"),
            ("collection.policy.step", "letter_channel", False),
            ("collection.policy.statement", "channel", False),
        ):
            # The system's, as above.
            self.env[model].sudo().with_context(active_test=False).search(
                [(name, "=", key)]
            ).write({name: value})

    def _message_receive_bounce(self, email, partner):
        """The customer's mail server sent the letter back."""
        result = super()._message_receive_bounce(email, partner)
        for letter_sudo in self.sudo():
            if letter_sudo.state == "sent" and email_normalize(email) in (
                letter_sudo.email_to or ""
            ).split(", "):
                letter_sudo._set_failed(
                    self.env._("The e-mail to %(email)s came back.", email=email)
                )
        return result

    def action_retry(self):
        """Send failed letters again, after a look at the ledger; what was queued is dropped."""
        self._lock()
        self.check_access("write")
        self._check_state("failed")
        # The old e-mail must not go out beside the new one.
        self._stop()
        self.sudo().write({
            "state": "approved", "mail_mail_id": False,
            "date_delivered": False, "delivery_proof": False, **self._prepare_unqueued(),
        })
        for letter in self:
            letter._end_to_dos()
        return self.action_send()

    # Answers to a letter belong to its case: contacts that pause the chase (P3.7).

    def _message_post_after_hook(self, message, msg_values):
        result = super()._message_post_after_hook(message, msg_values)
        if (
            message.message_type not in ("comment", "email")
            or message.is_internal
            or message.subtype_id.internal
        ):
            return result
        # Whoever answers has no right on the case.
        case_sudo = self.sudo().case_id
        if case_sudo:
            case_sudo._take_reply(message)
        elif self.env.context.get("collection_auto_reply") is not OURS and (
            self._is_from_its_customer(message)
        ):
            self._add_to_do(self.env._("The customer has answered by e-mail"))
        return result

    def _is_from_its_customer(self, message):
        return message.author_id.commercial_partner_id == self.partner_id

    # Sending: queued once for a mail server or service, or paper that somebody brings (P4.1).

    def action_send(self):
        """Send these approved letters, each by its channel; paper counts as handed over now.

        What was paid or contested meanwhile is cancelled instead; a message says so.
        """
        self._lock()
        self._check_can_send()
        good, words = self._hold_back(self, [])
        good._hold_for_gap(words)._do_send()
        return self._notify(words)

    def _check_can_send(self):
        """Raise unless these letters are approved, unsent, and have somewhere to go."""
        self._check_role("collector", self.env._("Only collectors and managers send letters."))
        self.check_access("write")
        self._check_state("approved")
        for letter in self:
            if letter.date_queued:
                raise UserError(
                    self.env._(
                        "“%(letter)s” is with the mail server, or the service, already.",
                        letter=letter.display_name,
                    )
                )
        self._check_deadline()
        for letters in self.grouped("channel").values():
            letters._get_channel()._prepare(letters)
        self._check_pdf()
        self._check_copies()
        self._check_seals()
        self._on_send()

    def _check_deadline(self):
        """Raise a ``UserError`` if the days that one of these letters gives are over."""
        for letter in self:
            today = letter.company_id._get_collection_today()
            if letter.date_deadline and letter.date_deadline < today:
                raise UserError(
                    self.env._(
                        "The deadline of “%(letter)s” has passed. Cancel it and write a new one.",
                        letter=letter.display_name,
                    )
                )

    def _on_send(self):
        """Called before letters are sent; raises if something speaks against it.

        Implemented in models/flow/collection_letter.py.
        """

    def _do_send(self):
        """Let these letters go, each by its channel."""
        for letters in self.grouped("channel").values():
            letters._get_channel()._send(letters)
        self._note_gone()

    def _take_back_paused(self):
        """Take a queued letter out of the mail queue if the chase was paused since.

        :return: whether it was; it stays released and leaves when nothing holds it any more
        """
        self.ensure_one()
        company, found = self.company_id, Findings()
        opened = {} if self.case_id else self._get_open_cases(company, self.partner_id)
        self._find_pauses(
            opened.get(self.partner_id.id), company._get_collection_today(), found
        )
        if not found.blocks:
            return False
        self._take_back(" ".join(found.blocks))
        return True

    def _take_back(self, reason):
        """Take a queued letter back: it leaves when nothing holds it any more."""
        self.ensure_one()
        self.mail_mail_id.cancel()
        self.write({
            "mail_mail_id": False,
            "hold_reason": reason,
            "released_by_id": self.released_by_id.id or self.sent_by_id.id,
            "date_released": fields.Datetime.now(),
            **self._prepare_unqueued(),
        })
        self._note_gone()

    def _mark_sent(self, date=None):
        """These letters have left the house: note it, and record the contact (P3.7).

        :param datetime date: when they left; by default now
        """
        for letter_sudo in self.sudo():
            letter_sudo.write({
                "state": "sent",
                "date_sent": date or fields.Datetime.now(),
                "date_released": False,
                "hold_reason": False,
                "failure_reason": False,
                "sent_by_id": letter_sudo.sent_by_id.id or self.env.uid,
            })
            letter_sudo._end_to_dos()
            letter_sudo._record_contact()
        self._note_gone()
        self._on_sent()

    def _on_sent(self):
        """Called once for letters that have just left, however they went.

        Implemented in models/flow/collection_letter.py.
        """

    def action_cancel(self):
        """Drop letters that were not sent; what is queued is taken back."""
        self._lock()
        self.check_access("write")
        self._check_state("draft", "approved", "failed")
        self._stop()
        for letter in self:
            letter._cancel_for(
                letter.cancel_reason or self.env._("By %(user)s", user=self.env.user.name)
            )

    # Letters whose sending was cut off: a person looks in the other side's log, and decides.

    @api.depends("state", "mail_mail_id.is_collection_unknown", "service_state")
    def _compute_is_sending_unknown(self):
        for letter in self:
            letter.is_sending_unknown = letter.state == "failed" and (
                letter.mail_mail_id.is_collection_unknown or letter.service_state == "unknown"
            )

    def action_confirm_sent(self):
        """The mail server or service did take these letters, its log says so: they were sent."""
        self._lock()
        self._check_role("collector", self.env._("Only collectors and managers send letters."))
        self.check_access("write")
        for letter in self:
            if not letter.is_sending_unknown:
                raise UserError(
                    self.env._(
                        "“%(letter)s” was not cut off while it was being sent: what became of it"
                        " is known.",
                        letter=letter.display_name,
                    )
                )
        # Who may send letters was checked; what became of them is written by the system.
        for letter_sudo in self.sudo():
            moment = letter_sudo._get_channel()._confirm_sent(letter_sudo)
            if letter_sudo.service_state:
                letter_sudo.service_state = "accepted"
            letter_sudo._mark_sent(moment)
            letter_sudo.message_post(body=self.env._(
                "%(user)s found in the mail server's or the service's log that it was sent.",
                user=self.env.user.name,
            ))

    # Letters keep to the customer's contact rule (P1.1).

    def _get_next_contact(self):
        """The first moment at which the letter may reach the customer, and why not earlier.

        Without a case the customer's rules bind all the same.
        """
        self.ensure_one()
        # When a customer may be written to is no secret; the case may be.
        case_sudo = self.sudo().case_id or self.env["collection.case"].sudo().new({
            "partner_id": self.partner_id.id, "company_id": self.company_id.id,
        })
        return case_sudo._get_next_contact(
            self._get_channel()._rule_channel, self.contact_id, self.kind in LEGAL_NOTICES,
            is_strict=self._get_channel()._is_service,
        )
