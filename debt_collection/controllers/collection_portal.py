from werkzeug.urls import url_encode

from odoo import fields, http
from odoo.exceptions import AccessError
from odoo.http import content_disposition, request

from odoo.addons.portal.controllers.portal import CustomerPortal

from .collection_overdue_list import XLSX
from .collection_survey import FACES


class CollectionPortal(CustomerPortal):
    """The customer's own pages: what is owed, and the papers on it (P6.2).

    Everything is reached through `_get_for_portal`, which checks who asks.
    """

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "collection_case_count" in counters:
            values["collection_case_count"] = len(
                request.env["collection.case"]._get_portal_cases()
            )
        return values

    def _get_collection_case(self, case_id, access_token=None):
        """The case as superuser in the language of the page; 404 for who may not see it."""
        try:
            case_sudo = request.env["collection.case"]._get_for_portal(case_id, access_token)
        except AccessError:
            raise request.not_found() from None
        return case_sudo.with_company(case_sudo.company_id)

    def _get_collection_page(self, case_sudo, access_token, sent=None):
        """The address of the case's page, for whoever came with this link or none."""
        values = {"access_token": access_token, "sent": sent}
        query = url_encode({name: value for name, value in values.items() if value})
        return f"{case_sudo.access_url}?{query}" if query else case_sudo.access_url

    @http.route("/my/collections", type="http", auth="user", website=True, readonly=True)
    def portal_my_collections(self, **_kwargs):
        """The signed-in customer's open cases, one in each company."""
        cases_sudo = request.env["collection.case"]._get_portal_cases()
        if len(cases_sudo) == 1:
            return request.redirect(cases_sudo.access_url)
        return request.render(
            "debt_collection.portal_my_collections",
            {"cases": cases_sudo, "page_name": "collections", "case": None},
        )

    @http.route(
        "/my/collections/<int(min=1,max=2147483647):case_id>",
        type="http", auth="public", website=True, readonly=True,
    )
    def portal_my_collection(self, case_id, access_token=None, **kwargs):
        """What the customer owes, and what can be done about it."""
        case_sudo = self._get_collection_case(case_id, access_token)
        values = {
            **case_sudo._get_portal_values(),
            "page_name": "collections",
            "access_token": access_token,
            "sent": kwargs.get("sent"),
            "error": request.session.pop("collection_portal_error", None),
            "faces": FACES,
        }
        response = request.render("debt_collection.portal_my_collection", values)
        # A link in the mail must not travel on to other sites.
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["Cache-Control"] = "no-store"
        return response

    @http.route(
        "/my/collections/<int(min=1,max=2147483647):case_id>/statement.<string:extension>",
        type="http", auth="public", website=True, readonly=True,
    )
    def portal_statement(self, case_id, extension, access_token=None, **_kwargs):
        """The statement of account of the last twelve months, as PDF or spreadsheet."""
        case_sudo = self._get_collection_case(case_id, access_token)
        if extension not in ("pdf", "xlsx"):
            raise request.not_found()
        company, partner = case_sudo.company_id, case_sudo.partner_id
        end = company._get_collection_today()
        start = fields.Date.subtract(end, years=1)
        partner = partner.with_context(lang=partner._get_collection_document_lang(company))
        if extension == "xlsx":
            content, kind = partner._get_collection_statement_xlsx(start, end, company), XLSX
        else:
            # The customer has no right on reports; which case it is was checked above.
            content = request.env["ir.actions.report"].sudo()._render_qweb_pdf(
                "debt_collection.report_statement", partner.ids,
                data=partner._get_collection_statement_data(start, end, company),
            )[0]
            kind = "application/pdf"
        name = f"{partner._get_collection_statement_name(end)}.{extension}"
        return request.make_response(
            content,
            headers=[("Content-Type", kind), ("Content-Disposition", content_disposition(name))],
        )

    @http.route(
        "/my/collections/<int(min=1,max=2147483647):case_id>/invoice/<int(min=1,max=2147483647):move_id>",
        type="http", auth="public", website=True,
    )
    def portal_invoice(self, case_id, move_id, access_token=None, **_kwargs):
        """One of the invoices on the page.

        Who is signed in sees it on Odoo's own page. Who has a link gets the document alone: Odoo's
        link of an invoice never expires, and would outlive the one of the case.
        """
        case_sudo = self._get_collection_case(case_id, access_token)
        move_sudo = case_sudo._get_portal_items().move_id.filtered(
            lambda move: move.id == move_id and move.is_sale_document(include_receipts=True)
        )
        if not move_sudo:
            raise request.not_found()
        if request.env["collection.case"]._is_portal_customer(case_sudo):
            return request.redirect(move_sudo.access_url)
        return self._show_report(
            model=move_sudo, report_type="pdf", report_ref="account.account_invoices"
        )
