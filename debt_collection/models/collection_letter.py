from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .collection_guard import OURS
from .res_company_letter import KINDS

# What a letter says: as it was approved, for everybody and for good.
CONTENT = {
    "kind", "partner_id", "company_id", "template_id", "lang", "date", "date_deadline", "tier_id",
    "line_ids", "total_ids", "subject", "body", "consequences", "mail_subject", "mail_body",
    "partner_name", "address", "company_name", "contact_name", "contact_phone", "contact_email",
    "signatory", "signature", "stamp", "amount_total", "is_ahead", "case_id", "case_step_id",
    "pay_url",
}
PDF = {"pdf_attachment_id", "pdf_checksum"}


class CollectionLetter(models.Model):
    """A letter to a customer: evidence of what was claimed, when, and that it arrived.

    A draft follows the ledger. From the approval on its items, amounts and words are frozen,
    and the PDF with them. It is sent only if the ledger still says the same, and once.
    """

    _name = "collection.letter"
    _description = "Collection Letter"
    _inherit = ["collection.mixin", "mail.thread", "mail.activity.mixin", "collection.approval"]
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
        [("email", "E-Mail"), ("post", "Post"), ("hand", "By Hand")],
        required=True, default="email", tracking=True, index=True,
    )
    date = fields.Date("Letter Date", required=True, default=fields.Date.context_today)
    date_deadline = fields.Date("Deadline", help="Last day to pay, printed in the letter.")
    tier_id = fields.Many2one("collection.tier", ondelete="set null")
    is_ahead = fields.Boolean("Before the Due Date", readonly=True)
    line_ids = fields.One2many("collection.letter.line", "letter_id", "Items")
    total_ids = fields.One2many("collection.letter.total", "letter_id", "Totals", readonly=True)
    amount_total = fields.Monetary(
        "Claimed", readonly=True, copy=False,
        help="What the letter claims, in company currency at the booking rate.",
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
        "ir.attachment", "Letter as PDF", readonly=True, copy=False, ondelete="restrict"
    )
    pdf_checksum = fields.Char(
        "Checksum (SHA-256)", readonly=True, copy=False, help="Of the PDF as it was approved."
    )
    cancel_reason = fields.Char("Why Cancelled", copy=False, tracking=True)

    _once_for_step = models.UniqueIndex(
        "(case_step_id) WHERE state != 'cancelled'",
        "There is a letter for this step already.",
    )

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
        vals_list = [self._complete_vals(vals) for vals in vals_list]
        if not self.env.su:
            vals_list = [{**vals, "drafted_by_id": self.env.uid} for vals in vals_list]
            if not all(vals.get("case_id") for vals in vals_list):
                self._check_role(
                    "manager", self.env._("Choose the case that the letter belongs to.")
                )
        letters = super().create(vals_list)
        # The case or the role was checked; the draft shows the whole account.
        letters.filtered(lambda letter: not letter.total_ids).sudo()._take_from_ledger()
        return letters

    def write(self, vals):
        changed = CONTENT & vals.keys() | self._on_write(vals)
        self._check_proof_kept(vals)
        if not self.env.su and vals.get("drafted_by_id", self.env.uid) != self.env.uid:
            raise UserError(self._get_words_steps_only())
        if changed:
            self._check_not_frozen()
        if PDF & vals.keys() and (not self.env.su or any(self.mapped("pdf_checksum"))):
            raise UserError(self.env._("The PDF of a letter is made once, when it is approved."))
        if changed and not self.env.su:
            vals = {**vals, "drafted_by_id": self.env.uid}
        result = super().write(vals)
        if "line_ids" in vals and (
            self.env.context.get("collection_letter_filling") is not OURS
        ):
            self._update_totals()
        return result

    def _on_write(self, vals):
        """Called with the values before letters are made or written, to refuse some of them.

        :return: names among them of fields of other rooms that say what the letter says, and are
            frozen with it. Implemented in models/flow/collection_letter.py.
        """
        return set()

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

    def _get_request_fields(self):
        return CONTENT

    @api.constrains("case_id", "partner_id", "company_id", "contact_id")
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
            )
            if wrong:
                raise ValidationError(
                    self.env._(
                        "Customer, case and recipient of “%(letter)s” do not belong together.",
                        letter=letter.display_name,
                    )
                )
