import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import formatLang, split_every

from ...tools.letter_text import fill
from ..base.collection_guard import OURS, with_ours
from .collection_letter_file import REPORT
from .collection_letter_template import TEXTS
from .collection_letter_total import AMOUNTS
from .res_company import CHANNELS, KINDS

# What a letter says: as it was approved, for everybody and for good.
CONTENT = {
    "kind", "partner_id", "company_id", "template_id", "lang", "date", "date_deadline", "tier_id",
    "line_ids", "total_ids", *TEXTS,
    "partner_name", "address", "company_name", "contact_name", "contact_phone", "contact_email",
    "signatory", "signature", "stamp", "amount_total", "is_ahead", "case_id", "case_step_id",
    "pay_url", "also_open", "has_copies",
}
# To whom, in whose name and how it goes: whoever changes that takes a release back.
ADDRESSED = {"user_id", "contact_id", "cc_contact_ids", "bcc_contact_ids", "channel"}
PDF = {
    "pdf_attachment_id", "pdf_checksum", "copy_ids", "copies_checksum", "copies_left_out",
}
MAX_NAMED = 5
MOST_AT_ONCE = 20
"""How many letters are approved while the person waits; more go on by themselves."""
WORK_SLICE = 10
LAW_FIRM_HEADING = 44
"""Millimetres that the letterhead of a law firm takes, its logo included."""
_logger = logging.getLogger(__name__)


