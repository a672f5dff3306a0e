from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import format_date

from ..letter.res_company import DEMANDS

PAPERS = ("contract", "order", "delivery")


class CollectionLegalCheck(models.Model):
    """One line of a legal action's checklist: there, missing, or waived with a reason.

    What the books can tell is read from them whenever it is looked at, so that a dispute opened
    today counts today. The rest is ticked, with a file or a word on where it is.
    """

    _name = "collection.legal.check"
    _description = "Check of a Legal Action"
    _inherit = ["collection.mixin", "collection.legal.annex", "collection.locked"]
    _order = "action_id, sequence, id"

    requirement_id = fields.Many2one(
        "collection.legal.requirement", required=True, ondelete="restrict", index=True
    )
    sequence = fields.Integer(related="requirement_id.sequence", store=True)
    by_hand = fields.Boolean(related="requirement_id.by_hand")
    description = fields.Text(related="requirement_id.description")
    is_there = fields.Boolean("Available", help="Ticked by hand, with a file or a note.")
    note = fields.Char("Location")
    attachment_ids = fields.Many2many("ir.attachment", string="Files")
    waive_reason = fields.Char("Waived Because")
    is_waived = fields.Boolean(readonly=True)
    waived_by_id = fields.Many2one("res.users", readonly=True)
    date_waived = fields.Datetime("Waived On", readonly=True)
    # What the books say, whoever looks; the files themselves stay closed.
    state = fields.Selection(
        [("missing", "Missing"), ("there", "Available"), ("waived", "Waived")],
        compute="_compute_state", compute_sudo=True,
    )
    answer = fields.Char(compute="_compute_state", compute_sudo=True)
    _one_of_each = models.UniqueIndex(
        "(action_id, requirement_id)", "A requirement is on a checklist once."
    )
    _people_create = {"action_id", "requirement_id"}
    _people_write = {"*": {"is_there", "note", "attachment_ids", "waive_reason"}}
    _people_roles = {"waive_reason": "manager"}

    @api.depends("is_there", "is_waived", "waive_reason", "note", "attachment_ids",
                 "requirement_id.code", "requirement_id.days", "action_id.item_ids",
                 "action_id.approved_by_id", "action_id.partner_id")
    @api.depends_context("lang")
    def _compute_state(self):
        for check in self:
            found, words = check._get_answer()
            ticked = check.is_there and (check.by_hand or not check.requirement_id.code)
            check.state = (
                "waived" if check.is_waived else "there" if found or ticked else "missing"
            )
            check.answer = (
                check.waive_reason if check.is_waived
                else check.note if ticked and not found and check.note
                else words
            )

    @api.depends("requirement_id")
    def _compute_display_name(self):
        for check in self:
            check.display_name = check.requirement_id.name or ""

    @api.constrains("is_there", "note", "attachment_ids")
    def _check_evidence(self):
        for check in self:
            if check.is_there and not check.attachment_ids and not (check.note or "").strip():
                raise ValidationError(
                    self.env._(
                        "Attach the paper for “%(check)s” or write down where it is.",
                        check=check.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        checks = super().create(vals_list)
        checks._own_attachments()
        return checks

    def write(self, vals):
        if not self.env.su:
            if "waive_reason" in vals:
                self._check_can_waive()
                if any(check.is_waived for check in self):
                    raise UserError(
                        self.env._("It is waived for the reason given: take the waiver back first.")
                    )
            if vals.keys() & {"is_there", "note", "attachment_ids", "waive_reason"}:
                self._check_running()
        result = super().write(vals)
        self._own_attachments()
        return result

    def _check_running(self):
        for check in self:
            if check.action_id.state in ("closed", "cancelled"):
                raise UserError(
                    self.env._(
                        "“%(action)s” has ended: its checklist stays as it was.",
                        action=check.action_id.display_name,
                    )
                )

    def _check_can_waive(self):
        if not self.env.user.has_group("debt_collection.group_manager"):
            raise AccessError(
                self.env._("Only a collection manager waives what a legal action requires.")
            )
        self._check_running()

    def action_waive(self):
        """Do without it; the reason is kept with who took the decision."""
        self._lock()
        self._check_can_waive()
        for check in self:
            if not (check.waive_reason or "").strip():
                raise UserError(
                    self.env._(
                        "Write down why “%(check)s” is waived.", check=check.display_name
                    )
                )
            # Waivers are written by this step alone, see `write`.
            check.sudo().write({
                "is_waived": True,
                "waived_by_id": self.env.uid,
                "date_waived": fields.Datetime.now(),
            })
            check.action_id.message_post(
                body=self.env._(
                    "Waived: %(check)s – %(reason)s",
                    check=check.display_name, reason=check.waive_reason,
                )
            )
        self.env["collection.decision"]._note("requirement", self, "waive_reason")

    def action_unwaive(self):
        """Require it again."""
        self._check_can_waive()
        self.sudo().write({"is_waived": False, "waived_by_id": False, "date_waived": False})
        self.env["collection.decision"]._note("required", self)

    # What the books and the case's papers answer to the requirements we know.

    def _get_answer(self):
        """Whether the requirement is met, and what that rests on.

        :return: tuple of a boolean and words; ``(False, "")`` where only a person can tell
        """
        self.ensure_one()
        code = self.requirement_id.code
        if code in PAPERS:
            return self._answer_paper(code)
        answer = getattr(self, f"_answer_{code}", None) if code else None
        return answer() if answer else (False, "")

    def _answer_paper(self, kind):
        papers = self.case_id.document_ids.filtered(
            lambda paper: paper.kind == kind and paper.state == "there" and paper.attachment_ids
        )
        if papers:
            names = ", ".join(papers.attachment_ids.mapped("name"))
            return True, self.env._("Papers of the case: %(files)s", files=names)
        return False, self.env._("No file among the papers of the case.")

    def _answer_registered_name(self):
        """Name, street, city and country: whom the court is to serve."""
        partner = self.partner_id
        empty = [
            partner._fields[name]._description_string(self.env)
            for name in ("name", "street", "city", "country_id")
            if not partner[name]
        ]
        if empty:
            return False, self.env._(
                "The customer has no %(fields)s.", fields=", ".join(empty)
            )
        address = ", ".join(filter(None, [partner.street, partner.city, partner.country_id.name]))
        return True, f"{partner.name}, {address}"

    def _answer_invoices(self):
        """Every claimed item stands on a posted invoice."""
        items = self.action_id.item_ids
        if not items:
            return False, self.env._("No items are claimed.")
        others = items.filtered(
            lambda item: item.move_id.move_type not in ("out_invoice", "out_receipt")
            or item.parent_state != "posted"
        )
        if others:
            return False, self.env._(
                "Without an invoice: %(items)s",
                items=", ".join(others.mapped("move_id.display_name")),
            )
        return True, ", ".join(items.move_id.sorted("invoice_date").mapped("name"))

    def _answer_letters_delivered(self):
        """A demand that reached the customer: a letter, else a contact, each with its proof."""
        letters = self._find_delivered_letters()
        if letters:
            return True, letters
        proofs = self.case_id.collection_activity_ids.filtered(
            lambda contact: contact.state == "confirmed" and contact.attachment_ids
            and contact.limitation_event == "demand"
        ).mapped("display_name")
        if proofs:
            return True, self.env._("Delivered with proof: %(letters)s", letters=", ".join(proofs))
        return False, self.env._("No letter was delivered with proof.")

    def _answer_dispute_closed(self):
        disputes = self.case_id.dispute_ids.filtered(
            lambda dispute: dispute.state == "open"
            and dispute.line_ids & self.action_id.item_ids
        )
        if disputes:
            return False, self.env._(
                "Disputed: %(items)s",
                items=", ".join(
                    (disputes.line_ids & self.action_id.item_ids).mapped("move_id.display_name")
                ),
            )
        return True, self.env._("No claimed item is contested.")

    def _answer_limitation(self):
        """More days are left than required, for every claimed item that is open."""
        items = self.action_id.item_ids.filtered(lambda item: not item.reconciled)
        known = self.env["collection.limitation"].search([("line_id", "in", items.ids)])
        unknown = items - known.line_id
        if not items:
            return False, self.env._("No items are claimed.")
        if unknown:
            return False, self.env._(
                "No limitation is known for: %(items)s",
                items=", ".join(unknown.mapped("move_id.display_name")),
            )
        first = min(known, key=lambda limitation: limitation.date_limit)
        left = (first.date_limit - self.company_id._get_collection_today()).days
        return left > self.requirement_id.days, self.env._(
            "%(item)s can be claimed until %(date)s: %(left)s days left, more than %(days)s needed",
            item=first.move_id.name,
            date=format_date(self.env, first.date_limit),
            left=left,
            days=self.requirement_id.days,
        )

    def _answer_counsel_opinion(self):
        """Counsel answered, and did not advise against it."""
        answered = self.action_id.consultation_ids.filtered(
            lambda consultation: consultation.state == "answered"
        ).sorted("date_opinion", reverse=True)
        if not answered:
            return False, self.env._("Counsel has not answered yet.")
        last = answered[0]
        label = dict(last._fields["recommendation"]._description_selection(self.env))
        return last.recommendation != "stop", self.env._(
            "%(counsel)s on %(date)s: %(recommendation)s",
            counsel=last.lawyer_id.name or last.counsel_id.name,
            date=format_date(self.env, last.date_opinion),
            recommendation=label[last.recommendation],
        )

    def _answer_approver(self):
        approver = self.action_id.approved_by_id
        if not approver:
            return False, self.env._("Not approved yet.")
        return True, self.env._(
            "%(user)s on %(date)s",
            user=approver.name,
            date=format_date(self.env, self.action_id.date_approved),
        )

    # What letters and late charges answer to the checklist.

    def _find_delivered_letters(self):
        """Demands whose delivery is proved, in words; empty if there are none."""
        letters = self.case_id.letter_ids.filtered(
            lambda letter: letter.state == "delivered" and letter.kind in DEMANDS
        )
        return ", ".join(
            f"{letter.name} ({format_date(self.env, letter.date_delivered)})"
            for letter in letters.sorted("date_delivered")
        )

    def _answer_charge_sheet(self):
        """Late charges that a manager approved, where these are kept."""
        if "collection.charge" not in self.env:
            return False, ""
        charges = self.env["collection.charge"].search([
            ("case_id", "=", self.case_id.id), ("state", "in", ("approved", "posted")),
        ])
        if not charges:
            return False, self.env._("No late charges were approved.")
        return True, ", ".join(charges.mapped("display_name"))

