from odoo import http
from odoo.exceptions import UserError, ValidationError
from odoo.http import request
from odoo.tools.mimetypes import guess_mimetype
from odoo.tools.misc import get_lang

from ..models.portal.collection_portal_request import MAX_TEXT
from ..tools.amount_text import parse_amount
from ..tools.client_input import as_day, clean_text, whole_number
from .collection_portal import CollectionPortal

MAX_NAME = 100
MAX_COUNT = 9999
MAX_FILE_NAME = 200
MAX_FILES = 5
MAX_FILE_BYTES = 5 * 1024 * 1024
FILE_KINDS = {"application/pdf", "image/png", "image/jpeg"}
CHANNELS = {"phone", "email", "letter"}


class CollectionPortalEntry(CollectionPortal):
    """What a customer enters on the own page: it lands on the case, to be confirmed."""

    @http.route(
        "/my/collections/<int(min=1,max=2147483647):case_id>/enter",
        type="http", auth="public", website=True, methods=["POST"],
    )
    def portal_enter(self, case_id, kind=None, access_token=None, **post):
        """Take down an entry and show the page again, with thanks or what is wrong."""
        case_sudo = self._get_collection_case(case_id, access_token)
        prepare = {
            "promise": self._prepare_collection_promise,
            "paid": self._prepare_collection_paid,
            "plan": self._prepare_collection_plan,
            "plan_accept": self._prepare_collection_plan_answer,
            "plan_decline": self._prepare_collection_plan_answer,
            "dispute": self._prepare_collection_dispute,
            "message": self._prepare_collection_message,
        }.get(kind)
        if not prepare:
            raise request.not_found()
        try:
            with request.env.cr.savepoint():
                request.env["collection.portal.request"]._enter(
                    case_sudo, self._get_collection_contact(case_sudo), kind,
                    contact_name=clean_text(post.get("contact_name"), MAX_NAME) or False,
                    **prepare(case_sudo, post),
                )
        except (UserError, ValidationError) as error:
            request.session["collection_portal_error"] = error.args[0]
            return request.redirect(self._get_collection_page(case_sudo, access_token))
        return request.redirect(self._get_collection_page(case_sudo, access_token, sent=kind))

    def _get_collection_contact(self, case_sudo):
        """The signed-in person if of the customer; with a link nobody is known."""
        partner = request.env.user.partner_id
        own = request.env["collection.case"]._is_portal_customer(case_sudo)
        return partner if own else partner.browse()

    def _get_collection_amount(self, post):
        amount = parse_amount(post.get("amount"), get_lang(request.env).decimal_point)
        if amount is None:
            raise UserError(request.env._("Enter the amount in figures."))
        return amount

    def _get_collection_date(self, post):
        day = as_day(post.get("date"))
        if post.get("date") and not day:
            raise UserError(request.env._("Enter the day as year-month-day."))
        return day

    def _get_collection_text(self, post):
        # One more than is taken: who writes too much is told so.
        return clean_text(post.get("text"), MAX_TEXT + 1)

    def _prepare_collection_promise(self, _case_sudo, post):
        return {
            "amount": self._get_collection_amount(post),
            "date_wanted": self._get_collection_date(post),
            "text": self._get_collection_text(post),
        }

    def _prepare_collection_paid(self, case_sudo, post):
        chosen = {whole_number(value) for value in request.httprequest.form.getlist("items")}
        return {
            "amount": self._get_collection_amount(post),
            "date_wanted": self._get_collection_date(post),
            "line_ids": case_sudo._get_portal_items().filtered(
                lambda line: line.id in chosen and line.collection_case_id == case_sudo
            ).ids,
            "text": self._get_collection_text(post),
            "attachment_ids": self._take_collection_files(case_sudo).ids,
        }

    def _prepare_collection_plan(self, _case_sudo, post):
        return {
            "amount": self._get_collection_amount(post),
            "date_wanted": self._get_collection_date(post),
            "count": whole_number(post.get("count"), MAX_COUNT) or 0,
            "text": self._get_collection_text(post),
        }

    def _prepare_collection_plan_answer(self, case_sudo, post):
        plan_sudo = case_sudo._get_portal_values()["offered_plan"]
        if not plan_sudo:
            raise UserError(request.env._("The plan is not offered any more."))
        return {"plan_id": plan_sudo.id, "text": self._get_collection_text(post)}

    def _prepare_collection_message(self, _case_sudo, post):
        return {"text": self._get_collection_text(post)}

    def _prepare_collection_dispute(self, case_sudo, post):
        chosen = {whole_number(value) for value in request.httprequest.form.getlist("items")}
        # Only what is on the customer's own page can be contested, and only what is overdue.
        items = case_sudo._get_portal_items().filtered(
            lambda line: line.id in chosen and line.collection_case_id == case_sudo
        )
        return {
            "line_ids": items.ids,
            "text": self._get_collection_text(post),
            "attachment_ids": self._take_collection_files(case_sudo).ids,
        }

    def _take_collection_files(self, case_sudo):
        """Keep the files sent along: a few, small, papers or pictures."""
        files = [file for file in request.httprequest.files.getlist("files") if file.filename]
        if len(files) > MAX_FILES:
            raise UserError(
                request.env._("Send at most %(count)s files at a time.", count=MAX_FILES)
            )
        vals_list = []
        for file in files:
            content = file.read(MAX_FILE_BYTES + 1)
            if len(content) > MAX_FILE_BYTES:
                raise UserError(
                    request.env._("“%(file)s” is larger than 5 MB.", file=file.filename)
                )
            mimetype = guess_mimetype(content)
            if mimetype not in FILE_KINDS:
                raise UserError(
                    request.env._(
                        "“%(file)s” is no PDF, PNG or JPEG file.", file=file.filename
                    )
                )
            vals_list.append({
                "name": clean_text(file.filename, MAX_FILE_NAME) or "file",
                "raw": content,
                "mimetype": mimetype,
                "res_model": "collection.case",
                "res_id": case_sudo.id,
            })
        # Customers have no right on the case's papers; the page was checked.
        return request.env["ir.attachment"].sudo().create(vals_list)

    @http.route(
        "/my/collections/<int(min=1,max=2147483647):case_id>/preferences",
        type="http", auth="public", website=True, methods=["POST"],
    )
    def portal_preferences(self, case_id, access_token=None, **post):
        """How the customer wants to be spoken to: person, language, channel, hours."""
        case_sudo = self._get_collection_case(case_id, access_token)
        channel = post.get("channel")
        languages = dict(request.env["res.lang"].get_installed())
        case_sudo.partner_id._set_collection_preferences(
            person=clean_text(post.get("person"), MAX_NAME),
            hours=clean_text(post.get("hours"), MAX_NAME),
            channel=channel if channel in CHANNELS else False,
            lang=post.get("lang") if post.get("lang") in languages else False,
            case=case_sudo,
        )
        return request.redirect(
            self._get_collection_page(case_sudo, access_token, sent="preferences")
        )