class CollectionLetter(models.Model):
    """A letter to a customer: evidence of what was claimed, when, and that it arrived.

    A draft follows the ledger. From the approval on its items, amounts and words are frozen,
    and the PDF with them. It is sent only if the ledger still says the same, and once.
    """

    _name = "collection.letter"
    _description = "Collection Letter"
    _inherit = [
        "collection.mixin", "mail.thread", "mail.activity.mixin", "collection.approval",
        "collection.letter.copies", "collection.letter.ledger", "collection.letter.release",
        "collection.letter.service", "collection.letter.delivery", "collection.letter.file",
        "collection.letter.reminder", "collection.letter.words",
    ]
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char("Number", readonly=True, copy=False, default="/")
    kind = fields.Selection(KINDS, required=True, default="dunning", index=True)
    # The steps of the approval are dates: a letter that waits for it is still a draft.
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("approved", "Approved"),
            ("sent", "Sent"),
            ("delivered", "Delivered"),
            ("failed", "Failed"),
            ("cancelled", "Cancelled"),
        ],
        required=True, default="draft", readonly=True, index=True, copy=False, tracking=True,
    )
    case_id = fields.Many2one(
        "collection.case", index="btree_not_null", check_company=True, ondelete="restrict"
    )
    case_step_id = fields.Many2one(
        "collection.case.step", "Step", index="btree_not_null", readonly=True, copy=False
    )
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, index=True, ondelete="restrict"
    )
    contact_id = fields.Many2one(
        "res.partner",
        "Addressed To",
        domain="['|', ('id', '=', partner_id), ('commercial_partner_id', '=', partner_id)]",
        ondelete="restrict",
    )
    cc_contact_ids = fields.Many2many(
        "res.partner", "collection_letter_cc_rel", "letter_id", "partner_id", "Copy To", copy=False,
        domain="[('commercial_partner_id', '=', partner_id)]",
        help="They get the e-mail, too, and the recipient sees it.",
    )
    bcc_contact_ids = fields.Many2many(
        "res.partner", "collection_letter_bcc_rel", "letter_id", "partner_id", "Blind Copy To",
        copy=False, domain="[('commercial_partner_id', '=', partner_id)]",
        help="They get the e-mail, too, and nobody sees it.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(
        "res.users", "Person in Charge", domain="[('share', '=', False)]", index=True,
        default=lambda self: self.env.user,
    )
    drafted_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False,
        help="Who wrote the letter or changed its words last; empty when the policy did.",
    )
    template_id = fields.Many2one(
        "collection.letter.template", ondelete="restrict", check_company=True,
        domain="[('kind', '=', kind), ('company_id', 'in', [company_id, False])]",
    )
    approval_by_other = fields.Boolean(related="template_id.approval_by_other")
    lang = fields.Selection(
        lambda self: self.env["res.lang"].get_installed(), "Language",
        help="The language of the contact; it decides on texts, dates and amounts.",
    )
    channel = fields.Selection(
        CHANNELS, required=True, default="email", tracking=True, index=True,
    )
    date = fields.Date("Letter Date", required=True, default=fields.Date.context_today)
    date_deadline = fields.Date("Deadline", help="Last day to pay, printed in the letter.")
    tier_id = fields.Many2one("collection.tier", ondelete="set null")
    is_ahead = fields.Boolean("Before the Due Date", readonly=True)
    line_ids = fields.One2many("collection.letter.line", "letter_id", "Items")
    total_ids = fields.One2many("collection.letter.total", "letter_id", "Totals", readonly=True)
    amount_total = fields.Monetary(
        "Amount Due", readonly=True, copy=False,
        help="What the letter claims, in company currency at the booking rate.",
    )
    also_open = fields.Text(
        readonly=True, copy=False,
        help="Other overdue items of the customer, for which it is too early for such a letter.",
    )
    schedule_id = fields.Many2one(
        "collection.policy.statement", "Scheduled Statement", readonly=True, copy=False,
        index="btree_not_null", ondelete="set null",
    )
    date_scheduled = fields.Date(
        readonly=True, copy=False, help="The day for which the policy wrote the statement."
    )
    _once_for_day = models.UniqueIndex(
        "(partner_id, company_id, date_scheduled)"
        " WHERE date_scheduled IS NOT NULL AND state != 'cancelled'",
        "The customer has a scheduled statement of that day already.",
    )
    run_name = fields.Char("Run", readonly=True, copy=False, index="btree_not_null")
    # Frozen with the approval: who wrote to whom.
    partner_name = fields.Char("Legal Name", readonly=True)
    address = fields.Text(readonly=True)
    company_name = fields.Char(readonly=True)
    contact_name = fields.Char("Name of the Person in Charge", readonly=True)
    contact_phone = fields.Char(readonly=True)
    contact_email = fields.Char(readonly=True)
    signatory = fields.Char("Signed By", readonly=True)
    signature = fields.Binary(attachment=True, readonly=True)
    stamp = fields.Binary(attachment=True, readonly=True)
    pdf_attachment_id = fields.Many2one(
        "ir.attachment", "As Approved", readonly=True, copy=False, ondelete="restrict"
    )
    pdf_checksum = fields.Char(
        "Checksum (SHA-256)", readonly=True, copy=False, help="Of the PDF as it was approved."
    )
    cancel_reason = fields.Char("Why Cancelled", copy=False, tracking=True)
    _once_for_step = models.UniqueIndex(
        "(case_step_id) WHERE state != 'cancelled'",
        "There is a letter for this step already.",
    )

    pay_url = fields.Char("Pay Online", readonly=True, copy=False)

    _sealed_fields = (
        "name", "kind", "case_id", "company_id", "lang", "date", "date_deadline",
        "amount_total", "pdf_checksum", "copies_checksum", "pay_url", "approved_by_id",
        "date_approved",
    )
    _sealed_personal = (
        "subject", "body", "consequences", "mail_subject", "mail_body", "partner_name", "address",
        "contact_name", "signatory", "pdf_attachment_id", "copy_ids",
    )
    _sealed_lines = {
        "line_ids": (
            (
                "number", "date", "date_due", "days_overdue", "amount", "amount_paid",
                "amount_open", "amount_disputed", "amount_claimed", "amount_charge",
            ),
            (),
        ),
        "total_ids": (
            (
                "amount", "amount_paid", "amount_open", "amount_disputed", "amount_credit",
                "amount_on_its_way", "amount_charge", "amount_total", "bank_text",
            ),
            (),
        ),
    }
    _sealed_later = (
        "copies_checksum", "pay_url", "mail_subject", "mail_body", "copy_ids", "total_ids",
    )

    subject = fields.Char("Heading")
    body = fields.Text("Letter")
    consequences = fields.Text(help="What happens if the deadline passes.")
    mail_subject = fields.Char("E-Mail Subject")
    mail_body = fields.Text("E-Mail Text")
    short_text = fields.Text(help="For channels that take no files, such as text messages.")
    preview = fields.Html(compute="_compute_preview", sanitize=False)
    # Who wrote a letter last is noted as whoever drafted it.
    _people_changed_by = None
    _people_create = {"case_id", "partner_id", "company_id"}
    _people_write = {
        "draft": {
            "kind", "contact_id", "user_id", "template_id", "lang", "channel", "date",
            "date_deadline", "tier_id", "line_ids", "subject", "body", "consequences",
            "mail_subject", "mail_body", "short_text", "refuse_reason", "cc_contact_ids",
            "bcc_contact_ids", "has_copies",
        },
        ("approved", "failed"): {"channel"},
        ("draft", "approved", "failed"): {"cancel_reason"},
    }

    @api.depends("name", "kind", "partner_id", "partner_name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for letter in self:
            title = letter.name if letter.name != "/" else kinds.get(letter.kind, "")
            customer = letter.partner_name or letter.partner_id.name or ""
            letter.display_name = f"{title} – {customer}"

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._on_write(vals)
        is_filling = self.env.context.get("collection_letter_filling") is OURS
        if not is_filling:
            vals_list = [self._complete_vals(vals) for vals in vals_list]
        if not self.env.su:
            vals_list = [with_ours(vals, drafted_by_id=self.env.uid) for vals in vals_list]
            if not all(vals.get("case_id") for vals in vals_list):
                self._check_role("manager", self._get_words_case_missing())
        letters = super().create(vals_list)
        if not is_filling:
            # The case or the role was checked; the draft shows the whole account.
            letters.filtered(lambda letter: not letter.total_ids).sudo()._take_from_ledger()
            letters.sudo()._note_also_open()
        return letters

    def write(self, vals):
        changed = CONTENT & vals.keys() | self._on_write(vals)
        self._check_proof_kept(vals)
        if "channel" in vals:
            self._check_same_file(vals["channel"])
        if changed:
            self._check_not_frozen()
        if PDF & vals.keys() and (not self.env.su or any(
            letter["copies_checksum" if "copy_ids" in vals else "pdf_checksum"] for letter in self
        )):
            raise UserError(self.env._("The PDF of a letter is made once, when it is approved."))
        if changed and not self.env.su:
            # What was released is not sent in that name with other words.
            vals = with_ours(
                vals, drafted_by_id=self.env.uid, released_by_id=False, date_released=False
            )
        elif ADDRESSED & vals.keys() and not self.env.su and any(self.mapped("date_released")):
            # Nor to other people, in another name or another way.
            vals = with_ours(vals, released_by_id=False, date_released=False)
        result = super().write(vals)
        if "line_ids" in vals and (
            self.env.context.get("collection_letter_filling") is not OURS
        ):
            # Whoever may leave out an item of a draft does not type its totals.
            self.sudo()._update_totals()
        return result

    def _on_write(self, vals):
        """Called with the values before letters are made or written, to refuse some of them.

        :return: names among them of fields of other rooms that say what the letter says, and are
            frozen with it. Implemented in models/flow/collection_letter.py.
        """
        return set()

    def _check_same_file(self, key):
        """Raise a ``UserError`` if an approved letter has no file for another channel."""
        if key == "other":
            return
        is_brief = self.env["collection.channel"]._get(key)._is_brief
        for letter in self:
            if letter.pdf_attachment_id and letter.is_brief != is_brief and (
                letter.state in ("draft", "approved", "failed")
            ):
                raise UserError(
                    self.env._(
                        "“%(letter)s” was approved as a text of another length: cancel it, and"
                        " write a new one for this channel.",
                        letter=letter.display_name,
                    )
                )

    def _check_not_frozen(self):
        """Raise a ``UserError`` if the words or amounts of a letter are settled already."""
        for letter in self:
            if letter.state != "draft":
                raise UserError(
                    self.env._(
                        "The letter %(letter)s was approved: its contents stay as they are."
                        " Cancel it if it was not sent, and write a new one.",
                        letter=letter.display_name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_approved(self):
        for letter in self:
            if letter.name != "/" or letter.state not in ("draft", "cancelled"):
                raise UserError(
                    self.env._(
                        "The letter %(letter)s was approved and stays in the file. Cancel it if"
                        " it was not sent.",
                        letter=letter.display_name,
                    )
                )

    @api.constrains("kind", "template_id")
    def _check_template_kind(self):
        """A letter has the words, and the approval, of its own kind."""
        for letter in self:
            if letter.template_id and letter.template_id.kind != letter.kind:
                raise ValidationError(
                    self.env._(
                        "The template “%(template)s” is of another kind of letter than"
                        " “%(letter)s”.",
                        template=letter.template_id.name, letter=letter.display_name,
                    )
                )

    @api.constrains("case_id", "partner_id", "company_id", "contact_id", "cc_contact_ids",
                    "bcc_contact_ids")
    def _check_same_customer(self):
        """Case and recipient are those of the customer."""
        for letter in self:
            partner = letter.partner_id
            contact = letter.contact_id
            wrong = (
                (letter.case_id and letter.case_id.partner_id != partner)
                or (letter.case_id and letter.case_id.company_id != letter.company_id)
                or partner != partner.commercial_partner_id
                or (contact and contact.commercial_partner_id != partner)
                or (letter.cc_contact_ids | letter.bcc_contact_ids).commercial_partner_id - partner
            )
            if wrong:
                raise ValidationError(
                    self.env._(
                        "Customer, case and recipient of “%(letter)s” do not belong together.",
                        letter=letter.display_name,
                    )
                )

    # From draft to approved: looked at by the right person, and frozen.

    def _needs_other(self):
        """Whether a manager approves who did not write the letter."""
        self.ensure_one()
        return self.kind == "lawyer" or self.template_id.approval_by_other

    def action_request(self):
        """Ask a manager to approve these drafts; they get a to-do."""
        self._lock()
        self._check_can_request()
        self.sudo().write({
            "requested_by_id": self.env.uid,
            "date_requested": fields.Datetime.now(),
            "refuse_reason": False,
            "refused_by_id": False,
        })
        for letter in self:
            manager = letter._get_manager()
            if manager:
                letter._add_to_do(self.env._("Approve the letter"), manager)

    def _check_complete(self):
        self._check_content()
        self._on_request()

    def _on_request(self):
        """Called before the approval of letters is asked for; raises if something is missing.

        Implemented in models/flow/collection_letter.py.
        """

    def _on_approve(self):
        """Called before letters are frozen, whoever approves; raises if something is missing.

        Implemented in models/flow/collection_letter.py.
        """

    def _check_can_approve(self):
        """Raise unless the user may approve these drafts, and they are complete.

        Lawyer letters and those whose template says so: a manager who did not write them.
        """
        self.check_access("write")
        self._check_state("draft")
        others = self.filtered(lambda letter: letter._needs_other())
        if self - others:
            self._check_role(
                "collector", self.env._("Only collectors and managers approve letters.")
            )
        if others:
            self._check_role(
                "manager",
                self.env._("Only a collection manager approves such a letter: ask for it."),
            )
        for letter in others:
            writers = letter.requested_by_id | letter.drafted_by_id | letter.create_uid
            if self.env.user in writers:
                raise UserError(
                    self.env._(
                        "You wrote “%(letter)s” yourself: another manager approves it.",
                        letter=letter.display_name,
                    )
                )
        self._check_content()

    def _check_content(self):
        """Raise a ``UserError`` unless the letter has words, civil ones, and a template."""
        self._check_civil_words()
        self._check_template_kind()
        for letter in self:
            if not letter.template_id or not (letter.body or "").strip():
                raise UserError(
                    self.env._(
                        "“%(letter)s” has no text. Choose a template first.",
                        letter=letter.display_name,
                    )
                )

    def _check_civil_words(self):
        """Raise a ``UserError`` if the letter says what must not be written."""
        words = self.env["collection.word"]
        for letter in self:
            words._check_wording(
                "\n".join(filter(None, (
                    *(letter[name] for name in TEXTS), letter.is_brief and letter._get_short_text(),
                ))),
                letter.lang,
            )

    def action_approve(self):
        """Approve these drafts: they take the ledger's figures once more and are frozen.

        What the ledger forbids meanwhile is cancelled or stays a draft; a message says why.
        """
        return self._notify(self._approve())

    def _approve(self):
        """Approve these drafts; return words about those that were not."""
        self._lock()
        self._check_can_approve()
        good, words = self._drop_outdated()
        good._do_approve()
        return words

    def _split_own(self):
        """Ask a manager about those of these drafts that another person approves.

        :return: the letters that the user may approve, and words about the others
        """
        if self.env.user.has_group("debt_collection.group_manager"):
            return self, []
        others = self.filtered(lambda letter: letter.state == "draft" and letter._needs_other())
        others.filtered(lambda letter: not letter.requested_by_id).action_request()
        words = [
            self.env._("A manager is asked to approve “%(letter)s”.", letter=letter.display_name)
            for letter in others[:MAX_NAMED]
        ]
        if len(others) > MAX_NAMED:
            words.append(self.env._("… and %(count)s more.", count=len(others) - MAX_NAMED))
        return self - others, words

    def action_approve_selected(self):
        """Approve the chosen drafts; a manager is asked about those that the user may not."""
        letters, words = self._split_own()
        if len(letters) > MOST_AT_ONCE:
            return letters._approve_in_background()
        return self._notify(words + letters._approve() if letters else words)

    def _approve_or_begin(self):
        """Approve these drafts now; many of them part by part, which the action says."""
        if len(self) > MOST_AT_ONCE:
            return self._approve_in_background()
        self.action_approve()
        return None

    def _approve_in_background(self):
        """Approve many drafts part by part: nobody waits for so many PDFs.

        What can be said at once is said at once, before anything is begun.
        """
        self._check_can_approve()
        return self.env["collection.work"]._start(
            self.env._("Approving %(count)s letters", count=len(self)),
            self, "_work_approve",
        )

    def _work_approve(self):
        """Approve those of these that are still drafts; see ``collection.work``."""
        words = []
        for ids in split_every(WORK_SLICE, self.ids):
            letters = self.browse(ids).exists()
            drafts = letters.filtered(lambda letter: letter.state == "draft")
            if drafts:
                words += drafts._approve()
            yield len(ids)
        approved = self.exists().filtered(lambda letter: letter.state == "approved")
        message = self.env._("%(count)s letters are approved.", count=len(approved))
        return {"message": "\n".join([message, *words[:MAX_NAMED]]), "ids": self.ids}

    def action_release_selected(self):
        """Leave the chosen letters to the job; a manager is asked where the user may not."""
        letters, words = self._split_own()
        letters.action_release()
        return self._notify(words)

    def _do_approve(self):
        """Freeze and seal these drafts, with one run of the PDF engine for all of them."""
        self._on_approve()
        # Frozen and numbered by this step alone, whoever approves.
        letters_sudo = self.sudo()
        for letter in letters_sudo:
            letter._freeze(self.env.user)
        letters_sudo._attach_pdfs()
        letters_sudo._attach_copies()
        letters_sudo._end_to_dos()
        letters_sudo.flush_recordset()
        # Sealed last: who holds the end of the chain lets others wait.
        self._seal()

    def _freeze(self, user):
        """Write the texts with their figures, and who writes to whom, for good."""
        self.ensure_one()
        self._note_pay_url()
        partner = self.partner_id.commercial_partner_id
        contact = self.contact_id or partner
        number = self.env["ir.sequence"].with_company(self.company_id).next_by_code(
            "collection.letter"
        )
        self.write({
            "name": number or "/",
            "signature": self.company_id.collection_signature,
            "stamp": self.company_id.collection_stamp,
            **self._prepare_people(partner, contact),
        })
        self._note_earlier()
        self.write({
            **self._get_texts(),
            "state": "approved",
            "approved_by_id": user.id,
            "date_approved": fields.Datetime.now(),
        })

    def action_refuse(self):
        """Send these drafts back to who asked for approval, with the reason."""
        self._lock()
        self._check_can_approve()
        for letter in self:
            if not (letter.refuse_reason or "").strip():
                raise UserError(
                    self.env._(
                        "Write down why “%(letter)s” is refused.", letter=letter.display_name
                    )
                )
            asked_by = letter.requested_by_id or letter.user_id
            # Checked above; decisions are written by the steps alone.
            letter_sudo = letter.sudo()
            letter_sudo._end_to_dos()
            letter_sudo.write({
                "refused_by_id": self.env.uid, "requested_by_id": False, "date_requested": False,
            })
            letter_sudo._add_to_do(
                self.env._("Letter refused: %(reason)s", reason=letter.refuse_reason), asked_by
            )

    def action_print(self):
        """The letters as one PDF: approved ones as they were frozen, drafts marked as such."""
        self._check_state("draft", "approved", "sent", "delivered", "failed")
        return self.env.ref(REPORT).report_action(self)

    def action_refresh(self):
        """Take all items of these drafts from the ledger again, with today's date."""
        self.check_access("write")
        self._check_state("draft")
        for letter in self:
            letter.sudo().date = letter.company_id._get_collection_today()
            letter.sudo().date_deadline = letter._get_deadline(letter.template_id)
        self.sudo()._take_from_ledger()

    # What kind, customer and company decide on, wherever a letter is begun (P3.4).

    def _get_lang(self):
        """The letter's language, if it is still in use, else one that is."""
        self.ensure_one()
        active = {code for code, _name in self.env["res.lang"].get_installed()}
        if self.lang in active:
            return self.lang
        return (self.contact_id or self.partner_id)._get_collection_lang(self.company_id)

    def _keep_to_language(self):
        """Words that the policy wrote in a language no longer in use are written in another."""
        for letter in self:
            if letter.lang != letter._get_lang():
                lang = letter.template_id._choose_lang(letter._get_lang(), letter.company_id)
                worded = letter.template_id.with_context(lang=lang)
                names = (*TEXTS, *worded._get_more(letter.kind))
                own = letter.drafted_by_id or not worded
                letter.write({"lang": lang, **({} if own else {n: worded[n] for n in names})})

    def _prepare_defaults(self, items=None, channel=None, languages=None):
        """What kind, customer and company decide on: template, words, recipient, deadline.

        :param items: what is claimed: whose invoices they are gets the letter
        :param channel: how it is to go out; by default as the template says
        :param languages: those that the template has a text in, if they are known
        """
        self.ensure_one()
        company = self.company_id
        partner = self.partner_id.commercial_partner_id
        tier = self.case_id.tier_id
        template_model = self.env["collection.letter.template"]
        template = self.template_id or self._on_choose_template() or template_model._choose(
            self.kind, tier, company, self.is_ahead
        )
        way = self.env["collection.channel"]._get(channel or template._get_first_channel())
        contact = self.contact_id or way._choose_contact(
            partner, self.kind, items or self.case_id.line_ids
        )
        # Who gets copies is no secret to who writes letters; other wishes of contacts may be.
        copies_sudo = (partner._get_collection_copies(self.kind) - contact).sudo()
        # One language for words, dates and amounts, whoever writes: one that has a text.
        lang = template._choose_lang(
            contact._get_collection_lang(company), company, languages
        )
        worded = template.with_context(lang=lang)
        vals = {
            "template_id": template.id,
            "tier_id": tier.id,
            "contact_id": contact.id,
            "lang": lang,
            "cc_contact_ids": [Command.set(
                copies_sudo.filtered(lambda copy: copy.collection_role == "cc").ids
            )],
            "bcc_contact_ids": [Command.set(
                copies_sudo.filtered(lambda copy: copy.collection_role == "bcc").ids
            )],
            "channel": channel or template._choose_channel(contact),
            "date_deadline": self._get_deadline(template),
            **{name: worded[name] for name in (*TEXTS, *template_model._get_more(self.kind))},
        }
        return {**vals, **self._prepare_people(partner, contact)}

    def _on_choose_template(self):
        """Called for a letter without a template; returns the one it takes, if not its kind's.

        Implemented in models/flow/collection_letter.py.
        """
        return None

    def _get_deadline(self, template):
        """The last day to pay that the letter gives; before the due date it is that day."""
        if self.is_ahead:
            return max(self.line_ids.mapped("date_due"), default=False)
        days = (
            template._get_deadline_days(self.company_id)
            if template
            else self.company_id.sudo()[f"collection_deadline_{self.kind}"]
        )
        return self.date + timedelta(days=days)

    def _prepare_people(self, partner, contact):
        """Who writes to whom, as it is printed."""
        self.ensure_one()
        # The country in the letter's language.
        lang = self._get_lang()
        partner, contact = partner.with_context(lang=lang), contact.with_context(lang=lang)
        # Who has left signs nothing any more.
        user_sudo = self.user_id.sudo().filtered("active")
        company_sudo = self.company_id.sudo()
        return {
            "partner_name": partner.name,
            "address": partner._get_collection_address(contact),
            "company_name": company_sudo.name,
            "contact_name": user_sudo.name or company_sudo.name,
            "contact_phone": user_sudo.phone or company_sudo.phone,
            "contact_email": user_sudo.email or company_sudo.email,
            "signatory": self._get_signatory(company_sudo, user_sudo),
            **self._on_people(),
        }

    def _on_people(self):
        """Called for who writes to whom; returns values that add to it or take its place.

        Implemented in models/flow/collection_letter.py.
        """
        return {}

    @api.model
    def _complete_vals(self, vals):
        """Values with what case, kind and customer decide on, where they say nothing."""
        if vals.get("line_ids") and vals.get("body"):
            return vals
        defaults = {**self.default_get(["kind", "company_id", "user_id", "date"]), **vals}
        case = self.env["collection.case"].browse(defaults.get("case_id"))
        if case:
            defaults.setdefault("partner_id", case.partner_id.id)
            defaults["company_id"] = case.company_id.id
            if not vals.get("user_id") and case.user_id:
                defaults["user_id"] = case.user_id.id
        if not defaults.get("partner_id"):
            return vals
        partner = self.env["res.partner"].browse(defaults["partner_id"]).commercial_partner_id
        defaults["partner_id"] = partner.id
        given = {name: value for name, value in defaults.items() if value not in (False, None)}
        stub = self.new({
            name: defaults.get(name)
            for name in ("kind", "company_id", "partner_id", "case_id", "user_id", "date",
                         "template_id", "contact_id", "is_ahead")
        })
        completed = {**stub._prepare_defaults(), **given}
        return with_ours(
            {name: value for name, value in completed.items() if name in vals},
            **{
                name: value for name, value in completed.items()
                if name not in vals or name in ("partner_id", "company_id")
            },
        )

    @api.onchange("case_id")
    def _onchange_case_id(self):
        if self.case_id:
            self.partner_id = self.case_id.partner_id
            self.company_id = self.case_id.company_id
            self.user_id = self.case_id.user_id or self.env.user

    @api.onchange("partner_id", "kind", "company_id")
    def _onchange_kind(self):
        """Kind and customer decide on template, words, recipient, language and channel."""
        if self.partner_id and self.company_id:
            self.partner_id = self.partner_id.commercial_partner_id
            self.template_id = False
            self.update(self._prepare_defaults())

    @api.onchange("template_id", "contact_id")
    def _onchange_template_id(self):
        """The words are those of the template, in the recipient's language."""
        if self.partner_id and self.template_id:
            self.update(self._prepare_defaults())

    # Drafts for one customer or five hundred: one way of writing them (P3.4).

    @api.model
    def _draft_letters(self, company, wanted, as_of):
        """Write drafts; one that would claim nothing is not written.

        :param wanted: list of dicts ``partner kind`` and, where known, ``case step
            template items user channel is_ahead vals``
        :return: the letters, of the same kind in the order wanted
        """
        vals_list = []
        by_kind = {}
        for row in self._choose_templates(company, wanted):
            by_kind.setdefault(row["kind"], []).append(row)
        for kind, rows in by_kind.items():
            partners = self.env["res.partner"].union(*(row["partner"] for row in rows))
            # Whom each letter goes to is read for all of them at once.
            partners.mapped("child_ids.type")
            only = None
            if all(row.get("items") for row in rows):
                only = self.env["account.move.line"].union(*(row["items"] for row in rows))
            claims = self.env["collection.letter.line"]._get_claims(
                company, partners, kind, as_of, only
            )
            pots = self.env["collection.position"]._get_pots(company, partners)
            for row in rows:
                own = pots.get(row["partner"].id, {})
                lines = claims.get(row["partner"].id, [])
                if row.get("items"):
                    lines = [line for line in lines if line["move_line_id"] in row["items"].ids]
                lines = self.env["collection.letter.total"]._leave_out_covered(lines, own, kind)
                if lines:
                    vals_list.append((row, lines, own))
        return self._create_drafts(company, vals_list, as_of)

    @api.model
    def _create_drafts(self, company, wanted, as_of):
        """Make the drafts, all together or, if one of them cannot be made, each on its own.

        Whatever is wrong with one customer stops no other one's letter; their collector gets a
        to-do with the reason.

        :param wanted: list of tuples of the row, its items and what covers them
        """
        try:
            with self.env.cr.savepoint():
                return self._make_drafts([
                    self._prepare_draft(company, *one, as_of) for one in wanted
                ])
        except (AccessError, OSError, *PG_CONCURRENCY_EXCEPTIONS_TO_RETRY):
            # A right that is missing is the user's matter, a full disk the machine's.
            raise
        except Exception as error:
            if len(wanted) == 1:
                self._note_not_drafted(wanted[0][0], error)
                return self.browse()
            self.env.invalidate_all(flush=False)
        return self.union(*(self._create_drafts(company, [one], as_of) for one in wanted))

    @api.model
    def _note_not_drafted(self, row, error):
        """Tell who works on the case why a letter could not be written."""
        _logger.warning("Collections: no letter to %s: %s", row["partner"].id, error)
        case_sudo = (row.get("case") or self.env["collection.case"]).sudo()
        user = case_sudo and case_sudo._get_responsible("collector")
        if user:
            reader = case_sudo.company_id._in_collection_language(self, user)
            summary = reader.env._("Letter not written: %(reason)s", reason=error)
            if summary not in case_sudo.activity_ids.mapped("summary"):
                case_sudo.activity_schedule(
                    "mail.mail_activity_data_todo",
                    date_deadline=case_sudo.company_id._get_collection_today(),
                    summary=summary, user_id=user.id,
                )

    @api.model
    def _make_drafts(self, drafts):
        """Make drafts whose items the ledger gave, in the name of who asks for them.

        :param drafts: list of tuples of a letter's values, those of its items and of its totals
        """
        vals_list = [vals for vals, _lines, _totals in drafts]
        if not self.env.su:
            self.check_access("create")
            if not all(vals.get("case_id") for vals in vals_list):
                self._check_role("manager", self._get_words_case_missing())
            vals_list = [{**vals, "drafted_by_id": self.env.uid} for vals in vals_list]
        # Whoever drafts letters does not type their lines: they are what the ledger says.
        letters_sudo = self.sudo().with_context(collection_letter_filling=OURS).create(vals_list)
        letters_sudo = letters_sudo.with_env(self.sudo().env)
        self.env["collection.letter.line"]._insert(
            letters_sudo, [lines for _vals, lines, _totals in drafts]
        )
        self.env["collection.letter.total"]._insert(
            letters_sudo, [totals for _vals, _lines, totals in drafts]
        )
        letters_sudo.invalidate_recordset(["line_ids", "total_ids"])
        letters_sudo._note_also_open()
        letters = letters_sudo.with_env(self.env)
        letters.check_access("create")
        return letters

    def _get_words_case_missing(self):
        return self.env._("Choose the case that the letter belongs to.")

    @api.model
    def _choose_templates(self, company, wanted):
        """The same with templates, each kind and tier looked up once; lawyers have their own."""
        chosen, rows, languages = {}, [], {}
        for row in wanted:
            tier = row["case"].tier_id if row.get("case") else self.env["collection.tier"]
            key = (row["kind"], tier, row.get("is_ahead", False))
            if not row.get("template") and row["kind"] != "lawyer":
                if key not in chosen:
                    chosen[key] = self.env["collection.letter.template"]._choose(
                        row["kind"], tier, company, row.get("is_ahead", False)
                    )
                row = {**row, "template": chosen[key]}
            template = row.get("template")
            if template:
                if template not in languages:
                    languages[template] = template._get_text_languages()
                row = {**row, "languages": languages[template]}
            rows.append(row)
        return rows

    @api.model
    def _prepare_draft(self, company, row, lines, pots, as_of):
        """Values of a draft, and lists of those of its items and its totals."""
        case = row.get("case") or self.env["collection.case"]
        user = row.get("user") or case.user_id or row["partner"].with_company(company).collector_id
        stub = self.new({
            "kind": row["kind"],
            "partner_id": row["partner"].id,
            "company_id": company.id,
            "case_id": case.id,
            "user_id": user.id,
            "date": as_of,
            "is_ahead": row.get("is_ahead", False),
            "template_id": row["template"].id if row.get("template") else False,
        })
        items = self.env["account.move.line"].browse(line["move_line_id"] for line in lines)
        defaults = stub._prepare_defaults(items, row.get("channel"), row.get("languages"))
        stub.update({"lang": defaults["lang"]})
        totals, amount_total = self.env["collection.letter.total"]._prepare_totals(
            stub, lines, pots
        )
        step, is_ahead = row.get("step"), row.get("is_ahead", False)
        vals = {
            "kind": row["kind"],
            "partner_id": row["partner"].id,
            "company_id": company.id,
            "case_id": case.id,
            "case_step_id": step.id if step else False,
            "user_id": user.id,
            "date": as_of,
            "is_ahead": is_ahead,
            **defaults,
            "amount_total": amount_total,
            **row.get("vals", {}),
        }
        return vals, [{**line, "is_ahead": is_ahead} for line in lines], totals

    def _note_also_open(self):
        """A final notice says what is overdue besides, and not yet that far."""
        finals = self.filtered(lambda letter: letter.kind == "final")
        for (company, date), letters in finals.grouped(
            lambda letter: (letter.company_id, letter.date)
        ).items():
            claims = self.env["collection.letter.line"]._get_claims(
                company, letters.partner_id, "dunning", date
            )
            for letter in letters:
                named = set(letter.line_ids.move_line_id.ids)
                env = self.env(context={**self.env.context, "lang": letter._get_lang()})
                text = "\n".join(
                    env._(
                        "%(item)s, due on %(date)s: %(amount)s",
                        item=row["number"], date=letter._format_day(row["date_due"]),
                        amount=formatLang(
                            env, row["amount_claimed"],
                            currency_obj=env["res.currency"].browse(row["currency_id"]),
                        ),
                    )
                    for row in claims.get(letter.partner_id.id, ())
                    if row["move_line_id"] not in named
                )
                if (letter.also_open or "") != text:
                    letter.with_context(collection_letter_filling=OURS).write(
                        {"also_open": text or False}
                    )

    def _take_from_ledger(self, keep_items=False):
        """Bring these drafts up to date: items, amounts, totals.

        :param keep_items: only the items that the draft has; paid ones go
        """
        self._check_not_frozen()
        for company, own in self.grouped("company_id").items():
            pots = self.env["collection.position"]._get_pots(company, own.partner_id)
            for (kind, date), letters in own.grouped(
                lambda letter: (letter.kind, letter.date)
            ).items():
                letters._take_items(company, kind, date, pots, keep_items)
            own._write_totals(pots)
        self._note_also_open()

    def _take_items(self, company, kind, date, pots, keep_items):
        """Bring the items of letters of one company, kind and date up to date.

        :param pots: what covers the customers' debts, see `collection.position._get_pots`
        """
        only = self.line_ids.move_line_id if keep_items else None
        claims = self.env["collection.letter.line"]._get_claims(
            company, self.partner_id, kind, date, only
        )
        for letter in self:
            items = set(letter.line_ids.move_line_id.ids)
            rows = claims.get(letter.partner_id.id, [])
            if keep_items:
                rows = [row for row in rows if row["move_line_id"] in items]
            rows = self.env["collection.letter.total"]._leave_out_covered(
                rows, pots.get(letter.partner_id.id, {}), kind
            )
            letter.with_context(collection_letter_filling=OURS).write({
                "line_ids": [Command.clear()] + [
                    Command.create({**row, "is_ahead": letter.is_ahead}) for row in rows
                ],
            })

    # What a letter asks for in each currency: figures, words, and the account (P3.4).

    def _update_totals(self):
        """Sum the items up by currency, with credits, words and where to pay."""
        for company, letters in self.grouped("company_id").items():
            letters._write_totals(
                self.env["collection.position"]._get_pots(company, letters.partner_id)
            )

    def _write_totals(self, pots):
        for letter in self:
            lines = [
                {name: line[name] for name in (*AMOUNTS, "amount_claimed", "amount_company")}
                | {"currency_id": line.currency_id.id}
                for line in letter.line_ids
            ]
            totals, amount_total = self.env["collection.letter.total"]._prepare_totals(
                letter, lines, pots.get(letter.partner_id.id, {})
            )
            letter.with_context(collection_letter_filling=OURS).write({
                "total_ids": [Command.clear()] + [Command.create(vals) for vals in totals],
                "amount_total": amount_total,
            })

    def _format_amount(self, amount, currency=None):
        self.ensure_one()
        return formatLang(self.env, amount, currency_obj=currency or self.currency_id)

    # An approved letter says where it can be paid online, in words and as QR code.

    def _note_pay_url(self):
        """Write down for good where the letter can be paid online."""
        self.ensure_one()
        # The firm that writes a lawyer letter names its own ways to pay.
        if self.kind != "lawyer" and self.amount_total > 0:
            self.pay_url = self.partner_id._get_collection_pay_url(
                self.company_id, self.line_ids.move_line_id
            )

    def _get_pay_qr(self):
        """The QR code of the page as a data URI."""
        self.ensure_one()
        return self.env["res.partner"]._get_collection_pay_qr(self.pay_url)

    # The words of a letter: written with placeholders, frozen without (P3.4).

    @api.depends(lambda self: (
        "kind", "subject", "body", "consequences", "state", "total_ids", "date_deadline",
        *self._on_preview_fields(),
    ))
    def _compute_preview(self):
        template_model = self.env["collection.letter.template"]
        for letter in self:
            letter.preview = template_model._render(letter.kind, letter._get_texts())

    @api.model
    def _on_preview_fields(self):
        """Called for the fields of other rooms that the preview follows; returns their names.

        Implemented in models/flow/collection_letter.py.
        """
        return ()

    def _get_texts(self):
        """The texts as they are printed: frozen ones as they are, a draft's filled in now."""
        self.ensure_one()
        # The consequences come first: the other texts may quote them.
        names = (
            "subject", "consequences", "body", "mail_subject", "mail_body", "short_text",
            *self.env["collection.letter.template"]._get_more(self.kind),
        )
        if self.state != "draft":
            return {name: self[name] or "" for name in names}
        values = self._get_values()
        texts = {}
        for name in names:
            texts[name] = fill(self[name], values)
            if name == "consequences":
                values["consequences"] = texts[name]
        return texts

    def _get_values(self):
        """What the placeholders stand for, in the letter's language."""
        self.ensure_one()
        env = self.env(context={**self.env.context, "lang": self._get_lang()})
        lines, totals = self.line_ids, self.total_ids

        def money(name):
            return ", ".join(
                formatLang(env, total[name], currency_obj=total.currency_id)
                for total in totals
                if name == "amount_total" or total[name]
            )

        numbers = [line.number for line in lines]
        more = f" … (+{len(numbers) - MAX_NAMED})" if len(numbers) > MAX_NAMED else ""
        # What is disputed altogether is listed on a statement, and asked for nowhere.
        claimed = lines.filtered("amount_claimed") or lines
        due_dates = [line.date_due for line in claimed if line.date_due]
        return {
            "customer": self.partner_name or "",
            "company": self.company_name or "",
            "number": self.name if self.name != "/" else "",
            "date": self._format_day(self.date),
            "amount": money("amount_total"),
            "amount_open": ", ".join(
                formatLang(
                    env, total.amount_total - total.amount_charge, currency_obj=total.currency_id
                )
                for total in totals
            ),
            "amount_words": ", ".join(filter(None, totals.mapped("amount_words"))),
            "charges": money("amount_charge"),
            "charges_per_day": money("charge_per_day"),
            "deadline": self._format_day(self.date_deadline),
            "days_overdue": str(max(claimed.mapped("days_overdue"), default=0)),
            "oldest_due": self._format_day(min(due_dates)) if due_dates else "",
            "items": str(len(lines)),
            "invoices": ", ".join(numbers[:MAX_NAMED]) + more,
            "bank": "; ".join(filter(None, dict.fromkeys(totals.mapped("bank_text")))),
            "contact": self.contact_name or "",
            "contact_phone": self.contact_phone or "",
            "contact_email": self.contact_email or "",
            "pay_link": self.pay_url or "",
            "earlier": self._describe_earlier() if self._says("earlier") else "",
            # A link is made where a text has it.
            "page_link": self._get_page_url() if self._says("page_link") else "",
            **self._on_values(),
        }

    def _get_page_url(self):
        """Where the customer finds what is owed, without signing in where there is a case."""
        self.ensure_one()
        # The link is the customer's; who may see the case does not matter.
        case_sudo = self.case_id._origin.sudo()
        page = case_sudo.get_portal_url() if case_sudo else "/my"
        return f"{self.get_base_url()}{page}"

    def _get_short_text(self):
        """The text of a letter by a channel that takes no files; a usual one if none is written."""
        self.ensure_one()
        if (self.short_text or "").strip():
            return self._get_texts()["short_text"].strip()
        values = {**self._get_values(), "page_link": self._get_page_url()}
        env = self.with_context(lang=self._get_lang()).env
        if self.kind == "statement":
            return env._("%(company)s: your statement of account: %(page_link)s", **values)
        if self.is_ahead:
            return env._(
                "%(company)s: %(amount)s falls due by %(deadline)s. Details: %(page_link)s",
                **values,
            )
        return env._(
            "%(company)s: %(amount_open)s is overdue. Please pay by %(deadline)s. Details:"
            " %(page_link)s",
            **values,
        )

    def _get_heading_height(self):
        """Millimetres to leave at the top of the pages of these letters, for their letterheads."""
        own = self.filtered(lambda letter: letter.kind != "lawyer")
        heights = [own.company_id._get_collection_letterhead()] if own else []
        return max([*heights, *[LAW_FIRM_HEADING] * (len(own) < len(self))], default=0)

    def _describe_deadline(self):
        """What the letter asks for and by which day, in the words of the reader's language."""
        return self.env._("To pay by %(date)s", date=self._format_day(self.date_deadline))

    def _on_values(self):
        """Called for what placeholders of other rooms stand for; returns it by their names.

        Implemented in models/flow/collection_letter.py.
        """
        return {}

    # Who is told about a letter: to-dos on it, and messages on the screen.

    def _get_manager(self):
        self.ensure_one()
        # Who decides is asked for a to-do, whoever may see the case.
        case_sudo = self.case_id.sudo()
        # Who decides is the policy's decision.
        policy_sudo = self.env["collection.policy"].sudo()._get_for(case_sudo, self.company_id)
        return case_sudo.manager_id or policy_sudo.manager_id

    def _get_responsible(self):
        """Who works on the letter: the person in charge, else who answers for the case."""
        self.ensure_one()
        user = self.user_id.sudo().filtered("active")
        if not user and self.case_id:
            user = self.case_id.sudo()._get_responsible("collector")
        return user or self._get_manager()

    def _add_to_do(self, summary, user=None):
        """Put a to-do for today on somebody's list, once."""
        self.ensure_one()
        letter_sudo = self.sudo()
        user = user or self._get_responsible()
        if user and summary not in letter_sudo.activity_ids.mapped("summary"):
            letter_sudo.activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=self.company_id._get_collection_today(),
                summary=summary,
                user_id=user.id,
            )

    def _end_to_dos(self):
        # The to-dos may be those of other people.
        self.sudo().activity_ids.unlink()

    def _notify(self, words):
        """A message that stays on the screen, or nothing when there is nothing to say.

        :param words: list of texts
        """
        if not words:
            return True
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": self.env._("Please note"),
                "message": "\n".join(words),
                "type": "warning",
                "sticky": True,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
