from odoo import models
from odoo.tools import format_date

PAPERS = ("contract", "order", "delivery")


class CollectionLegalCheck(models.Model):
    """What the books and the case's papers answer to the requirements we know."""

    _inherit = "collection.legal.check"

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
                "Contested: %(items)s",
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
