import hashlib
import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

_logger = logging.getLogger(__name__)
MEGABYTE = 1024 * 1024


class CollectionLetterCopies(models.AbstractModel):
    """Copies of the invoices that a letter names: PDF, and the e-invoice where Odoo made one.

    They are taken when the letter is approved and stay as they are. Where all of them together
    are too large, and for letters without copies, the e-mail has a link to each invoice.
    """

    _name = "collection.letter.copies"
    _description = "Copies of Invoices with a Letter"

    has_copies = fields.Boolean(
        "With Copies of the Invoices", compute="_compute_has_copies", store=True, readonly=False,
        precompute=True,
        help="PDF, and the e-invoice file where there is one; beyond the size that the company"
        " set, the e-mail has links instead.",
    )
    copy_ids = fields.Many2many(
        "ir.attachment", "collection_letter_copy_rel", "letter_id", "attachment_id",
        "Copies of Invoices", readonly=True, copy=False, bypass_search_access=True,
    )
    copies_checksum = fields.Char(
        "Checksum of the Copies (SHA-256)", readonly=True, copy=False,
        help="Of all copies as they were when the letter was approved.",
    )
    copies_left_out = fields.Integer(
        readonly=True, copy=False,
        help="Invoices whose files would make the e-mail too large, or that cannot be printed: it"
        " has links to them.",
    )

    @api.depends("template_id", "case_step_id")
    def _compute_has_copies(self):
        for letter in self:
            # How a step is carried out is the policy's decision, not the user's.
            wish = letter.case_step_id.sudo().step_id.letter_copies
            letter.has_copies = (
                wish == "yes" if wish in ("yes", "no") else letter.template_id.has_copies
            )

    def _get_copied_moves(self):
        """The invoices that the letter names, once each, as superuser."""
        self.ensure_one()
        # The letter names them, whoever may open them.
        return self.sudo().line_ids.move_line_id.move_id.filtered(
            lambda move: move.move_type == "out_invoice" and move.state == "posted"
        )

    def _attach_copies(self):
        """Keep copies of the invoices with these letters, as far as they fit into an e-mail."""
        for letter in self:
            limit = letter.company_id.sudo().collection_copies_limit * MEGABYTE
            vals_list, left_out, size = [], 0, 0
            is_wanted = letter.has_copies and not letter.is_brief
            for move in letter._get_copied_moves() if is_wanted else ():
                files = letter._read_invoice_or_none(move)
                more = sum(len(content) for _name, _mimetype, content in files)
                if not files or size + more > limit:
                    left_out += 1
                    continue
                size += more
                vals_list += [
                    {
                        "name": name, "mimetype": mimetype, "raw": content,
                        "res_model": letter._name, "res_id": letter.id,
                    }
                    for name, mimetype, content in files
                ]
            copies = self.env["ir.attachment"].create(vals_list)
            letter.write({
                "copy_ids": [Command.set(copies.ids)],
                "copies_left_out": left_out,
                "copies_checksum": copies and letter._sum_copies(copies) or False,
            })

    @api.model
    def _read_invoice_or_none(self, move):
        """The files of an invoice; none if it cannot be printed: the letter has a link to it."""
        try:
            with self.env.cr.savepoint():
                return self._read_invoice(move)
        except (OSError, *PG_CONCURRENCY_EXCEPTIONS_TO_RETRY):
            raise
        # An invoice that cannot be printed must not keep its letter, and others, from going out.
        except Exception as error:
            _logger.warning("Collections: no copy of invoice %s: %s", move.name, error)
            return []

    @api.model
    def _read_invoice(self, move):
        """The files of an invoice, each a tuple of name, MIME type and content.

        :param move: as superuser
        """
        documents = move._get_invoice_legal_documents_all()
        if documents:
            return [
                (document["filename"], document["filetype"], document["content"])
                for document in documents if document.get("content")
            ]
        content, kind = self.env["ir.actions.report"].sudo().with_context(
            lang=move.partner_id._get_collection_lang(move.company_id)
        )._render_qweb_pdf("account.account_invoices", move.ids)
        mimetype = "application/pdf" if kind == "pdf" else "text/html"
        return [(f"{(move.name or '').replace('/', '_')}.{kind}", mimetype, content)]

    @api.model
    def _sum_copies(self, copies):
        """One checksum over all copies, in their order."""
        whole = hashlib.sha256()
        for attachment in copies.sorted("id"):
            whole.update(hashlib.sha256(attachment.raw or b"").digest())
        return whole.hexdigest()

    def _check_copies(self):
        """Raise a ``UserError`` if a copy is not the one that was approved."""
        for letter in self:
            copies_sudo = letter.sudo().copy_ids
            if (letter.copies_checksum or "") != (
                letter._sum_copies(copies_sudo) if copies_sudo else ""
            ):
                raise UserError(
                    self.env._(
                        "The copies of invoices of “%(letter)s” are not those that were approved:"
                        " it is not sent. Cancel the letter and write a new one.",
                        letter=letter.display_name,
                    )
                )

    def _get_invoice_links(self):
        """Number and address of the page of each invoice that is not attached."""
        self.ensure_one()
        if self.kind == "lawyer":
            # The firm that writes a lawyer letter names no page of ours.
            return []
        moves = self._get_copied_moves()
        if self.copy_ids and not self.copies_left_out:
            return []
        base = self.get_base_url()
        return [(move.name, base + move.get_portal_url()) for move in moves]
